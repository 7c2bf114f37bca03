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

from kg.bulk.labels import LEVEL_MASK, NEGATIVE_FLAG, IntArray, has_leap
from kg.bulk.sweep import (
    LabelSweep,
    LinkArrays,
    encode_label,
    expand_ranges,
    sort_distinct,
    unpack_codes,
    unpack_tails,
)
from kg.search.algebra import CAP
from kg.search.simple_paths import MAX_CHAIN_LINKS

_MAX_OPENED = 20_000
"""Partial chains that one class may open; a graph that needs more has no chain worth showing."""

_COST_BASE = MAX_CHAIN_LINKS * 2
_COST_BY_LEVEL = np.array(
    [0, _COST_BASE**3 + 1, _COST_BASE**2 + 1, _COST_BASE + 1, 1] + [0] * 3, np.int32
)
"""Cost of a link by its level: a sum of costs compares as leximin does, then by length."""

_INFINITE_COST = 2**30


_PartialChain: TypeAlias = tuple[int, int, int, int, int, int, int, tuple[int, ...]]
"""Bound, minus the number of links (longest first), order, cost so far, node; what is left of sign
and leaps; links.
"""


@dataclass(frozen=True, slots=True)
class _MeritClass:
    """Chains of one value whose weakest link has level m, with at most d leaps."""

    value: int
    m: int
    d: int


def find_best_chains(
    net: LinkArrays, back: LabelSweep, end_nodes: tuple[int, int], sign: int, max_chains: int
) -> list[tuple[int, ...]]:
    """Links of the best simple chains between two nodes, best first.

    Chains have at most MAX_CHAIN_LINKS links; equals come in the order of their links.

    Args:
        net: The links of one reading and one question.
        back: The sweep to the target.
        end_nodes: Source and target.
        sign: Sign of the chains, +1 or -1.
        max_chains: How many are wanted.
    """
    ranked_chains: list[tuple[int, ...]] = []
    for kind in _list_merit_classes():
        if int(back.labels[end_nodes[0]]) & encode_label(kind.m, kind.d, sign):
            for chain in _search_chains(net, back, end_nodes, sign, kind):
                ranked_chains.append(chain)
                if len(ranked_chains) == max_chains:
                    return ranked_chains
    return ranked_chains


def _list_merit_classes() -> Iterator[_MeritClass]:
    for value in (4, 3, 2):
        for m in range(min(4, value + CAP), value - 1, -1):
            yield _MeritClass(value, m, m - value)
    for m in (3, 2, 1):
        yield _MeritClass(1, m, CAP)


def _search_chains(
    net: LinkArrays, back: LabelSweep, end_nodes: tuple[int, int], sign: int, kind: _MeritClass
) -> Iterator[tuple[int, ...]]:
    """Chains of a class in the order of their costs."""
    source, target = end_nodes
    costs = _compute_costs(net, back, target, kind)
    order = count()
    first = costs.find_least_costs(np.array([2 * source + (sign < 0)]), MAX_CHAIN_LINKS)
    heap: list[_PartialChain] = [(int(first[0]), 0, next(order), 0, source, sign, kind.d, ())]
    opened = 0
    while heap and opened < _MAX_OPENED:
        _, _, _, spent, node, sign_left, leaps_left, chain = heappop(heap)
        if node == target:
            if _is_in_class(net, chain, kind):
                yield chain
            continue
        opened += 1
        links, sides, next_leaps_left = _find_next_links(
            net, back, node, sign_left, leaps_left, kind
        )
        next_nodes = net.link_heads[links].astype(np.int64)
        cost = _COST_BY_LEVEL[net.read_codes(links) & LEVEL_MASK]
        least_costs = costs.find_least_costs(
            2 * next_nodes + (sides < 0), MAX_CHAIN_LINKS - len(chain) - 1
        )
        visited_nodes = {source, *(int(net.link_heads[link]) for link in chain)}
        least_costs[(next_nodes == target) & (sides < 0)] = (
            _INFINITE_COST  # it ends there, with the other sign
        )
        for link_index in np.flatnonzero(least_costs < _INFINITE_COST):
            if int(next_nodes[link_index]) not in visited_nodes:
                next_cost = spent + int(cost[link_index])
                bound, next_chain = (
                    next_cost + int(least_costs[link_index]),
                    (*chain, int(links[link_index])),
                )
                state = (
                    int(next_nodes[link_index]),
                    int(sides[link_index]),
                    int(next_leaps_left[link_index]),
                )
                heappush(
                    heap, (bound, -len(next_chain), next(order), next_cost, *state, next_chain)
                )


def _find_next_links(
    net: LinkArrays, back: LabelSweep, node: int, sign_left: int, leaps_left: int, kind: _MeritClass
) -> tuple[IntArray, IntArray, IntArray]:
    """Links that a chain of the class may take from a node; sign and leaps left after each."""
    links = net.find_links_from(node)
    links = links[(net.read_codes(links) & LEVEL_MASK) >= kind.m]
    code = net.read_codes(links)
    sides = np.where(code & NEGATIVE_FLAG, -sign_left, sign_left)
    next_leaps_left = (
        np.full(len(links), leaps_left) if kind.d == CAP else leaps_left - has_leap(code)
    )
    shift = np.maximum(next_leaps_left, 0)
    bits = np.array([[encode_label(kind.m, d, turn) for d in range(CAP + 1)] for turn in (1, -1)])
    fits = (next_leaps_left >= 0) & (
        back.labels[net.link_heads[links]] & bits[(sides < 0).astype(int), shift] > 0
    )
    return links[fits], sides[fits], next_leaps_left[fits]


def _is_in_class(net: LinkArrays, chain: tuple[int, ...], kind: _MeritClass) -> bool:
    """Whether a chain is of this class and of none before it."""
    code = net.read_codes(chain)
    m, d = int((code & LEVEL_MASK).min()), min(CAP, int(has_leap(code).sum()))
    return (m, max(1, m - d)) == (kind.m, kind.value)


@dataclass(frozen=True, eq=False, slots=True)
class _CompletionCosts:
    """Least costs from each (node, sign) to the target, for each number of links: what changed."""

    changes_by_round: list[tuple[IntArray, IntArray]]

    def find_least_costs(self, states: IntArray, links: int) -> IntArray:
        """Least cost of a completion of at most so many links; _INFINITE_COST: there is none."""
        cost = np.full(len(states), _INFINITE_COST, np.int64)
        for changed_states, costs in self.changes_by_round[: links + 1]:
            positions = np.minimum(np.searchsorted(changed_states, states), len(changed_states) - 1)
            has_cost = changed_states[positions] == states
            cost[has_cost] = costs[positions][has_cost]
        return cost


def _compute_costs(
    net: LinkArrays, back: LabelSweep, target: int, kind: _MeritClass
) -> _CompletionCosts:
    """Costs of the completions of a class, by rounds of relaxation from the target."""
    cost = np.full(2 * net.node_count, _INFINITE_COST, np.int32)
    cost[2 * target] = 0
    frontier = np.array([2 * target])
    changes_by_round = [(frontier, cost[frontier])]
    bits = np.array([encode_label(kind.m, kind.d, sign) for sign in (1, -1)])
    while len(frontier) and len(changes_by_round) <= MAX_CHAIN_LINKS:
        links, origin_index = expand_ranges(*net.locate_links_into(frontier >> 1))
        link = net.packed_links.take(links)
        code, tail_nodes = unpack_codes(link), unpack_tails(link)
        level = code & LEVEL_MASK
        sides = (frontier & 1).take(origin_index) ^ (code & NEGATIVE_FLAG > 0)
        next_states = 2 * tail_nodes + sides
        next_costs = cost.take(frontier).take(origin_index) + _COST_BY_LEVEL.take(level)
        fits = (level >= kind.m) & (next_costs < cost.take(next_states))
        fits &= back.labels.take(tail_nodes) & bits.take(sides) > 0
        next_states = next_states[fits]
        np.minimum.at(cost, next_states, next_costs[fits])
        frontier = sort_distinct(next_states, 2 * net.node_count)
        if len(frontier):
            changes_by_round.append((frontier, cost.take(frontier)))
    return _CompletionCosts(changes_by_round)
