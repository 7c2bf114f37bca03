"""A percentage is given without what it is a share of, or it is not that of the source.

## What it does
Flags a claim of an effect in percent that states no baseline, and one whose number none of the
identified works reports.

## Why it matters
"Half the risk" may be two in a thousand instead of four, or two in ten instead of four.

## Example
"Cuts coughs by 40 %", of nobody knows how many.

## Remedy
Give both values and the number of people.
"""

from __future__ import annotations

from kg.model import Severity
from kg.model.vocabulary import is_percentage
from kg.weaklinks.detector import Condition, Detector, Judgement, fact, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact
from kg.weaklinks.kleene import any_, not_, or_
from kg.weaklinks.remedies import request_numbers
from kg.weaklinks.rules.effect_without_study import (
    is_number_reported,
    list_deciding_facts,
    list_named_works,
)


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a percentage lacks its baseline, or differs from its source."""
    if claim.value is None or not is_percentage(claim.unit) or claim.sign is None:
        return None
    is_unstated = None if claim.baseline is None else claim.baseline == "unstated"
    baseline = fact(claim.id, "baseline", is_unstated)
    other = has_other_number(fact_base, claim)
    value = or_(baseline.value, other.value)
    if not value:
        unknown = merge_names([baseline.unknown_facts, other.unknown_facts])
        return Judgement(value, unknown_facts=() if value is False else unknown)
    figure = claim.quantity or f"{claim.value:g} percent"
    fault_text = (
        "no baseline is given" if baseline.value else "the work cited reports another number"
    )
    return Judgement(
        True,
        message=f"{claim.text}: {fault_text} for the figure ({figure}).",
        remedy=request_numbers(claim),
    )


def has_other_number(fact_base: FactBase, claim: ClaimFact) -> Condition:
    """Whether identified works are behind a number and none of them reports it."""
    works = [
        w
        for w in list_named_works(fact_base, claim)
        if w.status in (None, "not-looked-up", "identified")
    ]
    if not works or claim.value is None:
        return Condition(None, (f"{claim.id}.cites",))
    value = not_(any_(is_number_reported(work, claim.value) for work in works))
    unknown = merge_names(
        list_deciding_facts(w) for w in works if is_number_reported(w, claim.value) is None
    )
    return Condition(value, unknown if value is None else ())


DETECTOR = Detector(
    code="KG138",
    name="relative-only",
    severity=Severity.MODERATE,
    over="claims",
    needs=("claim.baseline", "claim.cites", "citation.status", "citation.values"),
    fix="F8",
    backing="no published figure",
    judge=judge,
)
