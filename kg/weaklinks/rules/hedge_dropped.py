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

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact
from kg.weaklinks.kleene import Truth, any_
from kg.weaklinks.remedies import describe_theory, describe_untested
from kg.weaklinks.settings import read_threshold, read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim is worded more firmly than its premises or an admitted gap allow."""
    premises = tuple(
        fact_base.claim_by_id[claim_id]
        for claim_id in claim.leans_on
        if claim_id in fact_base.claim_by_id and fact_base.claim_by_id[claim_id].sigma != 0
    )
    gaps = list_admitted_gaps(fact_base, claim)
    if not premises and not gaps:
        return None
    rose = [(p, is_firmer(claim, p)) for p in premises]
    stands = [(g, None if claim.sigma is None else True) for g in gaps]
    value = any_(v for _, v in (*rose, *stands))
    if not value:
        names = (f"{c.id}.sigma" for c in (claim, *premises) if c.sigma is None)
        return Judgement(value, unknown_facts=() if value is False else merge_names([names]))
    hedged = [p for p, v in rose if v]
    return Judgement(
        True,
        deciding_ids=tuple(c.id for c in (*hedged, *gaps)),
        message=f"{claim.text}: {_describe_gap(hedged, gaps)}.",
        remedy=describe_untested(claim) if gaps else _suggest_wording(claim, hedged),
        related_places=(
            *((p.id, "worded less firmly here") for p in hedged),
            *((g.id, "the text admits a gap here") for g in gaps),
        ),
    )


def is_firmer(claim: ClaimFact, premise: ClaimFact) -> Truth:
    """Whether a claim is worded more firmly than one of its premises."""
    if claim.sigma is None or premise.sigma is None:
        return None
    return claim.sigma > premise.sigma


def list_admitted_gaps(fact_base: FactBase, claim: ClaimFact) -> tuple[ClaimFact, ...]:
    """Gaps that the same source admits about what a firm headline or conclusion claims."""
    is_firm = claim.sigma is None or claim.sigma >= read_threshold("admitted_gap_sigma")
    about_lack = claim.exposure_kind in read_words("exposures", "status_kinds")
    if not is_firm or about_lack or claim.role not in read_words("roles", "concluding"):
        return ()
    return tuple(
        gap
        for gap in fact_base.gap_admissions.get((claim.source,), ())
        if gap.outcome in claim.outcome_family and gap.exposure_family & claim.exposure_family
    )


def _describe_gap(hedged: list[ClaimFact], gaps: tuple[ClaimFact, ...]) -> str:
    if gaps:
        return f"the wording is firm, although the text admits a gap ({gaps[0].text})"
    return f"the wording is firmer than that of what it rests on ({hedged[0].text})"


def _suggest_wording(claim: ClaimFact, hedged: list[ClaimFact]) -> str:
    lowest = min(p.sigma or 0 for p in hedged)
    if lowest <= read_threshold("theory_sigma"):
        return describe_theory(claim)
    words_of_tier = '"may" or "is linked to"' if lowest == 2 else '"probably" or "helps"'
    return f"Word this no more firmly than what it rests on: {words_of_tier}."


DETECTOR = Detector(
    code="KG118",
    name="hedge-dropped",
    severity=Severity.MODERATE,
    over="claims",
    needs=("claim.sigma",),
    fix="F7",
    backing="recommendations exceed linking language in 44.5 %, medRxiv 2021.08.25.21262631",
    judge=judge,
)
