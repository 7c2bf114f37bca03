"""`kg compare`: the default and every alternative side by side, and what mere volume does."""

from __future__ import annotations

import click

from kg.cli import shared

HELP_TEXT = """\b
Examples:
  kg compare --outcome acne-scars
  kg compare --outcome acne-scars --reading as_described
  kg compare --outcome sleep-quality --exposure magnesium-oral --format csv

Show the default and every alternative side by side, and what mere volume does to them.

All methods see the same chains. The last columns are the volume test: fifty studies that repeat the
weakest finding in vitro are added to a copy of the base, and everything is rated again. A method
that moves lets a heap of weak work pass for strong work. All but the default are uncalibrated.
"""


@click.command(
    help=HELP_TEXT, short_help="Show other ways to grade, and why volume must not count."
)
@shared.with_question_options(
    "Outcome to compare on.",
    "This exposure; without it, the one that is praised most.",
    required=True,
)
@click.option(
    "--reading",
    type=click.Choice(shared.READING_NAMES),
    default="best_case",
    show_default=True,
    help="Reading in which the copies are added; all three are shown before.",
)
@shared.with_format_option(*shared.DOCUMENT_FORMATS)
@shared.with_base_option
@shared.with_output_option
def command(
    outcome: str,
    exposure: str | None,
    source: str | None,
    reading: str,
    form: str | None,
    base: str | None,
    output: str,
) -> None:
    """Compare the methods on one pair."""
    from kg.api.scenarios import compare_methods
    from kg.render.scenarios.compare import build_document
    from kg.scenarios.request import GradeRequest

    loaded = shared.load_base(base)
    request = GradeRequest.parse(outcome, exposure, source, reading=reading)
    document = build_document(compare_methods(loaded, request), loaded)
    shared.show_document(document, form, output)
