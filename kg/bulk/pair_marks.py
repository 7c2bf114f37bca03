"""Marks of swept pairs: which are refuted, and which only a walk through a feedback loop gives.

A walk may come back to a node with the other sign only inside a strongly connected part of the
graph that holds a cycle of negative sign (Harary, "On the notion of balance of a signed graph",
Michigan Mathematical Journal 2 (1953): elsewhere all walks between two nodes of a part agree). So
graphs without such a part cost nothing more; in others simple paths are looked for, pair by pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from kg.bulk.columns import LinkColumns
from kg.model.batches import LinkFlag, PairBatch, PairMark

MAX_LINKS_SEARCHED = 50_000
"""Links of a graph in which pairs are told apart; larger ones take too long, pair by pair."""

_MAX_STEPS = 20_000
"""Links that one search for a simple path may pass."""


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


@dataclass(frozen=True)
class _SignedGraph:
    """The links of a table with their signs, and where walks may change sign by a loop."""

    columns: LinkColumns

    @cached_property
    def graph(self) -> Any:
        """All links that hold something, as a graph that may have several from node to node."""
        from networkx import MultiDiGraph

        graph: Any = MultiDiGraph()
        for link in range(self.columns.link_count):
            ends = int(self.columns.tail[link]), int(self.columns.head[link])
            graph.add_edge(*ends, sign=self.columns.read_sign(link))
        return graph

    @cached_property
    def loop_nodes(self) -> frozenset[int]:
        """Nodes of strongly connected parts that hold a cycle of negative sign."""
        from networkx import strongly_connected_components

        parts = filter(self._is_unbalanced, strongly_connected_components(self.graph))
        return frozenset().union(*parts)

    @cached_property
    def upstream_nodes(self) -> frozenset[int]:
        """Nodes from which a loop is reached."""
        return self._collect(self.graph.pred)

    @cached_property
    def downstream_nodes(self) -> frozenset[int]:
        """Nodes that are reached from a loop."""
        return self._collect(self.graph.succ)

    def _collect(self, neighbours: Any) -> frozenset[int]:
        from kg.closure import follow_mapping

        return frozenset(follow_mapping(self.loop_nodes, neighbours))

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

        False as well where a search of `_MAX_STEPS` links did not settle it.
        """
        if not self.loop_nodes:
            return False
        start, target = map(self.columns.find_node, (exposure, outcome))
        if start not in self.upstream_nodes or target not in self.downstream_nodes:
            return False
        return not self._may_reach(start, target, sign)

    def _may_reach(self, start: int, target: int, sign: int) -> bool:
        """Whether a simple path of a sign was found, or was not ruled out."""
        steps = 0
        stack = [(start, 1, frozenset({start}))]
        while stack:
            node, product, visited = stack.pop()
            for _, head, link_sign in self.graph.out_edges(node, data="sign"):
                steps += 1
                if (head == target and product * link_sign == sign) or steps > _MAX_STEPS:
                    return True
                if head not in visited and head != target:
                    stack.append((head, product * link_sign, visited | {head}))
        return False
