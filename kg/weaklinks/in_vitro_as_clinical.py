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

from kg.model import BENCH
from kg.weaklinks.detector import (
    Answer,
    Condition,
    Detector,
    both,
    disclosed_related,
    on,
    some_link,
    works_related,
)
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import at_least, is_in
from kg.weaklinks.remedies import listed, not_in_people
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import threshold, words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a clinical claim rests, on some link, only on bench work."""
    links = facts.evidence(claim.id)
    if not links:
        return None
    if facts.discloses(claim):
        return Answer(False)
    rests = some_link(links, bench)
    condition = both(
        on(claim.id, "kind", is_in(claim.kind, words("kinds", "clinical"))),
        on(claim.id, "sigma", at_least(claim.sigma, threshold("in_vitro_sigma"))),
        Condition(rests.value, rests.unknown),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    works = listed(sorted({f.label for f in rests.findings}))
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: for at least one step this rests only on laboratory work ({works}), "
            f"which measured {listed(sorted({f.outcome_label for f in rests.findings}))}."
        ),
        remedy=not_in_people(claim, rests.findings),
        related=works_related(rests.findings, "laboratory work that the claim leans on")
        + disclosed_related(facts, claim, BENCH),
    )


def bench(finding: FindingFact) -> Condition:
    """Whether a finding comes from cells, tissue outside the body or a model."""
    value = is_in(finding.system, frozenset(str(s) for s in BENCH))
    return on(finding.work or finding.id, "system", value)


DETECTOR = Detector(
    code="KG101",
    name="in-vitro-as-clinical",
    over="claims",
    needs=("finding.system", "claim.kind", "claim.sigma"),
    fix="F1",
    backing="basic science alone = grade C, PMC4177524",
    judge=judge,
)
