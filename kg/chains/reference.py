"""The readable kernel on networkx: the oracle that every other kernel must equal.

It relaxes whole frontiers with `plus` and `times` until nothing changes, on the graph doubled by
sign, and so shares no idea with the level-by-level search of the other kernels.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeAlias

import networkx as nx

from kg.chains.graph import Arc, Graph, Path
from kg.grading.algebra import CAP, ONE, ZERO, Frontier, plus, times

Doubled: TypeAlias = "nx.MultiDiGraph[Any]"


class ReferenceKernel:
    """Fixpoint of frontiers, and shortest paths by networkx."""

    def frontiers(self, graph: Graph) -> Mapping[int, Frontier]:
        """Pareto frontier of all chains from source to target, by sign."""
        doubled = _doubled(graph, lowest=1)
        label = dict.fromkeys(doubled, ZERO)
        label[(graph.source, 1)] = ONE
        for _ in range(4 * (CAP + 1) * len(doubled) + 1):
            before = dict(label)
            for tail, head, data in doubled.edges(data=True):
                arc: Arc = data["arc"]
                step = frozenset({(arc.m, arc.d)})
                label[head] = plus(label[head], times(label[tail], step))
            if label == before:
                break
        return {sign: label.get((graph.target, sign), ZERO) for sign in (1, -1)}

    def witness(self, graph: Graph, sign: int) -> Path | None:
        """A best chain of this sign: for the best label (m, d), arcs >= m with d leaps."""
        frontier = self.frontiers(graph)[sign]
        if not frontier:
            return None
        m, _ = max(frontier, key=lambda label: (max(1, label[0] - label[1]), label))
        doubled = _doubled(graph, lowest=m)
        end = (graph.target, sign)
        nodes = nx.shortest_path(doubled, (graph.source, 1), end, weight=_leaps)
        keys = [_fewest_leaps(doubled, a, b).key for a, b in pairwise(nodes)]
        plain = [node for node, _ in nodes]
        return Path(tuple(keys), simple=len(set(plain)) == len(plain))

    def repair(self, graph: Graph, sign: int, level: int) -> tuple[int, ...] | None:
        """Keys of the fewest links to raise to HIGH, by trying every number of leaps."""
        if level == 1:
            return _raised(graph, sign, need=1, limit=None)
        found = [
            _raised(graph, sign, need=level + d, limit=d) for d in range(CAP + 1) if level + d <= 4
        ]
        return min((keys for keys in found if keys is not None), key=len, default=None)


KERNEL = ReferenceKernel()


def _doubled(graph: Graph, lowest: int) -> Doubled:
    doubled: Doubled = nx.MultiDiGraph()
    doubled.add_nodes_from(
        (node, sign) for node in (graph.source, graph.target) for sign in (1, -1)
    )
    for arc in graph.arcs:
        if arc.m >= lowest:
            for sign in (1, -1):
                doubled.add_edge((arc.tail, sign), (arc.head, sign * arc.sign), arc=arc)
    return doubled


def _leaps(_tail: object, _head: object, parallel: dict[Any, Any]) -> float:
    return float(min(data["arc"].d for data in parallel.values()))


def _fewest_leaps(doubled: Doubled, tail: object, head: object) -> Arc:
    arcs: list[Arc] = [data["arc"] for data in doubled[tail][head].values()]
    return min(arcs, key=lambda arc: (arc.d, -arc.m, arc.key))


def _raised(graph: Graph, sign: int, need: int, limit: int | None) -> tuple[int, ...] | None:
    """Shortest path with weight 1 on links below `need`, in the graph layered by leaps made."""
    layered: Doubled = nx.MultiDiGraph()
    layers = range((limit or 0) + 1)
    for arc in graph.arcs:
        if arc.m < need and not arc.raisable:
            continue
        for turn in (1, -1):
            for d in layers:
                there = d if limit is None else d + arc.d
                if limit == CAP:
                    there = min(CAP, there)
                if there in layers:
                    tail, head = (arc.tail, turn, d), (arc.head, turn * arc.sign, there)
                    layered.add_edge(tail, head, weight=int(arc.m < need), key=arc.key)
    ends = [(graph.target, sign, d) for d in layers if (graph.target, sign, d) in layered]
    start = (graph.source, 1, 0)
    if start not in layered:
        return None
    keys = [
        _keys(layered, nx.shortest_path(layered, start, end, weight="weight"))
        for end in ends
        if nx.has_path(layered, start, end)
    ]
    return min(keys, key=len, default=None)


def _keys(layered: Doubled, path: list[tuple[str, int, int]]) -> tuple[int, ...]:
    keys: list[int] = []
    for tail, head in pairwise(path):
        key, data = min(layered[tail][head].items(), key=lambda item: item[1]["weight"])
        if data["weight"]:
            keys.append(int(key))
    return tuple(keys)
