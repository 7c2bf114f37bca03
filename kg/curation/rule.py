"""What a rule of the lint is, and how a gap becomes a Diagnostic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kg.model import Diagnostic, EvidenceBase, Severity


@dataclass(frozen=True, slots=True)
class MissingInformation:
    """Something that is missing: at a thing with an id and a location, and in words."""

    record: Any
    message: str


@dataclass(frozen=True, slots=True)
class CurationRule:
    """One entry of the lint; the first line of its module says what is wrong."""

    code: str
    name: str
    severity: Severity
    remedy: str
    find_missing: Callable[[EvidenceBase], Iterable[MissingInformation]]

    def list_diagnostics(self, base: EvidenceBase) -> Iterator[Diagnostic]:
        """The gaps of a base, each with its place."""
        for gap in self.find_missing(base):
            yield Diagnostic(
                code=self.code,
                name=self.name,
                severity=self.severity,
                message=gap.message,
                subject=gap.record.id,
                location=gap.record.location,
                remedy=self.remedy,
            )
