"""Grades that were worked out before: rows of JSON under a key of data, code and question.

Grading is a pure function, so what it gave once for the shipped data is kept until data or code
change (docs/decisions/0011-kept-grades.md). A file that is not whole or of another version counts
as missing.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from kg.formats.rows import Rows, with_parts
from kg.model import OutcomeGrade
from kg.resources import checksum

KEPT = 256
"""How many answers are kept; the oldest go."""

ROWS = Rows(with_parts(OutcomeGrade))


def encode(grades: tuple[OutcomeGrade, ...]) -> bytes:
    """The grades as one line with a checksum and one of rows."""
    places: dict[str, int] = {}
    rows = [ROWS.row(grade, places) for grade in grades]
    content = json.dumps([rows, list(places)], separators=(",", ":")).encode()
    return f"{checksum(content)}\n".encode() + content


def decode(data: bytes) -> tuple[OutcomeGrade, ...] | None:
    """The grades that were encoded, or None where the bytes are something else."""
    head, _, content = data.partition(b"\n")
    if head.decode("ascii", "replace") != checksum(content):
        return None
    rows, files = json.loads(content)
    return tuple(map(ROWS.makers(files)[OutcomeGrade], rows))


def kept(place: Path) -> tuple[OutcomeGrade, ...] | None:
    """The grades that are kept at a place, or None."""
    try:
        return decode(place.read_bytes())
    except OSError:
        return None


def keep(place: Path, grades: tuple[OutcomeGrade, ...]) -> None:
    """Keep grades, whole or not at all; a cache that cannot be written is no fault."""
    from kg.errors import OutsideError
    from kg.formats.files import write_atomically

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place, encode(grades), durable=False)
        _forget(place.parent)
    except (OSError, OutsideError):
        return


def _forget(folder: Path) -> None:
    with os.scandir(folder) as entries:
        aged = sorted((e for e in entries if e.is_file()), key=lambda e: -e.stat().st_mtime_ns)
    for entry in aged[KEPT:]:
        Path(entry.path).unlink(missing_ok=True)
