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

from kg.model import Level, Tier
from kg.weaklinks.detector import Answer, Detector
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import at_least
from kg.weaklinks.remedies import allowed
from kg.weaklinks.rows import PairFact
from kg.weaklinks.settings import threshold

SAID = {
    Tier.SPECULATION: "as a theory",
    Tier.HEDGED: "as possible",
    Tier.QUALIFIED: "as probable",
    Tier.PLAIN: "as certain",
}


def judge(facts: Facts, pair: PairFact) -> Answer | None:
    """Whether the wording of a pair exceeds what its level allows."""
    if pair.sigma == 0 or not pair.clinical:
        return None
    if pair.sigma is not None and pair.sigma <= threshold("theory_sigma"):
        return Answer(False)
    missing = [f for f in ("gap", "sigma") if getattr(pair, f) is None]
    if missing or pair.sigma is None or pair.gap is None:
        return Answer(None, unknown=tuple(f"{pair.id}.{f}" for f in missing))
    if not at_least(pair.gap, threshold("gap")):
        return Answer(False)
    level = Level(pair.established or 0)
    strongest = facts.claim.get(pair.strongest or "")
    return Answer(
        True,
        because=pair.claims,
        message=(
            f"{pair.label}: worded {SAID[Tier(pair.sigma)]}, where the established level is "
            f"{level.word}; the gap is {pair.gap} of 4{_left(pair.gap_best)}."
        ),
        remedy=allowed(pair),
        shift=1 if pair.gap >= threshold("severe_gap") else 0,
        related=((strongest.id, "the strongest wording"),) if strongest else (),
        place=pair.strongest or "",
    )


def _left(gap_best: int | None) -> str:
    return f" ({gap_best} of it would remain in the best case)" if gap_best is not None else ""


DETECTOR = Detector(
    code="KG128",
    name="overclaim-gap",
    over="pairs",
    needs=("pair.sigma", "pair.gap"),
    fix="F5",
    backing="certainty wordings, PMC8092430",
    judge=judge,
)
