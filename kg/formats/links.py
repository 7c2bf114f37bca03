"""Tables of rated links: CSV, TSV or Parquet, a batch at a time, with every fault told by its row.

A graph that was rated elsewhere needs no claims and no studies, only these columns; what is empty
in one of the last three is unknown.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import isnan
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kg.errors import DataError, OutsideError
from kg.formats import faults
from kg.formats.streams import most_unpacked, opened, unpacked_suffix
from kg.model import Diagnostic, Level, Location, Mechanistic
from kg.model.links import UNKNOWN, LinkBatch, imported

if TYPE_CHECKING:
    import pyarrow as pa

REQUIRED = ("subject", "predicate", "object", "sign", "level")
COLUMNS = (*REQUIRED, "mechanistic", "studies", "source")
UNRATED = "unrated"
ROWS = 20_000
"""Rows of a batch."""

LONGEST = 2000
"""Letters of the longest id."""

_LONGEST_LINE = 1 << 20
_BAD = -9
_UNRATED_CODE = 5
_MOST_STUDIES = 2**31 - 1

SIGNS: Mapping[str, int] = MappingProxyType({"1": 1, "+1": 1, "+": 1, "-1": -1, "-": -1, "−": -1})
LEVELS: Mapping[str, int] = MappingProxyType(
    {**{level.key: int(level) for level in Level}, UNRATED: _UNRATED_CODE}
)
MECHANISTIC: Mapping[str, int] = MappingProxyType(
    {**{level.word: int(level) for level in Mechanistic}, "": UNKNOWN}
)

_RATINGS = [imported(Level(code) if code <= Level.HIGH else None) for code in range(6)]
_READINGS = [bytes(int(tuple(r)[n]) for r, _ in _RATINGS).ljust(256, b"\0") for n in range(3)]
_FLAGS = bytes(int(flag) for _, flag in _RATINGS).ljust(256, b"\0")


class _Words(dict[str, int]):
    """Numbers of the words of a column; a word is read once, `_BAD` where it is none."""

    def __init__(self, read: Callable[[str], int]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, word: str) -> int:
        value = self._read(word)
        if len(self) < 10_000:
            self[word] = value
        return value


def _level(word: str) -> int:
    return LEVELS.get("_".join(word.lower().replace("-", " ").replace("_", " ").split()), _BAD)


def _sign(word: str) -> int:
    return SIGNS.get(word.strip().removesuffix(".0"), _BAD)


def _mechanistic(word: str) -> int:
    return MECHANISTIC.get(word.strip().lower(), _BAD)


def _studies(word: str) -> int:
    digits = word.strip().removesuffix(".0")  # a table of numbers with gaps holds them as floats
    if not digits:
        return UNKNOWN
    known = digits.isascii() and digits.isdecimal() and len(digits) <= 10
    return int(digits) if known and int(digits) <= _MOST_STUDIES else _BAD


_REMEDIES = {
    "level": "Write none, very low, low, moderate, high, or unrated where nobody rated it.",
    "sign": "Write 1 where the subject increases the object, -1 where it decreases it.",
    "mechanistic": "Write none, weak, moderate or strong, or leave it empty.",
    "studies": "Write how many studies there are, or leave it empty.",
}


def read(path: str | Path) -> Iterator[LinkBatch | Diagnostic]:
    """Batches of links and faults of a table, in the order of its rows.

    Every cell is looked at; a row with a fault is in no batch. Memory is that of a batch. A folder
    is read as the Parquet files in it, in the order of their names.
    """
    if Path(path).is_dir():
        for part in sorted(Path(path).glob("*.parquet")):
            yield from read(part)
        return
    parquet = unpacked_suffix(path) == ".parquet"
    try:
        yield from _parquet(Path(path)) if parquet else _csv(Path(path))
    except DataError as fault:
        message = str(fault).removeprefix(f"{path}: ")
        yield faults.found(faults.UNREADABLE, f"{message.rstrip('.')}.", Location(str(path)))


def _csv(path: Path) -> Iterator[LinkBatch | Diagnostic]:
    with opened(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        lines = _lines(text)
        head = next(lines, "")
        cells = csv.reader(_again(head, lines), delimiter=max(",;\t", key=head.count), strict=True)
        try:
            table = _Table(path, [cell.strip().lower() for cell in next(cells, [])])
            yield from table.head()
            if not table.sound:
                return
            while rows := [*islice(_numbered(cells), ROWS)]:
                yield from table.rows(rows)
        except csv.Error as fault:
            message = f"not readable as CSV: {fault}."
            place = Location(str(path), cells.line_num)
            yield faults.found(faults.WRONG_TYPE, message, place, remedy="Mend the row.")


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of a text, none of which may fill the memory."""
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise DataError(f"a line is longer than {_LONGEST_LINE} letters; this is no table")
        yield line


def _again(head: str, lines: Iterable[str]) -> Iterator[str]:
    yield head
    yield from lines


def _numbered(cells: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line that they end on; empty lines are left out."""
    for row in cells:
        if row:
            yield cells.line_num, row


def _parquet(path: Path) -> Iterator[LinkBatch | Diagnostic]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as missing:
        raise OutsideError(
            "reading Parquet needs the extra `scale`: pip install 'evidence-kg[scale]'"
        ) from missing
    try:
        with pq.ParquetFile(path) as file:
            _check_size(path, file.metadata)
            table = _Table(path, file.schema_arrow.names)
            yield from table.head()
            yield from table.types(file.schema_arrow)
            if not table.sound:
                return
            number = 0
            for batch in file.iter_batches(ROWS, columns=[c for c in COLUMNS if c in table.names]):
                columns = [_words(batch.column(name)) for name in batch.schema.names]
                table.names = list(batch.schema.names)
                rows = [*enumerate(zip(*columns, strict=True), number + 1)]
                number += len(rows)
                yield from table.rows([(line, [*row]) for line, row in rows])
    except (pa.ArrowException, OSError) as fault:
        reason = " ".join(str(fault).split())[:200]
        raise DataError(f"{path}: not readable as Parquet: {reason}") from fault


def _check_size(path: Path, told: Any) -> None:
    """Refuse a file that says it holds far more bytes or rows than it is large."""
    held = sum(told.row_group(number).total_byte_size for number in range(told.num_row_groups))
    most = most_unpacked(path.stat().st_size)
    if max(held, told.num_rows) > most:
        raise DataError(
            f"{path}: packed, it holds {held:,} bytes in {told.num_rows:,} rows, "
            f"more than {most:,}; write it anew without packing if you trust it"
        )


def _words(column: pa.Array) -> list[str]:
    """The cells of a column as text; a column of bytes that are no text keeps what is wrong."""
    try:
        cells = column.to_pylist()
    except UnicodeDecodeError:
        raw = column.cast("binary").to_pylist()
        cells = [None if c is None else c.decode("utf-8", "surrogateescape") for c in raw]
    return ["" if _is_gap(cell) else str(cell) for cell in cells]


def _is_gap(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and isnan(cell))


class _Table:
    """The columns of a table and what is wrong with its rows."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.path, self.names, self.sound = path, [*names], True
        self._readers = {
            "sign": _Words(_sign),
            "level": _Words(_level),
            "mechanistic": _Words(_mechanistic),
            "studies": _Words(_studies),
        }

    def _fault(self, fault: faults.Fault, text: str, line: int, remedy: str = "") -> Diagnostic:
        return faults.found(fault, text, Location(str(self.path), line), remedy=remedy)

    def head(self) -> Iterator[Diagnostic]:
        """What is wrong with the names of the columns."""
        for name in REQUIRED:
            if name not in self.names:
                self.sound = False
                others = [n for n in self.names if n not in COLUMNS]
                near = faults.did_you_mean(name, others)
                missing = f"the column {name!r} is missing. {near}".rstrip()
                remedy = f"A table of links has {', '.join(COLUMNS)}; the last three are optional."
                yield self._fault(faults.MISSING_KEY, missing, 1, remedy)
        for name in dict.fromkeys(self.names):
            if name in COLUMNS and self.names.count(name) > 1:
                self.sound = False
                yield self._fault(faults.DUPLICATE_KEY, f"two columns are named {name!r}.", 1)
        unread = [n for n in self.names if n not in COLUMNS]
        if unread and self.sound:
            shown = ", ".join(map(faults.quoted, unread[:10]))
            found = self._fault(faults.UNKNOWN_KEY, f"not read: {shown}.", 1, "Nothing is lost.")
            yield faults.mild(found)

    def types(self, schema: pa.Schema) -> Iterator[Diagnostic]:
        """What is wrong with the types of the columns of a Parquet file."""
        import pyarrow.types as t

        text = (t.is_string, t.is_large_string, t.is_string_view, t.is_null)
        whole = (t.is_integer, t.is_floating)
        for name in self.names:
            if name not in COLUMNS:
                continue
            kind = schema.field(name).type
            kind = kind.value_type if t.is_dictionary(kind) else kind
            allowed = (*text, *whole) if name in ("sign", "studies") else text
            if not any(fits(kind) for fits in allowed):
                self.sound = False
                wanted = "text or whole numbers" if len(allowed) > len(text) else "text"
                message = f"the column {name!r} has the type {kind}, not {wanted}."
                yield self._fault(faults.WRONG_TYPE, message, 1)

    def rows(self, rows: Sequence[tuple[int, list[str]]]) -> Iterator[LinkBatch | Diagnostic]:
        """The rows as a batch; where some have a fault, the faults and a batch of the others."""
        good = [row for _, row in rows if len(row) == len(self.names)]
        batch = self._batch(good) if len(good) == len(rows) else None
        if batch is None:
            kept = []
            for line, row in rows:
                found = [*self._row(line, row)]
                yield from found
                kept += [] if found else [row]
            batch = self._batch(kept) if kept else None
        if batch is not None:
            yield batch

    def _batch(self, rows: Sequence[list[str]]) -> LinkBatch | None:
        """The rows as columns; None where one of them has a fault."""
        cells = dict(zip(self.names, zip(*rows, strict=True), strict=True))
        nothing = ("",) * len(rows)
        subjects, predicates, objects, sources = (
            [*map(str.strip, cells.get(name, nothing))]
            for name in ("subject", "predicate", "object", "source")
        )
        numbers = {
            name: [*map(words.__getitem__, cells.get(name, nothing))]
            for name, words in self._readers.items()
        }
        ends = (subjects, predicates, objects)
        if any(_BAD in column for column in numbers.values()) or any("" in c for c in ends):
            return None
        if not all(map(_is_text, (*ends, sources))):
            return None
        codes = bytes(numbers["level"])
        return LinkBatch(
            subjects=subjects,
            predicates=predicates,
            objects=objects,
            signs=numbers["sign"],
            established=codes.translate(_READINGS[0]),
            as_described=codes.translate(_READINGS[1]),
            best_case=codes.translate(_READINGS[2]),
            mechanistic=numbers["mechanistic"],
            flags=codes.translate(_FLAGS),
            studies=numbers["studies"],
            sources=sources,
        )

    def _row(self, line: int, row: list[str]) -> Iterator[Diagnostic]:
        """What is wrong with one row."""
        if len(row) != len(self.names):
            message = f"the row has {len(row)} cells, the head {len(self.names)}."
            yield self._fault(faults.WRONG_TYPE, message, line, "Quote cells that hold a comma.")
            return
        cells = dict(zip(self.names, row, strict=True))
        for name, words in self._readers.items():
            if words[cells.get(name, "")] == _BAD and name in cells:
                message = f"{name} is {faults.quoted(cells[name])}."
                fault = faults.NUMBER if name == "studies" else faults.UNKNOWN_WORD
                yield self._fault(fault, message, line, _REMEDIES[name])
        for name in ("subject", "predicate", "object", "source"):
            cell = cells.get(name, "").strip()
            if not cell and name in REQUIRED:
                yield self._fault(faults.MISSING_KEY, f"the {name} is empty.", line)
            elif not _is_text([cell]):
                message = f"the {name} is not UTF-8, or longer than {LONGEST} letters."
                yield self._fault(faults.WRONG_TYPE, message, line, "Save the table as UTF-8.")


def _is_text(cells: Sequence[str]) -> bool:
    """Whether all cells are proper text of a length that ids have."""
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return max(map(len, cells)) <= LONGEST
