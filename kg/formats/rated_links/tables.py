"""Tables of rated links: CSV, TSV or Parquet, a batch at a time, every fault reported by its row.

A graph that was rated elsewhere needs no claims and no studies, only these columns; what is empty
in one of the last three is unknown.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from math import isnan
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from kg.errors import DataError
from kg.formats import faults
from kg.formats.faults import (
    FaultKind,
    build_diagnostic,
    make_mild,
    quote_value,
    suggest_similar_name,
)
from kg.formats.parquet import import_pyarrow
from kg.formats.streams import (
    find_unpacked_suffix,
    most_unpacked,
    open_csv,
    open_unpacked,
    read_lines,
)
from kg.model import Diagnostic, Level, Location, Mechanistic, Readings
from kg.model.batches import NOT_STATED, LinkBatch, LinkFlag, convert_imported_level
from kg.model.vocabulary import UNIFIED_DASHES

if TYPE_CHECKING:
    import pyarrow as pa

REQUIRED_COLUMNS = ("subject", "predicate", "object", "sign", "level")
LINK_COLUMNS = (*REQUIRED_COLUMNS, "mechanistic", "studies", "source")
_COLUMNS_REMEDY = f"A table of links has {', '.join(LINK_COLUMNS)}; the last three are optional."
_TEXT_COLUMNS = ("subject", "predicate", "object", "source")
UNRATED = "unrated"
BATCH_ROWS = 20_000
"""Rows of a batch."""

MAX_ID_LENGTH = 2000
"""Letters of the longest id."""

_MAX_LINE_LENGTH = 1 << 20
_BAD_CELL = -9
_UNRATED_CODE, _REFUTED_CODE = 5, 6
_MAX_STUDIES = 2**31 - 1

SIGN_BY_WORD: Mapping[str, int] = MappingProxyType({"1": 1, "+1": 1, "+": 1, "-1": -1, "-": -1})
LEVEL_BY_WORD: Mapping[str, int] = MappingProxyType(
    {
        **{level.key: int(level) for level in Level},
        UNRATED: _UNRATED_CODE,
        **dict.fromkeys(("refuted", "disputed", "contradicted", "does_not_support"), _REFUTED_CODE),
    }
)
MECHANISTIC_BY_WORD: Mapping[str, int] = MappingProxyType(
    {**{level.word: int(level) for level in Mechanistic}, "": NOT_STATED}
)

_RATING_BY_CODE = [
    convert_imported_level(Level(code) if code <= Level.HIGH else None) for code in range(6)
]
_RATING_BY_CODE.append((Readings(0, 0, 0), LinkFlag.REFUTES))
_LEVEL_TABLES = [
    bytes(int(tuple(r)[n]) for r, _ in _RATING_BY_CODE).ljust(256, b"\0") for n in range(3)
]
_FLAG_TABLE = bytes(int(flag) for _, flag in _RATING_BY_CODE).ljust(256, b"\0")


NumberedCells = tuple[int, list[str]]
"""The number of a line, and its cells."""


class _WordCodes(dict[str, int]):
    """Numbers of the words of a column; a word is read once, `_BAD` where it is none."""

    def __init__(self, read: Callable[[str], int]) -> None:
        super().__init__()
        self._parse_word = read

    def __missing__(self, word: str) -> int:
        word_code = self._parse_word(word)
        if len(self) < 10_000:
            self[word] = word_code
        return word_code


def _parse_level(word: str) -> int:
    spelt = "_".join(word.lower().replace("-", " ").replace("_", " ").split())
    return LEVEL_BY_WORD.get(spelt, _BAD_CELL)


def _parse_sign(word: str) -> int:
    plain_word = word.strip().translate(UNIFIED_DASHES).removesuffix(".0")
    return SIGN_BY_WORD.get(plain_word, _BAD_CELL)


def _parse_mechanistic(word: str) -> int:
    return MECHANISTIC_BY_WORD.get(word.strip().lower(), _BAD_CELL)


def _parse_study_count(word: str) -> int:
    digits = word.strip().removesuffix(".0")  # a table of numbers with gaps holds them as floats
    if not digits:
        return NOT_STATED
    is_countable = digits.isascii() and digits.isdecimal() and len(digits) <= 10
    return int(digits) if is_countable and int(digits) <= _MAX_STUDIES else _BAD_CELL


_PARSERS: Mapping[str, Callable[[str], int]] = {
    "sign": _parse_sign,
    "level": _parse_level,
    "mechanistic": _parse_mechanistic,
    "studies": _parse_study_count,
}
_REMEDY_BY_COLUMN = {
    "level": "Write none, very low, low, moderate, high, refuted, or unrated where nobody did.",
    "sign": "Write 1 where the subject increases the object, -1 where it decreases it.",
    "mechanistic": "Write none, weak, moderate or strong, or leave it empty.",
    "studies": "Write how many studies there are, or leave it empty.",
}


def read_links(path: str | Path) -> Iterator[LinkBatch | Diagnostic]:
    """Batches of links and faults of a table, in the order of its rows.

    Every cell is looked at; a row with a fault is in no batch. Memory is that of a batch. A folder
    is read as the Parquet files in it, in the order of their names.
    """
    if Path(path).is_dir():
        for part_path in sorted(Path(path).glob("*.parquet")):
            yield from read_links(part_path)
        return
    read_table = _read_parquet if find_unpacked_suffix(path) == ".parquet" else _read_csv
    try:
        yield from read_table(Path(path))
    except DataError as fault:
        message = f"{str(fault).removeprefix(f'{path}: ').rstrip('.')}."
        yield build_diagnostic(faults.UNREADABLE_FILE, message, Location(str(path)))


def _read_csv(path: Path) -> Iterator[LinkBatch | Diagnostic]:
    with open_unpacked(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        csv_rows = open_csv(read_lines(text, _MAX_LINE_LENGTH, "table"))
        try:
            table = _LinkTable(path, [cell.strip().lower() for cell in next(csv_rows, [])])
            yield from table.check_header()
            if not table.is_readable:
                return
            while rows := [*islice(_number_rows(csv_rows), BATCH_ROWS)]:
                yield from table.convert_rows(rows)
        except csv.Error as fault:
            message = f"not readable as CSV: {fault}."
            place = Location(str(path), csv_rows.line_num)
            yield build_diagnostic(faults.WRONG_TYPE, message, place, remedy="Mend the row.")


def _number_rows(csv_rows: Any) -> Iterator[NumberedCells]:
    """Rows with the number of the line that they end on; empty lines are left out."""
    for row in csv_rows:
        if row:
            yield csv_rows.line_num, row


def _read_parquet(path: Path) -> Iterator[LinkBatch | Diagnostic]:
    pa, pq = import_pyarrow("reading")
    try:
        with pq.ParquetFile(path) as file:
            _check_size(path, file.metadata)
            table = _LinkTable(path, file.schema_arrow.names)
            yield from table.check_header()
            yield from table.check_column_types(file.schema_arrow)
            if not table.is_readable:
                return
            table.column_names = [name for name in table.column_names if name in LINK_COLUMNS]
            first_line = 1
            for batch in file.iter_batches(BATCH_ROWS, columns=table.column_names):
                columns = [_convert_to_text(batch.column(name)) for name in table.column_names]
                rows = map(list, zip(*columns, strict=True))
                yield from table.convert_rows([*enumerate(rows, first_line)])
                first_line += batch.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError) as fault:  # a name is no text
        reason = " ".join(str(fault).split())[:200]
        raise DataError(f"{path}: not readable as Parquet: {reason}") from fault


def _check_size(path: Path, metadata: Any) -> None:
    """Refuse a file that says it holds far more bytes or rows than it is large."""
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    held, rows = sum(group.total_byte_size for group in groups), metadata.num_rows
    most = most_unpacked(path.stat().st_size)
    if max(held, rows) > most:
        raise DataError(
            f"{path}: packed, it holds {held:,} bytes in {rows:,} rows, "
            f"more than {most:,}; write it anew without packing if you trust it"
        )


def _convert_to_text(column: pa.Array) -> list[str]:
    """The cells of a column as text; a column of bytes that are no text keeps what is wrong."""
    try:
        cells = column.to_pylist()
    except UnicodeDecodeError:
        raw = column.cast("binary").to_pylist()
        cells = [None if c is None else c.decode("utf-8", "surrogateescape") for c in raw]
    return ["" if _is_gap(cell) else str(cell) for cell in cells]


def _is_gap(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and isnan(cell))


class _LinkTable:
    """The columns of a table and what is wrong with its rows."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.path, self.column_names, self.is_readable = path, [*names], True
        self._codes_by_column = {name: _WordCodes(read) for name, read in _PARSERS.items()}

    def _report(self, fault: FaultKind, text: str, line: int, remedy: str = "") -> Diagnostic:
        return build_diagnostic(fault, text, Location(str(self.path), line), remedy=remedy)

    def check_header(self) -> Iterator[Diagnostic]:
        """What is wrong with the names of the columns."""
        for name in REQUIRED_COLUMNS:
            if name not in self.column_names:
                self.is_readable = False
                others = [n for n in self.column_names if n not in LINK_COLUMNS]
                suggestion = suggest_similar_name(name, others)
                missing = f"the column {name!r} is missing. {suggestion}".rstrip()
                yield self._report(faults.MISSING_KEY, missing, 1, _COLUMNS_REMEDY)
        for name in dict.fromkeys(self.column_names):
            if name in LINK_COLUMNS and self.column_names.count(name) > 1:
                self.is_readable = False
                yield self._report(faults.DUPLICATE_KEY, f"two columns are named {name!r}.", 1)
        unread_names = [n for n in self.column_names if n not in LINK_COLUMNS]
        if unread_names and self.is_readable:
            quoted_names = ", ".join(map(quote_value, unread_names[:10]))
            message = f"not read: {quoted_names}."
            yield make_mild(self._report(faults.UNKNOWN_KEY, message, 1, "Nothing is lost."))

    def check_column_types(self, schema: pa.Schema) -> Iterator[Diagnostic]:
        """What is wrong with the types of the columns of a Parquet file."""
        import pyarrow.types as t

        text = (t.is_string, t.is_large_string, t.is_string_view, t.is_null)
        number_checks = (t.is_integer, t.is_floating)
        for name in self.column_names:
            if name not in LINK_COLUMNS:
                continue
            kind = schema.field(name).type
            kind = kind.value_type if t.is_dictionary(kind) else kind
            is_number = name in ("sign", "studies")
            if not any(fits(kind) for fits in (*text, *(number_checks if is_number else ()))):
                self.is_readable = False
                expected = "text or whole numbers" if is_number else "text"
                message = f"the column {name!r} has the type {kind}, not {expected}."
                yield self._report(faults.WRONG_TYPE, message, 1)

    def convert_rows(self, rows: Sequence[NumberedCells]) -> Iterator[LinkBatch | Diagnostic]:
        """The rows as a batch; where some have a fault, the faults and a batch of the others."""
        good = [row for _, row in rows if len(row) == len(self.column_names)]
        batch = self._build_batch(good) if len(good) == len(rows) else None
        if batch is None:
            valid_rows = []
            for line, row in rows:
                row_faults = [*self._check_row(line, row)]
                yield from row_faults
                valid_rows += [] if row_faults else [row]
            batch = self._build_batch(valid_rows) if valid_rows else None
        if batch is not None:
            yield batch

    def _build_batch(self, rows: Sequence[list[str]]) -> LinkBatch | None:
        """The rows as columns; None where one of them has a fault."""
        cells = dict(zip(self.column_names, zip(*rows, strict=True), strict=True))
        nothing = ("",) * len(rows)
        subjects, predicates, objects, sources = (
            [*map(_compose, cells.get(name, nothing))] for name in _TEXT_COLUMNS
        )
        ends = (subjects, predicates, objects)
        signs, levels, mechanistic, studies = numbers = [
            [*map(words.__getitem__, cells.get(name, nothing))]
            for name, words in self._codes_by_column.items()
        ]
        if any(_BAD_CELL in column for column in numbers) or any("" in column for column in ends):
            return None
        if not all(map(_is_valid_text, (*ends, sources))):
            return None
        first, second, third = (bytes(levels).translate(table) for table in _LEVEL_TABLES)
        flags = bytes(levels).translate(_FLAG_TABLE)
        return LinkBatch(*ends, signs, first, second, third, mechanistic, flags, studies, sources)

    def _check_row(self, line: int, row: list[str]) -> Iterator[Diagnostic]:
        """What is wrong with one row."""
        if len(row) != len(self.column_names):
            message = f"the row has {len(row)} cells, the head {len(self.column_names)}."
            remedy = "Quote cells that hold a comma."
            yield self._report(faults.WRONG_TYPE, message, line, remedy)
            return
        cells = dict(zip(self.column_names, row, strict=True))
        for name, words in self._codes_by_column.items():
            if words[cells.get(name, "")] == _BAD_CELL and name in cells:
                message = f"{name} is {quote_value(cells[name])}."
                fault = faults.IMPOSSIBLE_NUMBER if name == "studies" else faults.UNKNOWN_WORD
                yield self._report(fault, message, line, _REMEDY_BY_COLUMN[name])
        for name in _TEXT_COLUMNS:
            cell = cells.get(name, "").strip()
            if not cell and name in REQUIRED_COLUMNS:
                yield self._report(faults.MISSING_KEY, f"the {name} is empty.", line)
            elif not _is_valid_text([cell]):
                message = f"the {name} is not UTF-8, or longer than {MAX_ID_LENGTH} letters."
                remedy = "Save the table as UTF-8."
                yield self._report(faults.WRONG_TYPE, message, line, remedy)


def _compose(cell: str) -> str:
    """A cell without blanks around it, its letters composed: two spellings are one node."""
    return cell.strip() if cell.isascii() else normalize("NFC", cell.strip())


def _is_valid_text(cells: Sequence[str]) -> bool:
    """Whether all cells are proper text of a length that ids have."""
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return max(map(len, cells)) <= MAX_ID_LENGTH
