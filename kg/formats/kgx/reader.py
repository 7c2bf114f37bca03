"""Reads KGX (TSV and JSON Lines, nodes and edges) row by row, as things of the model.

https://github.com/biolink/kgx/blob/master/specification/kgx-format.md. A node becomes an entity, an
edge a claim of its primary knowledge source, each publication a citation that nobody looked up.
What an edge says of its object is decided by `data/biolink.toml`; an edge without a direction is
kept, without a sign. Memory is that of a row.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO
from unicodedata import normalize

from kg.errors import DataError
from kg.formats import faults
from kg.formats.faults import FaultKind, build_diagnostic, quote_value
from kg.formats.kgx import biolink
from kg.formats.kgx.biolink import PredicateMeaning, interpret_qualifiers
from kg.formats.kgx.row_index import RowIndex, RowStanding
from kg.formats.streams import FileCount, find_unpacked_suffix, read_lines
from kg.model import (
    Citation,
    CitationKind,
    Claim,
    Diagnostic,
    Entity,
    EntityKind,
    Identification,
    Identifier,
    Location,
    Predicate,
    Proposition,
    Role,
    Source,
)

MAX_ID_LENGTH = 2000
"""Letters of the longest id."""

_MAX_LINE_LENGTH = 1 << 22
JSON_SUFFIXES = (".jsonl", ".ndjson")
_SOURCE_COLUMNS = ("primary_knowledge_source", "knowledge_source", "provided_by")
EDGE_COLUMNS = ("subject", "predicate", "object")
_TRUE_WORDS = frozenset({"true", "t", "1", "1.0", "yes", "y"})
_FALSE_WORDS = frozenset({"", "false", "f", "0", "0.0", "no", "n"})

KgxRow = dict[str, str | list[str]]
RowMaker = Callable[[], KgxRow]
NumberedRow = tuple[int, "RowMaker | _UnusableRow | None"]
"""The number of a line and what gives its row; None where the line is empty."""
KgxThing = Entity | Source | Claim | Citation


class _UnusableRow(Exception):
    """A row cannot be used."""

    def __init__(self, fault: FaultKind, message: str, remedy: str = "") -> None:
        self.fault, self.message, self.remedy = fault, message, remedy
        super().__init__(message)


class KgxReader:
    """Reads one file; `count` has what became of its lines."""

    def __init__(self, path: Path, row_index: RowIndex | None = None) -> None:
        self.path, self.count = path, FileCount(str(path))
        self._sources: set[str] = set()
        self._row_index = row_index

    def read_things(self, file: BinaryIO) -> Iterator[KgxThing | Diagnostic]:
        """Things of the rows and faults, in the order of the file."""
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        is_json = find_unpacked_suffix(self.path) in JSON_SUFFIXES
        list_rows = self._list_json_rows if is_json else self._list_table_rows
        try:
            for line, row in list_rows(read_lines(text, _MAX_LINE_LENGTH, "KGX")):
                yield from self._read_row(line, row)
        finally:
            text.detach()  # whoever opened the file closes it

    def _read_row(
        self, line: int, row: RowMaker | _UnusableRow | None
    ) -> Iterator[KgxThing | Diagnostic]:
        self.count.lines += 1
        if row is None:
            self.count.empty += 1
            return
        try:
            if isinstance(row, _UnusableRow):
                raise row
            cells = row()
            things = [*self._build_things(cells, line)]
            is_repeated = self._is_repeated(cells, things)
        except _UnusableRow as refused:
            self.count.faulty += 1
            place = Location(str(self.path), line)
            yield build_diagnostic(refused.fault, refused.message, place, remedy=refused.remedy)
        else:
            self.count.repeated += is_repeated
            self.count.taken += not is_repeated
            self._sources.update(thing.id for thing in things if isinstance(thing, Source))
            yield from () if is_repeated else things

    def _is_repeated(self, row: KgxRow, things: list[Any]) -> bool:
        """Whether the row stood before; it is refused where its id stood with other cells."""
        if self._row_index is None:
            return False
        row_id = f"{type(things[-1]).__name__} {things[-1].id}"
        cells = frozenset((k, v if isinstance(v, str) else "|".join(v)) for k, v in row.items())
        standing = self._row_index.add_row(row_id, cells)
        if standing is RowStanding.CONTRADICTING:
            message = f"the id {quote_value(things[-1].id)} stood before, with other cells."
            raise _UnusableRow(faults.DUPLICATE_ID, message)
        return standing is RowStanding.REPEATED

    def _list_json_rows(self, lines: Iterable[str]) -> Iterator[NumberedRow]:
        for number, line in enumerate(lines, 1):
            yield number, partial(_parse_json_object, line) if line.strip() else None

    def _list_table_rows(self, lines: Iterator[str]) -> Iterator[NumberedRow]:
        head_line = next(lines, "")
        list_cells = _list_tab_cells if "\t" in head_line else _list_csv_cells
        numbered_cells = list_cells(chain([head_line], lines))
        _, head = next(numbered_cells, (1, []))
        if isinstance(head, _UnusableRow):
            raise DataError(f"{self.path}: line 1: {head}")
        column_names = [cell.strip() for cell in head]
        edges = set(EDGE_COLUMNS) <= set(column_names)
        if not edges and "id" not in column_names:
            raise DataError(
                f"{self.path}: line 1 is no head of KGX: edges have subject, predicate and object, "
                "nodes have id, category and name"
            )
        for number, cells in numbered_cells:
            if isinstance(cells, _UnusableRow):
                yield number, cells
            else:
                yield number, partial(_pair_cells, column_names, cells) if any(cells) else None

    def _build_things(self, row: KgxRow, line: int) -> Iterator[KgxThing]:
        if any(key in row for key in ("subject", "object")):
            yield from self._build_edge(row, line)
        else:
            yield self._build_node(row)

    def _build_edge(self, row: KgxRow, line: int) -> Iterator[KgxThing]:
        subject, predicate, object_id = (read_id(row, key) for key in EDGE_COLUMNS)
        source_id = self._read_source(row)
        if source_id not in self._sources:
            yield Source(source_id, source_id, kind=biolink.KNOWLEDGE_SOURCE)
        parts = (subject, predicate, object_id, source_id)
        edge_id = find_first_value(row, "id") or _build_edge_id(row, parts)
        place = Location(str(self.path), line)
        works = []
        for work in list_values(row, "publications"):
            citation = _build_citation(f"{edge_id}|{work}", source_id, work, line)
            works.append(citation.id)
            yield citation
        yield _build_claim(row, check_text(edge_id, "id"), parts, works, place)

    def _read_source(self, row: KgxRow) -> str:
        return check_text(find_first_value(row, *_SOURCE_COLUMNS) or "unknown-source", "source")

    def _build_node(self, row: KgxRow) -> KgxThing:
        return _build_entity(row)


def _build_edge_id(row: KgxRow, parts: tuple[str, ...]) -> str:
    """An id of an edge that has none: its ends and source, and a digest of all that it adds."""
    others = sorted((k, v) for k, v in row.items() if k not in (*EDGE_COLUMNS, *_SOURCE_COLUMNS))
    digest = blake2b(json.dumps(others).encode("utf-8", "surrogatepass"), digest_size=8)
    return "|".join((*parts, digest.hexdigest()) if others else parts)


def interpret_edge(row: KgxRow, predicate: str) -> PredicateMeaning:
    """What an edge says of its object: its predicate with its qualifiers."""
    main = find_first_value(row, "qualified_predicate") or predicate
    direction = find_first_value(row, "object_direction_qualifier", "object_direction")
    aspect = find_first_value(row, "object_aspect_qualifier", "object_aspect")
    return _interpret_qualifiers(
        main,
        direction,
        aspect,
        find_first_value(row, "subject_direction_qualifier", "subject_direction"),
        find_first_value(row, "subject_aspect_qualifier", "subject_aspect"),
    )


_interpret_qualifiers = lru_cache(maxsize=1 << 12)(interpret_qualifiers)


def is_negated(row: KgxRow) -> bool:
    """Whether an edge says that its statement does not hold; other words refuse the row."""
    word = find_first_value(row, "negated").lower()
    if word not in _TRUE_WORDS | _FALSE_WORDS:
        message = f"negated is {quote_value(word)}; write true or false."
        raise _UnusableRow(faults.WRONG_TYPE, message)
    return word in _TRUE_WORDS


def _build_claim(
    row: KgxRow, edge_id: str, parts: tuple[str, ...], works: list[str], place: Location
) -> Claim:
    subject, predicate, object_id, source_id = parts
    meaning, negated = interpret_edge(row, predicate), is_negated(row)
    word = meaning.predicate if meaning.sign else Predicate.UNKNOWN_EFFECT_ON
    level = find_first_value(row, "knowledge_level")
    cells = {key: find_first_value(row, key) for key in biolink.NOTE_COLUMNS}
    cells["has_evidence"] = ", ".join(list_values(row, "has_evidence"))
    return Claim(
        edge_id,
        source_id,
        place.line,
        Role.EVIDENCE_STATEMENT,
        Proposition(subject, Predicate.NO_EFFECT_ON if negated else word, object_id),
        biolink.find_tier(level),
        presented=biolink.find_presentation(level),
        citations=tuple(sorted(works)),
        paraphrase=f"{subject} {'not ' if negated else ''}{predicate} {object_id}",
        note=biolink.format_note(cells),
        location=place,
    )


def _build_citation(id: str, source_id: str, work: str, line: int) -> Citation:
    prefix, _, local_id = work.partition(":")
    id_kind = prefix.lower()
    return Citation(
        id,
        source_id,
        CitationKind.REFERENCE_LIST,
        line,
        Identification.NOT_LOOKED_UP,
        pmid=local_id if id_kind == "pmid" and local_id.isdecimal() else None,
        pmcid=local_id if id_kind in ("pmc", "pmcid") else None,
        doi=local_id if id_kind == "doi" else None,
        url=work if work.startswith("https://") else None,
        title=None if id_kind in ("pmid", "pmc", "pmcid", "doi") else work,
    )


def _build_entity(row: KgxRow) -> Entity:
    node_id = read_id(row, "id")
    categories = list_values(row, "category")
    same_ids = {node_id, *list_values(row, "xref", "same_as")}
    return Entity(
        node_id,
        find_first_value(row, "name") or node_id,
        find_node_kind(row) or EntityKind.PROPERTY,
        definition=find_first_value(row, "description"),
        synonyms=tuple(sorted(set(list_values(row, "synonym")))),
        identifiers=tuple(sorted(map(Identifier, same_ids))),
        note=", ".join(categories),
    )


def find_node_kind(row: KgxRow) -> EntityKind | None:
    """The first kind that the categories of a node say; None where they say none."""
    kinds = map(biolink.find_entity_kind, list_values(row, "category"))
    return next((kind for kind in kinds if kind is not EntityKind.PROPERTY), None)


def _pair_cells(column_names: list[str], cells: list[str]) -> KgxRow:
    if len(cells) > len(column_names):
        message = f"the row has {len(cells)} cells, the head {len(column_names)}."
        raise _UnusableRow(faults.WRONG_TYPE, message)
    return {name: cell for name, cell in zip(column_names, cells, strict=False) if cell}


def _parse_json_object(line: str) -> KgxRow:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as fault:
        reason = getattr(fault, "msg", "it is nested too deep")
        raise _UnusableRow(faults.WRONG_TYPE, f"the line is no JSON: {reason}.") from None
    if not isinstance(row, dict):
        raise _UnusableRow(faults.WRONG_TYPE, "the line is no JSON object.")
    return {name: _convert_json_value(value) for name, value in row.items() if value is not None}


def _convert_json_value(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(part) for part in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def read_id(row: KgxRow, key: str) -> str:
    """The id in a cell; the row is refused where it is empty, no text or too long."""
    text = find_first_value(row, key)
    if not text:
        raise _UnusableRow(faults.MISSING_KEY, f"the {key} is empty.")
    return check_text(text, key)


def check_text(text: str, key: str) -> str:
    """The text of a cell; the row is refused where it is not UTF-8, or too long."""
    if len(text) > MAX_ID_LENGTH:
        message = f"the {key} is longer than {MAX_ID_LENGTH} letters."
        raise _UnusableRow(faults.WRONG_TYPE, message)
    try:
        text.encode()
    except UnicodeEncodeError:
        message = f"the {key} is not UTF-8: {quote_value(text)}."
        raise _UnusableRow(faults.WRONG_TYPE, message, "Save the file as UTF-8.") from None
    return text if text.isascii() else normalize("NFC", text)


def find_first_value(row: KgxRow, *keys: str) -> str:
    """The first value of the first of these cells that is not empty, or nothing."""
    for key in keys:
        value = row.get(key)
        if value:
            return (value if isinstance(value, str) else value[0]).strip()
    return ""


def list_values(row: KgxRow, *keys: str) -> list[str]:
    """All values of these cells."""
    parts: list[str] = []
    for key in keys:
        value = row.get(key, "")
        parts += value.split("|") if isinstance(value, str) else value
    return [part.strip() for part in parts if part.strip()]


def _list_tab_cells(lines: Iterable[str]) -> Iterator[tuple[int, list[str] | _UnusableRow]]:
    """The cells of each line, which are not quoted, as KGX writes TSV."""
    for number, line in enumerate(lines, 1):
        yield number, line.rstrip("\r\n").split("\t")


def _list_csv_cells(lines: Iterable[str]) -> Iterator[tuple[int, list[str] | _UnusableRow]]:
    """The cells of each row with the line that it begins on; a quoted cell may hold line ends."""
    csv_rows = csv.reader(lines, strict=True)
    number = 1
    while True:
        try:
            cells = next(csv_rows)
        except StopIteration:
            return
        except csv.Error as fault:
            end = f", to line {csv_rows.line_num}" if csv_rows.line_num > number else ""
            message = f"the row is no CSV{end}: {fault}."
            yield number, _UnusableRow(faults.WRONG_TYPE, message, "Close its quotes.")
        else:
            yield number, cells
        number = csv_rows.line_num + 1
