"""A percentage is given without what it is a share of, or it is not that of the source.

## What it does
Flags a claim of an effect in percent that states no baseline, and one whose number none of the
identified works reports.

## Why it matters
"Half the risk" may be two in a thousand instead of four, or two in ten instead of four.

## Example
"Cuts coughs by 40 %", of nobody knows how many.

## Remedy
Give both values and the number of people.
"""

from __future__ import annotations

from kg.weaklinks.detector import Answer, Condition, Detector, joined, on
from kg.weaklinks.effect_without_study import behind, reports, waits_for
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import any_, not_, or_
from kg.weaklinks.remedies import numbers
from kg.weaklinks.rows import ClaimFact


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a percentage lacks its baseline, or differs from its source."""
    if claim.value is None or claim.unit != "percent" or claim.sign is None:
        return None
    bare = None if claim.baseline is None else claim.baseline == "unstated"
    baseline = on(claim.id, "baseline", bare)
    other = differs(facts, claim)
    value = or_(baseline.value, other.value)
    if not value:
        unknown = joined([baseline.unknown, other.unknown])
        return Answer(value, unknown=() if value is False else unknown)
    figure = claim.quantity or f"{claim.value:g} percent"
    why = "no baseline is given" if baseline.value else "the work cited reports another number"
    return Answer(
        True,
        message=f"{claim.text}: {why} for the figure ({figure}).",
        remedy=numbers(claim),
    )


def differs(facts: Facts, claim: ClaimFact) -> Condition:
    """Whether identified works are behind a number and none of them reports it."""
    works = [w for w in behind(facts, claim) if w.status in (None, "not-looked-up", "identified")]
    if not works or claim.value is None:
        return Condition(None, (f"{claim.id}.cites",))
    value = not_(any_(reports(work, claim.value) for work in works))
    unknown = joined(waits_for(w) for w in works if reports(w, claim.value) is None)
    return Condition(value, unknown if value is None else ())


DETECTOR = Detector(
    code="KG138",
    name="relative-only",
    over="claims",
    needs=("claim.baseline", "claim.cites", "citation.status", "citation.values"),
    fix="F8",
    backing="no published figure",
    judge=judge,
)
