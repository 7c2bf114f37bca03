"""`kg plan`: the cheapest next evidence for an outcome."""

from __future__ import annotations

from typing import Any

import click

from kg.cli import options
from kg.cli.loading import load_base
from kg.cli.output import show_document

HELP_TEXT = """\b
Examples:
  kg plan --outcome acne-scars
  kg plan --outcome acne-scars --exposure magnesium-glycinate-oral -o plan.csv

Rank what evidence to get next, cheapest first, with the level that each item would reach.

Works to identify, studies to run and links to support are tried by grading again. Costs only rank
the items; they come from the profile and are no prices.
"""


@click.command(
    help=HELP_TEXT, short_help="Rank what evidence to get next by cost and effect on the grade."
)
@options.with_scenario_options
def command(form: str | None, base: str | None, output: str, colour: str, **choices: Any) -> None:
    """Plan for the benefits of an outcome."""
    from kg.api.scenarios import plan_next_evidence
    from kg.render.scenarios.plan import build_document
    from kg.scenarios.request import GradeRequest

    loaded = load_base(base)
    document = build_document(plan_next_evidence(loaded, GradeRequest.parse(**choices)), loaded)
    show_document(document, form, output, colour)
