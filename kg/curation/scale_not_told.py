"""A standardised difference is recorded, and not which way its scale runs."""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import CurationRule, MissingInformation
from kg.model import EvidenceBase, Severity
from kg.model.vocabulary import parse_measure


def find_missing(base: EvidenceBase) -> Iterator[MissingInformation]:
    """Findings with a standardised difference whose numbers cannot be held against a direction."""
    for study in base.studies:
        for finding in study.findings:
            measure = parse_measure(finding.measure)
            has_number = finding.estimate is not None or finding.ci_low is not None
            if measure is not None and measure.needs_scale and has_number and not finding.scale:
                yield MissingInformation(
                    finding,
                    f"{finding.measure}: its scale is not told, so its sign proves no direction "
                    "and a null result is not pooled.",
                )


RULE = CurationRule(
    code="KG207",
    name="scale-not-told",
    severity=Severity.MILD,
    remedy="Write `scale: higher-is-worse` or `scale: higher-is-better`, as the work says.",
    find_missing=find_missing,
)
