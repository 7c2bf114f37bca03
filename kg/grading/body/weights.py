"""How much each finding of a body weighs, and what findings count together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import fsum
from typing import TypeVar

from kg.grading.evidence import Evidence
from kg.model import SYNTHESIS_DESIGNS

Key = TypeVar("Key", bound=Hashable)


def compute_weights(body: Sequence[Evidence]) -> tuple[float, ...]:
    """Weight of each finding: of the pooling, else participants, else studies where n is unknown.

    Syntheses that may share their studies weigh together as much as the largest of them.
    """
    pooled_weights = [item.weight for item in body if item.weight is not None]
    if len(pooled_weights) == len(body):
        return tuple(pooled_weights)
    all_sizes_known = all(item.finding.n for item in body)
    sizes = [float((item.finding.n if all_sizes_known else item.finding.k) or 1) for item in body]
    synthesis_sizes = [
        item_size
        for item, item_size in zip(body, sizes, strict=True)
        if item.design in SYNTHESIS_DESIGNS
    ]
    if len(synthesis_sizes) < 2 or is_disjoint(body):
        return tuple(sizes)
    share = max(synthesis_sizes) / sum(synthesis_sizes)
    return tuple(
        item_size * share if item.design in SYNTHESIS_DESIGNS else item_size
        for item, item_size in zip(body, sizes, strict=True)
    )


def is_disjoint(body: Sequence[Evidence]) -> bool:
    """Whether the syntheses of a body list their studies and share none."""
    study_sets = [set(item.pooled_studies) for item in body if item.design in SYNTHESIS_DESIGNS]
    return all(study_sets) and len(set().union(*study_sets)) == sum(map(len, study_sets))


def count_together(body: Sequence[Evidence], counts: Sequence[int]) -> int:
    """What works count together: their sum, but overlapping works only once (E2).

    Syntheses whose studies are not listed may share them with each other and with the trials
    beside them, so only the largest counts then.
    """
    synthesis_counts = [
        (i, n) for i, n in zip(body, counts, strict=True) if i.design in SYNTHESIS_DESIGNS
    ]
    single = sum(n for i, n in zip(body, counts, strict=True) if i.design not in SYNTHESIS_DESIGNS)
    if is_disjoint(body):
        return single + sum(n for _, n in synthesis_counts)
    return max(single, *(n for _, n in synthesis_counts))


def compute_shares(body: Sequence[Evidence], item_keys: Sequence[Key]) -> dict[Key, float]:
    """Share of the weight of a body by key; a key that no finding has is absent.

    The sums are rounded once, so that the order of the findings changes no digit.
    """
    weight = compute_weights(body)
    parts: dict[Key, list[float]] = {}
    for key, amount in zip(item_keys, weight, strict=True):
        parts.setdefault(key, []).append(amount)
    total = fsum(weight)
    return {key: fsum(amounts) / total for key, amounts in parts.items()}
