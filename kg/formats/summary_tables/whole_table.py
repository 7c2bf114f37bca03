"""A whole table of bodies of evidence: opened, searched for faults, then read body by body."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

from kg.errors import DataError, UsageError
from kg.formats.summary_tables.pooled_studies import group_studies
from kg.formats.summary_tables.reader import BAD_TABLE, list_ignored_columns, read_bodies
from kg.grading.published import PublishedBody
from kg.model import Diagnostic

MAX_FAULTS_SHOWN = 1000


@contextmanager
def open_table(source: str | Path | TextIO) -> Iterator[IO[str]]:
    """The lines of a file, or of a stream kept on disk, for a table is read twice.

    Raises:
        UsageError: The file cannot be opened.
        DataError: It is not UTF-8 text.
    """
    name = str(source) if isinstance(source, str | Path) else "stdin"
    try:
        if isinstance(source, str | Path):
            with Path(source).open(encoding="utf-8", newline="") as file:
                yield file
            return
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as buffered_table:
            buffered_table.writelines(source)
            buffered_table.seek(0)
            yield buffered_table
    except UnicodeError as fault:
        raise DataError(f"{name}: not UTF-8 text; save it as UTF-8") from fault
    except (FileNotFoundError, IsADirectoryError, PermissionError) as fault:
        raise UsageError(f"{name}: {fault.strerror}; name a CSV file") from fault


@dataclass(frozen=True, slots=True)
class TableCheck:
    """What a first pass over a table met: columns and rows that are not read, and the rest."""

    ignored_columns: tuple[str, ...]
    faults: tuple[Diagnostic, ...]
    fault_count: int
    body_count: int


def check_table(lines: IO[str], name: str, pool: bool, strict: bool = False) -> TableCheck:
    """What is not read of a table; `lines` stand at their start again.

    A row with a fault is left out. With `pool` and where `strict` it costs the table: a body
    without one of its studies would be another body.

    Raises:
        DataError: The table or, as said, a row cannot be used; or no row is left. Carries the
            faults of the whole table.
    """
    faults: list[Diagnostic] = []
    fault_count = body_count = 0
    is_unusable = strict or pool
    for body_or_fault in _iterate_rows(lines, name, pool):
        if not isinstance(body_or_fault, Diagnostic):
            body_count += 1
            continue
        fault_count += 1
        is_unusable = is_unusable or body_or_fault.code == BAD_TABLE
        if fault_count <= MAX_FAULTS_SHOWN:
            faults.append(body_or_fault)
    if fault_count and (is_unusable or not body_count):
        cut = f"; the first {MAX_FAULTS_SHOWN} follow" if fault_count > MAX_FAULTS_SHOWN else ""
        noun = "fault" if fault_count == 1 else "faults"
        raise DataError(f"{name}: {fault_count} {noun} in the table{cut}", faults)
    if not body_count:
        raise DataError(f"{name}: the table has no rows")
    lines.seek(0)
    ignored_columns = list_ignored_columns(lines)
    lines.seek(0)
    return TableCheck(ignored_columns, tuple(faults), fault_count, body_count)


def iterate_bodies(lines: IO[str], name: str, pool: bool) -> Iterator[PublishedBody]:
    """The bodies of a table, one at a time; with `pool`, made of the rows of single studies."""
    rows = _iterate_rows(lines, name, pool)
    return (body for body in rows if isinstance(body, PublishedBody))


def _iterate_rows(lines: IO[str], name: str, pool: bool) -> Iterator[PublishedBody | Diagnostic]:
    rows = read_bodies(lines, name)
    return group_studies(rows, name) if pool else rows
