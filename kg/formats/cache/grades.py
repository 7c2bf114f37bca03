"""Grades as rows of JSON, handed from one process of the server to another.

A file that is not whole or of another version counts as missing.
"""

from __future__ import annotations

import json
from pathlib import Path

from kg.formats.cache.rows import RowCodec, list_record_classes
from kg.model import OutcomeGrade
from kg.resources import compute_checksum

ROW_CODEC = RowCodec(list_record_classes(OutcomeGrade))


def pack_grades(grades: tuple[OutcomeGrade, ...]) -> bytes:
    """The grades as one line with a checksum and one of rows."""
    places: dict[str, int] = {}
    rows = [ROW_CODEC.encode_record(grade, places) for grade in grades]
    content = json.dumps([rows, list(places)], separators=(",", ":")).encode()
    return f"{compute_checksum(content)}\n".encode() + content


def unpack_grades(data: bytes) -> tuple[OutcomeGrade, ...] | None:
    """The grades that were encoded, or None where the bytes are something else."""
    checksum_line, _, content = data.partition(b"\n")
    if checksum_line.decode("ascii", "replace") != compute_checksum(content):
        return None
    rows, files = json.loads(content)
    return tuple(map(ROW_CODEC.build_makers(files)[OutcomeGrade], rows))


def read_cached_grades(place: Path) -> tuple[OutcomeGrade, ...] | None:
    """The grades that were written at a place, or None."""
    try:
        return unpack_grades(place.read_bytes())
    except OSError:
        return None


def store_grades(place: Path, grades: tuple[OutcomeGrade, ...]) -> None:
    """Write grades, whole or not at all; a place that cannot be written is no fault."""
    from kg.errors import OutsideError
    from kg.formats.files import write_atomically

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place, pack_grades(grades), durable=False)
    except (OSError, OutsideError):
        return
