"""Wording against evidence: what a level allows to be said, the gap, and the verbs of effects."""

from __future__ import annotations

import re

from kg.grading.profiles import Profile
from kg.model import Entity, EntityKind, Level, Severity, Tier, is_benefit

_CLINICAL_KINDS = frozenset(
    {EntityKind.CLINICAL_OUTCOME, EntityKind.ADVERSE_EVENT, EntityKind.CONDITION}
)


def find_allowed_tier(level: Level, profile: Profile) -> int:
    """Strongest wording tier that a level allows [COQ]."""
    tier: int = profile["allowance"][level.key]
    return tier


def compute_wording_gap(sigma: int, level: Level, profile: Profile) -> int:
    """Tiers by which a wording exceeds what the level allows; negative where it stays below.

    A theory marked as one is allowed where there is no evidence.
    """
    if level is Level.NONE and sigma == Tier.SPECULATION:
        return 0
    return sigma - find_allowed_tier(level, profile)


def rate_gap(gap: int, profile: Profile) -> Severity:
    """Severity of a wording gap.

    >>> from kg.grading.profiles import load_profile
    >>> rate_gap(4, load_profile()).word
    'severe'
    """
    rule = profile["severity"]
    if gap >= rule["severe"]:
        return Severity.SEVERE
    if gap >= rule["moderate"]:
        return Severity.MODERATE
    return Severity.MILD if gap >= rule["mild"] else Severity.NONE


def choose_verb(outcome: Entity, sign: int) -> str:
    """What a change of this sign does to an outcome, as a verb in the infinitive.

    Clinical outcomes get better or worse, everything else goes up or down.

    >>> from kg.model import Better
    >>> scars = Entity("s", "scars", EntityKind.CLINICAL_OUTCOME, better=Better.LOWER)
    >>> choose_verb(scars, -1)
    'improve'
    >>> choose_verb(Entity("c", "CRP", EntityKind.BIOMARKER, better=Better.LOWER), -1)
    'lower'
    """
    benefit = is_benefit(sign, outcome.better)
    if outcome.kind in _CLINICAL_KINDS and benefit is not None:
        return "improve" if benefit else "worsen"
    return "raise" if sign > 0 else "lower"


def is_plural(label: str) -> bool:
    """Whether a label is a plural: its noun, before any preposition or participle, ends in s.

    >>> [is_plural(label) for label in ("oral collagen peptides", "cream with sea salts", "citrus")]
    [True, False, False]
    """
    head_noun = re.split(r",| (?:with|by|in|on|of|for|from|to|and|as|\w+ed|together)\b", label)[0]
    return head_noun.endswith("s") and not head_noun.endswith(("ss", "us", "is"))
