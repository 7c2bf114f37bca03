"""How much each finding of a body weighs, and what findings count together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import fsum
from typing import TypeVar

from kg.grading.evidence import Evidence
from kg.model import SYNTHESES

Key = TypeVar("Key", bound=Hashable)


def weights(body: Sequence[Evidence]) -> tuple[float, ...]:
    """Weight of each finding: of the pooling, else participants, else studies where n is unknown.

    Syntheses that may share their studies weigh together as much as the largest of them.
    """
    pooled = [item.weight for item in body if item.weight is not None]
    if len(pooled) == len(body):
        return tuple(pooled)
    known = all(item.finding.n for item in body)
    sizes = [float((item.finding.n if known else item.finding.k) or 1) for item in body]
    whole = [size for item, size in zip(body, sizes, strict=True) if item.design in SYNTHESES]
    if len(whole) < 2 or disjoint(body):
        return tuple(sizes)
    share = max(whole) / sum(whole)
    return tuple(
        size * share if item.design in SYNTHESES else size
        for item, size in zip(body, sizes, strict=True)
    )


def disjoint(body: Sequence[Evidence]) -> bool:
    """Whether the syntheses of a body list their studies and share none."""
    listed = [set(item.contains) for item in body if item.design in SYNTHESES]
    return all(listed) and len(set().union(*listed)) == sum(map(len, listed))


def together(body: Sequence[Evidence], counts: Sequence[int]) -> int:
    """What works count together: their sum, but overlapping works only once (E2).

    Syntheses whose studies are not listed may share them with each other and with the trials
    beside them, so only the largest counts then.
    """
    pooled = [(i, n) for i, n in zip(body, counts, strict=True) if i.design in SYNTHESES]
    single = sum(n for i, n in zip(body, counts, strict=True) if i.design not in SYNTHESES)
    if disjoint(body):
        return single + sum(n for _, n in pooled)
    return max(single, *(n for _, n in pooled))


def shares(body: Sequence[Evidence], keys: Sequence[Key]) -> dict[Key, float]:
    """Share of the weight of a body by key; a key that no finding has is absent.

    The sums are rounded once, so that the order of the findings changes no digit.
    """
    weight = weights(body)
    parts: dict[Key, list[float]] = {}
    for key, amount in zip(keys, weight, strict=True):
        parts.setdefault(key, []).append(amount)
    total = fsum(weight)
    return {key: fsum(amounts) / total for key, amounts in parts.items()}
