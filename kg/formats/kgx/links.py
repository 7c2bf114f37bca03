"""KGX edges as links, in one pass and without a store: what `kg load` and a grade make of them.

An edge of a direction is a link that nobody rated: a publication that nobody looked up carries no
evidence, and `knowledge_level` and `agent_type` say how firmly it is worded. So the levels are
those that the claim of the edge has in a store (`kg.formats.kgx.reader`); the table of signs is the
same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.errors import DataError
from kg.formats import faults
from kg.formats.faults import build_diagnostic
from kg.formats.kgx.reader import (
    EDGE_COLUMNS,
    JSON_SUFFIXES,
    KgxReader,
    KgxRow,
    check_text,
    find_first_value,
    find_node_kind,
    interpret_edge,
    is_negated,
    read_id,
)
from kg.formats.streams import find_unpacked_suffix, open_unpacked
from kg.model import OUTCOME_KINDS, Diagnostic, EntityKind, Location, Severity
from kg.model.batches import (
    NOT_STATED,
    GraphBatch,
    LinkBatch,
    NodeBatch,
    NodeRole,
    convert_imported_level,
)

BATCH_ROWS = 20_000
MAX_REPORTED_FAULTS = 20
_KGX_COLUMNS = frozenset(
    {"id", "category", "knowledge_level", "agent_type", "primary_knowledge_source"}
)
_RATING_COLUMNS = frozenset({"sign", "level"})
_LEVELS, _FLAGS = convert_imported_level(None)
_UNRATED_CELLS = (*_LEVELS, NOT_STATED, int(_FLAGS), NOT_STATED)
"""The levels, mechanistic strength, flags and number of studies of every link of KGX."""

_EXPOSURE_KINDS = (EntityKind.SUBSTANCE, EntityKind.INTERVENTION)


def is_kgx(path: str | Path) -> bool:
    """Whether a table is KGX by its head: edges without the columns of rated links, or nodes."""
    if find_unpacked_suffix(path) in JSON_SUFFIXES:
        return True
    try:
        with open_unpacked(path) as file:
            line = file.readline(1 << 16).decode("utf-8-sig", "replace")
    except DataError:  # it is reported where the file is read
        return False
    try:
        cells = next(csv.reader([line], delimiter="\t" if "\t" in line else ","), [])
    except csv.Error:  # so is this
        return False
    names = {cell.strip() for cell in cells}
    has_ids = "id" in names or set(EDGE_COLUMNS) <= names
    return has_ids and bool(names & _KGX_COLUMNS) and not names & _RATING_COLUMNS


def find_node_file(path: str | Path) -> Path | None:
    """The file of nodes that belongs to one of edges by its name; None where there is none.

    >>> find_node_file("graph_edges.tsv") is None  # there is no graph_nodes.tsv
    True
    """
    path = Path(path)
    name_before, word, name_after = path.name.rpartition("edges")
    nodes = path.with_name(f"{name_before}nodes{name_after}")
    return nodes if word and nodes.is_file() else None


def read_kgx_links(path: Path) -> Iterator[GraphBatch | Diagnostic]:
    """Links of the edges, labels and roles of the nodes beside them, and faults.

    A faulty line is left out: twenty are listed, all are counted, and the counts add up. Memory is
    that of a batch and of the names of knowledge sources.
    """
    nodes = find_node_file(path)
    for part_path in filter(None, (nodes, path)):
        reader = _KgxLinkReader(part_path)
        try:
            with open_unpacked(part_path) as file:
                yield from _limit_faults(reader, _group_into_batches(reader.read_things(file)))
        except DataError as fault:
            message = str(fault).removeprefix(f"{part_path}: ")
            yield build_diagnostic(faults.UNREADABLE_FILE, f"{message}.", Location(str(part_path)))


class _KgxLinkReader(KgxReader):
    """Reads the same rows to the same faults as `KgxReader`, and makes links of edges."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.undirected_count = 0

    def _build_edge(self, row: KgxRow, line: int) -> Iterator[Any]:
        subject, predicate, object_id = (read_id(row, key) for key in EDGE_COLUMNS)
        source_id = self._read_source(row)
        check_text(find_first_value(row, "id"), "id")
        meaning = interpret_edge(row, predicate)
        if not meaning.sign or subject == object_id or is_negated(row):
            self.undirected_count += 1  # nor is what acts on itself a link of a claim
        else:
            ends = (subject, meaning.predicate.value, object_id)
            yield (*ends, meaning.sign, *_UNRATED_CELLS, source_id)

    def _build_node(self, row: KgxRow) -> Any:
        node_id, kind = read_id(row, "id"), find_node_kind(row)
        role = NodeRole.OUTCOME if kind in OUTCOME_KINDS else NodeRole.ANY
        role = NodeRole.EXPOSURE if kind in _EXPOSURE_KINDS else role
        return node_id, find_first_value(row, "name"), int(role)


def _group_into_batches(items: Iterator[Any]) -> Iterator[GraphBatch | Diagnostic]:
    rows: list[tuple[Any, ...]] = []
    for item in items:
        if isinstance(item, Diagnostic):
            yield item
            continue
        if rows and (len(rows) == BATCH_ROWS or len(item) != len(rows[0])):
            yield _build_batch(rows)
            rows = []
        rows.append(item)
    if rows:
        yield _build_batch(rows)


def _build_batch(rows: list[tuple[Any, ...]]) -> GraphBatch:
    columns = zip(*rows, strict=True)
    return NodeBatch(*columns) if len(rows[0]) == 3 else LinkBatch(*columns)


def _limit_faults(
    reader: _KgxLinkReader, items: Iterator[GraphBatch | Diagnostic]
) -> Iterator[GraphBatch | Diagnostic]:
    """Batches, the first faults of a file, and what became of its lines."""
    fault_count = 0
    for item in items:
        if not isinstance(item, Diagnostic):
            yield item
        elif fault_count < MAX_REPORTED_FAULTS:
            fault_count += 1
            yield replace(item, severity=Severity.MODERATE)
    count, undirected = reader.count, reader.undirected_count
    if count.faulty or undirected:
        message = (
            f"of {count.lines:,} lines {count.taken - undirected:,} were taken, {undirected:,} say "
            f"no direction and are no links, {count.empty:,} are empty, {count.faulty:,} faulty."
        )
        counts = build_diagnostic(faults.NO_DIRECTION, message, Location(count.path))
        yield replace(counts, severity=Severity.MODERATE if count.faulty else Severity.MILD)
