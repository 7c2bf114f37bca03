"""A claim is written in capitals.

## What it does
Flags a claim whose text has no small letter.

## Why it matters
Capitals are no evidence.

## Example
"ZINC CURES ACNE."

## Remedy
Write the claim as a sentence.
"""

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement:
    """Whether a claim is written in capitals."""
    return Judgement(
        claim.text.isupper(),
        message=f"{claim.text}: capitals are no evidence.",
        remedy="Write the claim as a sentence.",
    )


DETECTOR = Detector(
    code="TOY01",
    name="shouted-claim",
    severity=Severity.MILD,
    over="claims",
    needs=("claim.text",),
    fix="F7",
    backing="no published figure",
    judge=judge,
)
