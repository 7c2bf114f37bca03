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

from kg.weaklinks.detector import (
    Answer,
    Condition,
    Detector,
    both,
    on,
    some_link,
    works_related,
)
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import not_
from kg.weaklinks.remedies import lack_only, listed
from kg.weaklinks.rows import ClaimFact, FindingFact


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a supplement claim rests, on some link, only on deficiency."""
    links = facts.evidence(claim.id, premises=True)
    if not links:
        return None
    supplement = None if claim.exposure_kind is None else claim.exposure_kind == "supplementation"
    rests = some_link(links, about_lack)
    condition = both(
        on(claim.id, "exposure_kind", supplement),
        on(claim.id, "only_deficient", not_(claim.only_deficient)),
        Condition(rests.value, rests.unknown),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    support = listed(sorted({f.label for f in rests.findings}))
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: for at least one step this rests only on what happens when "
            f"people lack the nutrient ({support}), not on what happens when they take more."
        ),
        remedy=lack_only(claim, rests.findings),
        related=works_related(rests.findings, "this is about deficiency"),
    )


def about_lack(finding: FindingFact) -> Condition:
    """Whether a finding is about deficiency."""
    value = None if finding.exposure_kind is None else finding.exposure_kind == "deficiency"
    return on(finding.work or finding.id, "exposure_kind", value)


DETECTOR = Detector(
    code="KG104",
    name="deficiency-as-benefit",
    over="claims",
    needs=("finding.exposure_kind", "claim.only_deficient", "claim.exposure_kind"),
    fix="F3",
    backing="nutrients with a threshold: no published figure",
    judge=judge,
)
