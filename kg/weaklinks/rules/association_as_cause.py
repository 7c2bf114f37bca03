"""Observational work is worded as a cause.

## What it does
Flags a claim worded as a cause when every work on some link only observed people, without
allocating anything to them.

## Why it matters
33 % of press releases on observational work worded it as a cause, and news followed them
(PMC4262123); so did 53.1 % of abstracts of non-randomised intervention studies (PMC4604617).

## Example
"Nuts prevent wrinkles", where the work cited followed people who ate nuts and people who did not.

## Remedy
Write "is linked to".
"""

from __future__ import annotations

from kg.model import ASSOCIATION_PREDICATES, EFFECT_SIGNS, Predicate, Severity
from kg.weaklinks.detector import (
    Condition,
    Detector,
    Judgement,
    all_of,
    any_link,
    fact,
    has_human_design,
    list_related_works,
)
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import Truth, at_least
from kg.weaklinks.remedies import describe_association, join_with_and
from kg.weaklinks.settings import read_threshold, read_words

CAUSAL_PREDICATES = frozenset(
    set(EFFECT_SIGNS) - ASSOCIATION_PREDICATES | {Predicate.IMPROVES, Predicate.WORSENS}
)


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim of a cause rests, on some link, only on observational work."""
    links = fact_base.group_evidence(claim.id)
    if not links:
        return None
    link_test = any_link(links, is_observational)
    condition = all_of(
        fact(claim.id, "relation", is_causal(claim)),
        fact(claim.id, "sigma", at_least(claim.sigma, read_threshold("causal_sigma"))),
        Condition(link_test.value, link_test.unknown_facts),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    works = join_with_and(sorted({f.label for f in link_test.findings}))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: this is worded as a cause, but for at least one step it rests only on "
            f"work that observed people without allocating anything ({works})."
        ),
        remedy=describe_association(claim),
        related_places=list_related_works(link_test.findings, "observational work"),
    )


def is_causal(claim: ClaimFact) -> Truth:
    """Whether a claim is worded as a cause: its predicate says so and no cue word says "linked"."""
    if claim.relation is None:
        return None
    cue_text = " ".join(claim.cues).casefold()
    association = any(word in cue_text for word in read_words("words", "association"))
    return claim.relation in CAUSAL_PREDICATES and not association


def is_observational(finding: FindingFact) -> Condition:
    """Whether a finding is observational; work on animals and cells is not, whatever is said."""
    return has_human_design(finding, "observational")


DETECTOR = Detector(
    code="KG108",
    name="association-as-cause",
    severity=Severity.SEVERE,
    over="claims",
    needs=("finding.design", "finding.system", "claim.relation", "claim.sigma"),
    fix="F5",
    backing="33 % of releases word association as cause, PMC4262123; "
    "causal language in 53.1 % of abstracts, PMC4604617",
    judge=judge,
)
