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

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, all_of, fact
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, SourceFact
from kg.weaklinks.kleene import Truth, is_in, or_
from kg.weaklinks.remedies import describe_theory
from kg.weaklinks.settings import read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim says that a supplement treats, cures or prevents a disease."""
    source = fact_base.source_by_id.get(claim.source or "") or SourceFact(claim.source or "")
    worded = all_of(
        fact(claim.id, "relation", is_treatment_claim(claim)),
        fact(claim.id, "kind", is_in(claim.kind, read_words("kinds", "disease"))),
        fact(claim.id, "exposure_kind", is_in(claim.exposure_kind, ("supplementation",))),
    )
    condition = all_of(
        worded, fact(source.id, "jurisdiction", True if source.jurisdiction else None)
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    jurisdiction = source.jurisdiction or ""
    return Judgement(
        True,
        message=(
            f"{claim.text}: this says that a supplement treats or prevents a disease "
            f"(jurisdiction {jurisdiction})."
        ),
        remedy=describe_theory(claim),
        severity_shift=2 if jurisdiction in read_words("jurisdiction", "severe") else 0,
    )


def is_treatment_claim(claim: ClaimFact) -> Truth:
    """Whether a claim is worded as a treatment, by its predicate or its cue words."""
    cue_text = " ".join(claim.cues).casefold()
    has_disease_word = any(word in cue_text for word in read_words("words", "disease"))
    return or_(has_disease_word, is_in(claim.relation, ("treats", "prevents")))


DETECTOR = Detector(
    code="KG136",
    name="disease-claim",
    severity=Severity.MILD,
    over="claims",
    needs=("claim.relation", "claim.kind", "claim.exposure_kind", "source.jurisdiction"),
    fix="F7",
    backing="FDA rule on structure-function claims: no identifier checked",
    judge=judge,
)
