"""What began as a theory is worded as a fact.

## What it does
Flags a claim worded as a cause when what it repeats or rests on is presented as a theory or as
speculation: an earlier claim on the same outcome, or else all its premises.

## Why it matters
A theory is no evidence; repeating it in firmer words adds none.

## Example
"Some believe that tin calms skin" in the text, and "tin calms skin" in the summary table.

## Remedy
Restate it as a theory.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Condition, Detector, Judgement, all_of, fact, merge_names
from kg.weaklinks.fact_base import FactBase, build_claim_key
from kg.weaklinks.facts import ClaimFact
from kg.weaklinks.kleene import Truth, all_, any_, at_least, or_
from kg.weaklinks.remedies import describe_theory
from kg.weaklinks.settings import read_threshold


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a firm claim repeats or rests on a theory."""
    origins = list_repeated_claims(fact_base, claim)
    premises = tuple(
        fact_base.claim_by_id[claim_id]
        for claim_id in claim.leans_on
        if claim_id in fact_base.claim_by_id
    )
    if not origins and not premises:
        return _judge_own_wording(claim)
    values = [is_theory(c) for c in origins or premises]
    value = any_(values) if origins else all_(values)
    names = (f"{c.id}.sigma" for c, v in zip(origins or premises, values, strict=True) if v is None)
    condition = all_of(
        fact(claim.id, "sigma", at_least(claim.sigma, read_threshold("promoted_sigma"))),
        Condition(value, merge_names([names])),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    theories = [c for c, v in zip(origins or premises, values, strict=True) if v]
    return Judgement(
        True,
        deciding_ids=tuple(c.id for c in theories),
        message=(
            f"{claim.text}: this is worded as settled, but what it goes back to is put forward "
            "as a theory."
        ),
        remedy=describe_theory(claim),
        related_places=tuple((c.id, "put forward as a theory here") for c in theories),
    )


def _judge_own_wording(claim: ClaimFact) -> Judgement | None:
    if claim.presented != "theory":
        return None
    condition = fact(claim.id, "sigma", at_least(claim.sigma, read_threshold("promoted_sigma")))
    return Judgement(
        condition.value,
        unknown_facts=condition.unknown_facts,
        message=f"{claim.text}: the text presents this as a theory, but words it as settled.",
        remedy=describe_theory(claim),
    )


def list_repeated_claims(fact_base: FactBase, claim: ClaimFact) -> tuple[ClaimFact, ...]:
    """Claims that this one repeats: those it leans on with its outcome, and earlier equal ones."""
    behind = {
        c.id: c for c in fact_base.list_premise_claims(claim.id) if c.outcome == claim.outcome
    }
    earlier = {
        c.id: c for c in fact_base.equivalent_claims[build_claim_key(claim)] if c.line < claim.line
    }
    return tuple(c for _, c in sorted({**behind, **earlier}.items()))


def is_theory(claim: ClaimFact) -> Truth:
    """Whether a claim is speculation: presented as a theory, or of the lowest tier."""
    low = None if claim.sigma is None else 0 < claim.sigma <= read_threshold("theory_sigma")
    return or_(claim.presented == "theory", low)


DETECTOR = Detector(
    code="KG115",
    name="theory-promoted",
    severity=Severity.SEVERE,
    over="claims",
    needs=("claim.sigma",),
    fix="F7",
    backing="no published figure",
    judge=judge,
)
