"""An identifier of an entity was not looked up: it may name another thing."""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import CurationRule, MissingInformation
from kg.model import EvidenceBase, Severity


def find_missing(base: EvidenceBase) -> Iterator[MissingInformation]:
    """Entities with identifiers that nobody verified."""
    for entity in base.entities:
        open_still = [i.curie for i in entity.identifiers if not i.verified]
        if open_still:
            yield MissingInformation(
                entity, f"Not looked up for {entity.label}: {', '.join(open_still)}."
            )


RULE = CurationRule(
    code="KG203",
    name="unverified-identifier",
    severity=Severity.MILD,
    remedy="Look it up in its vocabulary; where it fits, say `verified: true`, else remove it.",
    find_missing=find_missing,
)
