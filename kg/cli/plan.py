"""`kg plan`: the cheapest next evidence for an outcome."""

from __future__ import annotations

from typing import Any

import click

from kg.cli import shared

HELP_TEXT = """\b
Examples:
  kg plan --outcome acne-scars
  kg plan --outcome acne-scars --exposure magnesium-glycinate-oral -o plan.csv

Rank the next evidence to get, cheapest first, with the level that each would reach.

Works to identify, studies to run and links to back are tried by grading again. Costs are an order
and no price; the profile holds them.
"""


@click.command(
    help=HELP_TEXT, short_help="Rank the next evidence to get by cost and what it reaches."
)
@shared.with_inquiry_options
def command(form: str | None, base: str | None, output: str, colour: str, **choices: Any) -> None:
    """Plan for the benefits of an outcome."""
    from kg.api.scenarios import plan_next_evidence
    from kg.render.scenarios.plan import build_document
    from kg.scenarios.request import GradeRequest

    loaded = shared.load_base(base)
    document = build_document(plan_next_evidence(loaded, GradeRequest.parse(**choices)), loaded)
    shared.show_document(document, form, output, colour)
