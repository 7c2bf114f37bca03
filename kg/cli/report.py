"""`kg report`: the whole case on paper, for one outcome or one article."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.loading import load_base
from kg.cli.output import emit_result, resolve_date, resolve_format
from kg.formats.exchange import EXCHANGES
from kg.render.report import REPORT_WRITERS

OUTPUT_FORMATS = (*REPORT_WRITERS, *EXCHANGES)

HELP_TEXT = """\b
Examples:
  kg report --outcome acne-scars -o acne-scars.html
  kg report --source acne-scars-article -o article.pdf
  kg report --outcome sleep-quality --format markdown
  kg report --outcome acne-scars --format fhir -o acne-scars.json

Write a full report on one outcome or one article: verdict, evidence profile, arguments with their
breaks, every claim beside what the evidence allows, citations, harms, what would change the
verdict, methods and references.

HTML is one file that works offline and prints on A4 and Letter. PDF needs the extra `pdf`. For
other programs, the grades alone are written as schema.org ClaimReview, GA4GH VA-Spec, FHIR R5
Evidence or unsigned nanopublications (extra `nanopub`).
"""


@click.command(help=HELP_TEXT, short_help="Write a printable report on an outcome or an article.")
@options.with_question_options("Outcome to report on.")
@options.with_reading_option("Reading whose breaks are shown; the level is shown in all three.")
@options.with_format_option(*OUTPUT_FORMATS)
@options.with_date_option
@options.with_grading_options
@options.with_base_option
@options.with_output_option
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

    shape = resolve_format(form, output, *OUTPUT_FORMATS)
    loaded = load_base(base)
    request = GradeRequest.parse(outcome, exposure, source, profile, evidence, reading)
    if shape not in REPORT_WRITERS:
        emit_result(export_grades(loaded, shape, request), output)
        return
    view_options = DiagramOptions(
        reading=request.reading, exposure=exposure, source=source, date=resolve_date(date)
    )
    document = build_report(loaded, request, view_options)
    emit_result(REPORT_WRITERS[shape](document), output)
