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

from kg.weaklinks.detector import Answer, Detector, both, on
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import at_least
from kg.weaklinks.remedies import listed
from kg.weaklinks.rows import ClaimFact
from kg.weaklinks.settings import threshold, words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether the cue words of a claim are hype."""
    del facts
    found = hype(claim)
    condition = both(
        on(claim.id, "sigma", at_least(claim.sigma, threshold("hype_sigma"))),
        on(claim.id, "cues", bool(found) if claim.cues else None),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    return Answer(
        True,
        message=f"{claim.text}: the text praises it as {listed(found)}.",
        remedy="Leave the praise out and use the verb that the level allows.",
    )


def hype(claim: ClaimFact) -> tuple[str, ...]:
    """The words of praise among the cue words of a claim."""
    cues = " ".join(claim.cues).casefold()
    return tuple(f'"{word}"' for word in sorted(words("words", "hype")) if word in cues)


DETECTOR = Detector(
    code="KG139",
    name="hype-wording",
    over="claims",
    needs=("claim.cues", "claim.sigma"),
    fix="F5",
    backing="hype in 25.8 % of abstracts, PMC4604617",
    judge=judge,
)
