"""The readable kernel on networkx: the oracle that every other kernel must equal.

It relaxes whole frontiers with `plus` and `times` until nothing changes, on the graph doubled by
sign, and so shares no idea with the level-by-level search of the other kernels.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeAlias

import networkx as nx

from kg.search.algebra import CAP, ONE, ZERO, Frontier, plus, times
from kg.search.graph import Arc, ArcPath, Graph

DoubledGraph: TypeAlias = "nx.MultiDiGraph[Any]"


class ReferenceKernel:
    """Fixpoint of frontiers, and shortest paths by networkx."""

    def find_frontiers(self, graph: Graph) -> Mapping[int, Frontier]:
        """Pareto frontier of all chains from source to target, by sign."""
        doubled = _build_doubled_graph(graph, lowest=1)
        label = dict.fromkeys(doubled, ZERO)
        label[(graph.source, 1)] = ONE
        for _ in range(4 * (CAP + 1) * len(doubled) + 1):
            previous_frontiers = dict(label)
            for tail, head, arc_data in doubled.edges(data=True):
                arc: Arc = arc_data["arc"]
                arc_label = frozenset({(arc.m, arc.d)})
                label[head] = plus(label[head], times(label[tail], arc_label))
            if label == previous_frontiers:
                break
        return {sign: label.get((graph.target, sign), ZERO) for sign in (1, -1)}

    def find_best_path(self, graph: Graph, sign: int) -> ArcPath | None:
        """A best chain of this sign: for the best label (m, d), arcs >= m with d leaps."""
        frontier = self.find_frontiers(graph)[sign]
        if not frontier:
            return None
        m, _ = max(frontier, key=lambda label: (max(1, label[0] - label[1]), label))
        doubled = _build_doubled_graph(graph, lowest=m)
        end = (graph.target, sign)
        nodes = nx.shortest_path(doubled, (graph.source, 1), end, weight=_count_fewest_leaps)
        keys = [_choose_arc(doubled, a, b).key for a, b in pairwise(nodes)]
        path_nodes = [node for node, _ in nodes]
        return ArcPath(tuple(keys), is_simple=len(set(path_nodes)) == len(path_nodes))

    def find_repair(self, graph: Graph, sign: int, level: int) -> tuple[int, ...] | None:
        """Keys of the fewest links to raise to HIGH, by trying every number of leaps."""
        if level == 1:
            return _search_repair(graph, sign, need=1, limit=None)
        candidates = [
            _search_repair(graph, sign, need=level + d, limit=d)
            for d in range(CAP + 1)
            if level + d <= 4
        ]
        return min((keys for keys in candidates if keys is not None), key=len, default=None)


KERNEL = ReferenceKernel()


def _build_doubled_graph(graph: Graph, lowest: int) -> DoubledGraph:
    doubled: DoubledGraph = nx.MultiDiGraph()
    doubled.add_nodes_from(
        (node, sign) for node in (graph.source, graph.target) for sign in (1, -1)
    )
    for arc in graph.arcs:
        if arc.m >= lowest:
            for sign in (1, -1):
                doubled.add_edge((arc.tail, sign), (arc.head, sign * arc.sign), arc=arc)
    return doubled


def _count_fewest_leaps(_tail: object, _head: object, parallel: dict[Any, Any]) -> float:
    return float(min(arc_data["arc"].d for arc_data in parallel.values()))


def _choose_arc(doubled: DoubledGraph, tail: object, head: object) -> Arc:
    arcs: list[Arc] = [arc_data["arc"] for arc_data in doubled[tail][head].values()]
    return min(arcs, key=lambda arc: (arc.d, -arc.m, arc.key))


def _search_repair(graph: Graph, sign: int, need: int, limit: int | None) -> tuple[int, ...] | None:
    """Shortest path with weight 1 on links below `need`, in the graph layered by leaps made."""
    layered: DoubledGraph = nx.MultiDiGraph()
    layers = range((limit or 0) + 1)
    for arc in graph.arcs:
        if arc.m < need and not arc.is_raisable:
            continue
        for arc_sign in (1, -1):
            for d in layers:
                next_leap_count = d if limit is None else d + arc.d
                if limit == CAP:
                    next_leap_count = min(CAP, next_leap_count)
                if next_leap_count in layers:
                    tail, head = (
                        (arc.tail, arc_sign, d),
                        (arc.head, arc_sign * arc.sign, next_leap_count),
                    )
                    layered.add_edge(tail, head, weight=int(arc.m < need), key=arc.key)
    ends = [(graph.target, sign, d) for d in layers if (graph.target, sign, d) in layered]
    start = (graph.source, 1, 0)
    if start not in layered:
        return None
    keys = [
        _collect_weak_keys(layered, nx.shortest_path(layered, start, end, weight="weight"))
        for end in ends
        if nx.has_path(layered, start, end)
    ]
    return min(keys, key=len, default=None)


def _collect_weak_keys(layered: DoubledGraph, path: list[tuple[str, int, int]]) -> tuple[int, ...]:
    keys: list[int] = []
    for tail, head in pairwise(path):
        key, arc_data = min(layered[tail][head].items(), key=lambda item: item[1]["weight"])
        if arc_data["weight"]:
            keys.append(int(key))
    return tuple(keys)
