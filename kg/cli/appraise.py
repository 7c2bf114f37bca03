"""`kg appraise`: bodies of evidence rated from a summary-of-findings table."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import click

from kg.cli import shared

if TYPE_CHECKING:
    from kg.grading.published import Appraised, Body
    from kg.model import Diagnostic

FORMATS = ("text", "csv", "json", "markdown", "html")
SHOWN_FAULTS = 1000
ROWS_A_TICK = 10_000

HELP = """\b
Examples:
  kg appraise table.csv
  kg appraise table.csv --profile navguide --upgrade lenient
  kg appraise table.csv -o profile.html
  kg appraise studies.csv --pool
  kg appraise - --format json

Rate bodies of evidence from a table of findings.

FILE is CSV with one body of evidence a row; `outcome` and `design` are required, all else may be
left out. With --pool a row is a study: studies that follow each other with one outcome and design
are pooled to one body, each with its own risk of bias. A judgement that is given stands, one that
is missing is computed from the numbers, and what is neither is unknown and widens the interval.
Where `published_certainty` is given, it is held against the row's own judgements.
"""


@click.command(help=HELP, short_help="Rate bodies of evidence from a table of findings.")
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
    help="Upgrade non-randomised evidence that was not rated down, or any.",
)
@click.option(
    "--pool",
    is_flag=True,
    help="Take rows that follow each other with one outcome and design as studies of one body.",
)
@click.option(
    "--reading",
    type=click.Choice(shared.READINGS),
    default="established",
    show_default=True,
    help="How to take what is unknown.",
)
@shared.format_option(*FORMATS)
@shared.output_option
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
    from kg.grading.published import rated, with_upgrade
    from kg.model import Reading
    from kg.render.appraisal import FORMS, Frame

    rules = with_upgrade(profiles.profile(profile), upgrade)
    shape = shared.form_of(
        "html" if form is None and output.endswith(".htm") else form, output, *FORMATS
    )
    plain = output == "-" and shared.is_ascii_only()
    frame = Frame(rules.name, rules.version, rules["upgrade"], reading, plain)
    name = "stdin" if file == "-" else file
    with _opened(file) as lines:
        _refuse_faults(lines, name, pool)
        lines.seek(0)
        bodies = _progress(_bodies(lines, name, pool))
        rows: Iterator[Appraised] = (rated(body, Reading(reading), rules) for body in bodies)
        _write(FORMS[shape](rows, frame), output)


@contextmanager
def _opened(path: str) -> Iterator[IO[str]]:
    """The lines of a file, or of stdin kept on disk, for a table is read twice."""
    from kg.errors import DataError, UsageError

    try:
        if path == "-":
            import tempfile

            with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as kept:
                for line in shared.stdin():
                    kept.write(line)
                kept.seek(0)
                yield kept
            return
        with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123
            yield file
    except UnicodeError as fault:
        raise DataError(f"{path}: not UTF-8 text; save it as UTF-8") from fault
    except IsADirectoryError as fault:
        raise UsageError(f"{path}: {fault.strerror}; name a CSV file") from fault
    except (FileNotFoundError, PermissionError) as fault:
        raise UsageError(f"{path}: {fault.strerror}") from fault


def _refuse_faults(lines: IO[str], name: str, pool: bool) -> None:
    """Raise DataError with the faults of the whole table; tell which columns are not read."""
    from kg.errors import DataError
    from kg.formats.appraisal import ignored
    from kg.model import Diagnostic
    from kg.render.escape import terminal

    faults: list[Diagnostic] = []
    count = bodies = 0
    for found in _read(lines, name, pool):
        if isinstance(found, Diagnostic):
            count += 1
            faults += [found] if count <= SHOWN_FAULTS else []
        else:
            bodies += 1
    if count:
        more = f"; the first {SHOWN_FAULTS} follow" if count > SHOWN_FAULTS else ""
        noun = "fault" if count == 1 else "faults"
        raise DataError(f"{name}: {count} {noun} in the table{more}", faults)
    if not bodies:
        raise DataError(f"{name}: the table has no rows")
    lines.seek(0)
    if unread := ignored(lines.readline()):
        click.echo(f"kg: columns that are not read: {terminal(', '.join(unread))}", err=True)


def _read(lines: IO[str], name: str, pool: bool) -> Iterator[Body | Diagnostic]:
    """Bodies and faults of a table, row by row; or gathered from the rows of single studies."""
    from kg.formats.appraisal import read
    from kg.formats.appraisal_studies import gathered

    return gathered(read(lines, name), name) if pool else read(lines, name)


def _bodies(lines: IO[str], name: str, pool: bool) -> Iterator[Body]:
    from kg.grading.published import Body

    return (found for found in _read(lines, name, pool) if isinstance(found, Body))


def _progress(bodies: Iterable[Body]) -> Iterator[Body]:
    """The bodies; on a terminal, how many there were so far is told on stderr."""
    told = sys.stderr.isatty()
    count = 0
    for count, body in enumerate(bodies, 1):
        if told and count % ROWS_A_TICK == 0:
            click.echo(f"\rkg: {count} rows", err=True, nl=False)
        yield body
    if told and count >= ROWS_A_TICK:
        click.echo("", err=True)


def _write(pieces: Iterator[str], output: str) -> None:
    """Write pieces as they come to stdout, or to a file that is replaced in one step."""
    if output == "-":
        for piece in pieces:
            shared.emit(piece)
        return
    from kg.formats.files import write_atomically

    write_atomically(output, pieces)
