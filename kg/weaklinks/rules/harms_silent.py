"""Benefits are claimed, and harms are left out or asserted away without a source.

## What it does
Flags a source that claims benefits and, though all its claims are recorded, says nothing of harms,
and one that speaks of safety without naming a work.

## Why it matters
26.6 % of abstracts of non-randomised intervention studies do not give harms their place
(PMC4604617).

## Example
An article on zinc against coughs without a word on what too much zinc does.

## Remedy
Name the known risks with a source.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, SourceFact
from kg.weaklinks.kleene import Truth, and_, any_, not_
from kg.weaklinks.rules.uncited_claim import has_named_work


def judge(fact_base: FactBase, source: SourceFact) -> Judgement | None:
    """Whether a source that claims benefits is silent on harms, or cites nothing on them."""
    claims = fact_base.claims_by_source.get((source.id,), ())
    benefits = any_(c.benefit for c in claims)
    if benefits is False:
        return None
    harms = [c for c in claims if is_about_harm(c)]
    uncited = [(c, not_(has_named_work(fact_base, c))) for c in harms]
    wrong = any_(value for _, value in uncited)
    is_silent: Truth = not harms
    if wrong is not True and not fact_base.is_complete(source.id):
        is_silent = None
    is_faulty = is_silent if wrong is False else wrong if harms else is_silent
    value = and_(benefits, is_faulty)
    if not value:
        coverage = () if fact_base.is_complete(source.id) else (f"{source.id}.coverage",)
        cites = (f"{c.id}.cites" for c, v in uncited if v is None)
        unsure = (f"{c.id}.benefit" for c in claims if c.benefit is None) if not benefits else ()
        return Judgement(
            value, unknown_facts=() if value is False else merge_names([coverage, cites, unsure])
        )
    claims_without_work = [c for c, v in uncited if v]
    name = source.label or source.id
    fault_text = (
        f"{len(claims_without_work)} of the {len(harms)} statements on safety name no work"
        if len(harms) > 1
        else "the one statement on safety names no work"
        if claims_without_work
        else "it claims benefits and says nothing of harms"
    )
    return Judgement(
        True,
        deciding_ids=tuple(c.id for c in claims_without_work),
        message=f"{name}: {fault_text}.",
        remedy="Name the known risks, who should take care, and the source of each statement.",
        related_places=tuple((c.id, "on safety, without a work") for c in claims_without_work),
    )


def is_about_harm(claim: ClaimFact) -> bool:
    """Whether a claim speaks of safety or of an adverse event."""
    return claim.role == "safety" or claim.kind == "adverse-event"


DETECTOR = Detector(
    code="KG135",
    name="harms-silent",
    severity=Severity.MODERATE,
    over="sources",
    needs=("source.coverage", "claim.benefit", "claim.cites"),
    fix="F9",
    backing="lack of focus on harm in 26.6 % of abstracts, PMC4604617",
    judge=judge,
)
