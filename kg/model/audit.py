"""What an audit of citations says: verdicts, what speaks for them, and what was asked outside."""

from __future__ import annotations

from dataclasses import dataclass

from kg.model.terms import AuditVerdict, CitationKind

LIST_OF_STUDIES = "list of studies"
"""Kind of a source that argues nothing: the studies of a base, as a list to be audited."""


@dataclass(frozen=True, slots=True)
class HeuristicResult:
    """What one heuristic says of a citation.

    `answer` is `agrees`, `conflict` or `unknown`; `sure` is `high`, `medium` or `low`; `differs`
    names the field in conflict.
    """

    heuristic: str
    answer: str
    sure: str
    evidence: str
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class LookUpQuery:
    """What a service is asked: `kind` is `pmid`, `pmcid`, `doi` or `title`."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """A notice about a work, such as a retraction: who lists it, its number, its ISO date."""

    kind: str
    by: str
    notice: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class ListedNotice:
    """A notice with the work that it is about; `doi` and `pmid` are empty where not given."""

    notice: Notice
    doi: str = ""
    pmid: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class WorkRecord:
    """A work as a service describes it. `venues` are its journal's names, long and short."""

    title: str
    authors: str = ""
    year: int | None = None
    venues: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    notices: tuple[Notice, ...] = ()


RETRACTION_LIST = "retraction-list"
"""The service of a look-up in a list that a user gave; its `url` is the name of the file."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """The answer of one service to one question, on a day (ISO, UTC); no work: it knows none."""

    service: str
    question: LookUpQuery
    date: str
    url: str
    works: tuple[WorkRecord, ...] = ()

    @property
    def key(self) -> tuple[str, LookUpQuery]:
        """What is stored once: the service and the question."""
        return self.service, self.question


@dataclass(frozen=True, slots=True)
class LookUpFailure:
    """A question that a service did not answer, and why; nothing is concluded from it."""

    service: str
    question: LookUpQuery
    reason: str


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
    signs: tuple[HeuristicResult, ...]
    claims: tuple[str, ...]
    questions: tuple[LookUpQuery, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberError:
    """How far a year that is read off a number is from the year of the record.

    Measured on the verified studies of the base whose numbers are in order of date (in
    data/audit.toml, `ordered_from`), each dated without the anchors of its own number;
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
    """The audit of some sources; `appeals` counts appeals to research that name no work.

    `look_ups` are the stored answers that it rests on, `failures` what was asked now in vain.
    """

    sources: tuple[str, ...]
    entries: tuple[AuditEntry, ...]
    appeals: int
    errors: tuple[NumberError, ...]
    version: str
    digest: str
    look_ups: tuple[LookUp, ...] = ()
    failures: tuple[LookUpFailure, ...] = ()
