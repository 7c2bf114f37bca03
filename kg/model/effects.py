"""Signs: what a predicate says about its object, and whether that is good."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kg.model.terms import Better, Predicate, Scale

EFFECT_SIGNS: Mapping[Predicate, int] = MappingProxyType(
    {
        Predicate.INCREASES: 1,
        Predicate.CAUSES: 1,
        Predicate.CONTRIBUTES_TO: 1,
        Predicate.REQUIRED_FOR: 1,
        Predicate.ASSOCIATED_WITH_MORE: 1,
        Predicate.DECREASES: -1,
        Predicate.PREVENTS: -1,
        Predicate.TREATS: -1,
        Predicate.ASSOCIATED_WITH_LESS: -1,
    }
)
"""Sign of the change in the quantity of the object, where the predicate alone decides it."""

ASSOCIATION_PREDICATES = frozenset({Predicate.ASSOCIATED_WITH_MORE, Predicate.ASSOCIATED_WITH_LESS})
"""Predicates that do not claim a cause."""


def find_effect_sign(predicate: Predicate, better: Better) -> int | None:
    """Sign (+1, -1) of the change in the object, or None where no change is claimed.

    `improves` and `worsens` take their sign from which way the object is better.

    >>> find_effect_sign(Predicate.IMPROVES, Better.LOWER)
    -1
    >>> find_effect_sign(Predicate.REGULATES, Better.LOWER) is None
    True
    """
    if predicate in (Predicate.IMPROVES, Predicate.WORSENS):
        good = {Better.HIGHER: 1, Better.LOWER: -1}.get(better)
        if good is None:
            return None
        return good if predicate is Predicate.IMPROVES else -good
    return EFFECT_SIGNS.get(predicate)


def is_benefit(sign: int, better: Better) -> bool | None:
    """Whether a change of this sign is good; None where neither way is."""
    if better is Better.NEITHER:
        return None
    return (sign > 0) == (better is Better.HIGHER)


def find_scale_sign(scale: Scale | None, better: Better) -> int | None:
    """+1 where more points on a scale are more of the outcome, -1 where they are less of it.

    Args:
        scale: which way of the scale is good for people; None where nobody said.
        better: which way of the outcome is.

    Returns:
        None where either is not known.

    >>> find_scale_sign(Scale.HIGHER_IS_WORSE, Better.HIGHER)
    -1
    """
    if scale is None or better is Better.NEITHER:
        return None
    return 1 if (scale is Scale.HIGHER_IS_BETTER) == (better is Better.HIGHER) else -1
