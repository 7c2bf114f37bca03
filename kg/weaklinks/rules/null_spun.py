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

from kg.model import Severity
from kg.model.vocabulary import parse_measure
from kg.weaklinks.detector import Condition, Detector, Judgement, any_link, list_related_works
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import Truth
from kg.weaklinks.remedies import capitalise_first, join_with_and
from kg.weaklinks.settings import read_decimal_threshold


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a null result is worded as an effect, or an imprecise one as no effect."""
    none_claimed = claim.relation == "no-effect-on"
    links = fact_base.group_evidence(claim.id)
    if not links or (claim.sign is None and not none_claimed):
        return None
    link_test = any_link(links, is_imprecise if none_claimed else is_null)
    if not link_test.value:
        return Judgement(link_test.value, unknown_facts=link_test.unknown_facts)
    works = join_with_and(sorted({f.label for f in link_test.findings}))
    result_text = (
        "the work allows a sizeable effect" if none_claimed else "the work shows no clear effect"
    )
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=f"{claim.text}: for at least one step {result_text} ({works}).",
        remedy=(
            f"{capitalise_first(claim.exposure_label)} and {claim.outcome_label}: the result is "
            "not clear; "
            "give the estimate with its interval."
        ),
        related_places=list_related_works(link_test.findings, result_text),
    )


def is_null(finding: FindingFact) -> Condition:
    """Whether a result is compatible with no effect."""
    value = _is_null_result(finding)
    missing = _list_missing_facts(finding, "ci_high", "ci_low", "measure", "p_value")
    return Condition(value, missing if value is None else ())


def _is_null_result(finding: FindingFact) -> Truth:
    if finding.ci_low is not None and finding.ci_high is not None:
        null_value = find_null_value(finding)
        if null_value is not None:
            return finding.ci_low <= null_value <= finding.ci_high
    return None if finding.p_value is None else finding.p_value >= read_decimal_threshold("alpha")


def find_null_value(finding: FindingFact) -> float | None:
    """The value of a measure that stands for no effect."""
    measure = parse_measure(finding.measure)
    return None if measure is None else measure.null_value


def is_imprecise(finding: FindingFact) -> Condition:
    """Whether the interval reaches beyond what counts as no sizeable effect."""
    bounds = find_sizeable_bounds(finding)
    if bounds is None or finding.ci_low is None or finding.ci_high is None:
        return Condition(None, _list_missing_facts(finding, "ci_high", "ci_low", "measure", "mid"))
    return Condition(finding.ci_low < bounds[0] or finding.ci_high > bounds[1])


def find_sizeable_bounds(finding: FindingFact) -> tuple[float, float] | None:
    """Where an effect begins to matter, below and above; for a difference a source must say so."""
    null_value = find_null_value(finding)
    if null_value is not None and finding.mid is not None:
        return null_value - finding.mid, null_value + finding.mid
    return (
        (read_decimal_threshold("precise_low"), read_decimal_threshold("precise_high"))
        if null_value
        else None
    )


def _list_missing_facts(finding: FindingFact, *fields: str) -> tuple[str, ...]:
    work_id = finding.work or finding.id
    return tuple(f"{work_id}.{f}" for f in fields if getattr(finding, f) is None)


DETECTOR = Detector(
    code="KG123",
    name="null-spun",
    severity=Severity.SEVERE,
    over="claims",
    needs=("finding.ci_low", "finding.ci_high", "finding.measure", "finding.p_value"),
    fix="F10",
    backing="effect despite no significance in 5.5 %, equivalence in 10.2 % of abstracts, "
    "PMC4604617; 33 % of psychiatry abstracts, PMC5597227",
    judge=judge,
)
