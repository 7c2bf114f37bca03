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

from kg.weaklinks.detector import Answer, Condition, Detector, both, joined, on
from kg.weaklinks.facts import Facts, said_by
from kg.weaklinks.kleene import Truth, all_, any_, at_least, or_
from kg.weaklinks.remedies import theory
from kg.weaklinks.rows import ClaimFact
from kg.weaklinks.settings import threshold


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a firm claim repeats or rests on a theory."""
    origins = repeated(facts, claim)
    premises = tuple(facts.claim[id] for id in claim.leans_on if id in facts.claim)
    if not origins and not premises:
        return _own(claim)
    values = [is_theory(c) for c in origins or premises]
    value = any_(values) if origins else all_(values)
    names = (f"{c.id}.sigma" for c, v in zip(origins or premises, values, strict=True) if v is None)
    condition = both(
        on(claim.id, "sigma", at_least(claim.sigma, threshold("promoted_sigma"))),
        Condition(value, joined([names])),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    theories = [c for c, v in zip(origins or premises, values, strict=True) if v]
    return Answer(
        True,
        because=tuple(c.id for c in theories),
        message=(
            f"{claim.text}: this is worded as settled, but what it goes back to is put forward "
            "as a theory."
        ),
        remedy=theory(claim),
        related=tuple((c.id, "put forward as a theory here") for c in theories),
    )


def _own(claim: ClaimFact) -> Answer | None:
    if claim.presented != "theory":
        return None
    condition = on(claim.id, "sigma", at_least(claim.sigma, threshold("promoted_sigma")))
    return Answer(
        condition.value,
        unknown=condition.unknown,
        message=f"{claim.text}: the text presents this as a theory, but words it as settled.",
        remedy=theory(claim),
    )


def repeated(facts: Facts, claim: ClaimFact) -> tuple[ClaimFact, ...]:
    """Claims that this one repeats: those it leans on with its outcome, and earlier equal ones."""
    behind = {c.id: c for c in facts.ancestors(claim.id) if c.outcome == claim.outcome}
    earlier = {c.id: c for c in facts.equal[said_by(claim)] if c.line < claim.line}
    return tuple(c for _, c in sorted({**behind, **earlier}.items()))


def is_theory(claim: ClaimFact) -> Truth:
    """Whether a claim is speculation: presented as a theory, or of the lowest tier."""
    low = None if claim.sigma is None else 0 < claim.sigma <= threshold("theory_sigma")
    return or_(claim.presented == "theory", low)


DETECTOR = Detector(
    code="KG115",
    name="theory-promoted",
    over="claims",
    needs=("claim.sigma",),
    fix="F7",
    backing="no published figure",
    judge=judge,
)
