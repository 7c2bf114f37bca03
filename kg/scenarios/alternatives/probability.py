"""Methods that take levels for probabilities: product along a chain, noisy-or across."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from math import prod

from kg.scenarios.alternatives.case import (
    Algebra,
    AlgebraAnswer,
    Case,
    CaseChain,
    CaseLink,
    Scope,
    build_number_answer,
)
from kg.scenarios.alternatives.laws import Element, Law, Operations
from kg.scenarios.alternatives.settings import convert_level


def combine_either(a: Element, b: Element) -> Element:
    """The chance of at least one of two independent things.

    >>> round(combine_either(0.6, 0.7), 2)
    0.88
    """
    return a + b - a * b


def combine_noisy_or(chances: Iterable[float]) -> float:
    """The chance of at least one of many independent things, 0 for none."""
    return reduce(combine_either, chances, 0.0)


def _rate_link(case_link: CaseLink) -> float:
    return 1.0 if case_link.is_certain else convert_level(case_link.level)


def _rate_link_by_studies(case_link: CaseLink) -> float:
    return (
        1.0
        if case_link.is_certain
        else combine_noisy_or(convert_level(item.level) for item in case_link.rated_works)
    )


def multiply_along(chain: CaseChain) -> float:
    """The product of the numbers of a chain's links."""
    return prod(_rate_link(case_link) for case_link in chain)


def rate_product(case: Case) -> AlgebraAnswer:
    """Numbers multiply along a chain; the best chain counts.

    Links of 0.9 give 0.59 over five and 0.35 over ten: telling a mechanism in finer steps lowers
    the answer, and leaving steps out raises it.
    """
    values = sorted((multiply_along(chain) for chain in case.chains), reverse=True)
    return build_number_answer(values[0] if values else 0.0, f"the best of {len(values)} products")


def rate_noisy_or(case: Case) -> AlgebraAnswer:
    """Chains count as independent: the chance that at least one holds, each by its product.

    They are not independent where they share a link. A first link of 0.5 under 1, 2, 4, 8, 16
    branches of 0.9 gives 0.45, 0.70, 0.91, 0.99, 1.00, though nothing beyond it can be surer than
    0.5. It does not distribute (0.44 or 0.545 for 0.5, 0.6, 0.7) and has no limit on cycles.
    """
    value = combine_noisy_or(multiply_along(chain) for chain in case.chains)
    return build_number_answer(value, f"{len(case.chains)} chains taken as independent")


def rate_noisy_or_studies(case: Case) -> AlgebraAnswer:
    """As noisy-or, with every work on a link a parallel of its own: what counting studies does.

    A link's number is the chance that at least one of its works is sound, so any heap of weak works
    makes a sure link.
    """
    value = combine_noisy_or(
        prod(_rate_link_by_studies(case_link) for case_link in chain) for chain in case.chains
    )
    work_ids = {
        item.work for chain in case.chains for case_link in chain for item in case_link.rated_works
    }
    return build_number_answer(
        value, f"{len(work_ids)} works and {len(case.chains)} chains taken as independent"
    )


UNIT_SAMPLES = tuple(Fraction(n, 10) for n in (0, 10, 5, 6, 7, 9, 1))

_PRODUCT_BOUND_LAW = Law(
    "a x b is no more than a or b",
    2,
    lambda o, a, b: (o.times(a, b), min(a, b)),
    lambda whole, least: bool(whole <= least),
)


def _multiply(a: Element, b: Element) -> Element:
    return a * b


PRODUCT = Algebra(
    "product",
    Scope.CHAINS,
    "product",
    "max",
    rate_product,
    Operations(max, 0, UNIT_SAMPLES, _multiply, 1, extra_laws={"P33": _PRODUCT_BOUND_LAW}),
    frozenset({"P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P33"}),
)
_NOISY_OPERATIONS = Operations(combine_either, 0, UNIT_SAMPLES, _multiply, 1)
_NOISY_LAWS = frozenset({"P1", "P2", "P4", "P5", "P7", "P8"})
NOISY_OR = Algebra(
    "noisy-or",
    Scope.CHAINS,
    "product",
    "1 - (1-a)(1-b)",
    rate_noisy_or,
    _NOISY_OPERATIONS,
    _NOISY_LAWS,
)
NOISY_OR_STUDIES = Algebra(
    "noisy-or-studies",
    Scope.CHAINS,
    "product",
    "1 - (1-a)(1-b), works too",
    rate_noisy_or_studies,
    _NOISY_OPERATIONS,
    _NOISY_LAWS,
)
