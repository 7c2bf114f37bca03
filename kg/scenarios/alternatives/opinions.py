"""Methods that keep doubt apart from denial: subjective logic and Dempster's rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Any, TypeAlias

from kg.scenarios.alternatives.case import (
    Algebra,
    AlgebraAnswer,
    Case,
    CaseLink,
    RatedWork,
    Scope,
    build_number_answer,
    format_number,
)
from kg.scenarios.alternatives.laws import Law, Operations
from kg.scenarios.alternatives.settings import convert_level

Opinion: TypeAlias = tuple[Any, Any, Any]  # belief, disbelief, uncertainty; they add up to 1
Masses: TypeAlias = Mapping[frozenset[str], float]

VACUOUS_OPINION: Opinion = (0, 0, 1)
SURE_OPINION: Opinion = (1, 0, 0)
YES, NO = frozenset({"yes"}), frozenset({"no"})
EITHER_ANSWER = YES | NO


def discount_opinion(a: Opinion, b: Opinion) -> Opinion:
    """What b is worth on the word of a: series.

    >>> discount_opinion((0.5, 0.0, 0.5), (0.5, 0.0, 0.5))
    (0.25, 0.0, 0.75)
    """
    return (a[0] * b[0], a[0] * b[1], a[1] + a[2] + a[0] * b[2])


def fuse_cumulatively(a: Opinion, b: Opinion) -> Opinion:
    """Two opinions as independent observations: doubt shrinks with each."""
    doubt = a[2] + b[2] - a[2] * b[2]
    if not doubt:
        return fuse_by_averaging(a, b)
    return (
        (a[0] * b[2] + b[0] * a[2]) / doubt,
        (a[1] * b[2] + b[1] * a[2]) / doubt,
        a[2] * b[2] / doubt,
    )


def fuse_by_averaging(a: Opinion, b: Opinion) -> Opinion:
    """Two opinions as views of the same observations."""
    doubt = a[2] + b[2]
    if not doubt:
        return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, a[2])
    return (
        (a[0] * b[2] + b[0] * a[2]) / doubt,
        (a[1] * b[2] + b[1] * a[2]) / doubt,
        2 * a[2] * b[2] / doubt,
    )


def form_opinion(item: RatedWork) -> Opinion:
    """The opinion of one work: its number for or against, the rest is doubt."""
    if item.refute_level > item.level:
        against = convert_level(item.refute_level)
        return (0.0, against, 1 - against)
    return (convert_level(item.level), 0.0, 1 - convert_level(item.level))


def _fuse_link_opinions(case_link: CaseLink) -> Opinion:
    if case_link.is_certain:
        return SURE_OPINION
    return reduce(
        fuse_cumulatively, (form_opinion(item) for item in case_link.rated_works), VACUOUS_OPINION
    )


def rate_subjective(case: Case) -> AlgebraAnswer:
    """Subjective logic: discount along a chain, cumulative fusion of works and of chains.

    Cumulative fusion takes each opinion as new observations: one study entered 11 times turns
    (0.6, 0.1, 0.3) into (0.83, 0.14, 0.04). Averaging fusion does not, and is not associative.
    Neither distributes over discounting.
    """
    chains = [
        reduce(
            discount_opinion, (_fuse_link_opinions(case_link) for case_link in chain), SURE_OPINION
        )
        for chain in case.chains
    ]
    belief, denial, doubt = reduce(fuse_cumulatively, chains, VACUOUS_OPINION)
    return build_number_answer(
        belief,
        f"belief {format_number(belief)}, disbelief {format_number(denial)}, uncertainty "
        f"{format_number(doubt)}",
    )


def combine_masses(a: Masses, b: Masses) -> tuple[dict[frozenset[str], float], float]:
    """Dempster's rule on any frame: the joined masses, and the conflict K that was divided out.

    Two sources in full conflict have no answer: no masses, K = 1.
    """
    joined_masses: dict[frozenset[str], float] = {}
    conflict: float = 0
    for (s, p), (t, q) in product(a.items(), b.items()):
        if shared_answers := s & t:
            joined_masses[shared_answers] = joined_masses.get(shared_answers, 0) + p * q
        else:
            conflict += p * q
    if not joined_masses or conflict == 1:
        return {}, 1
    return {s: p / (1 - conflict) for s, p in joined_masses.items()}, conflict


def _combine_link_opinions(case_link: CaseLink) -> tuple[Opinion, float]:
    """Dempster's rule over the works of a link, and the greatest conflict met."""
    return (
        (SURE_OPINION, 0.0)
        if case_link.is_certain
        else _combine_opinions(form_opinion(item) for item in case_link.rated_works)
    )


def _combine_opinions(opinions: Iterable[Opinion]) -> tuple[Opinion, float]:
    combined_opinion, greatest_conflict = VACUOUS_OPINION, 0.0
    for other in opinions:
        masses, conflict = combine_masses(
            _convert_to_masses(combined_opinion), _convert_to_masses(other)
        )
        combined_opinion, greatest_conflict = (
            _convert_to_opinion(masses),
            max(greatest_conflict, conflict),
        )
    return combined_opinion, greatest_conflict


def _convert_to_masses(source_opinion: Opinion) -> dict[frozenset[str], Any]:
    return {s: p for s, p in zip((YES, NO, EITHER_ANSWER), source_opinion, strict=True) if p}


def _convert_to_opinion(masses: Masses) -> Opinion:
    return (masses.get(YES, 0), masses.get(NO, 0), masses.get(EITHER_ANSWER, 0))


def rate_dempster(case: Case) -> AlgebraAnswer:
    """Dempster's rule over works and over chains; along a chain, as on the word of each link.

    The rule takes repetition for confirmation: 0.6 five times gives 0.99. It divides conflict out:
    two sources that agree on nothing but a possibility which each gave 0.01 make it certain
    (Zadeh), at a conflict K of 0.9999. K is shown for that reason.
    """
    greatest_conflict = 0.0
    chains = []
    for chain in case.chains:
        link_results = [_combine_link_opinions(case_link) for case_link in chain]
        greatest_conflict = max([greatest_conflict, *(conflict for _, conflict in link_results)])
        chains.append(
            reduce(
                discount_opinion,
                (combined_opinion for combined_opinion, _ in link_results),
                SURE_OPINION,
            )
        )
    combined_opinion, conflict = _combine_opinions(chains)
    greatest_conflict = max(greatest_conflict, conflict)
    return build_number_answer(
        combined_opinion[0],
        f"belief {format_number(combined_opinion[0])}, conflict K "
        f"{format_number(greatest_conflict)}",
    )


def _combine_by_dempster(a: Opinion, b: Opinion) -> Opinion:
    return _convert_to_opinion(combine_masses(_convert_to_masses(a), _convert_to_masses(b))[0])


def _get_belief(source_opinion: Opinion) -> Any:
    return source_opinion[0]


_OPINIONS_IN_TENTHS = ((0, 0, 10), (10, 0, 0), (5, 0, 5), (6, 1, 3), (0, 5, 5), (2, 3, 5))
_SAMPLE_OPINIONS = tuple(
    (Fraction(b, 10), Fraction(d, 10), Fraction(u, 10)) for b, d, u in _OPINIONS_IN_TENTHS
)
_FUSION_LAW = Law(
    "cumulative fusion with the vacuous opinion and averaging a with a change nothing",
    1,
    lambda o, a: ((fuse_cumulatively(a, VACUOUS_OPINION), fuse_by_averaging(a, a)), (a, a)),
)
_SERIES_LAWS = frozenset({"P1", "P2", "P4", "P7"})

SUBJECTIVE = Algebra(
    "subjective",
    Scope.CHAINS,
    "discounting",
    "cumulative fusion",
    rate_subjective,
    Operations(
        fuse_cumulatively,
        VACUOUS_OPINION,
        _SAMPLE_OPINIONS,
        discount_opinion,
        SURE_OPINION,
        _get_belief,
        {"P34": _FUSION_LAW},
    ),
    _SERIES_LAWS | {"P34"},
)
DEMPSTER = Algebra(
    "dempster",
    Scope.CHAINS,
    "discounting",
    "Dempster's rule",
    rate_dempster,
    Operations(
        _combine_by_dempster,
        VACUOUS_OPINION,
        _SAMPLE_OPINIONS,
        discount_opinion,
        SURE_OPINION,
        _get_belief,
    ),
    _SERIES_LAWS,
)
