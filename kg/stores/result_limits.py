"""Answers that end: at most so many rows and so many bytes, and a cut answer is known as one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import LimitError
from kg.stores import query_policy
from kg.stores.oxigraph_store import QueryDataset, query_oxigraph, translate_store_errors
from kg.stores.results import QueryResult, convert_answer


@dataclass(frozen=True)
class ResultLimits:
    """The most rows (or triples) and the most bytes of an answer."""

    max_rows: int = 100_000
    max_bytes: int = 32 * 1024**2


def run_query_within(
    store: ox.Store, text: str, bounds: ResultLimits, dataset: QueryDataset | None = None
) -> tuple[QueryResult, bool]:
    """The answer, and whether it was cut to keep to the bounds.

    Raises:
        UsageError: the text is not SPARQL.
        LimitError: not even one row fits.
    """
    with translate_store_errors():
        raw_answer = query_oxigraph(store, text, dataset)
        is_ordered = query_policy.has_keyword(text, "ORDER")
        if isinstance(raw_answer, ox.QueryTriples):
            lines, is_cut = _collect_lines(raw_answer, ox.RdfFormat.N_TRIPLES, bounds, 0)
            return QueryResult("triples", b"".join(sorted(set(lines)))), is_cut
        if isinstance(raw_answer, ox.QueryBoolean) or not raw_answer.variables:
            return convert_answer(raw_answer, is_ordered), False
        lines, is_cut = _collect_lines(raw_answer, ox.QueryResultsFormat.TSV, bounds, 1)
        parsed_answer = ox.parse_query_results(b"".join(lines), format=ox.QueryResultsFormat.TSV)
        # what is cut is some rows or other: to sort them would cost much and promise nothing
        return convert_answer(parsed_answer, is_ordered or is_cut), is_cut


def _collect_lines(
    raw_answer: ox.QueryTriples | ox.QuerySolutions,
    form: ox.RdfFormat | ox.QueryResultsFormat,
    bounds: ResultLimits,
    heads: int,
) -> tuple[list[bytes], bool]:
    """Whole lines of a form in which each row is one line, and whether some are missing."""
    sink = _LimitedBuffer(bounds.max_rows + heads, bounds.max_bytes)
    with suppress(_LimitReached):
        raw_answer.serialize(output=sink, format=form)  # type: ignore[arg-type]
    lines = b"".join(sink.byte_parts).splitlines(keepends=True) if sink.byte_parts else []
    if sink.is_full and lines and not lines[-1].endswith(b"\n"):
        del lines[-1]
    if sink.is_full and len(lines) <= heads:
        raise LimitError(f"one row of the answer is larger than {bounds.max_bytes} bytes")
    max_lines = bounds.max_rows + heads
    return lines[:max_lines], sink.is_full or len(lines) > max_lines


class _LimitReached(OSError):
    """Enough was written."""


class _LimitedBuffer:
    """A file that takes no more than it needs and then ends the writer."""

    def __init__(self, lines: int, size: int) -> None:
        self.byte_parts: list[bytes] = []
        self.is_full = False
        self._lines_left, self._bytes_left = lines, size

    def write(self, data: bytes) -> int:
        """Keep the data, up to the bound; a writer that tries again is told again."""
        if self.is_full:
            raise _LimitReached
        self.byte_parts.append(bytes(data[: self._bytes_left]))
        self._bytes_left -= len(data)
        self._lines_left -= data.count(b"\n")
        if self._bytes_left <= 0 or self._lines_left < 0:
            self.is_full = True
            raise _LimitReached
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""
