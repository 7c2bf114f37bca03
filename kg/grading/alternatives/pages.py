"""The reference page of an alternative: its docstring, its laws, and how it breaks others."""

from __future__ import annotations

from typing import Any

from kg.grading.alternatives.case import Algebra
from kg.grading.alternatives.laws import counterexample, laws_of


def page(algebra: Algebra) -> str:
    """Markdown section of an alternative, with the smallest counterexamples found now."""
    asked = laws_of(algebra.operations)
    breaks = [found for name in asked if (found := counterexample(algebra.operations, name))]
    broken = {found.law for found in breaks}
    kept = [name if name in _SHARED else f"{name} ({asked[name].words})" for name in asked]
    kept = [text for name, text in zip(asked, kept, strict=True) if name not in broken]
    absent = [] if algebra.operations.times else ["It has no series, so P4 to P9 cannot be asked."]
    lines = [
        f"- {found.law}, {asked[found.law].words}: for {_named(found.elements)} one side is "
        f"{shown(found.left)}, the other {shown(found.right)}."
        for found in breaks
    ]
    return "\n\n".join(
        [
            f"## {algebra.name}",
            f"Rates {algebra.scope.value}. Series: {algebra.series}. Parallel: {algebra.parallel}.",
            algebra.text,
            " ".join([f"Keeps {', '.join(kept)}.", *absent]),
            *(["Breaks:\n\n" + "\n".join(lines)] if lines else []),
        ]
    )


_SHARED = frozenset(f"P{n}" for n in range(1, 11))


def _named(elements: tuple[Any, ...]) -> str:
    return ", ".join(f"{n} = {shown(e)}" for n, e in zip("abc", elements, strict=False))


def shown(element: Any) -> str:
    """An element in plain figures.

    >>> from fractions import Fraction
    >>> shown((Fraction(1, 2), 0, Fraction(1, 3)))
    '(1/2, 0, 1/3)'
    >>> shown(frozenset({frozenset("ab"), frozenset("c")}))
    '{ab, c}'
    """
    if isinstance(element, frozenset):
        return "{" + ", ".join(sorted("".join(sorted(term)) for term in element)) + "}"
    if isinstance(element, tuple):
        return "(" + ", ".join(shown(part) for part in element) + ")"
    return str(element)
