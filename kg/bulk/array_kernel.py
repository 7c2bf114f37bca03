"""The kernel `arrays`: sweeps over graphs of arcs, which are turned into arrays first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from kg.bulk.labels import NEGATIVE_FLAG, NO_LEAP_FLAG, IntArray, decode_frontier
from kg.bulk.repair import find_repair_links
from kg.bulk.sweep import (
    LinkArrays,
    choose_best_label,
    pack_links,
    sweep_labels,
    walk_chain,
)
from kg.search.algebra import Frontier
from kg.search.graph import ArcPath, Graph


class ArrayKernel:
    """The sweeps, on graphs of arcs that are turned into arrays first."""

    def find_frontiers(self, graph: Graph) -> Mapping[int, Frontier]:
        """Pareto frontier of all chains from source to target, by sign."""
        arc_arrays = ArcArrays(graph)
        source_labels = sweep_labels(arc_arrays.arrays, arc_arrays.target).labels[arc_arrays.source]
        return {sign: decode_frontier(source_labels, sign) for sign in (1, -1)}

    def find_best_path(self, graph: Graph, sign: int) -> ArcPath | None:
        """A best chain of this sign: of its best label one with fewest links."""
        arc_arrays = ArcArrays(graph)
        back = sweep_labels(arc_arrays.arrays, arc_arrays.target)
        frontier = decode_frontier(back.labels[arc_arrays.source], sign)
        if not frontier:
            return None
        links = walk_chain(
            arc_arrays.arrays, back, arc_arrays.source, sign, choose_best_label(frontier)
        )
        nodes = [arc_arrays.source, *(int(arc_arrays.arrays.link_heads[link]) for link in links)]
        return ArcPath(arc_arrays.list_keys(links), is_simple=len(set(nodes)) == len(nodes))

    def find_repair(self, graph: Graph, sign: int, level: int) -> tuple[int, ...] | None:
        """Keys of the fewest links to raise to HIGH so that a chain reaches `level`."""
        arc_arrays = ArcArrays(graph)
        links = find_repair_links(
            arc_arrays.arrays,
            arc_arrays.fixed_links,
            (arc_arrays.source, arc_arrays.target),
            sign,
            level,
        )
        return None if links is None else arc_arrays.list_keys(links)


KERNEL = ArrayKernel()


class ArcArrays:
    """A graph of arcs as a net."""

    def __init__(self, graph: Graph) -> None:
        number = {graph.source: 0}
        for name in (graph.target, *(end for a in graph.arcs for end in (a.tail, a.head))):
            number.setdefault(name, len(number))
        self.source, self.target = 0, number[graph.target]
        arcs = sorted(graph.arcs, key=lambda arc: (number[arc.head], not arc.m))
        arc_codes = [
            a.m | (NEGATIVE_FLAG if a.sign < 0 else 0) | (0 if a.d else NO_LEAP_FLAG) for a in arcs
        ]
        self._arc_keys = [arc.key for arc in arcs]
        self.fixed_links = np.flatnonzero([not arc.is_raisable for arc in arcs])
        tails = np.array([number[arc.tail] for arc in arcs], np.int32)
        heads = np.array([number[arc.head] for arc in arcs], np.int32)
        passing_ = np.array([arc.m > 0 for arc in arcs], np.bool_)
        self.arrays = LinkArrays(
            in_start=_compute_starts(heads, len(number)),
            in_pass=np.bincount(heads[passing_], minlength=len(number)),
            out_start=_compute_starts(tails, len(number)),
            out_link=np.argsort(tails, kind="stable"),
            link_heads=heads,
            packed_links=pack_links(tails, np.array(arc_codes, np.uint8), len(number)),
        )

    def list_keys(self, links: Iterable[int]) -> tuple[int, ...]:
        """Keys of the arcs that some links were made of."""
        return tuple(self._arc_keys[link] for link in links)


def _compute_starts(end_nodes: IntArray, nodes: int) -> IntArray:
    return np.concatenate(([0], np.cumsum(np.bincount(end_nodes, minlength=nodes))))
