"""Methods that rate one link by its items: INDRA, CIViC, Open Targets, ARAX."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from math import prod

from kg.grading.alternatives.case import Algebra, Answer, Case, Item, Scope, answer
from kg.grading.alternatives.laws import Element, Operations
from kg.grading.alternatives.probability import UNIT, either
from kg.grading.alternatives.settings import number_of, settings


def _items(case: Case) -> tuple[Item, ...]:
    return case.link.items if case.link else ()


def _supporting(case: Case) -> tuple[Item, ...]:
    return tuple(item for item in _items(case) if item.level > item.against)


def indra(readers: int, curated: int) -> float:
    """Belief of INDRA after so many mentions by a text reader and by a curated source.

    >>> [round(indra(n, 0), 2) for n in (1, 2, 3, 5)]
    [0.65, 0.86, 0.92, 0.95]
    """
    return float(_belief((readers, curated)))


def _belief(counts: tuple[int, int]) -> Fraction:
    rules = settings()["indra"]
    wrong = [
        _exact(rule["systematic"]) + _exact(rule["random"]) ** count
        for count, rule in zip(counts, (rules["readers"], rules["curated"]), strict=True)
        if count
    ]
    return 1 - prod(wrong, start=Fraction(1))


def _exact(number: float) -> Fraction:
    return Fraction(str(number))


def rate_indra(case: Case) -> Answer:
    """INDRA's belief in one link: 1 - (systematic + random^n) for n mentions, by kind of source.

    Works as a text describes them count as mentions by a reader, works that were found as curated.
    Mentions count and designs do not: 0.65, 0.86, 0.92, 0.95 for 1, 2, 3, 5 readings, up to one
    minus the systematic error. Mentions for the link times one minus the belief against it.
    """
    for_ = _mentions(_supporting(case))
    against = _mentions(item for item in _items(case) if item.against > item.level)
    value = indra(for_[0], for_[1]) * (1 - indra(against[0], against[1]))
    shown = f"{sum(for_)} mentions" + (f", {sum(against)} against" if sum(against) else "")
    return answer(value, shown)


def _mentions(items: Iterable[Item]) -> tuple[int, int]:
    """How many items come from readers, and how many are curated."""
    kinds = [item.curated for item in items]
    return kinds.count(False), kinds.count(True)


def rate_civic(case: Case) -> Answer:
    """CIViC's sum of trust stars times the points of the evidence level (A 10 ... E 0.5).

    A sum has no bound and ignores what speaks against the link: fifty one-star D items weigh as
    much as one five-star A item.
    """
    held = [(item.letter, _stars(item)) for item in _supporting(case)]
    return answer(float(civic(held)), f"{len(held)} items, no upper bound")


def _stars(item: Item) -> int:
    return int(settings()["civic"]["stars"][item.level.key])


def civic(items: Iterable[tuple[str, int]]) -> Fraction:
    """Sum of stars times points for items of (letter, stars).

    >>> civic([("D", 1)] * 50) == civic([("A", 5)])
    True
    """
    points = settings()["civic"]["weights"]
    return sum((_exact(points[letter]) * stars for letter, stars in items), Fraction(0))


def opentargets(scores: Iterable[Element]) -> Element:
    """The sum of score / rank^2 from the greatest score on, scaled to stay below one.

    >>> round(float(opentargets([0.2] * 50)), 3)
    0.198
    """
    scale = _exact(settings()["opentargets"]["scale"])
    ranked = sorted((Fraction(str(score)) for score in scores), reverse=True)
    return sum((s / rank**2 for rank, s in enumerate(ranked, 1)), Fraction(0)) / scale


def rate_opentargets(case: Case) -> Answer:
    """Open Targets' harmonic sum of item scores: later items add ever less.

    It is bounded: fifty items of 0.2 come to 0.198. Its makers say that it ranks and is no measure
    of confidence.
    """
    scores = [number_of(item.level) for item in _supporting(case)]
    return answer(float(opentargets(scores)), f"{len(scores)} items, later ones count less")


def arax(weights: Iterable[float]) -> float:
    """W grows by a share w of what is left to one, for each item.

    >>> round(arax([0.2] * 10), 3)
    0.893
    """
    return float(reduce(either, weights, 0.0))


def rate_arax(case: Case) -> Answer:
    """ARAX's W <- W + (1 - W) w over the items of a link, whatever they are.

    Ten items of 0.2 come to 0.893 and fifty to 0.99999: any heap of weak items is near certainty.
    """
    weights = [number_of(item.level) for item in _supporting(case)]
    return answer(arax(weights), f"{len(weights)} items")


def _added(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return (a[0] + b[0], a[1] + b[1])


def _sum(a: Element, b: Element) -> Element:
    return a + b


def _heap(a: tuple[Element, ...], b: tuple[Element, ...]) -> tuple[Element, ...]:
    return tuple(sorted((*a, *b), reverse=True))


_COUNTED = frozenset({"P1", "P2"})
_FIFTH = Fraction(1, 5)

INDRA = Algebra(
    "indra",
    Scope.LINK,
    "none",
    "counts of mentions",
    rate_indra,
    Operations(_added, (0, 0), ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1)), value=_belief),
    _COUNTED,
)
CIVIC = Algebra(
    "civic",
    Scope.LINK,
    "none",
    "sum",
    rate_civic,
    Operations(_sum, 0, (0, 1, 2, 50)),
    _COUNTED,
)
OPENTARGETS = Algebra(
    "opentargets",
    Scope.LINK,
    "none",
    "harmonic sum",
    rate_opentargets,
    Operations(_heap, (), ((), (_FIFTH,), (_FIFTH, _FIFTH), (3 * _FIFTH,)), value=opentargets),
    _COUNTED,
)
ARAX = Algebra(
    "arax",
    Scope.LINK,
    "none",
    "a + (1 - a) b",
    rate_arax,
    Operations(either, 0, UNIT),
    _COUNTED,
)
