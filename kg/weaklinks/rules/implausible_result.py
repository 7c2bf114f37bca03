"""A claim rests on a result that is too good to be true.

## What it does
Flags a claim that rests, on some link, on a work whose result nobody should take on trust: its
record carries such a concern, everybody or nobody of a group of 100 responded, or its standardised
difference is beyond what such treatments reach.

## Why it matters
Very large effects come mostly from single small trials and shrink when the trial is repeated; and
trials that are made up have results like these.

## Example
"Zinc cures acne", where all 257 people who took it were cured.

## Remedy
Name the doubt, and wait for a second trial before the result is told as one.
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
from kg.weaklinks.kleene import at_least
from kg.weaklinks.remedies import capitalise_first
from kg.weaklinks.settings import read_threshold


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim rests, on some link, on a result that is too good to be true."""
    links = [(finding,) for link in fact_base.group_evidence(claim.id) for finding in link]
    if not links:
        return None
    link_test = any_link(links, is_doubtful)
    condition = all_of(
        fact(claim.id, "sigma", at_least(claim.sigma, read_threshold("implausible_sigma"))),
        Condition(link_test.value, link_test.unknown_facts),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    first = link_test.findings[0]
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: it rests on a result that is too good to be true "
            f"({first.label}: {first.doubt})."
        ),
        remedy=(
            f"{capitalise_first(claim.exposure_label)} may affect {claim.outcome_label}; "
            f"one result ({first.doubt}) is not to be relied on until it is repeated."
        ),
        related_places=list_related_works(link_test.findings, "the result in doubt"),
    )


def is_doubtful(finding: FindingFact) -> Condition:
    """Whether the result of a work is in doubt; unknown where no record of it was read."""
    work_id = finding.work or finding.id
    return fact(work_id, "doubt", None if finding.doubt is None else bool(finding.doubt))


DETECTOR = Detector(
    code="KG141",
    name="implausible-result",
    severity=Severity.SEVERE,
    over="claims",
    needs=("finding.doubt", "claim.sigma"),
    fix="F5",
    backing="very large effects in first trials, 10.1136/bmj.i5432",
    judge=judge,
)
