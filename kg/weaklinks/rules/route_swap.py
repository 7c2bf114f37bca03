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

from kg.model import Severity
from kg.weaklinks.detector import (
    Condition,
    Detector,
    Judgement,
    all_of,
    any_link,
    fact,
    format_word,
    list_related_works,
)
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.remedies import describe_study_use, join_with_and
from kg.weaklinks.settings import read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim about one route rests, on some link, only on other routes."""
    routes = read_words("exposures", "bodily_routes")
    if claim.route is not None and claim.route not in routes:
        return None
    links = [link for link in map(filter_with_route, fact_base.group_evidence(claim.id)) if link]
    if not links:
        return None
    link_test = any_link(links, lambda finding: has_other_route(finding, claim.route))
    condition = all_of(
        fact(claim.id, "route", claim.route is not None or None),
        Condition(link_test.value, link_test.unknown_facts),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    route_labels = join_with_and(sorted({format_word(f.route) for f in link_test.findings}))
    works = join_with_and(sorted({f.label for f in link_test.findings}))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in link_test.findings),
        message=(
            f"{claim.text}: the claim is about {format_word(claim.route)} use; for at least one "
            f"step the work it leans on ({works}) was {route_labels}."
        ),
        remedy=describe_study_use(
            (f.exposure_label for f in link_test.findings), claim.exposure_label
        ),
        related_places=list_related_works(link_test.findings, f"this work was {route_labels}"),
    )


def filter_with_route(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link that enter a body, or may do so."""
    states = read_words("exposures", "status_kinds")
    outside = {"none", "medium"}
    return tuple(f for f in link if f.exposure_kind not in states and f.route not in outside)


def has_other_route(finding: FindingFact, route: str | None) -> Condition:
    """Whether a finding used another route; unknown where either is not stated."""
    work_id = finding.work or finding.id
    if finding.exposure_kind is None:
        return Condition(None, (f"{work_id}.exposure_kind",))
    are_routes_known = (
        finding.route is not None and finding.route != "unstated" and route is not None
    )
    return fact(work_id, "route", finding.route != route if are_routes_known else None)


DETECTOR = Detector(
    code="KG106",
    name="route-swap",
    severity=Severity.SEVERE,
    over="claims",
    needs=("finding.route", "finding.exposure_kind", "claim.route"),
    fix="F4",
    backing="evidence on another intervention is indirect, 10.1016/j.jclinepi.2011.04.014",
    judge=judge,
)
