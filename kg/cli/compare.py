"""`kg compare`: the default and every alternative side by side, and what mere volume does."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.loading import load_base
from kg.cli.output import show_document

HELP_TEXT = """\b
Examples:
  kg compare --outcome acne-scars
  kg compare --outcome acne-scars --reading as_described
  kg compare --outcome sleep-quality --exposure magnesium-oral --format csv

Show the default and every alternative side by side, and what sheer volume does to them.

All methods see the same chains. The last columns are the volume test: fifty studies that repeat the
weakest in-vitro finding are added to a copy of the base, and everything is rated again. A method
whose rating moves takes much weak evidence for strong evidence. Only the default is calibrated.
"""


@click.command(
    help=HELP_TEXT, short_help="Compare grading methods, and what sheer volume does to them."
)
@options.with_question_options(
    "Outcome to compare on.",
    "Exposure to compare on; by default the one worded most strongly.",
    required=True,
)
@options.with_reading_option("Reading in which the copies are added.", default="best_case")
@options.with_format_option(*options.DOCUMENT_FORMATS)
@options.with_base_option
@options.with_output_option
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

    loaded = load_base(base)
    request = GradeRequest.parse(outcome, exposure, source, reading=reading)
    document = build_document(compare_methods(loaded, request), loaded)
    show_document(document, form, output)
