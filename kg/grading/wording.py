"""Wording against evidence: what a level allows to be said, the gap, verdict words, rewrites."""

from __future__ import annotations

from kg.grading.profiles import Profile
from kg.model import Entity, EntityKind, Level, Severity, Tier, Verdict, is_benefit

_CLINICAL = frozenset({EntityKind.CLINICAL_OUTCOME, EntityKind.ADVERSE_EVENT, EntityKind.CONDITION})


def allowance(level: Level, profile: Profile) -> int:
    """Strongest wording tier that a level allows [COQ]."""
    tier: int = profile["allowance"][level.key]
    return tier


def wording_gap(sigma: int, level: Level, profile: Profile) -> int:
    """Tiers by which a wording exceeds what the level allows; negative where it stays below.

    A theory marked as one is allowed where there is no evidence.
    """
    if level is Level.NONE and sigma == Tier.SPECULATION:
        return 0
    return sigma - allowance(level, profile)


def gap_severity(gap: int, profile: Profile) -> Severity:
    """Severity of a wording gap.

    >>> from kg.grading.profiles import profile
    >>> gap_severity(4, profile()).word
    'severe'
    """
    rule = profile["severity"]
    if gap >= rule["severe"]:
        return Severity.SEVERE
    if gap >= rule["moderate"]:
        return Severity.MODERATE
    return Severity.MILD if gap >= rule["mild"] else Severity.NONE


def verdict(support: Level, refute: Level) -> Verdict:
    """Verdict word of (S, R) in one reading (grading.md section 10).

    >>> verdict(Level.NONE, Level.NONE).value
    'unsupported'
    """
    if support > refute:
        return Verdict.SUPPORTED
    if refute > support:
        return Verdict.REFUTED
    if support is Level.NONE:
        return Verdict.UNSUPPORTED
    return Verdict.INCONCLUSIVE if support is Level.VERY_LOW else Verdict.CONTESTED


def verb(outcome: Entity, sign: int) -> str:
    """What a change of this sign does to an outcome, as a verb in the infinitive.

    Clinical outcomes get better or worse, everything else goes up or down.

    >>> from kg.model import Better
    >>> scars = Entity("s", "scars", EntityKind.CLINICAL_OUTCOME, better=Better.LOWER)
    >>> verb(scars, -1)
    'improve'
    >>> verb(Entity("c", "CRP", EntityKind.BIOMARKER, better=Better.LOWER), -1)
    'lower'
    """
    benefit = is_benefit(sign, outcome.better)
    if outcome.kind in _CLINICAL and benefit is not None:
        return "improve" if benefit else "worsen"
    return "raise" if sign > 0 else "lower"


def rewrite(exposure: str, outcome: Entity, sign: int, level: Level, refuted: Level) -> str:
    """A sentence that the author could print at the level the evidence allows [COQ]."""
    does, subject = verb(outcome, sign), exposure[:1].upper() + exposure[1:]
    if refuted > level:
        words = {Level.HIGH: "does not", Level.MODERATE: "probably does not"}
        return f"{subject} {words.get(refuted, 'may not')} {does} {outcome.label}."
    if level is Level.NONE and refuted is Level.NONE:
        return f"No study cited here tested {exposure} on {outcome.label}."
    if level <= Level.VERY_LOW or refuted == level:
        return f"It is very uncertain whether {exposure} {does}s {outcome.label}."
    words = {Level.HIGH: f"{does}s", Level.MODERATE: f"probably {does}s", Level.LOW: f"may {does}"}
    return f"{subject} {words[level]} {outcome.label}."
