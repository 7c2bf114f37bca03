"""The k best chains of a pair by merit, by best-first search on a net.

Chains come in classes of falling merit: by value, and within a value by their weakest link. In each
class the links below it are left out, and completions have exact costs by a sweep from the target:
what leximin compares, then how many links. So few chains are opened that do not end among the best.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

import numpy as np

from kg.chains.arrays import Net, Sweep, bit, codes, distinct, places, tails
from kg.chains.labels import FREE, LEVEL, NEGATIVE, Numbers
from kg.grading.algebra import CAP

MOST_LINKS = 8
"""Links of the longest chain that is looked for, as in `kg.chains.paths`."""

_OPENED = 20_000
"""Partial chains that one class may open; a graph that needs more has no chain worth showing."""

_BASE = MOST_LINKS * 2
_WEIGHT = np.array([0, _BASE**3 + 1, _BASE**2 + 1, _BASE + 1, 1] + [0] * 3, np.int32)
"""Cost of a link by its level: a sum of costs compares as leximin does, then by length."""

_NEVER = 2**30


_Partial: TypeAlias = tuple[int, int, int, int, int, int, int, tuple[int, ...]]
"""Bound, minus the number of links (longest first), order, cost so far, node; what is left of sign
and leaps; links.
"""


@dataclass(frozen=True, slots=True)
class _Class:
    """Chains of one value whose weakest link has level m, with at most d leaps."""

    value: int
    m: int
    d: int


def best_chains(
    net: Net, back: Sweep, ends: tuple[int, int], sign: int, wanted: int
) -> list[tuple[int, ...]]:
    """Links of up to `wanted` simple chains from ends[0] to ends[1], best first.

    `back` is the sweep to the target. Chains have at most MOST_LINKS links; equals come in the
    order of their links.
    """
    found: list[tuple[int, ...]] = []
    for kind in _classes():
        if int(back.labels[ends[0]]) & bit(kind.m, kind.d, sign):
            for chain in _chains(net, back, ends, sign, kind):
                found.append(chain)
                if len(found) == wanted:
                    return found
    return found


def _classes() -> Iterator[_Class]:
    for value in (4, 3, 2):
        for m in range(min(4, value + CAP), value - 1, -1):
            yield _Class(value, m, m - value)
    for m in (3, 2, 1):
        yield _Class(1, m, CAP)


def _chains(
    net: Net, back: Sweep, ends: tuple[int, int], sign: int, kind: _Class
) -> Iterator[tuple[int, ...]]:
    """Chains of a class in the order of their costs."""
    source, target = ends
    costs = _costs(net, back, target, kind)
    order = count()
    first = costs.least(np.array([2 * source + (sign < 0)]), MOST_LINKS)
    heap: list[_Partial] = [(int(first[0]), 0, next(order), 0, source, sign, kind.d, ())]
    opened = 0
    while heap and opened < _OPENED:
        _, _, _, spent, at, side, left, chain = heappop(heap)
        if at == target:
            if _belongs(net, chain, kind):
                yield chain
            continue
        opened += 1
        links, sides, rest = _onward(net, back, at, side, left, kind)
        there = net.head[links].astype(np.int64)
        cost = _WEIGHT[net.code(links) & LEVEL]
        more = costs.least(2 * there + (sides < 0), MOST_LINKS - len(chain) - 1)
        seen = {source, *(int(net.head[link]) for link in chain)}
        more[(there == target) & (sides < 0)] = _NEVER  # it ends there, with the other sign
        for n in np.flatnonzero(more < _NEVER):
            if int(there[n]) not in seen:
                now = spent + int(cost[n])
                bound, taken = now + int(more[n]), (*chain, int(links[n]))
                state = int(there[n]), int(sides[n]), int(rest[n])
                heappush(heap, (bound, -len(taken), next(order), now, *state, taken))


def _onward(
    net: Net, back: Sweep, at: int, side: int, left: int, kind: _Class
) -> tuple[Numbers, Numbers, Numbers]:
    """Links that a chain of the class may take from a node; sign and leaps left after each."""
    links = net.out_of(at)
    links = links[(net.code(links) & LEVEL) >= kind.m]
    code = net.code(links)
    sides = np.where(code & NEGATIVE, -side, side)
    rest = np.full(len(links), left) if kind.d == CAP else left - (code < FREE)
    shift = np.maximum(rest, 0)
    bits = np.array([[bit(kind.m, d, turn) for d in range(CAP + 1)] for turn in (1, -1)])
    fits = (rest >= 0) & (back.labels[net.head[links]] & bits[(sides < 0).astype(int), shift] > 0)
    return links[fits], sides[fits], rest[fits]


def _belongs(net: Net, chain: tuple[int, ...], kind: _Class) -> bool:
    """Whether a chain is of this class and of none before it."""
    code = net.code(chain)
    m, d = int((code & LEVEL).min()), min(CAP, int((code < FREE).sum()))
    return (m, max(1, m - d)) == (kind.m, kind.value)


@dataclass(frozen=True, eq=False, slots=True)
class _Costs:
    """Least costs from each (node, sign) to the target, for each number of links: what changed."""

    rounds: list[tuple[Numbers, Numbers]]

    def least(self, states: Numbers, links: int) -> Numbers:
        """Least cost of a completion of at most so many links; `_NEVER` where there is none."""
        cost = np.full(len(states), _NEVER, np.int64)
        for changed, costs in self.rounds[: links + 1]:
            at = np.minimum(np.searchsorted(changed, states), len(changed) - 1)
            has = changed[at] == states
            cost[has] = costs[at][has]
        return cost


def _costs(net: Net, back: Sweep, target: int, kind: _Class) -> _Costs:
    """Costs of the completions of a class, by rounds of relaxation from the target."""
    cost = np.full(2 * net.nodes, _NEVER, np.int32)
    cost[2 * target] = 0
    frontier = np.array([2 * target])
    rounds = [(frontier, cost[frontier])]
    bits = np.array([bit(kind.m, kind.d, sign) for sign in (1, -1)])
    while len(frontier) and len(rounds) <= MOST_LINKS:
        links, of = places(*net.into(frontier >> 1))
        link = net.link.take(links)
        code, tail = codes(link), tails(link)
        level = code & LEVEL
        sides = (frontier & 1).take(of) ^ (code & NEGATIVE > 0)
        there = 2 * tail + sides
        now = cost.take(frontier).take(of) + _WEIGHT.take(level)
        fits = (level >= kind.m) & (now < cost.take(there))
        fits &= back.labels.take(tail) & bits.take(sides) > 0
        there = there[fits]
        np.minimum.at(cost, there, now[fits])
        frontier = distinct(there, 2 * net.nodes)
        if len(frontier):
            rounds.append((frontier, cost.take(frontier)))
    return _Costs(rounds)
