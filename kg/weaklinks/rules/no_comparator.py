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

from kg.model import Severity
from kg.weaklinks.detector import (
    Condition,
    Detector,
    Judgement,
    all_of,
    any_link,
    fact,
    has_human_design,
    list_related_works,
)
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import and_, at_least
from kg.weaklinks.remedies import capitalise_first, join_with_and
from kg.weaklinks.rules.association_as_cause import is_causal
from kg.weaklinks.settings import read_threshold, read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim of a cause rests, on some link, only on work without a comparison."""
    links = fact_base.group_evidence(claim.id)
    if not links:
        return None
    link_test = any_link(links, is_uncontrolled)
    cue_text = " ".join(claim.cues).casefold()
    reported = any(word in cue_text for word in read_words("words", "before_after"))
    condition = all_of(
        fact(claim.id, "relation", and_(is_causal(claim), not reported)),
        fact(claim.id, "sigma", at_least(claim.sigma, read_threshold("comparator_sigma"))),
        Condition(link_test.value, link_test.unknown_facts),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    works = join_with_and(sorted({f.label for f in link_test.findings}))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: for at least one step nobody was compared with ({works}); a change "
            "over time has other causes, too."
        ),
        remedy=(
            f"{capitalise_first(claim.outcome_label)} changed from before to after "
            f"{claim.exposure_label}; "
            "without a comparison nobody knows why."
        ),
        related_places=list_related_works(link_test.findings, "work without a comparison"),
    )


def is_uncontrolled(finding: FindingFact) -> Condition:
    """Whether a finding has no comparison; work on animals and cells is not asked."""
    return has_human_design(finding, "uncontrolled")


DETECTOR = Detector(
    code="KG133",
    name="no-comparator",
    severity=Severity.SEVERE,
    over="claims",
    needs=("finding.design", "claim.relation", "claim.sigma"),
    fix="F5",
    backing="no published figure",
    judge=judge,
)
