"""Answers that end: at most so many rows and so many bytes, and a cut answer is known as one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import LimitError
from kg.stores import guard
from kg.stores.memory import Dataset, asked, told
from kg.stores.results import QueryResult, of_answer


@dataclass(frozen=True)
class Bounds:
    """The most rows (or triples) and the most bytes of an answer."""

    rows: int = 100_000
    size: int = 32 * 1024**2


def answer_within(
    store: ox.Store, text: str, bounds: Bounds, dataset: Dataset | None = None
) -> tuple[QueryResult, bool]:
    """The answer, and whether it was cut to keep to the bounds.

    Raises:
        UsageError: the text is not SPARQL.
        LimitError: not even one row fits.
    """
    with told():
        found = asked(store, text, dataset)
        ordered = guard.uses(text, "ORDER")
        if isinstance(found, ox.QueryTriples):
            lines, cut = _lines(found, ox.RdfFormat.N_TRIPLES, bounds, 0)
            return QueryResult("triples", b"".join(sorted(set(lines)))), cut
        if isinstance(found, ox.QueryBoolean) or not found.variables:
            return of_answer(found, ordered), False
        lines, cut = _lines(found, ox.QueryResultsFormat.TSV, bounds, 1)
        whole = ox.parse_query_results(b"".join(lines), format=ox.QueryResultsFormat.TSV)
        # what is cut is some rows or other: to sort them would cost much and promise nothing
        return of_answer(whole, ordered or cut), cut


def _lines(
    found: ox.QueryTriples | ox.QuerySolutions,
    form: ox.RdfFormat | ox.QueryResultsFormat,
    bounds: Bounds,
    heads: int,
) -> tuple[list[bytes], bool]:
    """Whole lines of a form in which each row is one line, and whether some are missing."""
    sink = _Sink(bounds.rows + heads, bounds.size)
    with suppress(_Full):
        found.serialize(output=sink, format=form)  # type: ignore[arg-type]
    lines = b"".join(sink.parts).splitlines(keepends=True) if sink.parts else []
    if sink.full and lines and not lines[-1].endswith(b"\n"):
        del lines[-1]
    if sink.full and len(lines) <= heads:
        raise LimitError(f"one row of the answer is larger than {bounds.size} bytes")
    most = bounds.rows + heads
    return lines[:most], sink.full or len(lines) > most


class _Full(OSError):
    """Enough was written."""


class _Sink:
    """A file that takes no more than it needs and then ends the writer."""

    def __init__(self, lines: int, size: int) -> None:
        self.parts: list[bytes] = []
        self.full = False
        self._lines, self._size = lines, size

    def write(self, data: bytes) -> int:
        """Keep the data, up to the bound; a writer that tries again is told again."""
        if self.full:
            raise _Full
        self.parts.append(bytes(data[: self._size]))
        self._size -= len(data)
        self._lines -= data.count(b"\n")
        if self._size <= 0 or self._lines < 0:
            self.full = True
            raise _Full
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""
