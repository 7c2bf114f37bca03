"""The laws P1 to P10, P33 and P34 as functions, and the smallest counterexample to each.

Elements are exact (integers, fractions, sets), so that no law fails by rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

Element: TypeAlias = Any  # numbers, opinions, multisets, lineages: each algebra has its own


def _return_element(element: Element) -> Element:
    return element


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations of an algebra, with a few elements, simple ones first, to try laws on.

    `times` is None for methods that rate single links. `read_value` is what an element is read as;
    `extra_laws` are laws that concern this algebra alone.
    """

    plus: Callable[[Element, Element], Element]
    zero: Element
    elements: Sequence[Element]
    times: Callable[[Element, Element], Element] | None = None
    one: Element = None
    read_value: Callable[[Element], Any] = _return_element
    extra_laws: Mapping[str, Law] | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """One law: its words, how many elements it speaks of, and its two sides."""

    words: str
    arity: int
    compute_sides: Callable[..., tuple[Any, Any]]
    compare_sides: Callable[[Any, Any], bool] = lambda left, right: bool(left == right)
    needs_series: bool = False


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Elements for which a law fails, and what its two sides are."""

    law: str
    elements: tuple[Element, ...]
    left: Any
    right: Any


def _compute_bound_sides(o: Operations, a: Element, b: Element) -> tuple[Any, Any]:
    values = o.read_value(a), o.read_value(b)
    parallel_value = o.read_value(o.plus(a, b))
    if parallel_value != max(values) or o.times is None:
        return parallel_value, max(values)
    series_value = o.read_value(o.times(a, b))
    return (
        (series_value, min(values))
        if series_value > min(values)
        else (parallel_value, parallel_value)
    )


LAWS: Mapping[str, Law] = {
    "P1": Law(
        "(a + b) + c = a + (b + c)",
        3,
        lambda o, a, b, c: (o.plus(o.plus(a, b), c), o.plus(a, o.plus(b, c))),
    ),
    "P2": Law("a + b = b + a", 2, lambda o, a, b: (o.plus(a, b), o.plus(b, a))),
    "P3": Law("a + a = a", 1, lambda o, a: (o.plus(a, a), a)),
    "P4": Law(
        "(a x b) x c = a x (b x c)",
        3,
        lambda o, a, b, c: (o.times(o.times(a, b), c), o.times(a, o.times(b, c))),
        needs_series=True,
    ),
    "P5": Law(
        "a x b = b x a", 2, lambda o, a, b: (o.times(a, b), o.times(b, a)), needs_series=True
    ),
    "P6": Law(
        "a x (b + c) = (a x b) + (a x c)",
        3,
        lambda o, a, b, c: (o.times(a, o.plus(b, c)), o.plus(o.times(a, b), o.times(a, c))),
        needs_series=True,
    ),
    "P7": Law(
        "a + 0 = a and a x 0 = 0 x a = 0",
        1,
        lambda o, a: (
            (o.plus(a, o.zero), o.times(a, o.zero), o.times(o.zero, a)),
            (a, o.zero, o.zero),
        ),
        needs_series=True,
    ),
    "P8": Law(
        "a x 1 = 1 x a = a",
        1,
        lambda o, a: ((o.times(a, o.one), o.times(o.one, a)), (a, a)),
        needs_series=True,
    ),
    "P9": Law(
        "a + (a x b) = a", 2, lambda o, a, b: (o.plus(a, o.times(a, b)), a), needs_series=True
    ),
    "P10": Law("value(a + b) = max, value(a x b) <= min", 2, _compute_bound_sides),
}


def list_laws(operations: Operations) -> dict[str, Law]:
    """The laws that can be asked of these operations."""
    applicable_laws = {
        law_name: law for law_name, law in LAWS.items() if operations.times or not law.needs_series
    }
    return {**applicable_laws, **(operations.extra_laws or {})}


def find_counterexample(operations: Operations, law_name: str) -> Counterexample | None:
    """The smallest elements that break a law; None where none of the elements do."""
    law = list_laws(operations)[law_name]
    for law_elements in _iterate_smallest_first(operations.elements, law.arity):
        left_side, right = law.compute_sides(operations, *law_elements)
        if not law.compare_sides(left_side, right):
            return Counterexample(law_name, law_elements, left_side, right)
    return None


def find_kept_laws(operations: Operations) -> frozenset[str]:
    """The laws that no choice of the elements breaks."""
    return frozenset(
        law_name
        for law_name in list_laws(operations)
        if not find_counterexample(operations, law_name)
    )


def _iterate_smallest_first(
    elements: Sequence[Element], arity: int
) -> Iterator[tuple[Element, ...]]:
    places = product(range(len(elements)), repeat=arity)
    for element_places in sorted(places, key=lambda places: (sum(places), places)):
        yield tuple(elements[place] for place in element_places)
