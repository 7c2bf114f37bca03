"""A finding in cells is used as an effect on people.

## What it does
Flags a claim about a clinical outcome, worded as a cause, when every work that it leans on for
some link studied cells, tissue outside the body or a computer model. The sentence that reports
the finding as laboratory work is not flagged; what leans on it is.

## Why it matters
A body of evidence that rests on basic science alone stands at the bottom of the scale used for
recommendations (PMC4177524, grade C): what cells do in a dish says little about a person.

## Example
"Silver speeds wound closure", where the work cited counted how far skin cells moved in a dish.

## Remedy
Say what changed in which cells, and that the outcome was not tested in people.
"""

from __future__ import annotations

from kg.model import BENCH_SYSTEMS, Severity
from kg.weaklinks.detector import (
    Condition,
    Detector,
    Judgement,
    all_of,
    any_link,
    fact,
    list_related_disclosures,
    list_related_works,
)
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import at_least, is_in
from kg.weaklinks.remedies import describe_untested_in_people, join_with_and
from kg.weaklinks.settings import read_threshold, read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a clinical claim rests, on some link, only on bench work."""
    links = fact_base.group_evidence(claim.id)
    if not links:
        return None
    if fact_base.is_disclosure(claim):
        return Judgement(False)
    link_test = any_link(links, is_bench_work)
    condition = all_of(
        fact(claim.id, "kind", is_in(claim.kind, read_words("kinds", "clinical"))),
        fact(claim.id, "sigma", at_least(claim.sigma, read_threshold("in_vitro_sigma"))),
        Condition(link_test.value, link_test.unknown_facts),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    works = join_with_and(sorted({f.label for f in link_test.findings}))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: for at least one step this rests only on laboratory work ({works}), "
            "which measured "
            f"{join_with_and(sorted({f.outcome_label for f in link_test.findings}))}."
        ),
        remedy=describe_untested_in_people(claim, link_test.findings),
        related_places=list_related_works(
            link_test.findings, "laboratory work that the claim leans on"
        )
        + list_related_disclosures(fact_base, claim, BENCH_SYSTEMS),
    )


def is_bench_work(finding: FindingFact) -> Condition:
    """Whether a finding comes from cells, tissue outside the body or a model."""
    value = is_in(finding.system, frozenset(str(s) for s in BENCH_SYSTEMS))
    return fact(finding.work or finding.id, "system", value)


DETECTOR = Detector(
    code="KG101",
    name="in-vitro-as-clinical",
    severity=Severity.SEVERE,
    over="claims",
    needs=("finding.system", "claim.kind", "claim.sigma"),
    fix="F1",
    backing="basic science alone = grade C, PMC4177524",
    judge=judge,
)
