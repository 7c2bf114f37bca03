"""What is reported was not what the trial set out to measure.

## What it does
Flags a claim when, on some link, every trial behind it reports an outcome that its registration
does not name. Without the registration this is "cannot tell".

## Why it matters
Among many outcomes some change by chance; selective reporting was found in 11.8 % of abstracts of
non-randomised intervention studies (PMC4604617).

## Example
"Zinc cuts sick days", from a trial that was registered to measure fever.

## Remedy
Say that the outcome was chosen afterwards.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Condition, Detector, Judgement, any_link, fact, list_related_works
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import not_
from kg.weaklinks.remedies import capitalise_first, join_with_and
from kg.weaklinks.settings import read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim rests, on some link, on outcomes that were not pre-specified."""
    links = [link for link in map(filter_trials, fact_base.group_evidence(claim.id)) if link]
    if not links:
        return None
    link_test = any_link(links, is_unplanned)
    if not link_test.value:
        return Judgement(link_test.value, unknown_facts=link_test.unknown_facts)
    works = join_with_and(sorted({f.label for f in link_test.findings}))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: for at least one step the outcome was not one that the trial set out "
            f"to measure ({works})."
        ),
        remedy=(
            f"{capitalise_first(claim.exposure_label)} may affect {claim.outcome_label}; the "
            "outcome was "
            "chosen after the trial began."
        ),
        related_places=list_related_works(link_test.findings, "the outcome was not pre-specified"),
    )


def filter_trials(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link that come from trials with people."""
    trial = read_words("designs", "trials")
    return tuple(f for f in link if f.system in (None, "human") and f.design in trial)


def is_unplanned(finding: FindingFact) -> Condition:
    """Whether an outcome was not pre-specified."""
    return fact(finding.work or finding.id, "prespecified", not_(finding.prespecified))


DETECTOR = Detector(
    code="KG132",
    name="post-hoc-endpoint",
    severity=Severity.MODERATE,
    over="claims",
    needs=("finding.prespecified",),
    fix="F5",
    backing="selective reporting in 11.8 % of abstracts, PMC4604617",
    judge=judge,
)
