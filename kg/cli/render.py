"""`kg render`: a picture of the evidence, with the place where each argument breaks."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from kg.cli import options
from kg.cli.loading import load_base
from kg.cli.output import emit_result, resolve_date
from kg.errors import UnknownName, UsageError
from kg.render import DIAGRAM_WRITERS

if TYPE_CHECKING:
    from kg.model import EvidenceBase, Sense

PICTURE_FORMATS = ("svg", "png", "pdf")
OUTPUT_FORMATS = (*PICTURE_FORMATS, *DIAGRAM_WRITERS)
FORMATS_BY_SUFFIX = {
    **{f".{format_name}": format_name for format_name in OUTPUT_FORMATS},
    ".gv": "dot",
    ".mermaid": "mmd",
}


HELP_TEXT = """\b
Examples:
  kg render --outcome acne-scars -o acne-scars.svg
  kg render --chain as2 --format mmd
  kg render --outcome acne-scars --dark -o acne-scars.png
  kg render --pair zinc-oral--acne-vulgaris -o zinc.pdf
  kg render --all -o everything.svg

Draw the graph of an outcome with its weakest links marked.

Colour shows certainty, width shows wording, and a red cross shows where an argument breaks. --all
draws a table of outcomes and exposures; in GraphML, CX2 and CYJS it writes the whole graph for
other tools. Graphviz draws where it is installed, and otherwise its WebAssembly build, which comes
with kg. Without Graphviz, PDF needs the extra `pdf`.
"""


@click.command(
    help=HELP_TEXT, short_help="Draw the graph of an outcome with its weakest links marked."
)
@options.with_question_options("Outcome to draw.")
@click.option("--chain", metavar="ID", help="Only this argument.")
@click.option("--pair", metavar="ID", help="Only this pair, such as exposure--outcome--benefit.")
@click.option(
    "--all", "everything", is_flag=True, help="Draw the whole base: a table, or all its links."
)
@click.option(
    "--nodes",
    type=click.IntRange(2, 150),
    default=25,
    show_default=True,
    help="Maximum number of boxes; the picture counts those left out.",
)
@click.option(
    "--link-base",
    "links",
    metavar="URL",
    help="Link boxes and claims to their pages at this address of `kg serve` or `kg site`.",
)
@options.with_reading_option("Reading shown by colours and letters.")
@click.option(
    "--format",
    "form",
    type=click.Choice(OUTPUT_FORMATS),
    help="Format of the picture; by default from the suffix of FILE.",
)
@click.option("--light/--dark", default=True, help="Light or dark background.  [default: light]")
@options.with_date_option
@options.with_grading_options
@options.with_base_option
@options.with_output_option
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
    """Draw the graph of an outcome with its weakest links marked."""
    from kg.api.reports import draw_everything, draw_outcomes
    from kg.model import Reading
    from kg.render.diagram.picture import DiagramOptions
    from kg.scenarios.request import GradeRequest

    form = form or _resolve_picture_format(output)
    _check_all_option(everything, outcome, exposure, chain, pair)
    _check_address(links)
    loaded = load_base(base)
    picture_request = _PictureRequest(outcome, exposure, chain, pair)
    view_options = DiagramOptions(
        reading=Reading(reading),
        theme="light" if light else "dark",
        source=source,
        chain=chain,
        sense=picture_request.sense,
        date=resolve_date(date),
        boxes=nodes,
        links=links,
    )
    request = GradeRequest.parse(
        picture_request.find_outcome(loaded), picture_request.exposure, source, profile, evidence
    )
    draw = draw_everything if everything else draw_outcomes
    emit_result(draw(loaded, request, form, view_options), output)


def _resolve_picture_format(output: str) -> str:
    """The format that the suffix of a file names; `UsageError` where it names none."""
    form = FORMATS_BY_SUFFIX.get(PurePath(output).suffix.lower())
    if form is None:
        suffixes = ", ".join(f".{name}" for name in OUTPUT_FORMATS)
        place = "for stdout" if output == "-" else f"for {output}"
        raise UsageError(f"no format {place}: give --format, or -o FILE with one of {suffixes}")
    return form


def _check_all_option(draws_all: bool, *named_subjects: str | None) -> None:
    if draws_all and any(named_subjects):
        raise UsageError("--all draws the whole base: leave --outcome, --exposure, --chain out")


def _check_address(links: str | None) -> None:
    from kg.render.escape import normalise_link

    if links is not None and normalise_link(links) is None:
        raise UsageError(f"--link-base {links!r} is no http or https address")


class _PictureRequest:
    """What is to be drawn: a chain and a pair name their outcome themselves."""

    def __init__(
        self, outcome: str | None, exposure: str | None, chain: str | None, pair: str | None
    ) -> None:
        self.outcome, self.exposure, self.chain = outcome, exposure, chain
        self.sense: Sense | None = None
        if pair is not None:
            self._parse_pair(pair)

    def _parse_pair(self, pair: str) -> None:
        from kg.model import Sense

        self.exposure, _, pair_remainder = pair.partition("--")
        self.outcome, _, sense_name = pair_remainder.partition("--")
        senses = [known_sense.value for known_sense in Sense]
        if not self.outcome or (sense_name and sense_name not in senses):
            raise UsageError(f"--pair {pair!r} is not of the form exposure--outcome--benefit")
        self.sense = Sense(sense_name) if sense_name else None

    def find_outcome(self, base: EvidenceBase) -> str | None:
        """The outcome asked for, else the one that the chain argues for."""
        if self.chain is None or self.outcome is not None:
            return self.outcome
        if self.chain not in base.chain:
            from difflib import get_close_matches

            near_ids = get_close_matches(self.chain, list(base.chain))
            raise UnknownName("chain", self.chain, near_ids)
        return base.chain[self.chain].outcome
