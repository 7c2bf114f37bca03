"""A finding in animals is used as an effect on people.

## What it does
Flags a claim about people, or about a clinical outcome without naming animals, when every work
that it leans on for some link studied animals. The sentence that reports the animal work as such
is not flagged; what leans on it is.

## Why it matters
Of treatments that reached animal testing about half went on to people and 5 % were approved,
although 86 % of positive results agreed (10.1371/journal.pbio.3002667). 36 % of press releases
on animal work inflated it to people (PMC4262123).

## Example
"Ginger eases stiff knees", where the work cited injured the knees of rats.

## Remedy
Say what changed in which animals, and that the outcome was not tested in people.
"""

from __future__ import annotations

from kg.model import Severity, System
from kg.weaklinks.detector import (
    Condition,
    Detector,
    Judgement,
    all_of,
    any_link,
    fact,
    list_related_disclosures,
    list_related_works,
)
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import is_in, or_
from kg.weaklinks.remedies import describe_untested_in_people, join_with_and
from kg.weaklinks.settings import read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim about people rests, on some link, only on animal work."""
    links = fact_base.group_evidence(claim.id)
    if not links:
        return None
    if fact_base.is_disclosure(claim):
        return Judgement(False)
    clinical = is_in(claim.kind, read_words("kinds", "clinical"))
    link_test = any_link(links, is_animal_work)
    condition = all_of(
        fact(claim.id, "kind", or_(clinical, claim.about_people)),
        Condition(link_test.value, link_test.unknown_facts),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    works = join_with_and(sorted({f.label for f in link_test.findings}))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: for at least one step this rests only on work with animals ({works})."
        ),
        remedy=describe_untested_in_people(claim, link_test.findings),
        related_places=list_related_works(link_test.findings, "animal work that the claim leans on")
        + list_related_disclosures(fact_base, claim, (System.ANIMAL,)),
    )


def is_animal_work(finding: FindingFact) -> Condition:
    """Whether a finding comes from animals."""
    value = None if finding.system is None else finding.system == "animal"
    return fact(finding.work or finding.id, "system", value)


DETECTOR = Detector(
    code="KG102",
    name="animal-as-human",
    severity=Severity.SEVERE,
    over="claims",
    needs=("finding.system", "claim.kind", "claim.about_people"),
    fix="F1",
    backing="36 % of releases inflate animal work to humans, PMC4262123; "
    "5 % of animal-tested therapies approved, 10.1371/journal.pbio.3002667",
    judge=judge,
)
