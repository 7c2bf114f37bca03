"""Words that praise instead of saying what was found.

## What it does
Flags a claim whose cue words are on the list of the profile: breakthrough, missing link,
science-backed ... The list is English. Words that are quoted to refute them are not flagged.

## Why it matters
Hype was found in 25.8 % of abstracts of non-randomised intervention studies (PMC4604617).

## Example
"Zinc, the missing link to calm skin."

## Remedy
Use the verb of the level.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, all_of, fact
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact
from kg.weaklinks.kleene import at_least
from kg.weaklinks.remedies import join_with_and
from kg.weaklinks.settings import read_threshold, read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether the cue words of a claim are hype."""
    del fact_base
    hype_words = list_hype_words(claim)
    condition = all_of(
        fact(claim.id, "sigma", at_least(claim.sigma, read_threshold("hype_sigma"))),
        fact(claim.id, "cues", bool(hype_words) if claim.cues else None),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    return Judgement(
        True,
        message=f"{claim.text}: the text praises it as {join_with_and(hype_words)}.",
        remedy="Leave the praise out and use the verb that the level allows.",
    )


def list_hype_words(claim: ClaimFact) -> tuple[str, ...]:
    """The words of praise among the cue words of a claim."""
    cue_text = " ".join(claim.cues).casefold()
    return tuple(f'"{word}"' for word in sorted(read_words("words", "hype")) if word in cue_text)


DETECTOR = Detector(
    code="KG139",
    name="hype-wording",
    severity=Severity.MILD,
    over="claims",
    needs=("claim.cues", "claim.sigma"),
    fix="F5",
    backing="hype in 25.8 % of abstracts, PMC4604617",
    judge=judge,
)
