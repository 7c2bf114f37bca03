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

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, all_of, fact, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, PairFact
from kg.weaklinks.kleene import Truth, and_, any_, at_least, not_
from kg.weaklinks.remedies import capitalise_first
from kg.weaklinks.settings import read_threshold, read_words


def judge(fact_base: FactBase, pair: PairFact) -> Judgement | None:
    """Whether a pair that only a chain carries is worded as shown."""
    claims = [
        fact_base.claim_by_id[claim_id]
        for claim_id in pair.claims
        if claim_id in fact_base.claim_by_id
    ]
    if not claims or not pair.clinical:
        return None
    values = [is_worded_as_shown(claim) for claim in claims]
    is_direct = None if pair.direct is None else pair.direct > 0
    condition = all_of(
        fact(pair.id, "direct", not_(is_direct)),
        fact(pair.id, "established", at_least(pair.established, 1)),
    )
    has_firm_wording = any_(values)
    value = and_(condition.value, has_firm_wording)
    if not value:
        waiting = [
            f"{c.id}.{field}"
            for c, v in zip(claims, values, strict=True)
            if v is None
            for field in ("cues", "sigma")
            if not getattr(c, field)
        ]
        return Judgement(
            value,
            unknown_facts=() if value is False else merge_names([condition.unknown_facts, waiting]),
        )
    saying = [c for c, v in zip(claims, values, strict=True) if v]
    return Judgement(
        True,
        deciding_ids=tuple(c.id for c in saying),
        message=(
            f"{pair.label}: worded as shown, but no study tested it directly; it follows from "
            "several steps only."
        ),
        remedy=(
            f"{capitalise_first(pair.exposure_label)} and {pair.outcome_label}: the steps together "
            "suggest "
            "a link; no study tested it directly."
        ),
        related_places=tuple((c.id, "worded as shown here") for c in saying),
        place_id=saying[0].id,
    )


def is_worded_as_shown(claim: ClaimFact) -> Truth:
    """Whether a claim says that something is shown; unknown without its cue words."""
    cue_text = " ".join(claim.cues).casefold()
    has_shown_word = (
        any(word in cue_text for word in read_words("words", "shown")) if claim.cues else None
    )
    return and_(has_shown_word, at_least(claim.sigma, read_threshold("shown_sigma")))


DETECTOR = Detector(
    code="KG125",
    name="composed-as-shown",
    severity=Severity.MODERATE,
    over="pairs",
    needs=("pair.direct", "pair.established", "claim.cues", "claim.sigma"),
    fix="F11",
    backing="no published figure",
    judge=judge,
)
