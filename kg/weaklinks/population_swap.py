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

from kg.model import BENCH
from kg.weaklinks.detector import Answer, Condition, Detector, some_link, works_related
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import not_
from kg.weaklinks.remedies import listed, study_used
from kg.weaklinks.rows import ClaimFact, FindingFact


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a claim about a group has, on some link, no work on that group."""
    if claim.population is None:
        return None
    links = [link for link in map(with_people, facts.evidence(claim.id)) if link]
    if not links:
        return None
    rests = some_link(links, lambda finding: another_group(finding, claim))
    if not rests.value:
        return Answer(rests.value, unknown=rests.unknown)
    if not facts.complete(claim.source):
        return Answer(None, unknown=(f"{claim.source}.coverage",))
    groups = listed(sorted({f.population_label for f in rests.findings}))
    works = listed(sorted({f.label for f in rests.findings}))
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: the claim is about {claim.population_label}; for at least one step "
            f"the work it leans on ({works}) was on {groups}."
        ),
        remedy=study_used((f.population_label for f in rests.findings), claim.population_label),
        related=works_related(rests.findings, f"this work was on {groups}"),
    )


def with_people(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link without those known to come from animals or the bench."""
    return tuple(f for f in link if f.system != "animal" and f.system not in BENCH)


def another_group(finding: FindingFact, claim: ClaimFact) -> Condition:
    """Whether a finding is on people who do not include those whom the claim is about."""
    row = finding.work or finding.id
    if finding.population is not None and finding.population == claim.population:
        return Condition(False)
    if finding.condition is None:
        return Condition(None, (f"{row}.condition",))
    if claim.conditions is None:
        return Condition(None, (f"{claim.id}.conditions",))
    return Condition(not_(finding.condition in claim.conditions))


DETECTOR = Detector(
    code="KG107",
    name="population-swap",
    over="claims",
    needs=("finding.condition", "claim.conditions", "source.coverage"),
    fix="F4",
    backing="inadequate extrapolation in 8.6 % of abstracts, PMC4604617",
    judge=judge,
)
