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

from kg.model import BENCH, SYNTHESES
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
from kg.weaklinks.kleene import Truth, at_least, is_in, not_
from kg.weaklinks.remedies import capital
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import threshold


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a firm claim rests, on some link, on one small study with people."""
    links = [link for link in map(with_people, facts.evidence(claim.id)) if alone(link)]
    if not links:
        return None
    rests = some_link(links, single_and_small)
    condition = both(
        on(claim.id, "sigma", at_least(claim.sigma, threshold("small_sigma"))),
        Condition(rests.value, rests.unknown),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    first = rests.findings[0]
    size = f"n = {first.n}" if small(first.n, "small_n") else f"{first.events} events"
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: for at least one step the only work with people is one small study "
            f"({first.label}, {size})."
        ),
        remedy=(
            f"{capital(claim.exposure_label)} may affect {claim.outcome_label}; "
            f"one small study ({size}) was done."
        ),
        related=works_related(rests.findings, "the only study with people"),
    )


def with_people(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link without those known to come from animals or the bench."""
    return tuple(f for f in link if f.system != "animal" and f.system not in BENCH)


def alone(link: tuple[FindingFact, ...]) -> bool:
    """Whether all findings of a link come from one work."""
    return len({f.work or f.id for f in link}) == 1


def single_and_small(finding: FindingFact) -> Condition:
    """Whether a work is one study, no synthesis, and small."""
    row = finding.work or finding.id
    single = not_(is_in(finding.design, SYNTHESES))
    return both(on(row, "design", single), on(row, "n", too_small(finding)))


def too_small(finding: FindingFact) -> Truth:
    """Whether participants or events are few; known participants decide where events are not."""
    if small(finding.n, "small_n") or small(finding.events, "small_events"):
        return True
    return None if finding.n is None else False


def small(count: int | None, bound: str) -> bool:
    """Whether a known count lies below a bound."""
    return count is not None and count < threshold(bound)


DETECTOR = Detector(
    code="KG121",
    name="single-small-study",
    over="claims",
    needs=("finding.design", "finding.n", "claim.sigma"),
    fix="F5",
    backing="optimal information size: no identifier checked",
    judge=judge,
)
