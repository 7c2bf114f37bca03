"""One small study carries a firm claim.

## What it does
Flags a claim worded as probable or certain when, on some link, the only work with people is one
study of fewer than 100 participants or fewer than 50 events. A synthesis of several studies is not
flagged.

## Why it matters
A small study is imprecise, and its result often moves when the next one is done: it falls short
of the optimal information size.

## Example
"Zinc speeds healing", where the one trial had 24 participants.

## Remedy
Word it as the level allows, and give the number of participants.
"""

from __future__ import annotations

from kg.model import BENCH_SYSTEMS, SYNTHESIS_DESIGNS, Severity
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
from kg.weaklinks.kleene import Truth, at_least, is_in, not_
from kg.weaklinks.remedies import capitalise_first
from kg.weaklinks.settings import read_threshold


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a firm claim rests, on some link, on one small study with people."""
    links = [
        link
        for link in map(filter_human_findings, fact_base.group_evidence(claim.id))
        if is_single_work(link)
    ]
    if not links:
        return None
    link_test = any_link(links, is_single_and_small)
    condition = all_of(
        fact(claim.id, "sigma", at_least(claim.sigma, read_threshold("small_sigma"))),
        Condition(link_test.value, link_test.unknown_facts),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    first = link_test.findings[0]
    size_text = f"n = {first.n}" if is_below(first.n, "small_n") else f"{first.events} events"
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: for at least one step the only work with people is one small study "
            f"({first.label}, {size_text})."
        ),
        remedy=(
            f"{capitalise_first(claim.exposure_label)} may affect {claim.outcome_label}; "
            f"one small study ({size_text}) was done."
        ),
        related_places=list_related_works(link_test.findings, "the only study with people"),
    )


def filter_human_findings(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link without those known to come from animals or the bench."""
    return tuple(f for f in link if f.system != "animal" and f.system not in BENCH_SYSTEMS)


def is_single_work(link: tuple[FindingFact, ...]) -> bool:
    """Whether all findings of a link come from one work."""
    return len({f.work or f.id for f in link}) == 1


def is_single_and_small(finding: FindingFact) -> Condition:
    """Whether a work is one study, no synthesis, and small."""
    work_id = finding.work or finding.id
    is_single = not_(is_in(finding.design, SYNTHESIS_DESIGNS))
    return all_of(fact(work_id, "design", is_single), fact(work_id, "n", is_too_small(finding)))


def is_too_small(finding: FindingFact) -> Truth:
    """Whether participants or events are few; known participants decide where events are not."""
    if is_below(finding.n, "small_n") or is_below(finding.events, "small_events"):
        return True
    return None if finding.n is None else False


def is_below(count: int | None, bound: str) -> bool:
    """Whether a known count lies below a bound."""
    return count is not None and count < read_threshold(bound)


DETECTOR = Detector(
    code="KG121",
    name="single-small-study",
    severity=Severity.MODERATE,
    over="claims",
    needs=("finding.design", "finding.n", "claim.sigma"),
    fix="F5",
    backing="optimal information size: no identifier checked",
    judge=judge,
)
