"""An entity has no definition: two curators may mean two things by it."""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import CurationRule, MissingInformation
from kg.model import EvidenceBase, Severity


def find_missing(base: EvidenceBase) -> Iterator[MissingInformation]:
    """Entities without a definition."""
    for entity in base.entities:
        if not entity.definition:
            yield MissingInformation(entity, f"{entity.label} ({entity.kind}) has no definition.")


RULE = CurationRule(
    code="KG202",
    name="entity-without-definition",
    severity=Severity.MODERATE,
    remedy="Say in one sentence what it is and what it is not, as `definition`.",
    find_missing=find_missing,
)
