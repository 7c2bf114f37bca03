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
from pathlib import Path
from typing import Any, BinaryIO

from kg.errors import DataError
from kg.formats import biolink, faults
from kg.formats.faults import Fault, found, quoted
from kg.formats.streams import unpacked_suffix
from kg.model import (
    Citation,
    CitationKind,
    Claim,
    Diagnostic,
    Entity,
    Identification,
    Identifier,
    Location,
    Predicate,
    Proposition,
    Role,
    Source,
)

LONGEST = 2000
"""Letters of the longest id."""

_LONGEST_LINE = 1 << 22
EDGE = ("subject", "predicate", "object")
TRUE = frozenset({"true", "1", "yes"})

Row = dict[str, str | list[str]]
RowMaker = Callable[[], Row]
Thing = Entity | Source | Claim | Citation


class _Refused(Exception):
    """A row cannot be used."""

    def __init__(self, fault: Fault, message: str, remedy: str = "") -> None:
        self.fault, self.message, self.remedy = fault, message, remedy
        super().__init__(message)


class KgxReader:
    """Reads one file; `taken`, `empty` and `faulty` count its lines, and add up to `lines`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = self.taken = self.empty = self.faulty = 0
        self._sources: set[str] = set()

    def things(self, file: BinaryIO) -> Iterator[Thing | Diagnostic]:
        """Things of the rows and faults, in the order of the file."""
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        rows = self._json if unpacked_suffix(self.path) in JSON_SUFFIXES else self._table
        try:
            for line, row in rows(_lines(text)):
                yield from self._read(line, row)
        finally:
            text.detach()  # whoever opened the file closes it

    def _read(self, line: int, row: RowMaker | _Refused | None) -> Iterator[Thing | Diagnostic]:
        self.lines += 1
        if row is None:
            self.empty += 1
            return
        try:
            if isinstance(row, _Refused):
                raise row
            made = [*self._made(row(), line)]
        except _Refused as refused:
            self.faulty += 1
            place = Location(str(self.path), line)
            yield found(refused.fault, refused.message, place, remedy=refused.remedy)
        else:
            self.taken += 1
            yield from made

    def _json(self, lines: Iterable[str]) -> Iterator[tuple[int, RowMaker | _Refused | None]]:
        for number, line in enumerate(lines, 1):
            yield number, (lambda text=line: _object(text)) if line.strip() else None  # type: ignore[misc]

    def _table(self, lines: Iterator[str]) -> Iterator[tuple[int, RowMaker | _Refused | None]]:
        head_line = next(lines, "")
        tab = "\t" in head_line
        try:
            head = [cell.strip() for cell in _cells(head_line, tab)]
        except _Refused as refused:
            raise DataError(f"{self.path}: line 1: {refused}") from None
        edges = set(EDGE) <= set(head)
        if not edges and "id" not in head:
            raise DataError(
                f"{self.path}: line 1 is no head of KGX: edges have subject, predicate and object, "
                "nodes have id, category and name"
            )
        for number, line in enumerate(lines, 2):
            try:
                cells = _cells(line, tab)
            except _Refused as refused:
                yield number, refused
                continue
            yield number, (lambda cells=cells: _row(head, cells)) if any(cells) else None  # type: ignore[misc]

    def _made(self, row: Row, line: int) -> Iterator[Thing]:
        if any(key in row for key in ("subject", "object")):
            yield from self._edge(row, line)
        else:
            yield self._node(row)

    def _edge(self, row: Row, line: int) -> Iterator[Thing]:
        subject, predicate, object = (id_of(row, key) for key in EDGE)
        source = self._source(row)
        if source not in self._sources:
            self._sources.add(source)
            yield Source(source, source, kind="knowledge source")
        id = first(row, "id") or "|".join((subject, predicate, object, source))
        place = Location(str(self.path), line)
        works = []
        for work in many(row, "publications"):
            cited = _citation(f"{id}|{work}", source, work, line)
            works.append(cited.id)
            yield cited
        yield _claim(row, text_of(id, "id"), source, subject, predicate, object, works, place)

    def _source(self, row: Row) -> str:
        source = first(row, "primary_knowledge_source", "knowledge_source", "provided_by")
        return text_of(source or "unknown-source", "source")

    def _node(self, row: Row) -> Thing:
        return _entity(row)


def _claim(
    row: Row,
    id: str,
    source: str,
    subject: str,
    predicate: str,
    object: str,
    works: list[str],
    place: Location,
) -> Claim:
    main = first(row, "qualified_predicate") or predicate
    direction = first(row, "object_direction_qualifier", "object_direction")
    aspect = first(row, "object_aspect_qualifier", "object_aspect")
    said = biolink.qualified(main, direction, aspect)
    negated = first(row, "negated").lower() in TRUE
    word = said.predicate if said.sign else Predicate.UNKNOWN_EFFECT_ON
    level = first(row, "knowledge_level")
    stated = [f"{key}: {first(row, key)}" for key in _KEPT if first(row, key)]
    if codes := many(row, "has_evidence"):
        stated.append(f"has_evidence: {', '.join(codes)}")
    return Claim(
        id,
        source,
        place.line,
        Role.EVIDENCE_STATEMENT,
        Proposition(subject, Predicate.NO_EFFECT_ON if negated else word, object),
        biolink.tier(level),
        presented=biolink.presented(level),
        citations=tuple(sorted(works)),
        paraphrase=f"{subject} {'not ' if negated else ''}{predicate} {object}",
        note="; ".join(stated),
        location=place,
    )


_KEPT = (
    *("knowledge_level", "agent_type", "qualified_predicate", "object_direction_qualifier"),
    "object_aspect_qualifier",
)
"""What of an edge has no field of its own and is kept as it was written."""


def _citation(id: str, source: str, work: str, line: int) -> Citation:
    prefix, _, number = work.partition(":")
    kind = prefix.lower()
    return Citation(
        id,
        source,
        CitationKind.REFERENCE_LIST,
        line,
        Identification.NOT_LOOKED_UP,
        pmid=number if kind == "pmid" and number.isdecimal() else None,
        pmcid=number if kind in ("pmc", "pmcid") else None,
        doi=number if kind == "doi" else None,
        url=work if work.startswith("https://") else None,
        title=None if kind in ("pmid", "pmc", "pmcid", "doi") else work,
    )


def _entity(row: Row) -> Entity:
    id = id_of(row, "id")
    categories = many(row, "category")
    kinds = [biolink.kind(category) for category in categories]
    known = [kind for kind in kinds if kind.value != "property"]
    return Entity(
        id,
        first(row, "name") or id,
        known[0] if known else biolink.kind(""),
        definition=first(row, "description"),
        synonyms=tuple(sorted(set(many(row, "synonym")))),
        identifiers=tuple(
            sorted({Identifier(other) for other in (id, *many(row, "xref", "same_as"))})
        ),
        note=", ".join(categories),
    )


def _row(head: list[str], cells: list[str]) -> Row:
    if len(cells) > len(head):
        message = f"the row has {len(cells)} cells, the head {len(head)}."
        raise _Refused(faults.WRONG_TYPE, message)
    return {name: cell for name, cell in zip(head, cells, strict=False) if cell}


def _object(line: str) -> Row:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as fault:
        reason = getattr(fault, "msg", "it is nested too deep")
        raise _Refused(faults.WRONG_TYPE, f"the line is no JSON: {reason}.") from None
    if not isinstance(row, dict):
        raise _Refused(faults.WRONG_TYPE, "the line is no JSON object.")
    return {name: _value(value) for name, value in row.items() if value is not None}


def _value(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(part) for part in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def id_of(row: Row, key: str) -> str:
    """The id in a cell; the row is refused where it is empty, no text or too long."""
    text = first(row, key)
    if not text:
        raise _Refused(faults.MISSING_KEY, f"the {key} is empty.")
    return text_of(text, key)


def text_of(text: str, key: str) -> str:
    """The text of a cell; the row is refused where it is not UTF-8, or too long."""
    if len(text) > LONGEST:
        message = f"the {key} is longer than {LONGEST} letters."
        raise _Refused(faults.WRONG_TYPE, message)
    try:
        text.encode()
    except UnicodeEncodeError:
        message = f"the {key} is not UTF-8: {quoted(text)}."
        raise _Refused(faults.WRONG_TYPE, message, "Save the file as UTF-8.") from None
    return text


def first(row: Row, *keys: str) -> str:
    """The first value of the first of these cells that is not empty, or nothing."""
    for key in keys:
        value = row.get(key)
        if value:
            return (value if isinstance(value, str) else value[0]).strip()
    return ""


def many(row: Row, *keys: str) -> list[str]:
    """All values of these cells."""
    parts: list[str] = []
    for key in keys:
        value = row.get(key, "")
        parts += value.split("|") if isinstance(value, str) else value
    return [part.strip() for part in parts if part.strip()]


def _cells(line: str, tab: bool) -> list[str]:
    """The cells of a line; the row is refused where they cannot be told apart."""
    if tab:
        return line.rstrip("\r\n").split("\t")
    try:
        return next(csv.reader([line]), [])
    except csv.Error as fault:
        raise _Refused(faults.WRONG_TYPE, f"the line is no CSV: {fault}.") from None


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of a text, none of which may fill the memory."""
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise DataError(f"a line is longer than {_LONGEST_LINE:,} letters; this is no KGX")
        yield line


JSON_SUFFIXES = (".jsonl", ".ndjson")
