"""The reference page of an alternative: its docstring, its laws, and how it breaks others."""

from __future__ import annotations

from typing import Any

from kg.scenarios.alternatives.case import Algebra
from kg.scenarios.alternatives.laws import find_counterexample, list_laws


def format_page(algebra: Algebra) -> str:
    """Markdown section of an alternative, with the smallest counterexamples found now."""
    laws_by_name = list_laws(algebra.operations)
    breaks = [
        counterexample
        for law_name in laws_by_name
        if (counterexample := find_counterexample(algebra.operations, law_name))
    ]
    broken = {counterexample.law for counterexample in breaks}
    kept_texts = [
        law_name if law_name in _SHARED_LAWS else f"{law_name} ({laws_by_name[law_name].words})"
        for law_name in laws_by_name
    ]
    kept_texts = [
        text
        for law_name, text in zip(laws_by_name, kept_texts, strict=True)
        if law_name not in broken
    ]
    absent = [] if algebra.operations.times else ["It has no series, so P4 to P9 cannot be asked."]
    lines = [
        f"- {counterexample.law}, {laws_by_name[counterexample.law].words}: for "
        f"{_format_elements(counterexample.elements)} one side is "
        f"{format_element(counterexample.left)}, the other {format_element(counterexample.right)}."
        for counterexample in breaks
    ]
    return "\n\n".join(
        [
            f"## {algebra.name}",
            f"Rates {algebra.scope.value}. Series: {algebra.series}. Parallel: {algebra.parallel}.",
            algebra.description,
            " ".join([f"Keeps {', '.join(kept_texts)}.", *absent]),
            *(["Breaks:\n\n" + "\n".join(lines)] if lines else []),
        ]
    )


_SHARED_LAWS = frozenset(f"P{n}" for n in range(1, 11))


def _format_elements(elements: tuple[Any, ...]) -> str:
    return ", ".join(f"{n} = {format_element(e)}" for n, e in zip("abc", elements, strict=False))


def format_element(element: Any) -> str:
    """An element in plain figures.

    >>> from fractions import Fraction
    >>> format_element((Fraction(1, 2), 0, Fraction(1, 3)))
    '(1/2, 0, 1/3)'
    >>> format_element(frozenset({frozenset("ab"), frozenset("c")}))
    '{ab, c}'
    """
    if isinstance(element, frozenset):
        return "{" + ", ".join(sorted("".join(sorted(term)) for term in element)) + "}"
    if isinstance(element, tuple):
        return "(" + ", ".join(format_element(case_link) for case_link in element) + ")"
    return str(element)
