"""Harm from lack is used as benefit from more.

## What it does
Flags a claim that supplementation helps people, not limited to deficient people, when everything
that it leans on for some link, works or uncited statements, is about deficiency.

## Why it matters
For a nutrient with a threshold, filling a lack restores a function, and adding more on top of
enough need not do anything. The step from one to the other needs evidence of its own.

## Example
"Zinc tablets thicken hair", argued from hair loss in people who lack zinc.

## Remedy
Say that lack is linked to the outcome, and that extra was not tested in people who have enough.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import (
    Condition,
    Detector,
    Judgement,
    all_of,
    any_link,
    fact,
    list_related_works,
)
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import not_
from kg.weaklinks.remedies import describe_lack_only, join_with_and


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a supplement claim rests, on some link, only on deficiency."""
    links = fact_base.group_evidence(claim.id, premises=True)
    if not links:
        return None
    supplement = None if claim.exposure_kind is None else claim.exposure_kind == "supplementation"
    link_test = any_link(links, is_about_deficiency)
    condition = all_of(
        fact(claim.id, "exposure_kind", supplement),
        fact(claim.id, "only_deficient", not_(claim.only_deficient)),
        Condition(link_test.value, link_test.unknown_facts),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    support = join_with_and(sorted({f.label for f in link_test.findings}))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: for at least one step this rests only on what happens when "
            f"people lack the nutrient ({support}), not on what happens when they take more."
        ),
        remedy=describe_lack_only(claim, link_test.findings),
        related_places=list_related_works(link_test.findings, "this is about deficiency"),
    )


def is_about_deficiency(finding: FindingFact) -> Condition:
    """Whether a finding is about deficiency."""
    value = None if finding.exposure_kind is None else finding.exposure_kind == "deficiency"
    return fact(finding.work or finding.id, "exposure_kind", value)


DETECTOR = Detector(
    code="KG104",
    name="deficiency-as-benefit",
    severity=Severity.SEVERE,
    over="claims",
    needs=("finding.exposure_kind", "claim.only_deficient", "claim.exposure_kind"),
    fix="F3",
    backing="nutrients with a threshold: no published figure",
    judge=judge,
)
