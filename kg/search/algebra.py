"""The chain algebra: Pareto sets of (weakest link m, leaps d), grading.md section 9.

A label (m, d) is a chain whose weakest link has level m in 1..4 and that leaps d times over an
intermediate that is no accepted surrogate. A frontier is an antichain of labels under dominance
(greater m, smaller d). The 35 antichains of {1..4} x {0,1,2} with `plus` and `times` form a
commutative, idempotent, absorptive semiring, so cycles cannot help, paths never add up and order
is irrelevant.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product
from typing import TypeAlias

Label: TypeAlias = tuple[int, int]
Frontier: TypeAlias = frozenset[Label]

CAP = 2
"""Leaps that count: a chain of more is taken as one of two."""

BEST = 4
"""The greatest level of a link."""

ZERO: Frontier = frozenset()
ONE: Frontier = frozenset({(4, 0)})


def antichain(labels: Iterable[Label]) -> Frontier:
    """The labels that no other label dominates.

    >>> sorted(antichain([(3, 1), (2, 1), (2, 0)]))
    [(2, 0), (3, 1)]

    Args:
        labels: (m, d) pairs: level of the weakest link, 1 to 4, and leaps, 0 to CAP.
    """
    candidate_labels = set(labels)
    return frozenset(
        (m, d)
        for m, d in candidate_labels
        if not any(n >= m and e <= d and (n, e) != (m, d) for n, e in candidate_labels)
    )


def plus(a: Frontier, b: Frontier) -> Frontier:
    """Parallel chains: the better ones stay, nothing adds up.

    >>> sorted(plus(frozenset({(3, 0), (1, 0)}), frozenset({(4, 1)})))
    [(3, 0), (4, 1)]

    Args:
        a: Frontier of some chains of a pair.
        b: Frontier of others.
    """
    return antichain(a | b)


def times(a: Frontier, b: Frontier) -> Frontier:
    """Chains in series: the weakest link counts, leaps add up to the cap.

    >>> times(frozenset({(3, 1)}), frozenset({(4, 1)}))
    frozenset({(3, 2)})

    Args:
        a: Frontier of the chains from a node.
        b: Frontier of those that go on where they end.
    """
    return antichain((min(m, n), min(CAP, d + e)) for (m, d), (n, e) in product(a, b))


def value(frontier: Frontier) -> int:
    """The level of a frontier, 0 to 4: 0 if empty, else the best of m - d, never below 1.

    >>> value(frozenset({(3, 2), (1, 0)})), value(frozenset({(4, 1), (2, 0)}))
    (1, 3)

    Args:
        frontier: An antichain of labels, which may be empty.
    """
    return max((max(1, m - d) for m, d in frontier), default=0)


def carrier() -> tuple[Frontier, ...]:
    """All 35 antichains.

    >>> len(carrier())
    35
    """
    labels = [(m, d) for m in range(1, 5) for d in range(CAP + 1)]
    antichains = {
        antichain(label_subset) for size in range(4) for label_subset in combinations(labels, size)
    }
    return tuple(sorted(antichains, key=sorted))


def leximin(levels: Iterable[int]) -> tuple[int, ...]:
    """Sort key that ranks chains by their links, weakest first; missing links count as the best.

    It ranks and never changes a grade: the greater key is the better chain.

    >>> leximin([4, 1, 3]) < leximin([4, 2])
    True

    Args:
        levels: Levels of the links of one chain, 1 to 4.
    """
    return (*sorted(int(n) for n in levels if n < BEST), BEST)
