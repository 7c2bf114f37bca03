"""Reads N-Triples, N-Quads, Turtle and TriG as quads, in memory that does not grow.

Where a line is a statement, a line that is broken is told and left out; Turtle and TriG have no
lines to leave out, and end at their first fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.errors import DataError, LimitError
from kg.formats.faults import found
from kg.formats.rdf import BROKEN
from kg.model import Diagnostic, Location
from kg.rdf.parsing import parse_stream, parse_text
from kg.rdf.vocab import BASE

_CHUNK = 1 << 16
"""Bytes that are parsed together: their statements stay in the cache."""
_LONGEST = 1 << 24
_STATEMENTS = 512
LINE_FORMATS = {".nt": ox.RdfFormat.N_TRIPLES, ".nq": ox.RdfFormat.N_QUADS}
TEXT_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".trig": ox.RdfFormat.TRIG}


class StatementReader:
    """Reads one file; `taken`, `empty` and `faulty` count its lines, and add up to `lines`.

    Of Turtle and TriG, statements are counted.
    """

    def __init__(self, path: Path, suffix: str) -> None:
        self.path, self.suffix = path, suffix
        self.lines = self.taken = self.empty = self.faulty = 0

    def quads(self, file: BinaryIO) -> Iterator[ox.Quad | Diagnostic]:
        """Quads and faults, in the order of the file."""
        for part in self.parts(file):
            if isinstance(part, Diagnostic):
                yield part
            else:
                yield from part

    def parts(self, file: BinaryIO) -> Iterator[list[ox.Quad] | Diagnostic]:
        """Quads some hundred at a time, and faults, in the order of the file."""
        if self.suffix in LINE_FORMATS:
            yield from self._lines(file, LINE_FORMATS[self.suffix])
            return
        try:
            quads = parse_stream(file, TEXT_FORMATS[self.suffix], BASE)
            while part := [*islice(quads, _STATEMENTS)]:
                self.lines += len(part)
                self.taken += len(part)
                yield part
        except LimitError as fault:
            raise LimitError(f"{self.path}: {fault}") from None
        except SyntaxError as fault:
            raise DataError(f"{self.path}:{fault.lineno or 0}: {_reason(fault)}") from None

    def _lines(self, file: BinaryIO, form: ox.RdfFormat) -> Iterator[list[ox.Quad] | Diagnostic]:
        rest = b""
        while piece := file.read(_CHUNK):
            whole, newline, rest = (rest + piece).rpartition(b"\n")
            if len(rest) > _LONGEST:
                raise DataError(f"{self.path}:{self.lines + 1}: a line without an end")
            if newline:
                yield from self._chunk(whole + newline, form)
        if rest:
            yield from self._chunk(rest, form)

    def _chunk(self, data: bytes, form: ox.RdfFormat) -> Iterator[list[ox.Quad] | Diagnostic]:
        try:
            quads = [*parse_text(data, form)]
        except (SyntaxError, ValueError, LimitError):
            yield from self._one_by_one(data, form)
            return
        lines = data.count(b"\n") + (not data.endswith(b"\n"))
        self.lines += lines
        self.taken += len(quads)
        self.empty += lines - len(quads)
        yield quads

    def _one_by_one(self, data: bytes, form: ox.RdfFormat) -> Iterator[list[ox.Quad] | Diagnostic]:
        for line in data.splitlines(keepends=True):
            self.lines += 1
            try:
                quads = [*parse_text(line, form)]
            except (SyntaxError, ValueError, LimitError) as fault:
                self.faulty += 1
                place = Location(str(self.path), self.lines)
                yield found(BROKEN, f"{_reason(fault)}.", place)
                continue
            self.taken += bool(quads)
            self.empty += not quads
            yield quads


def _reason(fault: Exception) -> str:
    text = str(getattr(fault, "msg", fault)).partition("\n")[0]
    return text[:300]
