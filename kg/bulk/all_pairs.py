"""Every pair of exposure and outcome of columns, a batch of outcomes at a time, and their marks.

A walk may come back to a node with the other sign only inside a strongly connected part of the
graph that holds a cycle of negative sign (Harary, "On the notion of balance of a signed graph",
Michigan Mathematical Journal 2 (1953): elsewhere all walks between two nodes of a part agree). So
graphs without such a part cost nothing more; in others simple paths are looked for, pair by pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from kg.bulk.bit_parallel import (
    ReadingLinks,
    build_reading_links,
    compute_pair_levels,
    split_into_batches,
)
from kg.bulk.columns import LinkColumns
from kg.bulk.labels import IntArray
from kg.errors import UsageError
from kg.model import Level, Reading
from kg.model.batches import LinkFlag, NodeRole, PairBatch, PairMark


@dataclass(frozen=True, eq=False, slots=True)
class _PairRows:
    """Pairs as numbers: nodes, sign, a level for each reading, and what they are sorted by."""

    outcomes: IntArray
    exposures: IntArray
    signs: IntArray
    levels: IntArray

    def select_rows(self, row_index: IntArray) -> _PairRows:
        return _PairRows(
            self.outcomes[row_index],
            self.exposures[row_index],
            self.signs[row_index],
            self.levels[:, row_index],
        )

    def append_rows(self, other: _PairRows) -> _PairRows:
        return _PairRows(
            np.concatenate((self.outcomes, other.outcomes)),
            np.concatenate((self.exposures, other.exposures)),
            np.concatenate((self.signs, other.signs)),
            np.concatenate((self.levels, other.levels), axis=1),
        )

    @property
    def sort_weights(self) -> IntArray:
        """One number a row that sorts by established, as described and best case."""
        weights = np.array([25, 5, 1], np.int16)
        worth: IntArray = weights @ self.levels.astype(np.int16)
        return worth


def iterate_all_pairs(
    columns: LinkColumns,
    outcome: int | IntArray | None = None,
    exposure: int | None = None,
    minimum_level: Level = Level.NONE,
    top_count: int | None = None,
) -> Iterator[PairBatch]:
    """Pairs with a chain in some reading, outcome by outcome in the order of names.

    Of each outcome the surest exposure comes first; with `top_count` the surest pair of all does.

    Args:
        columns: Rated links as arrays.
        outcome: One node or several; None: all that no link leaves.
        exposure: One node; None: all that no link leads to.
        minimum_level: Least established level.
        top_count: Pairs at the most, the surest of all; None for every pair.

    Raises:
        UsageError: no node is an exposure or an outcome.
    """
    place = _rank_nodes_by_name(columns)
    parts = _iterate_rows(columns, select_outcomes(columns, outcome), exposure, minimum_level)
    if top_count is None:
        for rows in parts:
            if len(rows.signs):
                keys = (
                    -rows.signs,
                    place[rows.exposures],
                    -rows.sort_weights,
                    place[rows.outcomes],
                )
                yield _build_pair_batch(columns, rows.select_rows(np.lexsort(keys)))
        return
    best_rows: _PairRows | None = None
    for rows in parts:
        merged_rows = rows if best_rows is None else best_rows.append_rows(rows)
        keys = (
            -merged_rows.signs,
            place[merged_rows.outcomes],
            place[merged_rows.exposures],
            -merged_rows.sort_weights,
        )
        best_rows = merged_rows.select_rows(np.lexsort(keys)[:top_count])
    if best_rows is not None and len(best_rows.signs):
        yield _build_pair_batch(columns, best_rows)


def _rank_nodes_by_name(columns: LinkColumns) -> IntArray:
    """Where each node stands in the order of names."""
    place = np.empty(columns.node_count, np.int32)
    place[columns.by_name] = np.arange(columns.node_count, dtype=np.int32)
    return place


def select_outcomes(columns: LinkColumns, outcome: int | IntArray | None = None) -> IntArray:
    """The nodes asked about as outcomes in the order of names; UsageError where there are none.

    Args:
        columns: Rated links as arrays.
        outcome: One node or several; None: all that no link leaves.
    """
    if outcome is None:
        nodes = np.flatnonzero(columns.role == NodeRole.OUTCOME)
    else:
        nodes = np.atleast_1d(outcome)
    if not len(nodes):
        raise UsageError(
            "no node is an outcome: outcomes are those from which no link leads; name another "
            "with --outcome"
        )
    sorted_nodes: IntArray = nodes[np.argsort(_rank_nodes_by_name(columns)[nodes])]
    return sorted_nodes


def _iterate_rows(
    columns: LinkColumns, outcomes: IntArray, exposure: int | None, minimum_level: Level
) -> Iterator[_PairRows]:
    """The pairs of each batch of outcomes."""
    links_by_codes: dict[int, ReadingLinks] = {}
    for reading in Reading:
        codes_id = id(columns.read_codes(reading))
        if codes_id not in links_by_codes:
            links_by_codes[codes_id] = build_reading_links(columns, reading, exposure)
    require_exposures(columns, exposure)
    agents = next(iter(links_by_codes.values())).exposures
    for batch in split_into_batches(outcomes, columns.node_count):
        levels_by_codes = {
            codes_id: compute_pair_levels(pairs, columns, batch)
            for codes_id, pairs in links_by_codes.items()
        }
        levels_by_reading = [
            levels_by_codes[id(columns.read_codes(reading))] for reading in Reading
        ]
        pair_mask = (levels_by_reading[0] >= minimum_level) & (
            (levels_by_reading[0] | levels_by_reading[1] | levels_by_reading[2]) > 0
        )
        pair_mask[agents[:, None] == batch] = False
        agent, target, side = np.nonzero(pair_mask)
        yield _PairRows(
            outcomes=batch[target],
            exposures=agents[agent],
            signs=(1 - 2 * side).astype(np.int8),
            levels=np.stack([level[agent, target, side] for level in levels_by_reading]),
        )


def require_exposures(columns: LinkColumns, exposure: int | None) -> None:
    """Nothing; UsageError where no exposure is asked about and no node is one.

    Args:
        columns: Rated links as arrays.
        exposure: The node that is asked about, if any.
    """
    if exposure is None and not (columns.role == NodeRole.EXPOSURE).any():
        raise UsageError(
            "no node is an exposure: exposures are those to which no link leads; name another "
            "with --exposure"
        )


def _build_pair_batch(columns: LinkColumns, rows: _PairRows) -> PairBatch:
    return PairBatch(
        outcomes=_decode_names(columns, rows.outcomes),
        exposures=_decode_names(columns, rows.exposures),
        signs=rows.signs.tolist(),
        established=rows.levels[0].tolist(),
        as_described=rows.levels[1].tolist(),
        best_case=rows.levels[2].tolist(),
    )


def _decode_names(columns: LinkColumns, nodes: IntArray) -> list[str]:
    """Names of nodes, each decoded once."""
    distinct_nodes, node_index = np.unique(nodes, return_inverse=True)
    decoded_names: list[str] = columns.names.decode_many(distinct_nodes)[node_index].tolist()
    return decoded_names


# Marks


MAX_LINKS_SEARCHED = 2_000
"""Links of a graph in which loops are looked for; in larger ones it would take longer than grading.
"""

_MAX_STEPS = 20_000
"""Links that one search for a simple path may pass."""

_MAX_TOTAL_STEPS = 1_000_000
"""Links that all searches in one graph may pass together; then pairs stay unmarked."""


def mark_pairs(columns: LinkColumns, batches: Iterable[PairBatch]) -> Iterator[PairBatch]:
    """The batches, with a mark where a pair is refuted, or no path without repetition has its sign.

    Args:
        columns: Rated links as arrays; in more than `MAX_LINKS_SEARCHED` of them no loops are
            looked for.
        batches: Pairs of these columns.
    """
    refuted = _list_refuted_pairs(columns)
    graph = _SignedGraph(columns) if columns.link_count <= MAX_LINKS_SEARCHED else None
    for batch in batches:
        marks = []
        for row in zip(batch.exposures, batch.outcomes, batch.signs, strict=True):
            mark = PairMark.CONTESTED if row in refuted else PairMark.NONE
            marks.append(PairMark.FEEDBACK if graph and graph.needs_loop(*row) else mark)
        yield replace(batch, marks=marks)


def _list_refuted_pairs(columns: LinkColumns) -> frozenset[tuple[str, str, int]]:
    """Ends and sign of all links that refute others."""
    refuting = np.flatnonzero(columns.flags & LinkFlag.REFUTES.value)
    return frozenset(
        (columns.names[columns.tail[k]], columns.names[columns.head[k]], columns.read_sign(int(k)))
        for k in refuting
    )


_SignedNode: TypeAlias = tuple[int, int]
"""A node and the sign of the walk to it."""


class _SignedGraph:
    """The links of a table that hold something, and where walks may change sign by a loop."""

    def __init__(self, columns: LinkColumns) -> None:
        from networkx import MultiDiGraph

        self.columns = columns
        self.graph: Any = MultiDiGraph()
        for link in range(columns.link_count):
            if any(columns.read_level(link, reading) for reading in Reading):
                ends = int(columns.tail[link]), int(columns.head[link])
                self.graph.add_edge(*ends, sign=columns.read_sign(link))
        self._steps_left = _MAX_TOTAL_STEPS
        self._walks_by_start: dict[int, dict[_SignedNode, _SignedNode | None]] = {}

    @cached_property
    def loop_nodes(self) -> frozenset[int]:
        """Nodes of strongly connected parts that hold a cycle of negative sign."""
        from networkx import strongly_connected_components

        parts = filter(self._is_unbalanced, strongly_connected_components(self.graph))
        return frozenset().union(*parts)

    def _is_unbalanced(self, part: set[int]) -> bool:
        """Whether no assignment of two sides to the nodes gives every link its sign."""
        side = {min(part): 1}
        pending = list(side)
        while pending:
            node = pending.pop()
            for _, head, sign in self.graph.out_edges(node, data="sign"):
                if head not in part:
                    continue
                if head not in side:
                    side[head] = side[node] * sign
                    pending.append(head)
                elif side[head] != side[node] * sign:
                    return True
        return False

    def needs_loop(self, exposure: str, outcome: str, sign: int) -> bool:
        """Whether no path that comes to each node once has this sign.

        False as well where the searches did not settle it within their limits.
        """
        if not self.loop_nodes or self._steps_left <= 0:
            return False
        start, target = map(self.columns.find_node, (exposure, outcome))
        nodes = self._list_walk_nodes(start, (target, sign))
        return len(set(nodes)) < len(nodes) and not self._may_reach(start, target, sign)

    def _list_walk_nodes(self, start: int, end: _SignedNode) -> list[int]:
        """The nodes of a shortest walk of a sign, from its end; none where there is no walk."""
        if start not in self._walks_by_start:
            self._walks_by_start[start] = self._find_walks(start)
        previous_by_node = self._walks_by_start[start]
        nodes = []
        at: _SignedNode | None = end if end in previous_by_node else None
        while at is not None:
            nodes.append(at[0])
            at = previous_by_node[at]
        return nodes

    def _find_walks(self, start: int) -> dict[_SignedNode, _SignedNode | None]:
        """What comes before each node and sign on a shortest walk from a node."""
        previous_by_node: dict[_SignedNode, _SignedNode | None] = {(start, 1): None}
        layer: list[_SignedNode] = [(start, 1)]
        while layer:
            next_layer = []
            for node, product in layer:
                for _, head, sign in self.graph.out_edges(node, data="sign"):
                    self._steps_left -= 1
                    reached = (head, product * sign)
                    if reached not in previous_by_node:
                        previous_by_node[reached] = (node, product)
                        next_layer.append(reached)
            layer = next_layer
        return previous_by_node

    def _may_reach(self, start: int, target: int, sign: int) -> bool:
        """Whether a simple path of a sign was found, or was not ruled out."""
        steps = 0
        stack = [(start, 1, frozenset({start}))]
        while stack:
            node, product, visited = stack.pop()
            for _, head, link_sign in self.graph.out_edges(node, data="sign"):
                steps += 1
                self._steps_left -= 1
                if (head == target and product * link_sign == sign) or steps > _MAX_STEPS:
                    return True
                if head not in visited and head != target:
                    stack.append((head, product * link_sign, visited | {head}))
        return False
