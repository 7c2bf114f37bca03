"""A study has no finding, and nothing leads to it: it can bear on no grade."""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import CurationRule, MissingInformation
from kg.model import EvidenceBase, Severity


def find_missing(base: EvidenceBase) -> Iterator[MissingInformation]:
    """Studies without a finding that no citation names and no other study contains or reports."""
    study_ids_in_citations = {citation.study for citation in base.citations}
    linked_study_ids = {id for study in base.studies for id in (*study.contains, *study.reports)}
    for study in base.studies:
        alone = not (study.findings or study.contains or study.reports)
        if alone and study.id not in study_ids_in_citations | linked_study_ids:
            message = "It has no finding, no citation names it, and no synthesis contains it."
            yield MissingInformation(study, message)


RULE = CurationRule(
    code="KG206",
    name="orphan-study",
    severity=Severity.MILD,
    remedy="Record what it found, name it in the citation or synthesis that it belongs to, or "
    "remove it.",
    find_missing=find_missing,
)
