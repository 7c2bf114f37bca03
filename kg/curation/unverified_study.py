"""No record of a study was read: its identifiers may be those of another work."""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import Gap, Rule
from kg.model import EvidenceBase, Severity


def gaps(base: EvidenceBase) -> Iterator[Gap]:
    """Studies that are not verified; what they find is never `established`."""
    for study in base.studies:
        if not study.verified:
            read = study.read or "nobody says what"
            yield Gap(study, f"No record of this study was read and agreed; read was: {read}.")


RULE = Rule(
    code="KG204",
    name="unverified-study",
    severity=Severity.MILD,
    remedy="Read its record (PubMed, PMC, publisher); where title, journal and year agree, say so "
    "in `read` and set `verified: true`.",
    gaps=gaps,
)
