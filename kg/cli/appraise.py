"""`kg appraise`: bodies of evidence rated from a summary-of-findings table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from kg.cli import options
from kg.cli.loading import count_progress, report_line, require_stdin
from kg.cli.output import emit_result, is_ascii_only, resolve_format

if TYPE_CHECKING:
    from kg.grading.published import AppraisedBody, PublishedBody

OUTPUT_FORMATS = ("text", "csv", "json", "markdown", "html")

HELP_TEXT = """\b
Examples:
  kg appraise table.csv
  kg appraise table.csv --profile navguide --upgrade lenient
  kg appraise table.csv -o profile.html
  kg appraise studies.csv --pool
  kg appraise - --format json

Rate bodies of evidence from a table of findings.

FILE is CSV, one body of evidence per row; `outcome` and `design` are required, other columns are
optional. With --pool each row is a study: consecutive studies of one outcome and design are pooled
into one body, each with its own risk of bias. Judgements in the table stand, missing ones are
computed from the numbers, and what is neither stays unknown and widens the interval. A
`published_certainty` is compared with the row's own judgements.

A row with a cell that cannot be read is left out and told, and the exit status is 1; with --pool it
costs the table.
"""


@click.command(help=HELP_TEXT, short_help="Rate bodies of evidence from a table of findings.")
@click.argument("file")
@click.option(
    "--profile",
    default="grade",
    envvar="KG_PROFILE",
    show_default=True,
    show_envvar=True,
    callback=options.read_profile_name,
    help="Start levels and thresholds: grade, robins, navguide, or a TOML file of your own.",
)
@click.option(
    "--upgrade",
    type=click.Choice(["strict", "lenient"]),
    show_default="as the profile says",
    help="Upgrade only non-randomised evidence that was not rated down, or any.",
)
@click.option(
    "--pool",
    is_flag=True,
    help="Pool consecutive rows of one outcome and design as studies of one body.",
)
@options.with_reading_option("How to treat what is unknown.")
@options.with_format_option(*OUTPUT_FORMATS)
@options.with_output_option
def command(
    file: str,
    profile: str,
    upgrade: str | None,
    pool: bool,
    reading: str,
    form: str | None,
    output: str,
) -> int:
    """Rate every row of a table."""
    from dataclasses import replace

    from kg.formats.summary_tables.whole_table import check_table, iterate_bodies, open_table
    from kg.grading import profiles
    from kg.grading.published import rate_published_body, replace_upgrade_rule
    from kg.model import Reading
    from kg.render.rated_links.appraisal import APPRAISAL_RENDERERS, RatingRules

    rules = replace_upgrade_rule(profiles.load_profile(profile), upgrade)
    shape = resolve_format(
        "html" if form is None and output.endswith(".htm") else form, output, *OUTPUT_FORMATS
    )
    ascii_only = output == "-" and is_ascii_only()
    frame = RatingRules(rules.name, rules.version, rules["upgrade"], reading, ascii_only)
    name = "stdin" if file == "-" else file
    with open_table(require_stdin() if file == "-" else file) as lines:
        check = check_table(lines, name, pool)
        if check.ignored_columns:
            report_line(f"columns that are not read: {', '.join(check.ignored_columns)}")
        frame = replace(frame, faults=check.faults)
        bodies = _show_progress(iterate_bodies(lines, name, pool))
        rows: Iterator[AppraisedBody] = (
            rate_published_body(body, Reading(reading), rules) for body in bodies
        )
        emit_result(APPRAISAL_RENDERERS[shape](rows, frame), output)
    for fault in check.faults if shape == "csv" else ():
        report_line(f"left out: {fault}")
    if check.fault_count:
        report_line(f"{name}: rows were left out that cannot be read; the result names them")
    return int(check.fault_count > 0)


def _show_progress(bodies: Iterable[PublishedBody]) -> Iterator[PublishedBody]:
    """The bodies; on a terminal, stderr shows how many there were so far."""
    with count_progress("rows") as on_progress:
        for count, body in enumerate(bodies, 1):
            if on_progress:
                on_progress(count)
            yield body
