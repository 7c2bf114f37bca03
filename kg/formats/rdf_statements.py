"""Reads N-Triples, N-Quads, Turtle and TriG as quads, in memory that does not grow.

Where a line is a statement, a line that is broken is reported and left out; Turtle and TriG have no
lines to leave out, and end at their first fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.errors import DataError, LimitError
from kg.formats.faults import build_diagnostic
from kg.formats.rdf import BROKEN_RDF
from kg.formats.streams import FileCount
from kg.model import Diagnostic, Location
from kg.rdf.parsing import parse_stream, parse_text
from kg.rdf.vocab import BASE

_CHUNK_BYTES = 1 << 16
"""Bytes that are parsed together: their statements stay in the cache."""
_MAX_LINE_BYTES = 1 << 24
_STATEMENTS_PER_BATCH = 512
LINE_FORMATS = {".nt": ox.RdfFormat.N_TRIPLES, ".nq": ox.RdfFormat.N_QUADS}
TEXT_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".trig": ox.RdfFormat.TRIG}


class RdfStatementReader:
    """Reads one file; `count` has what became of its lines.

    Of Turtle and TriG, statements are counted.
    """

    def __init__(self, path: Path, suffix: str) -> None:
        self.path, self.suffix = path, suffix
        self.count = FileCount(str(path))

    def read_quads(self, file: BinaryIO) -> Iterator[ox.Quad | Diagnostic]:
        """Quads and faults, in the order of the file."""
        for part in self.read_batches(file):
            if isinstance(part, Diagnostic):
                yield part
            else:
                yield from part

    def read_batches(self, file: BinaryIO) -> Iterator[list[ox.Quad] | Diagnostic]:
        """Quads some hundred at a time, and faults, in the order of the file."""
        if self.suffix in LINE_FORMATS:
            yield from self._read_lines(file, LINE_FORMATS[self.suffix])
            return
        try:
            quads = parse_stream(file, TEXT_FORMATS[self.suffix], BASE)
            while part := [*islice(quads, _STATEMENTS_PER_BATCH)]:
                self._add_counts(len(part), len(part))
                yield part
        except LimitError as fault:
            raise LimitError(f"{self.path}: {fault}") from None
        except SyntaxError as fault:
            raise DataError(f"{self.path}:{fault.lineno or 0}: {_format_reason(fault)}") from None

    def _read_lines(
        self, file: BinaryIO, form: ox.RdfFormat
    ) -> Iterator[list[ox.Quad] | Diagnostic]:
        partial_line = b""
        while piece := file.read(_CHUNK_BYTES):
            complete_lines, newline, partial_line = (partial_line + piece).rpartition(b"\n")
            if len(partial_line) > _MAX_LINE_BYTES:
                raise DataError(f"{self.path}:{self.count.lines + 1}: a line without an end")
            if newline:
                yield from self._parse_chunk(complete_lines + newline, form)
        if partial_line:
            yield from self._parse_chunk(partial_line, form)

    def _parse_chunk(self, data: bytes, form: ox.RdfFormat) -> Iterator[list[ox.Quad] | Diagnostic]:
        try:
            quads = [*parse_text(data, form)]
        except (SyntaxError, ValueError, LimitError):
            yield from self._parse_line_by_line(data, form)
            return
        lines = data.count(b"\n") + (not data.endswith(b"\n"))
        self._add_counts(lines, len(quads))
        yield quads

    def _add_counts(self, lines: int, taken: int) -> None:
        self.count.lines += lines
        self.count.taken += taken
        self.count.empty += lines - taken

    def _parse_line_by_line(
        self, data: bytes, form: ox.RdfFormat
    ) -> Iterator[list[ox.Quad] | Diagnostic]:
        for line in data.splitlines(keepends=True):
            try:
                quads = [*parse_text(line, form)]
            except (SyntaxError, ValueError, LimitError) as fault:
                self.count.lines += 1
                self.count.faulty += 1
                place = Location(str(self.path), self.count.lines)
                yield build_diagnostic(BROKEN_RDF, f"{_format_reason(fault)}.", place)
                continue
            self._add_counts(1, len(quads) > 0)
            yield quads


def _format_reason(fault: Exception) -> str:
    text = str(getattr(fault, "msg", fault)).partition("\n")[0]
    return text[:300]
