"""A number is given for an effect, and no study that can be found reports it.

## What it does
Flags a claim with a quantified effect when no work behind it is identified, or when those that
are report other numbers. Doses, prevalences and definitions are left out.

## Why it matters
A number looks measured. Without its study nobody knows the baseline, the size or the spread.

## Example
"Cuts redness by 40 %", with a journal and a year that lead nowhere.

## Remedy
Give both values, the number of people and the study, or leave the number out.
"""

from __future__ import annotations

from kg.model import Predicate, Severity
from kg.weaklinks.detector import Detector, Judgement, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import CitationFact, ClaimFact
from kg.weaklinks.kleene import Truth, any_
from kg.weaklinks.remedies import request_numbers

PREDICATES_WITHOUT_EFFECT = frozenset(
    {
        Predicate.HAS_DOSE,
        Predicate.HAS_PREVALENCE,
        Predicate.HAS_PROPERTY,
        Predicate.CONTAINS,
        Predicate.DEFINED_AS,
    }
)


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a quantified effect lacks an identified study that reports it."""
    if claim.value is None or claim.relation in PREDICATES_WITHOUT_EFFECT:
        return None
    works = list_named_works(fact_base, claim)
    reported = [is_number_reported(work, claim.value) for work in works]
    value = any_(reported)
    if value:
        return Judgement(False)
    if value is None:
        pairs = zip(works, reported, strict=True)
        return Judgement(
            None,
            unknown_facts=merge_names(
                list_deciding_facts(w) for w, is_reported in pairs if is_reported is None
            ),
        )
    works_note = "; the text names " + ", ".join(w.label for w in works) if works else ""
    return Judgement(
        True,
        deciding_ids=tuple(w.id for w in works),
        message=(
            f"{claim.text}: the figure ({claim.quantity or f'{claim.value:g}'}) comes from no "
            f"study that can be found{works_note}."
        ),
        remedy=request_numbers(claim),
        related_places=tuple((w.id, "named for the figure, not found") for w in works),
    )


def list_named_works(fact_base: FactBase, claim: ClaimFact) -> tuple[CitationFact, ...]:
    """The works that a claim or anything it leans on names."""
    claims = (claim, *fact_base.list_premise_claims(claim.id))
    ids = {id for c in claims for id in c.cites or ()}
    return tuple(
        fact_base.citation_by_id[id] for id in sorted(ids) if id in fact_base.citation_by_id
    )


def is_number_reported(work: CitationFact, value: float) -> Truth:
    """Whether a work is identified and reports this number, whatever its sign."""
    if work.status in (None, "not-looked-up"):
        return None
    if work.status != "identified":
        return False
    if work.values is None:
        return None
    return any(abs(abs(v) - abs(value)) < 1e-9 for v in work.values)


def list_deciding_facts(work: CitationFact) -> tuple[str, ...]:
    """The facts of a work that would decide."""
    looked_up = work.status not in (None, "not-looked-up")
    return (f"{work.id}.values",) if looked_up else (f"{work.id}.status",)


DETECTOR = Detector(
    code="KG116",
    name="effect-without-study",
    severity=Severity.SEVERE,
    over="claims",
    needs=("citation.status", "citation.values"),
    fix="F8",
    backing="no published figure",
    judge=judge,
)
