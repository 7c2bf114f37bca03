"""A claim names no work and no claim that names one.

## What it does
Flags a premise, worded as at least "linked to", for which the text names no work. "Studies show"
names none. Conclusions are left out, because their support is that of their premises. The hit is
severe where the claim is a link of the argument for a headline, mild for general background.

## Why it matters
Nobody can check it: there is no traceable support (ECO:0000034).

## Example
"Vitamin K fades redness.", with nothing behind it.

## Remedy
Name the work, or leave the claim out.
"""

from __future__ import annotations

from kg.weaklinks.detector import Answer, Condition, Detector, both, on
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, at_least, is_in, not_
from kg.weaklinks.remedies import identify
from kg.weaklinks.rows import ClaimFact
from kg.weaklinks.settings import threshold, words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a premise names no work."""
    if claim.leans_on or claim.role in words("roles", "uncited_exempt"):
        return None
    uncited = not_(names_a_work(facts, claim))
    condition = both(
        on(claim.id, "sigma", at_least(claim.sigma, threshold("uncited_sigma"))),
        on(claim.id, "definitional", not_(claim.definitional)),
        Condition(uncited, () if uncited is not None else (f"{claim.source}.references_parsed",)),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    appeal = "the text only appeals to unnamed work" if claim.cites else "nothing is cited"
    carries = claim.id in facts.headline_links
    link = ", and the argument for a headline passes through it" if carries else ""
    return Answer(
        True,
        message=f"{claim.text}: no work is named for this ({appeal}{link}).",
        remedy=identify(),
        shift=1 if carries else -1 if claim.role in words("roles", "background") else 0,
    )


def names_a_work(facts: Facts, claim: ClaimFact) -> Truth:
    """Whether a claim cites a work; vague appeals to "studies" do not count."""
    if claim.cites is None:
        return None
    known = (facts.citation.get(id) for id in claim.cites)
    return any(not is_in(c.kind if c else None, ("appeal",)) for c in known)


DETECTOR = Detector(
    code="KG110",
    name="uncited-claim",
    over="claims",
    needs=("claim.cites", "claim.sigma", "claim.definitional"),
    fix="F6",
    backing="no traceable support, ECO:0000034",
    judge=judge,
)
