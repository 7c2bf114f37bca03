"""How many people take in too little is given as how many are deficient.

## What it does
Flags a statement of how common a deficiency is when every work behind it counted intake below a
recommendation. A prevalence by blood level is not flagged.

## Why it matters
A recommended intake covers almost everybody's need, so that many people below it lack nothing.

## Example
"Half of us lack zinc", where half of us eat less of it than is recommended.

## Remedy
Write that so many take in less than is recommended.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import (
    Condition,
    Detector,
    Judgement,
    all_of,
    fact,
    list_related_works,
    merge_names,
)
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact
from kg.weaklinks.kleene import all_, is_in
from kg.weaklinks.remedies import capitalise_first, join_with_and


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a prevalence of deficiency rests on intake only."""
    if claim.relation != "has-prevalence":
        return None
    works = tuple(f for link in fact_base.group_evidence(claim.id) for f in link)
    if not works:
        return None
    values = [is_in(f.indicator, ("intake",)) for f in works]
    missing = (f"{f.work or f.id}.indicator" for f in works if f.indicator is None)
    lack = is_in(claim.exposure_kind, ("deficiency",))
    condition = all_of(
        fact(claim.id, "exposure_kind", lack), Condition(all_(values), merge_names([missing]))
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    names = join_with_and(sorted({f.label for f in works}))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in works),
        message=f"{claim.text}: what was counted is low intake, not deficiency ({names}).",
        remedy=(
            f"{capitalise_first(claim.quantity or 'so many')} take in less than is recommended, n "
            "= "
            "[number]; how many are deficient was not measured."
        ),
        related_places=list_related_works(works, "this work counted intake"),
    )


DETECTOR = Detector(
    code="KG134",
    name="prevalence-misread",
    severity=Severity.MODERATE,
    over="claims",
    needs=("finding.indicator", "claim.exposure_kind"),
    fix="F8",
    backing="no published figure",
    judge=judge,
)
