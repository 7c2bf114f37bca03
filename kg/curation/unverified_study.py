"""No record of a study was read: its identifiers may be those of another work."""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import CurationRule, MissingInformation
from kg.model import EvidenceBase, Severity


def find_missing(base: EvidenceBase) -> Iterator[MissingInformation]:
    """Studies that are not verified; what they find is never `established`."""
    for study in base.studies:
        if not study.verified:
            read = study.read or "nobody says what"
            yield MissingInformation(
                study, f"No record of this study was read and agreed; read was: {read}."
            )


RULE = CurationRule(
    code="KG204",
    name="unverified-study",
    severity=Severity.MILD,
    remedy="Read its record (PubMed, PMC, publisher); where title, journal and year agree, say so "
    "in `read` and set `verified: true`.",
    find_missing=find_missing,
)
