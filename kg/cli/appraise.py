"""`kg appraise`: bodies of evidence rated from a summary-of-findings table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import click

from kg.cli import options
from kg.cli.loading import count_progress, report_line, require_stdin
from kg.cli.output import emit_result, is_ascii_only, resolve_format

if TYPE_CHECKING:
    from kg.grading.published import AppraisedBody, PublishedBody
    from kg.model import Diagnostic

OUTPUT_FORMATS = ("text", "csv", "json", "markdown", "html")
MAX_FAULTS_SHOWN = 1000

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
"""


@click.command(help=HELP_TEXT, short_help="Rate bodies of evidence from a table of findings.")
@click.argument("file")
@click.option(
    "--profile",
    default="grade",
    envvar="KG_PROFILE",
    show_default=True,
    show_envvar=True,
    help="Start levels and thresholds: grade, robins or navguide.",
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
) -> None:
    """Rate every row of a table."""
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
    with _open_table(file) as lines:
        _reject_faults(lines, name, pool)
        lines.seek(0)
        bodies = _show_progress(_read_bodies(lines, name, pool))
        rows: Iterator[AppraisedBody] = (
            rate_published_body(body, Reading(reading), rules) for body in bodies
        )
        emit_result(APPRAISAL_RENDERERS[shape](rows, frame), output)


@contextmanager
def _open_table(path: str) -> Iterator[IO[str]]:
    """The lines of a file, or of stdin kept on disk, for a table is read twice."""
    from kg.errors import DataError, UsageError

    try:
        if path == "-":
            import tempfile

            with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as buffered_table:
                for line in require_stdin():
                    buffered_table.write(line)
                buffered_table.seek(0)
                yield buffered_table
            return
        with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123
            yield file
    except UnicodeError as fault:
        raise DataError(f"{path}: not UTF-8 text; save it as UTF-8") from fault
    except IsADirectoryError as fault:
        raise UsageError(f"{path}: {fault.strerror}; name a CSV file") from fault
    except (FileNotFoundError, PermissionError) as fault:
        raise UsageError(f"{path}: {fault.strerror}") from fault


def _reject_faults(lines: IO[str], name: str, pool: bool) -> None:
    """Raise DataError with the faults of the whole table; tell which columns are not read."""
    from kg.errors import DataError
    from kg.formats.summary_tables.reader import list_ignored_columns
    from kg.model import Diagnostic

    faults: list[Diagnostic] = []
    count = bodies = 0
    for body_or_fault in _read_table(lines, name, pool):
        if isinstance(body_or_fault, Diagnostic):
            count += 1
            faults += [body_or_fault] if count <= MAX_FAULTS_SHOWN else []
        else:
            bodies += 1
    if count:
        truncation_note = (
            f"; the first {MAX_FAULTS_SHOWN} follow" if count > MAX_FAULTS_SHOWN else ""
        )
        noun = "fault" if count == 1 else "faults"
        raise DataError(f"{name}: {count} {noun} in the table{truncation_note}", faults)
    if not bodies:
        raise DataError(f"{name}: the table has no rows")
    lines.seek(0)
    if unread_columns := list_ignored_columns(lines.readline()):
        report_line(f"columns that are not read: {', '.join(unread_columns)}")


def _read_table(lines: IO[str], name: str, pool: bool) -> Iterator[PublishedBody | Diagnostic]:
    """Bodies and faults of a table, row by row; or gathered from the rows of single studies."""
    from kg.formats.summary_tables.pooled_studies import group_studies
    from kg.formats.summary_tables.reader import read_bodies

    return group_studies(read_bodies(lines, name), name) if pool else read_bodies(lines, name)


def _read_bodies(lines: IO[str], name: str, pool: bool) -> Iterator[PublishedBody]:
    from kg.grading.published import PublishedBody

    return (
        body_or_fault
        for body_or_fault in _read_table(lines, name, pool)
        if isinstance(body_or_fault, PublishedBody)
    )


def _show_progress(bodies: Iterable[PublishedBody]) -> Iterator[PublishedBody]:
    """The bodies; on a terminal, stderr shows how many there were so far."""
    with count_progress("rows") as on_progress:
        for count, body in enumerate(bodies, 1):
            if on_progress:
                on_progress(count)
            yield body
