"""Faults as values: one type for reading faults, shape faults and weak links."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """How much a fault matters. The letters are those of the detector catalogue."""

    NONE = 0
    MILD = 1
    MODERATE = 2
    SEVERE = 3

    @property
    def word(self) -> str:
        """The word printed for it: `none`, `mild`, `moderate` or `severe`."""
        return self.name.lower()

    @property
    def letter(self) -> str:
        """`L`, `M` or `H` of the detector catalogue, `-` for none."""
        return "-LMH"[self.value]


class Result(StrEnum):
    """What a detector answers (strong Kleene logic: unknown is never clean)."""

    HIT = "hit"
    CANNOT_TELL = "cannot_tell"
    CLEAN = "clean"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file; `line` and `column` count from 1, 0 means unknown."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.path] + [str(n) for n in (self.line, self.column) if n]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class RelatedPlace:
    """Another place that belongs to a diagnostic, such as the disclosure sentence."""

    subject: str
    message: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding is allowed: its code, the reason, where that is said, and which finding is meant.

    Meant is the finding at `line` of the file of `place`, or that on `subject`.
    """

    code: str
    reason: str
    place: Location
    line: int = 0
    subject: str = ""

    def is_about(self, diagnostic: Diagnostic) -> bool:
        """Whether this is about a finding."""
        if diagnostic.code != self.code:
            return False
        if self.subject:
            return diagnostic.subject == self.subject
        location = diagnostic.location
        return location is not None and (location.path, location.line) == (
            self.place.path,
            self.line,
        )


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault: what is wrong, where, and how to mend it.

    `code` is `KG0xx` for faults of data, `KG1xx` for weak links, `KG2xx` for gaps of curation;
    `subject` is the id of the claim, study, entity ... that it is about; `unknown` names the
    missing facts when a detector cannot tell, `waived` is the waiver that allows it.
    """

    code: str
    name: str
    severity: Severity
    message: str
    subject: str = ""
    location: Location | None = None
    remedy: str = ""
    result: Result = Result.HIT
    related: tuple[RelatedPlace, ...] = ()
    unknown: tuple[str, ...] = ()
    source: str = ""
    waived: Waiver | None = None

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        mend = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.code} {self.message}{mend}"

    @property
    def sort_key(self) -> tuple[int, str, str, str, str]:
        """Sort key: worst first, then code, subject, place."""
        return (-self.severity, self.code, self.source, self.subject, self.message)
