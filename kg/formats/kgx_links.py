"""KGX edges as links, in one pass and without a store: what `kg load` and a grade make of them.

An edge of a direction is a link that nobody rated: a publication that nobody looked up carries no
evidence, and `knowledge_level` and `agent_type` say how firmly it is worded. So the levels are
those that the claim of the edge has in a store (`kg.formats.kgx`); the table of signs is the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg.errors import DataError
from kg.formats import biolink, faults
from kg.formats.faults import found
from kg.formats.kgx import EDGE, JSON_SUFFIXES, TRUE, KgxReader, Row, first, id_of, many, text_of
from kg.formats.streams import opened, unpacked_suffix
from kg.model import OUTCOME_KINDS, Diagnostic, EntityKind, Location, Predicate, Severity
from kg.model.links import UNKNOWN, Batch, LinkBatch, NodeBatch, Role, imported
from kg.model.record import replace

ROWS = 20_000
FAULTS_TOLD = 20
_MARKS = frozenset({"id", "category", "knowledge_level", "agent_type", "primary_knowledge_source"})
_RATED = frozenset({"sign", "level"})
_GIVEN = (EntityKind.SUBSTANCE, EntityKind.INTERVENTION)


def is_kgx(path: str | Path) -> bool:
    """Whether a table is KGX by its head: edges without the columns of rated links, or nodes."""
    if unpacked_suffix(path) in JSON_SUFFIXES:
        return True
    try:
        with opened(path) as file:
            line = file.readline(1 << 16).decode("utf-8-sig", "replace")
    except DataError:  # it is told where the file is read
        return False
    try:
        head = {cell.strip() for cell in next(csv.reader([line], delimiter=_delimiter(line)), [])}
    except csv.Error:  # so is this
        return False
    return bool(head & _MARKS) and not head & _RATED and ("id" in head or set(EDGE) <= head)


def _delimiter(line: str) -> str:
    return "\t" if "\t" in line else ","


def nodes_beside(path: str | Path) -> Path | None:
    """The file of nodes that belongs to one of edges by its name; None where there is none.

    >>> nodes_beside("graph_edges.tsv") is None  # there is no graph_nodes.tsv
    True
    """
    path = Path(path)
    before, word, after = path.name.rpartition("edges")
    nodes = path.with_name(f"{before}nodes{after}")
    return nodes if word and nodes.is_file() else None


def read(path: Path) -> Iterator[Batch | Diagnostic]:
    """Links of the edges, labels and roles of the nodes beside them, and faults.

    A faulty line is left out: twenty are told, all are counted, and the counts add up. Memory is
    that of a batch and of the names of knowledge sources.
    """
    nodes = nodes_beside(path)
    for part in filter(None, (nodes, path)):
        reader = _Links(part)
        try:
            with opened(part) as file:
                yield from _told(reader, _batches(reader.things(file)))
        except DataError as fault:
            message = str(fault).removeprefix(f"{part}: ")
            yield found(faults.UNREADABLE, f"{message}.", Location(str(part)))


class _Links(KgxReader):
    """Reads the same rows to the same faults as `KgxReader`, and makes links of edges."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.undirected = 0

    def _edge(self, row: Row, line: int) -> Iterator[Any]:
        subject, predicate, object = (id_of(row, key) for key in EDGE)
        source = self._source(row)
        text_of(first(row, "id"), "id")
        word, sign = _says(
            first(row, "qualified_predicate") or predicate,
            first(row, "object_direction_qualifier", "object_direction"),
            first(row, "object_aspect_qualifier", "object_aspect"),
        )
        if not sign or subject == object or first(row, "negated").lower() in TRUE:
            self.undirected += 1  # nor is what acts on itself a link of a claim
        else:
            yield (subject, word, object, sign, source)

    def _node(self, row: Row) -> Any:
        id = id_of(row, "id")
        kinds = [biolink.kind(category) for category in many(row, "category")]
        known = [kind for kind in kinds if kind is not EntityKind.PROPERTY]
        kind = known[0] if known else None
        role = Role.OUTCOME if kind in OUTCOME_KINDS else Role.ANY
        return (id, first(row, "name"), int(Role.EXPOSURE if kind in _GIVEN else role))


@lru_cache(maxsize=1 << 12)
def _says(predicate: str, direction: str, aspect: str) -> tuple[str, int]:
    """The word and the sign of a predicate with its qualifiers; 0 where it has no direction."""
    said = biolink.qualified(predicate, direction, aspect)
    word = said.predicate if said.sign else Predicate.UNKNOWN_EFFECT_ON
    return word.value, said.sign


def _batches(items: Iterator[Any]) -> Iterator[Batch | Diagnostic]:
    rows: list[tuple[Any, ...]] = []
    for item in items:
        if isinstance(item, Diagnostic):
            yield item
            continue
        if rows and (len(rows) == ROWS or len(item) != len(rows[0])):
            yield _batch(rows)
            rows = []
        rows.append(item)
    if rows:
        yield _batch(rows)


def _batch(rows: list[tuple[Any, ...]]) -> Batch:
    if len(rows[0]) == 3:
        return NodeBatch(*zip(*rows, strict=True))
    subjects, predicates, objects, signs, sources = zip(*rows, strict=True)
    size = len(rows)
    (established, described, best), flags = imported(None)
    return LinkBatch(
        subjects=subjects,
        predicates=predicates,
        objects=objects,
        signs=signs,
        established=[established] * size,
        as_described=[described] * size,
        best_case=[best] * size,
        mechanistic=[UNKNOWN] * size,
        flags=[int(flags)] * size,
        studies=[UNKNOWN] * size,
        sources=sources,
    )


def _told(reader: _Links, items: Iterator[Batch | Diagnostic]) -> Iterator[Batch | Diagnostic]:
    """Batches, the first faults of a file, and what became of its lines."""
    told = 0
    for item in items:
        if not isinstance(item, Diagnostic):
            yield item
        elif told < FAULTS_TOLD:
            told += 1
            yield replace(item, severity=Severity.MODERATE)
    if reader.faulty or reader.undirected:
        taken = reader.taken - reader.undirected
        message = (
            f"of {reader.lines:,} lines {taken:,} were taken, {reader.undirected:,} say no "
            f"direction and are no links, {reader.empty:,} are empty, {reader.faulty:,} faulty."
        )
        counts = found(faults.NO_BETTER, message, Location(str(reader.path)))
        yield replace(counts, severity=Severity.MODERATE) if reader.faulty else faults.mild(counts)
