"""The wording says more than the level of the evidence allows.

## What it does
Flags an exposure and clinical outcome whose strongest wording stands at least one tier above
what the established level allows: four tiers of wording against five levels of certainty. What is
worded as a theory is allowed at every level.

## Why it matters
Readers take "reduces" for more certain than "may reduce"; reviews word each level of certainty
in its own way so that the sentence carries it (PMC8092430).

## Example
"Proven to clear skin", where the evidence reaches "very low".

## Remedy
Use the verb of the level.
"""

from __future__ import annotations

from kg.model import Level, Severity, Tier
from kg.weaklinks.detector import Detector, Judgement
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import PairFact
from kg.weaklinks.kleene import at_least
from kg.weaklinks.remedies import format_allowed_wording
from kg.weaklinks.settings import read_threshold

WORDING_BY_TIER = {
    Tier.SPECULATION: "as a theory",
    Tier.HEDGED: "as possible",
    Tier.QUALIFIED: "as probable",
    Tier.PLAIN: "as certain",
}


def judge(fact_base: FactBase, pair: PairFact) -> Judgement | None:
    """Whether the wording of a pair exceeds what its level allows."""
    if pair.sigma == 0 or not pair.clinical:
        return None
    if pair.sigma is not None and pair.sigma <= read_threshold("theory_sigma"):
        return Judgement(False)
    missing = [f for f in ("gap", "sigma") if getattr(pair, f) is None]
    if missing or pair.sigma is None or pair.gap is None:
        return Judgement(None, unknown_facts=tuple(f"{pair.id}.{f}" for f in missing))
    if not at_least(pair.gap, read_threshold("gap")):
        return Judgement(False)
    level = Level(pair.established or 0)
    strongest = fact_base.claim_by_id.get(pair.strongest or "")
    return Judgement(
        True,
        deciding_ids=pair.claims,
        message=(
            f"{pair.label}: worded {WORDING_BY_TIER[Tier(pair.sigma)]}, where the established "
            "level is "
            f"{level.word}; the gap is {pair.gap} of 4{_describe_remaining_gap(pair.gap_best)}."
        ),
        remedy=format_allowed_wording(pair),
        severity_shift=1 if pair.gap >= read_threshold("severe_gap") else 0,
        related_places=((strongest.id, "the strongest wording"),) if strongest else (),
        place_id=pair.strongest or "",
    )


def _describe_remaining_gap(gap_best: int | None) -> str:
    return f" ({gap_best} of it would remain in the best case)" if gap_best is not None else ""


DETECTOR = Detector(
    code="KG128",
    name="overclaim-gap",
    severity=Severity.MODERATE,
    over="pairs",
    needs=("pair.sigma", "pair.gap"),
    fix="F5",
    backing="certainty wordings, PMC8092430",
    judge=judge,
)
