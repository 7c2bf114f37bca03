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

from kg.weaklinks.detector import Answer, Detector, joined
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, and_, any_, not_
from kg.weaklinks.rows import ClaimFact, SourceFact
from kg.weaklinks.uncited_claim import names_a_work


def judge(facts: Facts, source: SourceFact) -> Answer | None:
    """Whether a source that claims benefits is silent on harms, or cites nothing on them."""
    claims = facts.own.get((source.id,), ())
    benefits = any_(c.benefit for c in claims)
    if benefits is False:
        return None
    harms = [c for c in claims if about_harm(c)]
    uncited = [(c, not_(names_a_work(facts, c))) for c in harms]
    wrong = any_(value for _, value in uncited)
    silent: Truth = not harms
    if wrong is not True and not facts.complete(source.id):
        silent = None
    bad = silent if wrong is False else wrong if harms else silent
    value = and_(benefits, bad)
    if not value:
        coverage = () if facts.complete(source.id) else (f"{source.id}.coverage",)
        cites = (f"{c.id}.cites" for c, v in uncited if v is None)
        unsure = (f"{c.id}.benefit" for c in claims if c.benefit is None) if not benefits else ()
        return Answer(value, unknown=() if value is False else joined([coverage, cites, unsure]))
    bare = [c for c, v in uncited if v]
    name = source.label or source.id
    why = (
        f"{len(bare)} of the {len(harms)} statements on safety name no work"
        if len(harms) > 1
        else "the one statement on safety names no work"
        if bare
        else "it claims benefits and says nothing of harms"
    )
    return Answer(
        True,
        because=tuple(c.id for c in bare),
        message=f"{name}: {why}.",
        remedy="Name the known risks, who should take care, and the source of each statement.",
        related=tuple((c.id, "on safety, without a work") for c in bare),
    )


def about_harm(claim: ClaimFact) -> bool:
    """Whether a claim speaks of safety or of an adverse event."""
    return claim.role == "safety" or claim.kind == "adverse-event"


DETECTOR = Detector(
    code="KG135",
    name="harms-silent",
    over="sources",
    needs=("source.coverage", "claim.benefit", "claim.cites"),
    fix="F9",
    backing="lack of focus on harm in 26.6 % of abstracts, PMC4604617",
    judge=judge,
)
