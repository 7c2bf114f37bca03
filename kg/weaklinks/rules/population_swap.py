"""Work on one group of people is used for another.

## What it does
Flags a claim about a named group when, on some link, no work with people took place in that group
or in a wider one that includes it.

## Why it matters
8.6 % of abstracts of non-randomised intervention studies extrapolate to other people than those
who were studied (PMC4604617).

## Example
"Rowers with sore wrists gain from zinc", where the work cited followed people with colds.

## Remedy
Say who was studied.
"""

from __future__ import annotations

from kg.model import BENCH_SYSTEMS, Severity
from kg.weaklinks.detector import Condition, Detector, Judgement, any_link, list_related_works
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import not_
from kg.weaklinks.remedies import describe_study_use, join_with_and


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim about a group has, on some link, no work on that group."""
    if claim.population is None:
        return None
    links = [
        link for link in map(filter_human_findings, fact_base.group_evidence(claim.id)) if link
    ]
    if not links:
        return None
    link_test = any_link(links, lambda finding: has_other_population(finding, claim))
    if not link_test.value:
        return Judgement(link_test.value, unknown_facts=link_test.unknown_facts)
    if not fact_base.is_complete(claim.source):
        return Judgement(None, unknown_facts=(f"{claim.source}.coverage",))
    groups = join_with_and(sorted({f.population_label for f in link_test.findings}))
    works = join_with_and(sorted({f.label for f in link_test.findings}))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: the claim is about {claim.population_label}; for at least one step "
            f"the work it leans on ({works}) was on {groups}."
        ),
        remedy=describe_study_use(
            (f.population_label for f in link_test.findings), claim.population_label
        ),
        related_places=list_related_works(link_test.findings, f"this work was on {groups}"),
    )


def filter_human_findings(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link without those known to come from animals or the bench."""
    return tuple(f for f in link if f.system != "animal" and f.system not in BENCH_SYSTEMS)


def has_other_population(finding: FindingFact, claim: ClaimFact) -> Condition:
    """Whether a finding is on people who do not include those whom the claim is about."""
    work_id = finding.work or finding.id
    if finding.population is not None and finding.population == claim.population:
        return Condition(False)
    if finding.condition is None:
        return Condition(None, (f"{work_id}.condition",))
    if claim.conditions is None:
        return Condition(None, (f"{claim.id}.conditions",))
    return Condition(not_(finding.condition in claim.conditions))


DETECTOR = Detector(
    code="KG107",
    name="population-swap",
    severity=Severity.MODERATE,
    over="claims",
    needs=("finding.condition", "claim.conditions", "source.coverage"),
    fix="F4",
    backing="inadequate extrapolation in 8.6 % of abstracts, PMC4604617",
    judge=judge,
)
