"""Observational work is worded as a cause.

## What it does
Flags a claim worded as a cause when every work on some link only observed people, without
allocating anything to them.

## Why it matters
33 % of press releases on observational work worded it as a cause, and news followed them
(PMC4262123); so did 53.1 % of abstracts of non-randomised intervention studies (PMC4604617).

## Example
"Nuts prevent wrinkles", where the work cited followed people who ate nuts and people who did not.

## Remedy
Write "is linked to".
"""

from __future__ import annotations

from kg.model import ASSOCIATIONS, EFFECTS, Predicate
from kg.weaklinks.detector import (
    Answer,
    Condition,
    Detector,
    both,
    in_people_by,
    on,
    some_link,
    works_related,
)
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, at_least
from kg.weaklinks.remedies import linked, listed
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import threshold, words

CAUSAL = frozenset(set(EFFECTS) - ASSOCIATIONS | {Predicate.IMPROVES, Predicate.WORSENS})


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a claim of a cause rests, on some link, only on observational work."""
    links = facts.evidence(claim.id)
    if not links:
        return None
    rests = some_link(links, observational)
    condition = both(
        on(claim.id, "relation", causal(claim)),
        on(claim.id, "sigma", at_least(claim.sigma, threshold("causal_sigma"))),
        Condition(rests.value, rests.unknown),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    works = listed(sorted({f.label for f in rests.findings}))
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: this is worded as a cause, but for at least one step it rests only on "
            f"work that observed people without allocating anything ({works})."
        ),
        remedy=linked(claim),
        related=works_related(rests.findings, "observational work"),
    )


def causal(claim: ClaimFact) -> Truth:
    """Whether a claim is worded as a cause: its predicate says so and no cue word says "linked"."""
    if claim.relation is None:
        return None
    cues = " ".join(claim.cues).casefold()
    association = any(word in cues for word in words("words", "association"))
    return claim.relation in CAUSAL and not association


def observational(finding: FindingFact) -> Condition:
    """Whether a finding is observational; work on animals and cells is not, whatever is said."""
    return in_people_by(finding, "observational")


DETECTOR = Detector(
    code="KG108",
    name="association-as-cause",
    over="claims",
    needs=("finding.design", "finding.system", "claim.relation", "claim.sigma"),
    fix="F5",
    backing="33 % of releases word association as cause, PMC4262123; "
    "causal language in 53.1 % of abstracts, PMC4604617",
    judge=judge,
)
