"""What an audit of citations says: verdicts, what speaks for them, and what hangs on them."""

from __future__ import annotations

from kg.model.record import dataclass
from kg.model.terms import AuditVerdict, CitationKind


@dataclass(frozen=True, slots=True)
class Sign:
    """What one heuristic says of a citation.

    `answer` is `agrees`, `conflict` or `unknown`; `sure` is `high`, `medium` or `low`; `differs`
    names the field in conflict.
    """

    heuristic: str
    answer: str
    sure: str
    evidence: str
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One mention or list entry: the verdict, the fields that differ, and how we know."""

    citation: str
    source: str
    kind: CitationKind
    line: int
    named: str
    verdict: AuditVerdict
    differs: tuple[str, ...]
    sure: str
    record: str
    how: str
    study: str | None
    signs: tuple[Sign, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberError:
    """How far a year that is read off a number is from the year of the record.

    Measured on the verified studies of the base, each dated without the anchors of its own number;
    `within` counts those that are no further off than the tolerance.
    """

    kind: str
    studies: int
    within: int
    tolerance: float
    median: float
    largest: float


@dataclass(frozen=True, slots=True)
class CitationAudit:
    """The audit of some sources; `appeals` counts appeals to research that name no work."""

    sources: tuple[str, ...]
    entries: tuple[AuditEntry, ...]
    appeals: int
    errors: tuple[NumberError, ...]
    version: str
    digest: str
