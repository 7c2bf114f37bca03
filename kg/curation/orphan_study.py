"""A study has no finding, and nothing leads to it: it can bear on no grade."""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import Gap, Rule
from kg.model import EvidenceBase, Severity


def gaps(base: EvidenceBase) -> Iterator[Gap]:
    """Studies without a finding that no citation names and no other study contains or reports."""
    cited = {citation.study for citation in base.citations}
    joined = {id for study in base.studies for id in (*study.contains, *study.reports)}
    for study in base.studies:
        alone = not (study.findings or study.contains or study.reports)
        if alone and study.id not in cited | joined:
            message = "It has no finding, no citation names it, and no synthesis contains it."
            yield Gap(study, message)


RULE = Rule(
    code="KG206",
    name="orphan-study",
    severity=Severity.MILD,
    remedy="Record what it found, name it in the citation or synthesis that it belongs to, or "
    "remove it.",
    gaps=gaps,
)
