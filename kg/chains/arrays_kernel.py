"""The kernel `arrays`: sweeps over graphs of arcs, which are turned into arrays first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from kg.chains.arrays import Net, best_label, packed, repair, sweep, walk
from kg.chains.graph import Graph, Path
from kg.chains.labels import FREE, NEGATIVE, Numbers, bits
from kg.grading.algebra import Frontier


class ArraysKernel:
    """The sweeps, on graphs of arcs that are turned into arrays first."""

    def frontiers(self, graph: Graph) -> Mapping[int, Frontier]:
        """Pareto frontier of all chains from source to target, by sign."""
        made = Made(graph)
        found = sweep(made.net, made.target).labels[made.source]
        return {sign: bits(found, sign) for sign in (1, -1)}

    def witness(self, graph: Graph, sign: int) -> Path | None:
        """A best chain of this sign: of its best label one with fewest links."""
        made = Made(graph)
        back = sweep(made.net, made.target)
        frontier = bits(back.labels[made.source], sign)
        if not frontier:
            return None
        links = walk(made.net, back, made.source, sign, best_label(frontier))
        nodes = [made.source, *(int(made.net.head[link]) for link in links)]
        return Path(made.keys(links), simple=len(set(nodes)) == len(nodes))

    def repair(self, graph: Graph, sign: int, level: int) -> tuple[int, ...] | None:
        """Keys of the fewest links to raise to HIGH so that a chain reaches `level`."""
        made = Made(graph)
        links = repair(made.net, made.fixed, (made.source, made.target), sign, level)
        return None if links is None else made.keys(links)


KERNEL = ArraysKernel()


class Made:
    """A graph of arcs as a net."""

    def __init__(self, graph: Graph) -> None:
        number = {graph.source: 0}
        for name in (graph.target, *(end for a in graph.arcs for end in (a.tail, a.head))):
            number.setdefault(name, len(number))
        self.source, self.target = 0, number[graph.target]
        arcs = sorted(graph.arcs, key=lambda arc: (number[arc.head], not arc.m))
        code = [a.m | (NEGATIVE if a.sign < 0 else 0) | (0 if a.d else FREE) for a in arcs]
        self._keys = [arc.key for arc in arcs]
        self.fixed = np.flatnonzero([not arc.raisable for arc in arcs])
        tail = np.array([number[arc.tail] for arc in arcs], np.int32)
        head = np.array([number[arc.head] for arc in arcs], np.int32)
        passing_ = np.array([arc.m > 0 for arc in arcs], np.bool_)
        self.net = Net(
            in_start=_starts(head, len(number)),
            in_pass=np.bincount(head[passing_], minlength=len(number)),
            out_start=_starts(tail, len(number)),
            out_link=np.argsort(tail, kind="stable"),
            head=head,
            link=packed(tail, np.array(code, np.uint8), len(number)),
        )

    def keys(self, links: Iterable[int]) -> tuple[int, ...]:
        """Keys of the arcs that some links were made of."""
        return tuple(self._keys[link] for link in links)


def _starts(ends: Numbers, nodes: int) -> Numbers:
    return np.concatenate(([0], np.cumsum(np.bincount(ends, minlength=nodes))))
