"""Whether the numbers of a finding are too good to be taken on trust."""

from __future__ import annotations

from collections.abc import Mapping

from kg.model.evidence import Finding
from kg.model.vocabulary import parse_measure


def describe_implausible_numbers(finding: Finding, limits: Mapping[str, float]) -> str:
    """What is too good to be true about the numbers of a finding; empty where nothing is.

    Args:
        finding: the result of one study or synthesis.
        limits: `group`, the people in a group of whom all or none responding is no chance;
            `others_share`, the share of the others with the event from which none is too good;
            `smd`, the standardised difference beyond which no such treatment reaches.

    Source: docs/explanation/grading.md, which says where the limits come from.

    >>> from kg.model import Direction
    >>> cured = Finding("f", "pill", "rash", Direction.DECREASE, treated_n=257, treated_events=257)
    >>> describe_implausible_numbers(cured, {"group": 100, "others_share": 0.5, "smd": 1.77})
    'all 257 who had it responded'
    """
    measure, estimate = parse_measure(finding.measure), finding.estimate
    is_standardised = measure is not None and measure.needs_scale
    if is_standardised and estimate is not None and abs(estimate) > limits["smd"]:
        return f"{finding.measure} {estimate:g} lies beyond {limits['smd']:g}"
    group, responders = finding.treated_n, finding.treated_events
    if group is None or responders is None or group < limits["group"]:
        return ""
    if responders == group:
        return f"all {group} who had it responded"
    if responders == 0 and _compute_share_of_others(finding) >= limits["others_share"]:
        return f"none of {group} who had it had the event, and most of the others did"
    return ""


def _compute_share_of_others(finding: Finding) -> float:
    """Share with the event among those without the exposure; 0 where it is not known."""
    others = (finding.n or 0) - (finding.treated_n or 0)
    return ((finding.events or 0) - (finding.treated_events or 0)) / others if others > 0 else 0.0
