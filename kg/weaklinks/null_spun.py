"""A result without a clear effect is worded as an effect, or an imprecise one as none.

## What it does
Flags a claim of an effect when, on some link, every work has p >= 0.05 or an interval that includes
no effect; and a claim of no effect when every interval still allows a sizeable one.

## Why it matters
Spin of this kind was found in 5.5 % (effect despite no significance) and 10.2 % (equivalence)
of abstracts of non-randomised intervention studies (PMC4604617), and in 33 % of psychiatry
abstracts of trials (PMC5597227).

## Example
"Zinc shortened coughs" with a risk ratio of 0.9 (0.6 to 1.3).

## Remedy
Give the estimate with its interval, and say that it is not clear.
"""

from __future__ import annotations

from kg.weaklinks.detector import Answer, Condition, Detector, some_link, works_related
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth
from kg.weaklinks.remedies import capital, listed
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import decimal

RATIOS = frozenset({"RR", "OR", "HR"})


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a null result is worded as an effect, or an imprecise one as no effect."""
    none_claimed = claim.relation == "no-effect-on"
    links = facts.evidence(claim.id)
    if not links or (claim.sign is None and not none_claimed):
        return None
    rests = some_link(links, imprecise if none_claimed else null)
    if not rests.value:
        return Answer(rests.value, unknown=rests.unknown)
    works = listed(sorted({f.label for f in rests.findings}))
    said = "the work allows a sizeable effect" if none_claimed else "the work shows no clear effect"
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=f"{claim.text}: for at least one step {said} ({works}).",
        remedy=(
            f"{capital(claim.exposure_label)} and {claim.outcome_label}: the result is not clear; "
            "give the estimate with its interval."
        ),
        related=works_related(rests.findings, said),
    )


def null(finding: FindingFact) -> Condition:
    """Whether a result is compatible with no effect."""
    value = _null(finding)
    missing = _missing(finding, "ci_high", "ci_low", "measure", "p_value")
    return Condition(value, missing if value is None else ())


def _null(finding: FindingFact) -> Truth:
    if finding.ci_low is not None and finding.ci_high is not None:
        at = no_effect(finding)
        if at is not None:
            return finding.ci_low <= at <= finding.ci_high
    return None if finding.p_value is None else finding.p_value >= decimal("alpha")


def no_effect(finding: FindingFact) -> float | None:
    """The value of a measure that stands for no effect."""
    if finding.measure is None:
        return None
    return 1.0 if finding.measure.upper() in RATIOS else 0.0


def imprecise(finding: FindingFact) -> Condition:
    """Whether the interval reaches beyond what counts as no sizeable effect."""
    bounds = sizeable(finding)
    if bounds is None or finding.ci_low is None or finding.ci_high is None:
        return Condition(None, _missing(finding, "ci_high", "ci_low", "measure", "mid"))
    return Condition(finding.ci_low < bounds[0] or finding.ci_high > bounds[1])


def sizeable(finding: FindingFact) -> tuple[float, float] | None:
    """Where an effect begins to matter, below and above; for a difference a source must say so."""
    at = no_effect(finding)
    if at is not None and finding.mid is not None:
        return at - finding.mid, at + finding.mid
    return (decimal("precise_low"), decimal("precise_high")) if at else None


def _missing(finding: FindingFact, *fields: str) -> tuple[str, ...]:
    row = finding.work or finding.id
    return tuple(f"{row}.{f}" for f in fields if getattr(finding, f) is None)


DETECTOR = Detector(
    code="KG123",
    name="null-spun",
    over="claims",
    needs=("finding.ci_low", "finding.ci_high", "finding.measure", "finding.p_value"),
    fix="F10",
    backing="effect despite no significance in 5.5 %, equivalence in 10.2 % of abstracts, "
    "PMC4604617; 33 % of psychiatry abstracts, PMC5597227",
    judge=judge,
)
