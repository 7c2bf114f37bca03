"""`kg report`: the whole case on paper, for one outcome or one article."""

from __future__ import annotations

import click

from kg.cli import shared
from kg.formats.exchange import EXCHANGES
from kg.render.report import REPORT_WRITERS

OUTPUT_FORMATS = (*REPORT_WRITERS, *EXCHANGES)

HELP_TEXT = """\b
Examples:
  kg report --outcome acne-scars -o acne-scars.html
  kg report --source acne-scars-article -o article.pdf
  kg report --outcome sleep-quality --format markdown
  kg report --outcome acne-scars --format fhir -o acne-scars.json

Write the whole case for one outcome or one article: verdict, evidence profile, arguments with their
breaks, every claim beside what the evidence allows, citations, harms, what would change the
verdict, methods and references.

HTML is one file that opens offline and prints on A4 and Letter. PDF needs the extra `pdf`. For
other programs the grades alone are written as schema.org ClaimReview, GA4GH VA-Spec, FHIR R5
Evidence or unsigned nanopublications (extra `nanopub`).
"""


@click.command(help=HELP_TEXT, short_help="Write a report to print, for an outcome or an article.")
@shared.with_question_options("Outcome to report on.")
@click.option(
    "--reading",
    type=click.Choice(shared.READING_NAMES),
    default="established",
    show_default=True,
    help="Reading whose breaks are shown; all three levels always are.",
)
@shared.with_format_option(*OUTPUT_FORMATS)
@shared.with_date_option
@shared.with_grading_options
@shared.with_base_option
@shared.with_output_option
def command(
    outcome: str | None,
    exposure: str | None,
    source: str | None,
    reading: str,
    form: str | None,
    date: str | None,
    profile: str,
    evidence: str,
    base: str | None,
    output: str,
) -> None:
    """Write one report."""
    from kg.api.reports import build_report, export_grades
    from kg.render.diagram.picture import DiagramOptions
    from kg.scenarios.request import GradeRequest

    shape = shared.resolve_format(form, output, *OUTPUT_FORMATS)
    loaded = shared.load_base(base)
    request = GradeRequest.parse(outcome, exposure, source, profile, evidence, reading)
    if shape not in REPORT_WRITERS:
        shared.emit_text(export_grades(loaded, shape, request), output)
        return
    options = DiagramOptions(
        reading=request.reading, exposure=exposure, source=source, date=shared.resolve_date(date)
    )
    document = build_report(loaded, request, options)
    shared.emit_result(REPORT_WRITERS[shape](document), output)
