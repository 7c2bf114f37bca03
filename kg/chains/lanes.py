"""Levels of all pairs: sweeps that carry 64 or more outcomes at a time, one bit each.

A level is max(1, m - d) of some chain, so few sets of pairs are enough (grading.md section 9):
those that links >= 4 join without a leap, with one, with two; those that links >= 3 join without
a leap or with one; links >= 2 without; and for VERY_LOW those that any links join. Each is a
reachability on the graph doubled by sign, where a node holds a bit for each outcome of the batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kg.chains.asked import targets_of
from kg.chains.edges import Columns
from kg.chains.labels import FREE, LEVEL, NEGATIVE, Numbers
from kg.grading.algebra import CAP
from kg.model import Reading
from kg.model.links import Flag, Role

WORDS = 8
"""Words of 64 outcomes that are swept together, where memory allows."""

_ROOM = 1 << 27
"""Bytes of one set of pairs."""

_ALL = np.uint64(2**64 - 1)

_NEEDED = ((4, (0, 1, 2)), (3, (0, 1)), (2, (0,)), (1, (2,)))
"""For each least level of the links the numbers of leaps that can set a value."""


@dataclass(frozen=True, eq=False, slots=True)
class Links:
    """Links between states, a node and a sign each, in order of their tails.

    A state is the node, and for sign -1 the node plus the number of nodes. `free` says of a link
    whether it passes without a leap, `granted` whether it is an exposure's own that was granted,
    which does not vouch for itself.
    """

    tail: Numbers
    head: Numbers
    free: Numbers
    granted: Numbers

    def where(self, chosen: Numbers) -> Links:
        """Some of the links, by a mask or in order."""
        return Links(self.tail[chosen], self.head[chosen], self.free[chosen], self.granted[chosen])

    def pulled(
        self, bits: Numbers, lanes: Lanes, leaping: bool | None = None
    ) -> tuple[Numbers, Numbers]:
        """The tails of the links, each once, and the bits that their heads have together.

        `leaping` keeps only what passes its tail with a leap, or only what passes without one.
        """
        found = bits.take(self.head, 0)
        if self.granted.any():
            found[self.granted] &= ~lanes.own[self.head[self.granted]]
        if leaping is not None:
            passed = lanes.passed.take(self.tail, 0)
            passed[self.free] = _ALL
            found &= ~passed if leaping else passed
        first = np.flatnonzero(np.diff(self.tail, prepend=-1))
        if not len(first):
            return self.tail, found
        return self.tail[first], np.bitwise_or.reduceat(found, first, axis=0)


@dataclass(frozen=True, eq=False, slots=True)
class Lanes:
    """Bits of a batch of outcomes, a row for each state.

    `own` has the outcomes that its node is or is a part of, `passed` those for which passing it
    costs no leap.
    """

    own: Numbers
    passed: Numbers


@dataclass(frozen=True, eq=False, slots=True)
class Pairs:
    """The links of a reading by least level: `inner` may be passed, `outer` go out of exposures."""

    nodes: int
    exposures: Numbers
    inner: dict[int, Links]
    outer: dict[int, Links]


def pairs_of(columns: Columns, reading: Reading, exposure: int | None = None) -> Pairs:
    """The links of a reading, ready for batches of outcomes; of one exposure or of all."""
    order = columns.out_link
    code, tail, head = (a[order] for a in (columns.codes(reading), columns.tail, columns.head))
    negative = (code & NEGATIVE > 0).astype(np.int64) * columns.nodes
    agents = columns.role == Role.EXPOSURE
    from_exposure = agents[tail] | (tail == (-1 if exposure is None else exposure))
    granted = np.zeros(len(tail), np.bool_)
    if reading is Reading.BEST_CASE:
        granted = from_exposure & (columns.flags[order] & Flag.GRANTED.value > 0)
    both = Links(
        tail=np.concatenate((tail, tail + np.int64(columns.nodes))),
        head=np.concatenate((head + negative, head + columns.nodes - negative)),
        free=np.tile((code >= FREE) | from_exposure, 2),
        granted=np.tile(granted, 2),
    )
    asked = from_exposure if exposure is None else tail == exposure
    outer = np.tile(asked, 2)
    inner = np.tile(~from_exposure | (np.diff(columns.in_start)[tail] > 0), 2)
    level = np.tile(code & LEVEL, 2)
    return Pairs(
        nodes=columns.nodes,
        exposures=np.flatnonzero(agents) if exposure is None else np.array([exposure]),
        inner={m: both.where(np.flatnonzero((level >= m) & inner)) for m, _ in _NEEDED},
        outer={m: both.where(np.flatnonzero((level >= m) & outer)) for m, _ in _NEEDED},
    )


def levels(pairs: Pairs, columns: Columns, outcomes: Numbers) -> Numbers:
    """Levels (int8) of all chains: exposures x outcomes x 2 signs, +1 first."""
    words = -(-len(outcomes) // 64)
    lanes = _lanes(columns, outcomes, words)
    start = np.zeros((2 * pairs.nodes, words), np.uint64)
    start[outcomes] = _bits(np.arange(len(outcomes)), words)
    reached: dict[int, Numbers] = {}
    for m, leaps in _NEEDED:
        found, inner = start, pairs.inner[m]
        for d in range(max(leaps) + 1):
            if m > 1:
                found = _layer(inner, found, lanes, d)
            elif d == max(leaps):
                found = _closed(inner, found.copy(), lanes)
            if d in leaps:
                got = _answers(pairs, m, found, lanes)
                value = max(1, m - d)
                reached[value] = reached[value] | got if value in reached else got
    return _unpacked(reached, len(outcomes))


def _bits(lanes: Numbers, words: int) -> Numbers:
    """A row of words for each lane with its bit set."""
    rows = np.zeros((len(lanes), words), np.uint64)
    rows[np.arange(len(lanes)), lanes // 64] = np.uint64(1) << (lanes % 64).astype(np.uint64)
    return rows


def _lanes(columns: Columns, outcomes: Numbers, words: int) -> Lanes:
    own = np.zeros((columns.nodes, words), np.uint64)
    bits = _bits(np.arange(len(outcomes)), words)
    for lane, outcome in enumerate(outcomes):
        own[targets_of(columns, int(outcome))] |= bits[lane]
    passed = own.copy()
    np.bitwise_or.at(passed, columns.marker, own[columns.marked])
    return Lanes(np.concatenate((own, own)), np.concatenate((passed, passed)))


def _layer(links: Links, before: Numbers, lanes: Lanes, d: int) -> Numbers:
    """Bits of the chains with at most d leaps, from those with one fewer (or from the outcomes)."""
    found = before.copy()
    if d:
        any_ = np.asarray(before.any(axis=1))
        active = links.where(np.flatnonzero(any_[links.head] & ~links.free))
        tails, bits = active.pulled(before, lanes, leaping=True)
        found[tails] |= bits
    if d == CAP:
        return _closed(links, found, lanes)
    passed = np.asarray(lanes.passed.any(axis=1))
    rare = np.flatnonzero(links.free | passed[links.tail])
    return _closed(links.where(rare), found, lanes, leaping=False)


def _closed(links: Links, found: Numbers, lanes: Lanes, leaping: bool | None = None) -> Numbers:
    """The bits with those of all chains of these links."""
    changed = np.flatnonzero(found.any(axis=1))
    while len(changed) and len(links.tail):
        marks = np.zeros(len(found), np.bool_)
        marks[changed] = True
        active = links.where(np.flatnonzero(marks[links.head]))
        tails, bits = active.pulled(found, lanes, leaping)
        before = found[tails]
        now = before | bits
        grew = (now != before).any(axis=1)
        changed = tails[grew]
        found[changed] = now[grew]
    return found


def _answers(pairs: Pairs, m: int, found: Numbers, lanes: Lanes) -> Numbers:
    """Bits of the exposures, sign +1 above sign -1, by their links of at least level m."""
    states = np.concatenate((pairs.exposures, pairs.exposures + pairs.nodes))
    place = np.zeros(2 * pairs.nodes, np.int64)
    place[states] = np.arange(len(states))
    got = np.zeros((len(states), found.shape[1]), np.uint64)
    tails, bits = pairs.outer[m].pulled(found, lanes)
    got[place[tails]] = bits
    return got


def _unpacked(reached: dict[int, Numbers], outcomes: int) -> Numbers:
    """Levels of the pairs from the bits of each value; a pair has the greatest value it reached."""
    found = np.zeros((len(reached[1]), outcomes), np.int8)
    for value in sorted(reached):
        flat = np.unpackbits(reached[value].view(np.uint8), axis=1, bitorder="little")
        found[flat[:, :outcomes] > 0] = value
    half = len(found) // 2
    return np.stack((found[:half], found[half:]), axis=2)


def batches(outcomes: Numbers, nodes: int, words: int = WORDS) -> Iterator[Numbers]:
    """The outcomes, so many at a time as memory allows."""
    words = max(1, min(words, _ROOM // (16 * nodes)))
    for at in range(0, len(outcomes), 64 * words):
        yield outcomes[at : at + 64 * words]
