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

from kg.weaklinks.detector import (
    Answer,
    Condition,
    Detector,
    both,
    on,
    some_link,
    works_related,
)
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import is_in, not_
from kg.weaklinks.remedies import listed, marker_only
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a clinical claim rests, on some link, only on unaccepted markers."""
    links = facts.evidence(claim.id)
    if not links:
        return None
    rests = some_link(links, lambda finding: unaccepted_marker(finding, claim.outcome))
    condition = both(
        on(claim.id, "kind", is_in(claim.kind, words("kinds", "clinical"))),
        Condition(rests.value, rests.unknown),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    markers = listed(sorted({f.outcome_label for f in rests.findings}))
    works = listed(sorted({f.label for f in rests.findings}))
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: for at least one step nothing but {markers} was measured "
            f"({works}); no record accepts this as a stand-in for {claim.outcome_label}."
        ),
        remedy=marker_only(claim, rests.findings),
        related=works_related(rests.findings, "this work measured a marker"),
    )


def unaccepted_marker(finding: FindingFact, outcome: str | None) -> Condition:
    """Whether a finding is on a marker that is no accepted surrogate for `outcome`."""
    marker = is_in(finding.kind, words("kinds", "marker"))
    known = finding.accepted is not None and outcome is not None
    accepted = outcome in finding.accepted if known and finding.accepted is not None else None
    row = finding.id
    return both(on(row, "kind", marker), on(row, "accepted", not_(accepted)))


DETECTOR = Detector(
    code="KG103",
    name="surrogate-as-outcome",
    over="claims",
    needs=("finding.kind", "finding.accepted", "claim.kind"),
    fix="F2",
    backing="surrogates are indirect evidence, 10.1016/j.jclinepi.2011.04.014",
    judge=judge,
)
