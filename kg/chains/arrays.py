"""The kernel on arrays: sweeps of frontiers over columns of links.

A sweep carries for each node the set of labels of its chains, both signs and all levels in one
number (`kg.chains.labels`), so that the level-by-level 0-1 search of grading.md section 9 is one
sweep: the links into a changed node are gathered, the labels pass them, what is new is or-ed into
their tails. Rounds are chains of one link more; what changed in each is kept, for the witness.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from kg.chains.labels import (
    BITS,
    FIXED,
    FREE,
    LEVEL,
    NEGATIVE,
    PLUS,
    Numbers,
    above,
    passing,
    variants,
)
from kg.grading.algebra import CAP, Frontier

_SHIFT = 6
_CODE = (1 << _SHIFT) - 1
_CODES = np.arange(_CODE + 1)
_LEVELS = _CODES & LEVEL
_ALL = np.int32(above(0))
_PART = 1 << 15
"""Links that are looked at together: what they need stays in the cache of a core."""
_MANY = 8
"""How many nodes a link stands for, when all labels are compared to find those that grew."""


@dataclass(frozen=True, eq=False, slots=True)
class Net:
    """A graph for one reading and one question, as arrays.

    Links are in order of their heads (`in_start`), and into each node those that let something
    pass come first (`in_pass` of them); `out_link` has them in order of their tails. `link` is the
    tail of a link above its code, in one number, so that a sweep looks once.
    """

    in_start: Numbers
    in_pass: Numbers
    out_start: Numbers
    out_link: Numbers
    head: Numbers
    link: Numbers

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.in_start) - 1

    def out_of(self, node: int) -> Numbers:
        """Links out of a node."""
        links: Numbers = self.out_link[self.out_start[node] : self.out_start[node + 1]]
        return links

    def into(self, nodes: Numbers, every: bool = False) -> tuple[Numbers, Numbers]:
        """The first link into each node, and how many there are that let something pass, or all."""
        begin = self.in_start.take(nodes)
        size = self.in_start.take(nodes + 1) - begin if every else self.in_pass.take(nodes)
        return begin, size.astype(np.intp, copy=False)

    def out(self, nodes: Numbers) -> tuple[Numbers, Numbers]:
        """Where the links out of each node begin in `out_link`, and how many there are."""
        begin = self.out_start.take(nodes)
        return begin, self.out_start.take(nodes + 1) - begin

    def code(self, links: Numbers | Sequence[int]) -> Numbers:
        """Codes (uint8) of some links."""
        return codes(self.link.take(links))

    def tail(self, link: int) -> int:
        """The tail of a link."""
        return int(self.link[link]) >> _SHIFT


def packed(tail: Numbers, code: Numbers, nodes: int) -> Numbers:
    """Tails and codes of links in one number each, int32 where so many nodes allow it."""
    wide: Numbers = tail.astype(np.int32 if nodes <= 1 << 31 - _SHIFT else np.int64)
    np.left_shift(wide, _SHIFT, out=wide)
    return np.bitwise_or(wide, code, out=wide)


def codes(link: Numbers) -> Numbers:
    """Codes (uint8) of packed links."""
    code: Numbers = link.astype(np.uint8)
    code &= _CODE
    return code


def tails(link: Numbers) -> Numbers:
    """Tails of packed links, as indexes."""
    return (link >> _SHIFT).astype(np.intp)


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
    passes: Numbers | None = None,
) -> None:
    """Let a sweep grow from a frontier until nothing changes, or a goal (node, bit) is reached.

    `passes` says for each code what labels pass, where that is not as the level of the link says.
    """
    labels, done = found.labels, 0
    every = passes is not None and bool(passes[0])
    while len(frontier) and done != most and not (goal and labels[goal[0]] & goal[1]):
        before = labels.take(frontier)
        begin, size = net.out(frontier) if forward else net.into(frontier, every)
        old = labels.copy() if int(size.sum()) * _MANY > net.nodes else None
        grown = []
        for part, at, of in _parts(begin, size, _PART):
            links = net.out_link.take(at) if forward else at
            link = net.link.take(links)
            code = codes(link)
            way = variants(before[part])
            which = np.multiply(code >> 3 & 3, len(way) // 4, dtype=np.intp)
            which += of
            moved = (way & np.int32(kept)).take(which)
            moved &= passing(code) if passes is None else passes.take(code)
            there = net.head.take(links).astype(np.intp) if forward else tails(link)
            risen = _raise(labels, there, moved)
            if old is None:
                grown.append(risen)
        if old is None:
            frontier = distinct(np.concatenate(grown), net.nodes)
        else:
            frontier = np.flatnonzero(labels != old)
        if len(frontier):
            found.rounds.append((frontier, labels.take(frontier)))
        done += 1


def _raise(labels: Numbers, nodes: Numbers, more: Numbers) -> Numbers:
    """Or labels into those of nodes; the nodes whose labels grew, some of them more than once.

    Where a node comes twice, what is written last stays; so what was lost is written again.
    """
    had = labels.take(nodes)
    more |= had
    left = np.flatnonzero(more != had)
    grown = nodes = nodes.take(left)
    while len(nodes):
        more = more.take(left)
        labels[nodes] = more
        had = labels.take(nodes)
        more |= had
        left = np.flatnonzero(more != had)
        nodes = nodes.take(left)
    return grown


def places(begin: Numbers, size: Numbers) -> tuple[Numbers, Numbers]:
    """So many numbers from each beginning on, and which beginning each is of.

    >>> places(np.array([2, 0]), np.array([3, 2]))
    (array([2, 3, 4, 0, 1]), array([0, 0, 0, 1, 1]))
    """
    [(_, found, of)] = _parts(begin, size, int(size.sum()) + 1)
    return found, of


def _parts(begin: Numbers, size: Numbers, most: int) -> Iterator[tuple[slice, Numbers, Numbers]]:
    """Beginnings in parts of about so many numbers, each with what `places` has of it."""
    ends = np.cumsum(size)
    shift = begin - ends + size
    cuts = np.searchsorted(ends, np.arange(most, int(ends[-1]), most)).tolist()
    first = 0
    for start, end in pairwise((0, *cuts, len(size))):
        if start < end:
            part, last = slice(start, end), int(ends[end - 1])
            of = np.repeat(np.arange(end - start), size[part])
            found = shift[part].take(of)
            found += np.arange(first, last)
            yield part, found, of
            first = last


def distinct(nodes: Numbers, of: int) -> Numbers:
    """The nodes without repetition, sorted; `of` is how many there are in all."""
    if len(nodes) * 64 < of:
        ordered = np.sort(nodes)
        return ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]
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
        links, sides, rest, wanted = _steps(net, at, side, (m, d), m <= _LEVELS)
        best = int(np.argmin(back.first(net.head[links], wanted)))
        taken.append(int(links[best]))
        at, side, d = int(net.head[links[best]]), int(sides[best]), int(rest[best])
    return taken


def _steps(
    net: Net, at: int, side: int, label: tuple[int, int], fits: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Links out of a node whose codes fit; sign, leaps and label that are left after each."""
    m, d = label
    links = net.out_of(at)
    links = links[fits[net.code(links)]]
    code = net.code(links)
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
    link = net.link.copy()
    link[fixed] |= FIXED
    net = replace(net, link=link)
    best: tuple[int, ...] | None = None
    for need in needs if level > 1 else [(1, CAP)]:
        below = None if best is None else len(best)
        found = _raised(net, ends, sign, need, below)
        best = best if found is None else found
        if best is not None and not best:
            break
    return best


def _raised(
    net: Net,
    ends: tuple[int, int],
    sign: int,
    need: tuple[int, int],
    below: int | None,
) -> tuple[int, ...] | None:
    """Links to raise on a chain with fewest of them, fewer than `below`: 0-1 search by cost."""
    source, target = ends
    least, leaps = need
    strong = least <= _LEVELS
    weak = ~strong & (_CODES < FIXED)
    goal = (source, bit(4, leaps, sign))
    counted = range(leaps + 1) if leaps < CAP else (CAP,)
    kept = sum(bit(4, d, turn) for d in counted for turn in (1, -1))
    found = Sweep(np.zeros(net.nodes, np.int32))
    found.labels[target] = PLUS & kept
    found.rounds.append((np.array([target]), found.labels[[target]]))
    layers, done = [0], 0
    while True:
        layer = found.rounds[done:]
        reached = distinct(np.concatenate([nodes for nodes, _ in layer]), net.nodes)
        spread(net, found, reached, goal=goal, kept=kept, passes=np.where(strong, _ALL, 0))
        if found.labels[source] & goal[1]:
            return _weak_links(net, (strong, weak), found, layers, (source, sign, leaps))
        if below is not None and len(layers) >= below:
            return None
        changed = distinct(np.concatenate([nodes for nodes, _ in found.rounds[done:]]), net.nodes)
        done = len(found.rounds)
        passes = np.where(weak, _ALL, 0)
        spread(net, found, changed, most=1, goal=goal, kept=kept, passes=passes)
        if done == len(found.rounds):
            return None
        layers.append(done)


def _weak_links(
    net: Net,
    fits: tuple[Numbers, Numbers],
    found: Sweep,
    layers: list[int],
    start: tuple[int, int, int],
) -> tuple[int, ...]:
    """The weak links of a cheapest chain, walked from its source.

    `fits` are the codes of links that cost nothing, and of those that are to be raised.
    """
    at, side, d = start
    raised: list[int] = []
    while when := int(found.first(np.array([at]), np.array([bit(4, d, side)]))[0]):
        layer = max(first for first in layers if first <= when)
        for fit, before in zip(fits, (when, layer), strict=True):
            links, sides, rest, wanted = _steps(net, at, side, (4, d), fit)
            early = found.first(net.head[links], wanted)
            if len(links) and early.min() < before:
                best = int(np.argmin(early))
                raised += [int(links[best])] if fit is fits[1] else []
                at, side, d = int(net.head[links[best]]), int(sides[best]), int(rest[best])
                break
    return tuple(raised)
