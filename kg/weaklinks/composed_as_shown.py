"""An effect that follows only from several steps is worded as shown.

## What it does
Flags an exposure and outcome for which no direct evidence is established while a chain holds, when
a claim says that it is shown or proven.

## Why it matters
A chain is an inference. That each step was seen does not mean that anybody saw the whole.

## Example
"Zinc is proven to shorten coughs", from a study of zinc and cells and one of cells and coughs.

## Remedy
Write that the steps together suggest it.
"""

from __future__ import annotations

from kg.weaklinks.detector import Answer, Detector, both, joined, on
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, and_, any_, at_least, not_
from kg.weaklinks.remedies import capital
from kg.weaklinks.rows import ClaimFact, PairFact
from kg.weaklinks.settings import threshold, words


def judge(facts: Facts, pair: PairFact) -> Answer | None:
    """Whether a pair that only a chain carries is worded as shown."""
    claims = [facts.claim[id] for id in pair.claims if id in facts.claim]
    if not claims or not pair.clinical:
        return None
    values = [says_shown(claim) for claim in claims]
    direct = None if pair.direct is None else pair.direct > 0
    condition = both(
        on(pair.id, "direct", not_(direct)),
        on(pair.id, "established", at_least(pair.established, 1)),
    )
    shown = any_(values)
    value = and_(condition.value, shown)
    if not value:
        waiting = [
            f"{c.id}.{field}"
            for c, v in zip(claims, values, strict=True)
            if v is None
            for field in ("cues", "sigma")
            if not getattr(c, field)
        ]
        return Answer(value, unknown=() if value is False else joined([condition.unknown, waiting]))
    saying = [c for c, v in zip(claims, values, strict=True) if v]
    return Answer(
        True,
        because=tuple(c.id for c in saying),
        message=(
            f"{pair.label}: worded as shown, but no study tested it directly; it follows from "
            "several steps only."
        ),
        remedy=(
            f"{capital(pair.exposure_label)} and {pair.outcome_label}: the steps together suggest "
            "a link; no study tested it directly."
        ),
        related=tuple((c.id, "worded as shown here") for c in saying),
        place=saying[0].id,
    )


def says_shown(claim: ClaimFact) -> Truth:
    """Whether a claim says that something is shown; unknown without its cue words."""
    cues = " ".join(claim.cues).casefold()
    said = any(word in cues for word in words("words", "shown")) if claim.cues else None
    return and_(said, at_least(claim.sigma, threshold("shown_sigma")))


DETECTOR = Detector(
    code="KG125",
    name="composed-as-shown",
    over="pairs",
    needs=("pair.direct", "pair.established", "claim.cues", "claim.sigma"),
    fix="F11",
    backing="no published figure",
    judge=judge,
)
