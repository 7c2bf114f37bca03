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

from kg.model import System
from kg.weaklinks.detector import (
    Answer,
    Condition,
    Detector,
    both,
    disclosed_related,
    on,
    some_link,
    works_related,
)
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import is_in, or_
from kg.weaklinks.remedies import listed, not_in_people
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a claim about people rests, on some link, only on animal work."""
    links = facts.evidence(claim.id)
    if not links:
        return None
    if facts.discloses(claim):
        return Answer(False)
    clinical = is_in(claim.kind, words("kinds", "clinical"))
    rests = some_link(links, animal)
    condition = both(
        on(claim.id, "kind", or_(clinical, claim.about_people)),
        Condition(rests.value, rests.unknown),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    works = listed(sorted({f.label for f in rests.findings}))
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: for at least one step this rests only on work with animals ({works})."
        ),
        remedy=not_in_people(claim, rests.findings),
        related=works_related(rests.findings, "animal work that the claim leans on")
        + disclosed_related(facts, claim, (System.ANIMAL,)),
    )


def animal(finding: FindingFact) -> Condition:
    """Whether a finding comes from animals."""
    value = None if finding.system is None else finding.system == "animal"
    return on(finding.work or finding.id, "system", value)


DETECTOR = Detector(
    code="KG102",
    name="animal-as-human",
    over="claims",
    needs=("finding.system", "claim.kind", "claim.about_people"),
    fix="F1",
    backing="36 % of releases inflate animal work to humans, PMC4262123; "
    "5 % of animal-tested therapies approved, 10.1371/journal.pbio.3002667",
    judge=judge,
)
