"""Support that goes round in a circle, or comes from one voice.

## What it does
Flags an exposure and outcome that several documents put forward when all of them come from one
publisher or are made from one template, and one whose claim rests, through others, on itself.

## Why it matters
A statement that is repeated by the same voice is still one statement.

## Example
Three articles on zinc and coughs, all from one shop.

## Remedy
Count one source once.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, PairFact, SourceFact
from kg.weaklinks.kleene import Truth, or_
from kg.weaklinks.remedies import join_with_and


def judge(fact_base: FactBase, pair: PairFact) -> Judgement | None:
    """Whether what puts a pair forward is a circle or one voice."""
    claims = [
        fact_base.claim_by_id[source_id]
        for source_id in pair.claims
        if source_id in fact_base.claim_by_id
    ]
    round_about = [c for c in claims if is_circular(fact_base, c)]
    ids = sorted({c.source for c in claims if c.source})
    if len(ids) < 2 and not round_about:
        return None
    sources = [fact_base.source_by_id.get(source_id) or SourceFact(source_id) for source_id in ids]
    publisher = are_alike([source.publisher for source in sources])
    one_voice = or_(publisher, are_alike([source.template for source in sources]))
    value = or_(bool(round_about), one_voice if len(ids) > 1 else False)
    if not value:
        fields = ("publisher", "template")
        missing = (
            f"{source.id}.{f}" for source in sources for f in fields if getattr(source, f) is None
        )
        return Judgement(value, unknown_facts=() if value is False else tuple(missing))
    names = join_with_and([source.label or source.id for source in sources])
    if round_about:
        message = f"{pair.label}: the claim rests, through others, on itself ({names})."
    else:
        origin_text = "come from one publisher" if publisher else "are made from one template"
        message = f"{pair.label}: all documents that say so ({names}) {origin_text}."
    return Judgement(
        True,
        deciding_ids=tuple(c.id for c in round_about) or tuple(ids),
        message=message,
        remedy=(f"Count {names} as one source, and name one that does not depend on it."),
        related_places=tuple((source_id, "says so, too") for source_id in ids),
        place_id=pair.strongest or "",
    )


def is_circular(fact_base: FactBase, claim: ClaimFact) -> bool:
    """Whether something that a claim leans on leans on it."""
    return any(claim.id in other.leans_on for other in fact_base.list_premise_claims(claim.id))


def are_alike(values: list[str | None]) -> Truth:
    """Whether all values are one; False where two differ, unknown where one is not known."""
    known_values = {value for value in values if value is not None}
    if len(known_values) > 1:
        return False
    return None if None in values else True


DETECTOR = Detector(
    code="KG129",
    name="circular-citation",
    severity=Severity.MODERATE,
    over="pairs",
    needs=("source.publisher", "source.template"),
    fix="F9",
    backing="no published figure",
    judge=judge,
    across_sources=True,
)
