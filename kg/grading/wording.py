"""Wording against evidence: what a level allows to be said, the gap, verdict words, rewrites."""

from __future__ import annotations

from kg.grading.profiles import Profile
from kg.model import Level, Severity, Verdict

VERBS = {
    Level.HIGH: ("improves", "worsens"),
    Level.MODERATE: ("probably improves", "probably worsens"),
    Level.LOW: ("may improve", "may worsen"),
}


def allowance(level: Level, profile: Profile) -> int:
    """Strongest wording tier that a level allows [COQ]."""
    tier: int = profile["allowance"][level.key]
    return tier


def wording_gap(sigma: int, level: Level, profile: Profile) -> int:
    """Tiers by which a wording exceeds what the level allows; negative where it stays below."""
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


def rewrite(exposure: str, outcome: str, benefit: bool, level: Level, refuted: Level) -> str:
    """A sentence that the author could print at the level the evidence allows."""
    if refuted > level:
        words = {Level.HIGH: "does not", Level.MODERATE: "probably does not"}
        verb = words.get(refuted, "may not")
        return f"{_capital(exposure)} {verb} {'improve' if benefit else 'worsen'} {outcome}."
    if level is Level.NONE:
        return f"No study cited here tested {exposure} on {outcome}."
    if level is Level.VERY_LOW:
        verb = "improves" if benefit else "worsens"
        return f"It is very uncertain whether {exposure} {verb} {outcome}."
    return f"{_capital(exposure)} {VERBS[level][0 if benefit else 1]} {outcome}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
