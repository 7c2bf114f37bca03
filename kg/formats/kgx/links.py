"""KGX edges as links, in one pass and without a store: what `kg load` and a grade make of them.

An edge of a direction is a link that nobody rated: a publication that nobody looked up carries no
evidence, and `knowledge_level` and `agent_type` say how firmly it is worded. So the levels are
those that the claim of the edge has in a store (`kg.formats.kgx.reader`); the table of signs is the
same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg.errors import DataError
from kg.formats import faults
from kg.formats.faults import build_diagnostic
from kg.formats.kgx import biolink
from kg.formats.kgx.reader import (
    EDGE_COLUMNS,
    JSON_SUFFIXES,
    TRUE_WORDS,
    KgxReader,
    KgxRow,
    check_text,
    find_first_value,
    list_values,
    read_id,
)
from kg.formats.streams import find_unpacked_suffix, open_unpacked
from kg.model import OUTCOME_KINDS, Diagnostic, EntityKind, Location, Predicate, Severity
from kg.model.batches import (
    NOT_STATED,
    GraphBatch,
    LinkBatch,
    NodeBatch,
    NodeRole,
    convert_imported_level,
)
from kg.model.record import replace

BATCH_ROWS = 20_000
MAX_REPORTED_FAULTS = 20
_KGX_COLUMNS = frozenset(
    {"id", "category", "knowledge_level", "agent_type", "primary_knowledge_source"}
)
_RATING_COLUMNS = frozenset({"sign", "level"})
_EXPOSURE_KINDS = (EntityKind.SUBSTANCE, EntityKind.INTERVENTION)


def is_kgx(path: str | Path) -> bool:
    """Whether a table is KGX by its head: edges without the columns of rated links, or nodes."""
    if find_unpacked_suffix(path) in JSON_SUFFIXES:
        return True
    try:
        with open_unpacked(path) as file:
            line = file.readline(1 << 16).decode("utf-8-sig", "replace")
    except DataError:  # it is told where the file is read
        return False
    try:
        column_names = {
            cell.strip() for cell in next(csv.reader([line], delimiter=_detect_delimiter(line)), [])
        }
    except csv.Error:  # so is this
        return False
    return (
        bool(column_names & _KGX_COLUMNS)
        and not column_names & _RATING_COLUMNS
        and ("id" in column_names or set(EDGE_COLUMNS) <= column_names)
    )


def _detect_delimiter(line: str) -> str:
    return "\t" if "\t" in line else ","


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

    A faulty line is left out: twenty are told, all are counted, and the counts add up. Memory is
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
        word, sign = _interpret_predicate(
            find_first_value(row, "qualified_predicate") or predicate,
            find_first_value(row, "object_direction_qualifier", "object_direction"),
            find_first_value(row, "object_aspect_qualifier", "object_aspect"),
        )
        if (
            not sign
            or subject == object_id
            or find_first_value(row, "negated").lower() in TRUE_WORDS
        ):
            self.undirected_count += 1  # nor is what acts on itself a link of a claim
        else:
            yield (subject, word, object_id, sign, source_id)

    def _build_node(self, row: KgxRow) -> Any:
        node_id = read_id(row, "id")
        kinds = [biolink.find_entity_kind(category) for category in list_values(row, "category")]
        known_kinds = [kind for kind in kinds if kind is not EntityKind.PROPERTY]
        kind = known_kinds[0] if known_kinds else None
        role = NodeRole.OUTCOME if kind in OUTCOME_KINDS else NodeRole.ANY
        return (
            node_id,
            find_first_value(row, "name"),
            int(NodeRole.EXPOSURE if kind in _EXPOSURE_KINDS else role),
        )


@lru_cache(maxsize=1 << 12)
def _interpret_predicate(predicate: str, direction: str, aspect: str) -> tuple[str, int]:
    """The word and the sign of a predicate with its qualifiers; 0 where it has no direction."""
    predicate_meaning = biolink.interpret_qualifiers(predicate, direction, aspect)
    word = predicate_meaning.predicate if predicate_meaning.sign else Predicate.UNKNOWN_EFFECT_ON
    return word.value, predicate_meaning.sign


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
    if len(rows[0]) == 3:
        return NodeBatch(*zip(*rows, strict=True))
    subjects, predicates, objects, signs, sources = zip(*rows, strict=True)
    row_count = len(rows)
    (established, as_described, best_case), flags = convert_imported_level(None)
    return LinkBatch(
        subjects=subjects,
        predicates=predicates,
        objects=objects,
        signs=signs,
        established=[established] * row_count,
        as_described=[as_described] * row_count,
        best_case=[best_case] * row_count,
        mechanistic=[NOT_STATED] * row_count,
        flags=[int(flags)] * row_count,
        studies=[NOT_STATED] * row_count,
        sources=sources,
    )


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
    if reader.faulty_count or reader.undirected_count:
        link_count = reader.accepted_count - reader.undirected_count
        message = (
            f"of {reader.line_count:,} lines {link_count:,} were taken, "
            f"{reader.undirected_count:,} say no "
            f"direction and are no links, {reader.empty_count:,} are empty, "
            f"{reader.faulty_count:,} faulty."
        )
        counts = build_diagnostic(faults.NO_DIRECTION, message, Location(str(reader.path)))
        yield (
            replace(counts, severity=Severity.MODERATE)
            if reader.faulty_count
            else faults.make_mild(counts)
        )
