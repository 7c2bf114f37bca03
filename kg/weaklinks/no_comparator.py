"""A change over time without anybody to compare with is worded as an effect.

## What it does
Flags a claim worded as a cause when, on some link, every work only looked at the same people
before and after, or at single cases. What is reported as "before and after" is not flagged.

## Why it matters
People get better by themselves, and those who were worst most of all.

## Example
"Zinc improved coughs", where twenty people took it and coughed less a month later.

## Remedy
Report it as before and after.
"""

from __future__ import annotations

from kg.weaklinks.association_as_cause import causal
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
from kg.weaklinks.kleene import and_, at_least
from kg.weaklinks.remedies import capital, listed
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import threshold, words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a claim of a cause rests, on some link, only on work without a comparison."""
    links = facts.evidence(claim.id)
    if not links:
        return None
    rests = some_link(links, uncontrolled)
    cues = " ".join(claim.cues).casefold()
    reported = any(word in cues for word in words("words", "before_after"))
    condition = both(
        on(claim.id, "relation", and_(causal(claim), not reported)),
        on(claim.id, "sigma", at_least(claim.sigma, threshold("comparator_sigma"))),
        Condition(rests.value, rests.unknown),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    works = listed(sorted({f.label for f in rests.findings}))
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: for at least one step nobody was compared with ({works}); a change "
            "over time has other causes, too."
        ),
        remedy=(
            f"{capital(claim.outcome_label)} changed from before to after {claim.exposure_label}; "
            "without a comparison nobody knows why."
        ),
        related=works_related(rests.findings, "work without a comparison"),
    )


def uncontrolled(finding: FindingFact) -> Condition:
    """Whether a finding has no comparison; work on animals and cells is not asked."""
    return in_people_by(finding, "uncontrolled")


DETECTOR = Detector(
    code="KG133",
    name="no-comparator",
    over="claims",
    needs=("finding.design", "claim.relation", "claim.sigma"),
    fix="F5",
    backing="no published figure",
    judge=judge,
)
