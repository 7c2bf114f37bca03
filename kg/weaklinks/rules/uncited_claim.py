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

from kg.model import Severity
from kg.weaklinks.detector import Condition, Detector, Judgement, all_of, fact
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact
from kg.weaklinks.kleene import Truth, at_least, is_in, not_
from kg.weaklinks.remedies import request_identifier
from kg.weaklinks.settings import read_threshold, read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a premise names no work."""
    if claim.leans_on or claim.role in read_words("roles", "uncited_exempt"):
        return None
    uncited = not_(has_named_work(fact_base, claim))
    condition = all_of(
        fact(claim.id, "sigma", at_least(claim.sigma, read_threshold("uncited_sigma"))),
        fact(claim.id, "definitional", not_(claim.definitional)),
        Condition(uncited, () if uncited is not None else (f"{claim.source}.references_parsed",)),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    appeal = "the text only appeals to unnamed work" if claim.cites else "nothing is cited"
    carries = claim.id in fact_base.headline_links
    link = ", and the argument for a headline passes through it" if carries else ""
    return Judgement(
        True,
        message=f"{claim.text}: no work is named for this ({appeal}{link}).",
        remedy=request_identifier(),
        severity_shift=1
        if carries
        else -1
        if claim.role in read_words("roles", "background")
        else 0,
    )


def has_named_work(fact_base: FactBase, claim: ClaimFact) -> Truth:
    """Whether a claim cites a work; vague appeals to "studies" do not count."""
    if claim.cites is None:
        return None
    cited_works = (fact_base.citation_by_id.get(id) for id in claim.cites)
    return any(not is_in(c.kind if c else None, ("appeal",)) for c in cited_works)


DETECTOR = Detector(
    code="KG110",
    name="uncited-claim",
    severity=Severity.MODERATE,
    over="claims",
    needs=("claim.cites", "claim.sigma", "claim.definitional"),
    fix="F6",
    backing="no traceable support, ECO:0000034",
    judge=judge,
)
