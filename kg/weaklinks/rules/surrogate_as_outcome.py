"""A change in a marker is used as a change in the outcome that people feel.

## What it does
Flags a claim about a clinical outcome when, on some link, every work measured only a biomarker,
a cell process or a molecule that nobody has recorded as an accepted surrogate for that outcome.
A process in the body (kind `mechanism`) counts as a marker: nobody feels it.

## Why it matters
A marker can move without the outcome moving; evidence on a surrogate is indirect
(10.1016/j.jclinepi.2011.04.014).

## Example
"Fish oil loosens stiff hips", where the work cited measured a protein in blood.

## Remedy
Say that the marker changed, and that the outcome was not measured.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import (
    Condition,
    Detector,
    Judgement,
    all_of,
    any_link,
    fact,
    list_related_works,
)
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import is_in, not_
from kg.weaklinks.remedies import describe_marker_only, join_with_and
from kg.weaklinks.settings import read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a clinical claim rests, on some link, only on unaccepted markers."""
    links = fact_base.group_evidence(claim.id)
    if not links:
        return None
    link_test = any_link(links, lambda finding: is_unaccepted_marker(finding, claim.outcome))
    condition = all_of(
        fact(claim.id, "kind", is_in(claim.kind, read_words("kinds", "clinical"))),
        Condition(link_test.value, link_test.unknown_facts),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    markers = join_with_and(sorted({f.outcome_label for f in link_test.findings}))
    works = join_with_and(sorted({f.label for f in link_test.findings}))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: for at least one step nothing but {markers} was measured "
            f"({works}); no record accepts this as a stand-in for {claim.outcome_label}."
        ),
        remedy=describe_marker_only(claim, link_test.findings),
        related_places=list_related_works(link_test.findings, "this work measured a marker"),
    )


def is_unaccepted_marker(finding: FindingFact, outcome: str | None) -> Condition:
    """Whether a finding is on a marker that is no accepted surrogate for `outcome`."""
    is_marker = is_in(finding.kind, read_words("kinds", "marker"))
    is_known = finding.accepted is not None and outcome is not None
    accepted = outcome in finding.accepted if is_known and finding.accepted is not None else None
    row = finding.id
    return all_of(fact(row, "kind", is_marker), fact(row, "accepted", not_(accepted)))


DETECTOR = Detector(
    code="KG103",
    name="surrogate-as-outcome",
    severity=Severity.SEVERE,
    over="claims",
    needs=("finding.kind", "finding.accepted", "claim.kind"),
    fix="F2",
    backing="surrogates are indirect evidence, 10.1016/j.jclinepi.2011.04.014",
    judge=judge,
)
