"""Work on one route into the body is used for another.

## What it does
Flags a claim about one route when every work on some link used another, for instance a cream for
a tablet. Work on cells or on a state of the body has no route and is left to other detectors.

## Why it matters
What is applied to the skin reaches it in amounts that a tablet never brings there. Evidence on
another intervention is indirect (10.1016/j.jclinepi.2011.04.014).

## Example
"Zinc tablets close wounds", where the trial cited used a zinc ointment.

## Remedy
Name the route of the study beside the one that is recommended.
"""

from __future__ import annotations

from kg.weaklinks.detector import (
    Answer,
    Condition,
    Detector,
    both,
    on,
    readable,
    some_link,
    works_related,
)
from kg.weaklinks.facts import Facts
from kg.weaklinks.remedies import listed, study_used
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a claim about one route rests, on some link, only on other routes."""
    routes = words("exposures", "bodily_routes")
    if claim.route is not None and claim.route not in routes:
        return None
    links = [link for link in map(with_a_route, facts.evidence(claim.id)) if link]
    if not links:
        return None
    rests = some_link(links, lambda finding: another_route(finding, claim.route))
    condition = both(
        on(claim.id, "route", claim.route is not None or None),
        Condition(rests.value, rests.unknown),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    used = listed(sorted({readable(f.route) for f in rests.findings}))
    works = listed(sorted({f.label for f in rests.findings}))
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: the claim is about {readable(claim.route)} use; for at least one "
            f"step the work it leans on ({works}) was {used}."
        ),
        remedy=study_used((f.exposure_label for f in rests.findings), claim.exposure_label),
        related=works_related(rests.findings, f"this work was {used}"),
    )


def with_a_route(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link that enter a body, or may do so."""
    states = words("exposures", "status_kinds")
    outside = {"none", "medium"}
    return tuple(f for f in link if f.exposure_kind not in states and f.route not in outside)


def another_route(finding: FindingFact, route: str | None) -> Condition:
    """Whether a finding used another route; unknown where either is not stated."""
    row = finding.work or finding.id
    if finding.exposure_kind is None:
        return Condition(None, (f"{row}.exposure_kind",))
    known = finding.route is not None and finding.route != "unstated" and route is not None
    return on(row, "route", finding.route != route if known else None)


DETECTOR = Detector(
    code="KG106",
    name="route-swap",
    over="claims",
    needs=("finding.route", "finding.exposure_kind", "claim.route"),
    fix="F4",
    backing="evidence on another intervention is indirect, 10.1016/j.jclinepi.2011.04.014",
    judge=judge,
)
