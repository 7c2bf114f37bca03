"""`kg sensitivity`: what of a grade hangs on one choice."""

from __future__ import annotations

from typing import Any

import click

from kg.cli import shared

HELP_TEXT = """\b
Examples:
  kg sensitivity --outcome acne-scars
  kg sensitivity --outcome muscle-cramps --format csv

Show what of a grade is stable, and what hangs on one choice of grading.

Start profiles, the cap of leaps (1 to 3), the weights of facets and the charges of bridges (halved
and doubled) and strict or lenient upgrades are set otherwise, one at a time.
"""


@click.command(
    help=HELP_TEXT, short_help="Show what of a grade is stable, and what hangs on one choice."
)
@shared.with_inquiry_options
def command(form: str | None, base: str | None, output: str, colour: str, **choices: Any) -> None:
    """Grade an outcome under other choices."""
    from kg.api.scenarios import measure_stability
    from kg.render.scenarios.sensitivity import build_document
    from kg.scenarios.request import GradeRequest

    loaded = shared.load_base(base)
    document = build_document(measure_stability(loaded, GradeRequest.parse(**choices)), loaded)
    shared.show_document(document, form, output, colour)
