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

from kg.weaklinks.detector import Answer, Detector
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, or_
from kg.weaklinks.remedies import listed
from kg.weaklinks.rows import ClaimFact, PairFact, SourceFact


def judge(facts: Facts, pair: PairFact) -> Answer | None:
    """Whether what puts a pair forward is a circle or one voice."""
    claims = [facts.claim[id] for id in pair.claims if id in facts.claim]
    round_about = [c for c in claims if in_a_circle(facts, c)]
    ids = sorted({c.source for c in claims if c.source})
    if len(ids) < 2 and not round_about:
        return None
    sources = [facts.source.get(id) or SourceFact(id) for id in ids]
    publisher = alike([s.publisher for s in sources])
    voice = or_(publisher, alike([s.template for s in sources]))
    value = or_(bool(round_about), voice if len(ids) > 1 else False)
    if not value:
        fields = ("publisher", "template")
        missing = (f"{s.id}.{f}" for s in sources for f in fields if getattr(s, f) is None)
        return Answer(value, unknown=() if value is False else tuple(missing))
    names = listed([s.label or s.id for s in sources])
    if round_about:
        message = f"{pair.label}: the claim rests, through others, on itself ({names})."
    else:
        what = "come from one publisher" if publisher else "are made from one template"
        message = f"{pair.label}: all documents that say so ({names}) {what}."
    return Answer(
        True,
        because=tuple(c.id for c in round_about) or tuple(ids),
        message=message,
        remedy=(f"Count {names} as one source, and name one that does not depend on it."),
        related=tuple((id, "says so, too") for id in ids),
        place=pair.strongest or "",
    )


def in_a_circle(facts: Facts, claim: ClaimFact) -> bool:
    """Whether something that a claim leans on leans on it."""
    return any(claim.id in other.leans_on for other in facts.ancestors(claim.id))


def alike(values: list[str | None]) -> Truth:
    """Whether all values are one; False where two differ, unknown where one is not known."""
    known = {value for value in values if value is not None}
    if len(known) > 1:
        return False
    return None if None in values else True


DETECTOR = Detector(
    code="KG129",
    name="circular-citation",
    over="pairs",
    needs=("source.publisher", "source.template"),
    fix="F9",
    backing="no published figure",
    judge=judge,
)
