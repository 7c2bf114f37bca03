"""Methods that rate one link by its items: INDRA, CIViC, Open Targets, ARAX."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from math import prod

from kg.scenarios.alternatives.case import (
    Algebra,
    AlgebraAnswer,
    Case,
    RatedWork,
    Scope,
    build_number_answer,
)
from kg.scenarios.alternatives.laws import Element, Operations
from kg.scenarios.alternatives.probability import UNIT_SAMPLES, combine_either
from kg.scenarios.alternatives.settings import convert_level, load_settings


def _list_works(case: Case) -> tuple[RatedWork, ...]:
    return case.link.rated_works if case.link else ()


def _list_supporting_works(case: Case) -> tuple[RatedWork, ...]:
    return tuple(item for item in _list_works(case) if item.level > item.refute_level)


def compute_indra_belief(readers: int, curated: int) -> float:
    """Belief of INDRA after so many mentions by a text reader and by a curated source.

    >>> [round(compute_indra_belief(n, 0), 2) for n in (1, 2, 3, 5)]
    [0.65, 0.86, 0.92, 0.95]
    """
    return float(_compute_belief((readers, curated)))


def _compute_belief(counts: tuple[int, int]) -> Fraction:
    rules = load_settings()["indra"]
    wrong = [
        _convert_exactly(rule["systematic"]) + _convert_exactly(rule["random"]) ** count
        for count, rule in zip(counts, (rules["readers"], rules["curated"]), strict=True)
        if count
    ]
    return 1 - prod(wrong, start=Fraction(1))


def _convert_exactly(number: float) -> Fraction:
    return Fraction(str(number))


def rate_indra(case: Case) -> AlgebraAnswer:
    """INDRA's belief in one link: 1 - (systematic + random^n) for n mentions, by kind of source.

    Works as a text describes them count as mentions by a reader, works that were found as curated.
    Mentions count and designs do not: 0.65, 0.86, 0.92, 0.95 for 1, 2, 3, 5 readings, up to one
    minus the systematic error. Mentions for the link times one minus the belief against it.
    """
    for_ = _count_mentions(_list_supporting_works(case))
    against = _count_mentions(item for item in _list_works(case) if item.refute_level > item.level)
    value = compute_indra_belief(for_[0], for_[1]) * (
        1 - compute_indra_belief(against[0], against[1])
    )
    mention_text = f"{sum(for_)} mentions" + (f", {sum(against)} against" if sum(against) else "")
    return build_number_answer(value, mention_text)


def _count_mentions(items: Iterable[RatedWork]) -> tuple[int, int]:
    """How many items come from readers, and how many are curated."""
    kinds = [item.is_curated for item in items]
    return kinds.count(False), kinds.count(True)


def rate_civic(case: Case) -> AlgebraAnswer:
    """CIViC's sum of trust stars times the points of the evidence level (A 10 ... E 0.5).

    A sum has no bound and ignores what speaks against the link: fifty one-star D items weigh as
    much as one five-star A item.
    """
    letters_and_stars = [
        (item.civic_letter, _count_stars(item)) for item in _list_supporting_works(case)
    ]
    return build_number_answer(
        float(sum_civic_points(letters_and_stars)),
        f"{len(letters_and_stars)} items, no upper bound",
    )


def _count_stars(item: RatedWork) -> int:
    return int(load_settings()["civic"]["stars"][item.level.key])


def sum_civic_points(items: Iterable[tuple[str, int]]) -> Fraction:
    """Sum of stars times points for items of (letter, stars).

    >>> sum_civic_points([("D", 1)] * 50) == sum_civic_points([("A", 5)])
    True
    """
    points = load_settings()["civic"]["weights"]
    return sum((_convert_exactly(points[letter]) * stars for letter, stars in items), Fraction(0))


def sum_harmonically(scores: Iterable[Element]) -> Element:
    """The sum of score / rank^2 from the greatest score on, scaled to stay below one.

    >>> round(float(sum_harmonically([0.2] * 50)), 3)
    0.198
    """
    scale = _convert_exactly(load_settings()["opentargets"]["scale"])
    ranked = sorted((Fraction(str(score)) for score in scores), reverse=True)
    return sum((s / rank**2 for rank, s in enumerate(ranked, 1)), Fraction(0)) / scale


def rate_opentargets(case: Case) -> AlgebraAnswer:
    """Open Targets' harmonic sum of item scores: later items add ever less.

    It is bounded: fifty items of 0.2 come to 0.198. Its makers say that it ranks and is no measure
    of confidence.
    """
    scores = [convert_level(item.level) for item in _list_supporting_works(case)]
    return build_number_answer(
        float(sum_harmonically(scores)), f"{len(scores)} items, later ones count less"
    )


def combine_arax_weights(weights: Iterable[float]) -> float:
    """W grows by a share w of what is left to one, for each item.

    >>> round(combine_arax_weights([0.2] * 10), 3)
    0.893
    """
    return float(reduce(combine_either, weights, 0.0))


def rate_arax(case: Case) -> AlgebraAnswer:
    """ARAX's W <- W + (1 - W) w over the items of a link, whatever they are.

    Ten items of 0.2 come to 0.893 and fifty to 0.99999: any heap of weak items is near certainty.
    """
    weights = [convert_level(item.level) for item in _list_supporting_works(case)]
    return build_number_answer(combine_arax_weights(weights), f"{len(weights)} items")


def _add_counts(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return (a[0] + b[0], a[1] + b[1])


def _add_numbers(a: Element, b: Element) -> Element:
    return a + b


def _merge_scores(a: tuple[Element, ...], b: tuple[Element, ...]) -> tuple[Element, ...]:
    return tuple(sorted((*a, *b), reverse=True))


_COUNT_LAWS = frozenset({"P1", "P2"})
_ONE_FIFTH = Fraction(1, 5)

INDRA = Algebra(
    "indra",
    Scope.LINK,
    "none",
    "counts of mentions",
    rate_indra,
    Operations(
        _add_counts, (0, 0), ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1)), read_value=_compute_belief
    ),
    _COUNT_LAWS,
)
CIVIC = Algebra(
    "civic",
    Scope.LINK,
    "none",
    "sum",
    rate_civic,
    Operations(_add_numbers, 0, (0, 1, 2, 50)),
    _COUNT_LAWS,
)
OPENTARGETS = Algebra(
    "opentargets",
    Scope.LINK,
    "none",
    "harmonic sum",
    rate_opentargets,
    Operations(
        _merge_scores,
        (),
        ((), (_ONE_FIFTH,), (_ONE_FIFTH, _ONE_FIFTH), (3 * _ONE_FIFTH,)),
        read_value=sum_harmonically,
    ),
    _COUNT_LAWS,
)
ARAX = Algebra(
    "arax",
    Scope.LINK,
    "none",
    "a + (1 - a) b",
    rate_arax,
    Operations(combine_either, 0, UNIT_SAMPLES),
    _COUNT_LAWS,
)
