"""`kg sensitivity`: what of a grade hangs on one choice."""

from __future__ import annotations

from typing import Any

import click

from kg.cli import options
from kg.cli.loading import load_base
from kg.cli.output import show_document

HELP_TEXT = """\b
Examples:
  kg sensitivity --outcome acne-scars
  kg sensitivity --outcome muscle-cramps --format csv

Show which parts of a grade are stable, and which depend on a single grading choice.

One setting at a time is changed: the start profile, the limit on leaps (1 to 3), the weights of
facets and the penalties of bridges (halved and doubled), and strict or lenient upgrades.
"""


@click.command(help=HELP_TEXT, short_help="Show how far a grade depends on single grading choices.")
@options.with_scenario_options
def command(form: str | None, base: str | None, output: str, colour: str, **choices: Any) -> None:
    """Grade an outcome under other choices."""
    from kg.api.scenarios import measure_stability
    from kg.render.scenarios.sensitivity import build_document
    from kg.scenarios.request import GradeRequest

    loaded = load_base(base)
    document = build_document(measure_stability(loaded, GradeRequest.parse(**choices)), loaded)
    show_document(document, form, output, colour)
