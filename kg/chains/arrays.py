"""The kernel on arrays: sweeps of frontiers over columns of links.

A sweep carries for each node the set of labels of its chains, both signs and all levels in one
number (`kg.chains.labels`), so that the level-by-level 0-1 search of grading.md section 9 is one
sweep: the links into a changed node are gathered, the labels pass them, what is new is or-ed into
their tails. Rounds are chains of one link more; what changed in each is kept, for the witness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from kg.chains.graph import Graph, Path
from kg.chains.labels import (
    BITS,
    FREE,
    LEVEL,
    NEGATIVE,
    PLUS,
    UPTO,
    Numbers,
    above,
    bits,
    leaped,
    turned,
)
from kg.grading.algebra import CAP, Frontier

_CODES = np.arange(2 * FREE)
_PASSES = UPTO[_CODES & LEVEL]
_WAY = (_CODES & NEGATIVE > 0) + 2 * (_CODES < FREE)
"""Which of the four variants of a label a link takes on: as it is, turned, leaped, both."""


@dataclass(frozen=True, eq=False, slots=True)
class Net:
    """A graph for one reading and one question, as arrays.

    Links are in order of their heads (`in_start`), `out_link` in order of their tails; `code` is
    level, sign and freedom of a link.
    """

    in_start: Numbers
    out_start: Numbers
    out_link: Numbers
    tail: Numbers
    head: Numbers
    code: Numbers

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.in_start) - 1

    def out_of(self, node: int) -> Numbers:
        """Links out of a node."""
        links: Numbers = self.out_link[self.out_start[node] : self.out_start[node + 1]]
        return links


@dataclass(frozen=True, eq=False, slots=True)
class Sweep:
    """Labels of the chains from each node to the target (or from the source to each node).

    `rounds` holds for each number of links the nodes, sorted, whose labels grew, and what they grew
    to.
    """

    labels: Numbers
    rounds: list[tuple[Numbers, Numbers]] = field(default_factory=list)

    def first(self, nodes: Numbers, wanted: Numbers) -> Numbers:
        """The round in which each node got its wanted label; beyond the last where it never did."""
        found = np.full(len(nodes), len(self.rounds), np.int64)
        for n in range(len(self.rounds) - 1, -1, -1):
            changed, labels = self.rounds[n]
            at = np.minimum(np.searchsorted(changed, nodes), len(changed) - 1)
            has = (changed[at] == nodes) & (labels[at] & wanted > 0)
            found[has] = n
        return found


def sweep(
    net: Net, start: int, forward: bool = False, most: int | None = None, over: int = 0
) -> Sweep:
    """Labels of all chains that end at a node, or with `forward` of all that start there.

    `most` bounds the links of a chain; without it the sweep ends when nothing grows any more.
    Labels of values up to `over` are left out; no chain of them gets a greater value again.
    """
    labels = np.zeros(net.nodes, np.int32)
    labels[start] = PLUS & above(over)
    found = Sweep(labels, [(np.array([start]), labels[[start]])])
    spread(net, found, found.rounds[0][0], forward, most, kept=above(over))
    return found


def spread(
    net: Net,
    found: Sweep,
    frontier: Numbers,
    forward: bool = False,
    most: int | None = None,
    goal: tuple[int, int] | None = None,
    kept: int = above(0),
) -> None:
    """Let a sweep grow from a frontier until nothing changes, or a goal (node, bit) is reached."""
    start, ends = (net.out_start, net.head) if forward else (net.in_start, net.tail)
    labels, passes, done = found.labels, _PASSES & np.int32(kept), 0
    while len(frontier) and done != most and not (goal and labels[goal[0]] & goal[1]):
        links, size = places(start, frontier)
        if forward:
            links = net.out_link.take(links)
        code = net.code.take(links)
        moved = _variants(labels.take(frontier)).take(
            np.repeat(np.arange(0, 4 * len(frontier), 4), size) + _WAY.take(code)
        )
        moved &= passes.take(code)
        there = ends.take(links)
        grows = np.flatnonzero(moved & ~labels.take(there))
        there = there.take(grows).astype(np.intp)
        np.bitwise_or.at(labels, there, moved.take(grows))
        frontier = distinct(there, net.nodes)
        if len(frontier):
            found.rounds.append((frontier, labels.take(frontier)))
        done += 1


def places(start: Numbers, nodes: Numbers) -> tuple[Numbers, Numbers]:
    """All of `start[v]:start[v + 1]` for some nodes, one after the other, and how many each has.

    >>> places(np.array([0, 2, 2, 5]), np.array([2, 0]))
    (array([2, 3, 4, 0, 1]), array([3, 2]))
    """
    begin = start.take(nodes)
    size = start.take(nodes + 1) - begin
    ends = np.cumsum(size)
    return np.arange(int(ends[-1])) + np.repeat(begin - ends + size, size), size


def _variants(labels: Numbers) -> Numbers:
    """Each label as it is, turned, leaped, and both: four places each."""
    other = turned(labels)
    variants: Numbers = np.stack([labels, other, leaped(labels), leaped(other)], axis=1).ravel()
    return variants


def distinct(nodes: Numbers, of: int) -> Numbers:
    """The nodes without repetition, sorted; `of` is how many there are in all."""
    if len(nodes) * 16 < of:
        return np.unique(nodes)
    marks = np.zeros(of, np.bool_)
    marks[nodes] = True
    return np.flatnonzero(marks)


# One chain


def bit(m: int, d: int, sign: int) -> int:
    """The bit that says: a chain of this sign with at least m and at most d leaps."""
    return 1 << 4 * d + m - 1 + (0 if sign > 0 else BITS)


def walk(net: Net, back: Sweep, source: int, sign: int, label: tuple[int, int]) -> list[int]:
    """Links of a chain of fewest links from the source with at least this label.

    `back` is the sweep to the target, and the source has the label in it. Each step goes to a node
    that had the rest of the label at least one round earlier, so the walk ends even among cycles.
    """
    m, d = label
    at, side, taken = source, sign, []
    while back.first(np.array([at]), np.array([bit(m, d, side)]))[0]:
        links, sides, rest, wanted = _steps(net, at, side, (m, d))
        best = int(np.argmin(back.first(net.head[links], wanted)))
        taken.append(int(links[best]))
        at, side, d = int(net.head[links[best]]), int(sides[best]), int(rest[best])
    return taken


def _steps(
    net: Net, at: int, side: int, label: tuple[int, int]
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Links out of a node that keep to a label; sign, leaps and label that are left after each."""
    m, d = label
    links = net.out_of(at)
    links = links[(net.code[links] & LEVEL) >= m]
    code = net.code[links]
    sides = np.where(code & NEGATIVE, -side, side)
    rest = d - (code < FREE) if d < CAP else np.full(len(links), d)
    shift = 4 * np.maximum(rest, 0) + m - 1 + np.where(sides > 0, 0, BITS)
    return links, sides, rest, np.where(rest < 0, 0, 1 << shift)


def best_label(frontier: Frontier) -> tuple[int, int]:
    """The label that sets the value of a frontier that is not empty, the surer one of two."""
    return max(frontier, key=lambda label: (max(1, label[0] - label[1]), label))


# Repair


def repair(
    net: Net, fixed: Numbers, ends: tuple[int, int], sign: int, level: int
) -> tuple[int, ...] | None:
    """The fewest links to raise to HIGH so that a chain from ends[0] to ends[1] reaches `level`.

    For each number of leaps d that leaves room for it, links with m >= level + d cost nothing and
    the rest cost one each; VERY_LOW needs links that are not NONE, any d. The links `fixed` may not
    be raised.
    """
    needs = [(level + d, d) for d in range(CAP, -1, -1) if level + d <= 4]
    best: tuple[int, ...] | None = None
    for need in needs if level > 1 else [(1, CAP)]:
        below = None if best is None else len(best)
        found = _raised(net, fixed, ends, sign, need, below)
        best = best if found is None else found
        if best is not None and not best:
            break
    return best


def _raised(
    net: Net,
    fixed: Numbers,
    ends: tuple[int, int],
    sign: int,
    need: tuple[int, int],
    below: int | None,
) -> tuple[int, ...] | None:
    """Links to raise on a chain with fewest of them, fewer than `below`: 0-1 search by cost."""
    source, target = ends
    least, leaps = need
    level, rest = _CODES & LEVEL, _CODES & (NEGATIVE | FREE)
    strong, weak = (
        replace(net, code=np.where(fits, rest | 4, rest).astype(np.uint8)[net.code])
        for fits in (level >= least, level < least)
    )
    weak.code[fixed] &= NEGATIVE | FREE
    goal = (source, bit(4, leaps, sign))
    counted = range(leaps + 1) if leaps < CAP else (CAP,)
    kept = sum(bit(4, d, turn) for d in counted for turn in (1, -1))
    found = Sweep(np.zeros(net.nodes, np.int32))
    found.labels[target] = PLUS & kept
    found.rounds.append((np.array([target]), found.labels[[target]]))
    layers, done = [0], 0
    while True:
        layer = found.rounds[done:]
        reached = np.unique(np.concatenate([nodes for nodes, _ in layer]))
        spread(strong, found, reached, goal=goal, kept=kept)
        if found.labels[source] & goal[1]:
            return _weak_links(strong, weak, found, layers, (source, sign, leaps))
        if below is not None and len(layers) >= below:
            return None
        changed = np.unique(np.concatenate([nodes for nodes, _ in found.rounds[done:]]))
        done = len(found.rounds)
        spread(weak, found, changed, most=1, goal=goal, kept=kept)
        if done == len(found.rounds):
            return None
        layers.append(done)


def _weak_links(
    strong: Net, weak: Net, found: Sweep, layers: list[int], start: tuple[int, int, int]
) -> tuple[int, ...]:
    """The weak links of a cheapest chain, walked from its source."""
    at, side, d = start
    raised: list[int] = []
    while when := int(found.first(np.array([at]), np.array([bit(4, d, side)]))[0]):
        layer = max(first for first in layers if first <= when)
        for net, before in ((strong, when), (weak, layer)):
            links, sides, rest, wanted = _steps(net, at, side, (4, d))
            early = found.first(net.head[links], wanted)
            if len(links) and early.min() < before:
                best = int(np.argmin(early))
                raised += [int(links[best])] if net is weak else []
                at, side, d = int(net.head[links[best]]), int(sides[best]), int(rest[best])
                break
    return tuple(raised)


# The kernel of graphs of arcs


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
        arcs = sorted(graph.arcs, key=lambda arc: number[arc.head])
        self._keys = [arc.key for arc in arcs]
        self.fixed = np.flatnonzero([not arc.raisable for arc in arcs])
        tail = np.array([number[arc.tail] for arc in arcs], np.int32)
        head = np.array([number[arc.head] for arc in arcs], np.int32)
        code = [a.m | (NEGATIVE if a.sign < 0 else 0) | (0 if a.d else FREE) for a in arcs]
        self.net = Net(
            in_start=_starts(head, len(number)),
            out_start=_starts(tail, len(number)),
            out_link=np.argsort(tail, kind="stable"),
            tail=tail,
            head=head,
            code=np.array(code, np.uint8),
        )

    def keys(self, links: Iterable[int]) -> tuple[int, ...]:
        """Keys of the arcs that some links were made of."""
        return tuple(self._keys[link] for link in links)


def _starts(ends: Numbers, nodes: int) -> Numbers:
    return np.concatenate(([0], np.cumsum(np.bincount(ends, minlength=nodes))))
