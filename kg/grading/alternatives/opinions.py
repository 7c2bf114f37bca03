"""Methods that keep doubt apart from denial: subjective logic and Dempster's rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Any, TypeAlias

from kg.grading.alternatives.case import Algebra, Answer, Case, Item, Part, Scope, answer, number
from kg.grading.alternatives.laws import Law, Operations
from kg.grading.alternatives.settings import number_of

Opinion: TypeAlias = tuple[Any, Any, Any]  # belief, disbelief, uncertainty; they add up to 1
Masses: TypeAlias = Mapping[frozenset[str], float]

VACUOUS: Opinion = (0, 0, 1)
SURE: Opinion = (1, 0, 0)
YES, NO = frozenset({"yes"}), frozenset({"no"})
EITHER = YES | NO


def discount(a: Opinion, b: Opinion) -> Opinion:
    """What b is worth on the word of a: series.

    >>> discount((0.5, 0.0, 0.5), (0.5, 0.0, 0.5))
    (0.25, 0.0, 0.75)
    """
    return (a[0] * b[0], a[0] * b[1], a[1] + a[2] + a[0] * b[2])


def cumulative(a: Opinion, b: Opinion) -> Opinion:
    """Two opinions as independent observations: doubt shrinks with each."""
    doubt = a[2] + b[2] - a[2] * b[2]
    if not doubt:
        return averaging(a, b)
    return (
        (a[0] * b[2] + b[0] * a[2]) / doubt,
        (a[1] * b[2] + b[1] * a[2]) / doubt,
        a[2] * b[2] / doubt,
    )


def averaging(a: Opinion, b: Opinion) -> Opinion:
    """Two opinions as views of the same observations."""
    doubt = a[2] + b[2]
    if not doubt:
        return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, a[2])
    return (
        (a[0] * b[2] + b[0] * a[2]) / doubt,
        (a[1] * b[2] + b[1] * a[2]) / doubt,
        2 * a[2] * b[2] / doubt,
    )


def opinion(item: Item) -> Opinion:
    """The opinion of one work: its number for or against, the rest is doubt."""
    if item.against > item.level:
        against = number_of(item.against)
        return (0.0, against, 1 - against)
    return (number_of(item.level), 0.0, 1 - number_of(item.level))


def _fused(part: Part) -> Opinion:
    if part.certain:
        return SURE
    return reduce(cumulative, (opinion(item) for item in part.items), VACUOUS)


def rate_subjective(case: Case) -> Answer:
    """Subjective logic: discount along a chain, cumulative fusion of works and of chains.

    Cumulative fusion takes each opinion as new observations: one study entered 11 times turns
    (0.6, 0.1, 0.3) into (0.83, 0.14, 0.04). Averaging fusion does not, and is not associative.
    Neither distributes over discounting.
    """
    chains = [reduce(discount, (_fused(part) for part in chain), SURE) for chain in case.chains]
    belief, denial, doubt = reduce(cumulative, chains, VACUOUS)
    return answer(
        belief,
        f"belief {number(belief)}, disbelief {number(denial)}, uncertainty {number(doubt)}",
    )


def combine(a: Masses, b: Masses) -> tuple[dict[frozenset[str], float], float]:
    """Dempster's rule on any frame: the joined masses, and the conflict K that was divided out.

    Two sources in full conflict have no answer: no masses, K = 1.
    """
    joined: dict[frozenset[str], float] = {}
    conflict: float = 0
    for (s, p), (t, q) in product(a.items(), b.items()):
        if both := s & t:
            joined[both] = joined.get(both, 0) + p * q
        else:
            conflict += p * q
    if not joined or conflict == 1:
        return {}, 1
    return {s: p / (1 - conflict) for s, p in joined.items()}, conflict


def _pooled(part: Part) -> tuple[Opinion, float]:
    """Dempster's rule over the works of a link, and the greatest conflict met."""
    return (SURE, 0.0) if part.certain else _all(opinion(item) for item in part.items)


def _all(opinions: Iterable[Opinion]) -> tuple[Opinion, float]:
    held, worst = VACUOUS, 0.0
    for other in opinions:
        masses, conflict = combine(_masses(held), _masses(other))
        held, worst = _opinion(masses), max(worst, conflict)
    return held, worst


def _masses(of: Opinion) -> dict[frozenset[str], Any]:
    return {s: p for s, p in zip((YES, NO, EITHER), of, strict=True) if p}


def _opinion(masses: Masses) -> Opinion:
    return (masses.get(YES, 0), masses.get(NO, 0), masses.get(EITHER, 0))


def rate_dempster(case: Case) -> Answer:
    """Dempster's rule over works and over chains; along a chain, as on the word of each link.

    The rule takes repetition for confirmation: 0.6 five times gives 0.99. It divides conflict out:
    two sources that agree on nothing but a possibility which each gave 0.01 make it certain
    (Zadeh), at a conflict K of 0.9999. K is shown for that reason.
    """
    worst = 0.0
    chains = []
    for chain in case.chains:
        pooled = [_pooled(part) for part in chain]
        worst = max([worst, *(conflict for _, conflict in pooled)])
        chains.append(reduce(discount, (held for held, _ in pooled), SURE))
    held, conflict = _all(chains)
    worst = max(worst, conflict)
    return answer(held[0], f"belief {number(held[0])}, conflict K {number(worst)}")


def _dempster(a: Opinion, b: Opinion) -> Opinion:
    return _opinion(combine(_masses(a), _masses(b))[0])


def _belief(of: Opinion) -> Any:
    return of[0]


_TENTHS = ((0, 0, 10), (10, 0, 0), (5, 0, 5), (6, 1, 3), (0, 5, 5), (2, 3, 5))
_OPINIONS = tuple((Fraction(b, 10), Fraction(d, 10), Fraction(u, 10)) for b, d, u in _TENTHS)
_FUSION = Law(
    "cumulative fusion with the vacuous opinion and averaging a with a change nothing",
    1,
    lambda o, a: ((cumulative(a, VACUOUS), averaging(a, a)), (a, a)),
)
_SERIES = frozenset({"P1", "P2", "P4", "P7"})

SUBJECTIVE = Algebra(
    "subjective",
    Scope.CHAINS,
    "discounting",
    "cumulative fusion",
    rate_subjective,
    Operations(cumulative, VACUOUS, _OPINIONS, discount, SURE, _belief, {"P34": _FUSION}),
    _SERIES | {"P34"},
)
DEMPSTER = Algebra(
    "dempster",
    Scope.CHAINS,
    "discounting",
    "Dempster's rule",
    rate_dempster,
    Operations(_dempster, VACUOUS, _OPINIONS, discount, SURE, _belief),
    _SERIES,
)
