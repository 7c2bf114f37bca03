"""The laws P1 to P10, P33 and P34 as functions, and the smallest counterexample to each.

Elements are exact (integers, fractions, sets), so that no law fails by rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

from kg.model.record import dataclass

Element: TypeAlias = Any  # numbers, opinions, multisets, lineages: each algebra has its own


def _identity(element: Element) -> Element:
    return element


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations of an algebra, with a few elements, simple ones first, to try laws on.

    `times` is None for methods that rate single links. `value` is what an element is read as;
    `more` are laws that concern this algebra alone.
    """

    plus: Callable[[Element, Element], Element]
    zero: Element
    elements: Sequence[Element]
    times: Callable[[Element, Element], Element] | None = None
    one: Element = None
    value: Callable[[Element], Any] = _identity
    more: Mapping[str, Law] | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """One law: its words, how many elements it speaks of, and its two sides."""

    words: str
    arity: int
    sides: Callable[..., tuple[Any, Any]]
    holds: Callable[[Any, Any], bool] = lambda left, right: bool(left == right)
    series: bool = False


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Elements for which a law fails, and what its two sides are."""

    law: str
    elements: tuple[Element, ...]
    left: Any
    right: Any


def _bounds(o: Operations, a: Element, b: Element) -> tuple[Any, Any]:
    values = o.value(a), o.value(b)
    joined = o.value(o.plus(a, b))
    if joined != max(values) or o.times is None:
        return joined, max(values)
    passed = o.value(o.times(a, b))
    return (passed, min(values)) if passed > min(values) else (joined, joined)


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
        series=True,
    ),
    "P5": Law("a x b = b x a", 2, lambda o, a, b: (o.times(a, b), o.times(b, a)), series=True),
    "P6": Law(
        "a x (b + c) = (a x b) + (a x c)",
        3,
        lambda o, a, b, c: (o.times(a, o.plus(b, c)), o.plus(o.times(a, b), o.times(a, c))),
        series=True,
    ),
    "P7": Law(
        "a + 0 = a and a x 0 = 0 x a = 0",
        1,
        lambda o, a: (
            (o.plus(a, o.zero), o.times(a, o.zero), o.times(o.zero, a)),
            (a, o.zero, o.zero),
        ),
        series=True,
    ),
    "P8": Law(
        "a x 1 = 1 x a = a",
        1,
        lambda o, a: ((o.times(a, o.one), o.times(o.one, a)), (a, a)),
        series=True,
    ),
    "P9": Law("a + (a x b) = a", 2, lambda o, a, b: (o.plus(a, o.times(a, b)), a), series=True),
    "P10": Law("value(a + b) = max, value(a x b) <= min", 2, _bounds),
}


def laws_of(operations: Operations) -> dict[str, Law]:
    """The laws that can be asked of these operations."""
    asked = {k: law for k, law in LAWS.items() if operations.times or not law.series}
    return {**asked, **(operations.more or {})}


def counterexample(operations: Operations, name: str) -> Counterexample | None:
    """The smallest elements that break a law; None where none of the elements do."""
    law = laws_of(operations)[name]
    for chosen in _smallest_first(operations.elements, law.arity):
        left, right = law.sides(operations, *chosen)
        if not law.holds(left, right):
            return Counterexample(name, chosen, left, right)
    return None


def kept(operations: Operations) -> frozenset[str]:
    """The laws that no choice of the elements breaks."""
    return frozenset(name for name in laws_of(operations) if not counterexample(operations, name))


def _smallest_first(elements: Sequence[Element], arity: int) -> Iterator[tuple[Element, ...]]:
    places = product(range(len(elements)), repeat=arity)
    for chosen in sorted(places, key=lambda places: (sum(places), places)):
        yield tuple(elements[place] for place in chosen)
