"""The conclusion is worded more firmly than what it rests on.

## What it does
Flags a claim worded more firmly than the least firm of the claims it leans on or restates, and a
headline or conclusion that stands firm although the text admits a gap in what was studied.

## Why it matters
In 44.5 % of papers the recommendation was worded more strongly than the result it rests on
(medRxiv 2021.08.25.21262631).

## Example
"May ease itching" in the body, "eases itching" in the conclusion.

## Remedy
Put the hedge of the source back.
"""

from __future__ import annotations

from kg.weaklinks.detector import Answer, Detector, joined
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, any_
from kg.weaklinks.remedies import theory, untested
from kg.weaklinks.rows import ClaimFact
from kg.weaklinks.settings import threshold, words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a claim is worded more firmly than its premises or an admitted gap allow."""
    premises = tuple(
        facts.claim[id] for id in claim.leans_on if id in facts.claim and facts.claim[id].sigma != 0
    )
    gaps = admitted(facts, claim)
    if not premises and not gaps:
        return None
    rose = [(p, firmer(claim, p)) for p in premises]
    stands = [(g, None if claim.sigma is None else True) for g in gaps]
    value = any_(v for _, v in (*rose, *stands))
    if not value:
        names = (f"{c.id}.sigma" for c in (claim, *premises) if c.sigma is None)
        return Answer(value, unknown=() if value is False else joined([names]))
    hedged = [p for p, v in rose if v]
    return Answer(
        True,
        because=tuple(c.id for c in (*hedged, *gaps)),
        message=f"{claim.text}: {_why(hedged, gaps)}.",
        remedy=untested(claim) if gaps else _hedge(claim, hedged),
        related=(
            *((p.id, "worded less firmly here") for p in hedged),
            *((g.id, "the text admits a gap here") for g in gaps),
        ),
    )


def firmer(claim: ClaimFact, premise: ClaimFact) -> Truth:
    """Whether a claim is worded more firmly than one of its premises."""
    if claim.sigma is None or premise.sigma is None:
        return None
    return claim.sigma > premise.sigma


def admitted(facts: Facts, claim: ClaimFact) -> tuple[ClaimFact, ...]:
    """Gaps that the same source admits about what a firm headline or conclusion claims."""
    firm = claim.sigma is None or claim.sigma >= threshold("admitted_gap_sigma")
    about_lack = claim.exposure_kind in words("exposures", "status_kinds")
    if not firm or about_lack or claim.role not in words("roles", "concluding"):
        return ()
    return tuple(
        gap
        for gap in facts.gaps.get((claim.source,), ())
        if gap.outcome in claim.outcome_family and gap.exposure_family & claim.exposure_family
    )


def _why(hedged: list[ClaimFact], gaps: tuple[ClaimFact, ...]) -> str:
    if gaps:
        return f"the wording is firm, although the text admits a gap ({gaps[0].text})"
    return f"the wording is firmer than that of what it rests on ({hedged[0].text})"


def _hedge(claim: ClaimFact, hedged: list[ClaimFact]) -> str:
    lowest = min(p.sigma or 0 for p in hedged)
    if lowest <= threshold("theory_sigma"):
        return theory(claim)
    words_of_tier = '"may" or "is linked to"' if lowest == 2 else '"probably" or "helps"'
    return f"Word this no more firmly than what it rests on: {words_of_tier}."


DETECTOR = Detector(
    code="KG118",
    name="hedge-dropped",
    over="claims",
    needs=("claim.sigma",),
    fix="F7",
    backing="recommendations exceed linking language in 44.5 %, medRxiv 2021.08.25.21262631",
    judge=judge,
)
