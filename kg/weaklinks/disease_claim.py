"""A supplement is said to treat, cure or prevent a disease.

## What it does
Flags a claim that something taken as a supplement treats, cures or prevents a disease, in a
jurisdiction that the profile names. Where it names none, this is "cannot tell".

## Why it matters
Such a claim makes a medicine of a food, and many jurisdictions forbid it.

## Example
"Zinc tablets cure eczema."

## Remedy
Say what was studied, without treat, cure or prevent.
"""

from __future__ import annotations

from kg.weaklinks.detector import Answer, Detector, both, on
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, is_in, or_
from kg.weaklinks.remedies import theory
from kg.weaklinks.rows import ClaimFact, SourceFact
from kg.weaklinks.settings import words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a claim says that a supplement treats, cures or prevents a disease."""
    source = facts.source.get(claim.source or "") or SourceFact(claim.source or "")
    worded = both(
        on(claim.id, "relation", treats(claim)),
        on(claim.id, "kind", is_in(claim.kind, words("kinds", "disease"))),
        on(claim.id, "exposure_kind", is_in(claim.exposure_kind, ("supplementation",))),
    )
    condition = both(worded, on(source.id, "jurisdiction", True if source.jurisdiction else None))
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    where = source.jurisdiction or ""
    return Answer(
        True,
        message=(
            f"{claim.text}: this says that a supplement treats or prevents a disease "
            f"(jurisdiction {where})."
        ),
        remedy=theory(claim),
        shift=1 if where in words("jurisdiction", "severe") else 0,
    )


def treats(claim: ClaimFact) -> Truth:
    """Whether a claim is worded as a treatment, by its predicate or its cue words."""
    cues = " ".join(claim.cues).casefold()
    said = any(word in cues for word in words("words", "disease"))
    return or_(said, is_in(claim.relation, ("treats", "prevents")))


DETECTOR = Detector(
    code="KG136",
    name="disease-claim",
    over="claims",
    needs=("claim.relation", "claim.kind", "claim.exposure_kind", "source.jurisdiction"),
    fix="F7",
    backing="FDA rule on structure-function claims: no identifier checked",
    judge=judge,
)
