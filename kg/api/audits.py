"""The citation audit: what was recorded and stored, and what services are asked about citations."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import OutsideError, UsageError
from kg.literature import (
    IDENTIFIER_KINDS,
    LITERATURE_SERVICES,
    LookUpSettings,
    ServiceEndpoint,
    group_by_question,
    list_citations,
    list_further_questions,
    list_questions,
    load_look_up_settings,
)
from kg.model import Citation, CitationKind, EvidenceBase, Identification, Source
from kg.model.audit import LIST_OF_STUDIES, CitationAudit, LookUp, LookUpFailure, LookUpQuery
from kg.resources import locate_cache_folder
from kg.scenarios.request import select_sources

if TYPE_CHECKING:
    from kg.literature.fetch import LiteratureClient

AnswersByQuestion = dict[tuple[str, LookUpQuery], LookUp]


def audit_base(
    base: EvidenceBase,
    source: str | None = None,
    look_ups: Iterable[LookUp] = (),
    failures: Iterable[LookUpFailure] = (),
) -> CitationAudit:
    """What every citation of a base or of one source leads to, and how we know; no network.

    Args:
        base: The base, sound.
        source: Id of one source; None for all.
        look_ups: Stored answers of services, see `read_look_ups`.
        failures: Questions that got no answer, which the audit lists.

    Raises:
        UnknownName: no such source.
    """
    from kg.literature import audit_citations

    return audit_citations(base, select_sources(base, source), look_ups, failures)


STUDY_LIST_ID = "studies-of-this-base"


def list_studies_as_source(base: EvidenceBase) -> EvidenceBase:
    """The base as one source that lists its own studies, for an audit of the curators' own work.

    A study that is verified counts as identified; of the others nobody knows what they are. Entries
    are numbered instead of having a line.

    Args:
        base: The base, sound.
    """
    study_citations = tuple(
        Citation(
            *(study.id, STUDY_LIST_ID, CitationKind.REFERENCE_LIST),
            line=number,
            status=_IDENTIFIED_STATUS if study.verified else Identification.NOT_LOOKED_UP,
            journal=study.journal or None,
            year=study.year,
            authors=study.authors or None,
            title=study.title,
            doi=study.doi,
            pmid=study.pmid,
            pmcid=study.pmcid,
            study=study.id,
            how_checked=study.read,
        )
        for number, study in enumerate(base.studies, 1)
    )
    source = Source(STUDY_LIST_ID, "The studies of this base", kind=LIST_OF_STUDIES)
    return replace(
        base, sources=(source,), citations=study_citations, claims=(), chains=(), conflicts=()
    )


_IDENTIFIED_STATUS = Identification.IDENTIFIED


def encode_audit_turtle(citation_audit: CitationAudit) -> str:
    """An audit as Turtle: verdicts, what was found (CiTO), and the answers that it rests on.

    Args:
        citation_audit: An audit.
    """
    from pyoxigraph import Quad

    from kg.rdf.audit import encode_audit
    from kg.rdf.trig import format_trig

    return format_trig(Quad(q.subject, q.predicate, q.object) for q in encode_audit(citation_audit))


def read_look_ups(file: str | Path) -> tuple[LookUp, ...]:
    """The answers that a file stores; none where there is no file.

    Args:
        file: A file, which need not exist.

    Raises:
        DataError: it is broken.
    """
    place = Path(file)
    if not place.exists():
        return ()
    from kg.formats.cache.look_ups import read_look_ups

    return read_look_ups(place)


def ask_services(
    base: EvidenceBase,
    file: str | Path,
    contact: str,
    source: str | None = None,
    endpoints: Mapping[str, str] | None = None,
    ask_again: bool = False,
    on_progress: Callable[[str], None] = lambda _: None,
    service_settings: LookUpSettings | None = None,
) -> tuple[tuple[LookUp, ...], tuple[LookUpFailure, ...]]:
    """All answers that a file stores once services were asked, and the questions without answer.

    A failure leaves the stored answer as it is.

    Args:
        base: The base, sound.
        file: Where answers are stored.
        contact: An email address, which goes with every request.
        source: Id of one source; None for all.
        endpoints: Addresses by the name of a service, in place of its own; they may be private.
        ask_again: Whether to ask what a fresh answer is stored for.
        on_progress: Called with a line for each step.
        service_settings: Timeouts and rates; None: those of data/lookups.toml.

    Raises:
        OutsideError: the file cannot be written.
        UsageError: the contact is no address, or an endpoint no URL.
    """
    from kg.formats.cache.look_ups import write_look_ups

    settings = _replace_endpoints(service_settings or load_look_up_settings(), endpoints or {})
    _ensure_writable(Path(file))
    stored: AnswersByQuestion = {answer.key: answer for answer in read_look_ups(file)}
    answers_before = dict(stored)
    failures: list[LookUpFailure] = []
    with _open_service_client(settings, _validate_contact(contact), ask_again) as outside:
        audit_questions = _AuditQuestions(
            base,
            select_sources(base, source),
            stored,
            _compute_expiry_date(settings, ask_again),
        )
        try:
            for round in (
                audit_questions.list_citation_questions,
                audit_questions.list_doi_questions,
            ):
                pending_questions = tuple(dict.fromkeys(round()))
                if pending_questions:
                    on_progress(_describe_pending_questions(pending_questions, settings))
                for name, question in pending_questions:
                    _ask_service(outside, name, question, stored, failures)
        finally:  # what was answered before an interruption is kept
            if stored != answers_before:
                write_look_ups(stored.values(), Path(file))
    return tuple(stored[key] for key in sorted(stored)), tuple(failures)


def store_retractions(base: EvidenceBase, list_path: str | Path, file: str | Path) -> int:
    """How many studies and cited works of a base a list of retractions has; they are stored.

    From then on the notices act wherever the base is read: on admission, grades, checks, pictures.

    Args:
        base: The base, sound.
        list_path: The table of Retraction Watch, or a list with a PMID or DOI a line.
        file: Stored answers, to which the notices are added with the day; those of an earlier list
            about the same works are replaced.

    Raises:
        UsageError: the list cannot be opened.
        DataError: it is no such list.
    """
    from datetime import UTC, datetime

    from kg.formats.cache.look_ups import write_look_ups
    from kg.formats.retraction_lists import read_retraction_list
    from kg.literature.retractions import find_listed_works
    from kg.resources import source_date

    day = f"{source_date() or datetime.now(UTC):%Y-%m-%d}"
    notices = read_retraction_list(Path(list_path))
    found = find_listed_works(base, notices, Path(list_path).name, day)
    if found:
        _ensure_writable(Path(file))
        stored = {answer.key: answer for answer in read_look_ups(file)}
        stored.update((answer.key, answer) for answer in found)
        write_look_ups(stored.values(), Path(file))
    return len(found)


class _AuditQuestions:
    """What is to be asked: first what citations print, then the DOIs to which that led."""

    def __init__(
        self,
        base: EvidenceBase,
        sources: frozenset[str] | None,
        stored: AnswersByQuestion,
        oldest: str,
    ) -> None:
        source_ids = tuple(s.id for s in base.sources if sources is None or s.id in sources)
        self._base, self._citations = base, list_citations(base, source_ids)
        self._stored_answers, self._expiry_date = stored, oldest

    def list_citation_questions(self) -> Iterator[tuple[str, LookUpQuery]]:
        """Every question, to each service that answers its kind."""
        for citation in self._citations:
            for question in list_questions(citation, self._base):
                yield from self._list_due_questions(question, LITERATURE_SERVICES)

    def list_doi_questions(self) -> Iterator[tuple[str, LookUpQuery]]:
        """DOIs that answers name, to the services that could not be asked by an identifier."""
        answers = group_by_question(self._stored_answers.values())
        for citation in self._citations:
            kinds = {q.kind for q in list_questions(citation, self._base)} & set(IDENTIFIER_KINDS)
            names = [
                name
                for name in LITERATURE_SERVICES
                if not kinds & set(LITERATURE_SERVICES[name].question_kinds)
            ]
            for question in list_further_questions(citation, self._base, answers):
                yield from self._list_due_questions(question, names)

    def _list_due_questions(
        self, question: LookUpQuery, names: Iterable[str]
    ) -> Iterator[tuple[str, LookUpQuery]]:
        for name in names:
            answer = self._stored_answers.get((name, question))
            is_due = answer is None or answer.date < self._expiry_date
            if is_due and question.kind in LITERATURE_SERVICES[name].question_kinds:
                yield name, question


def _ensure_writable(file: Path) -> None:
    """Make the directory of a file; OutsideError, before anybody is asked, where that fails."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutsideError(f"cannot write {file}: {fault.strerror}") from fault
    if not os.access(file.parent, os.W_OK):
        raise OutsideError(f"cannot write {file}: its directory is not writable")


def _compute_expiry_date(settings: LookUpSettings, ask_again: bool) -> str:
    """The day from which on a stored answer is not asked for again."""
    today = datetime.now(UTC).date()
    return (
        today + timedelta(1) if ask_again else today - timedelta(settings.fresh_days)
    ).isoformat()


def _ask_service(
    outside: LiteratureClient,
    name: str,
    question: LookUpQuery,
    stored: AnswersByQuestion,
    failures: list[LookUpFailure],
) -> None:
    from kg.literature.fetch import UnansweredError

    try:
        answer = outside.fetch_look_up(name, question)
    except UnansweredError as fault:
        failures.append(LookUpFailure(name, question, str(fault)))
    else:
        stored[answer.key] = answer


def _open_service_client(
    settings: LookUpSettings, contact: str, ask_again: bool
) -> LiteratureClient:
    from kg.literature.fetch import LiteratureClient

    folder = locate_cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutsideError(f"cannot keep answers in {folder}: {fault.strerror}") from fault
    return LiteratureClient(settings, contact, folder / "http.db", ask_again)


def _validate_contact(contact: str) -> str:
    """The contact, which must look like an address of mail and fit into a header."""
    name, at_sign, host = contact.partition("@")
    is_plain_ascii = (
        contact.isascii() and contact.isprintable() and not set(contact) & set(' ()<>,;:\\"')
    )
    if not (name and at_sign and "." in host and is_plain_ascii):
        raise UsageError(f"{contact!r} is no address of mail at which services could reach you")
    return contact


def _replace_endpoints(settings: LookUpSettings, endpoints: Mapping[str, str]) -> LookUpSettings:
    """The manners with some services at other addresses."""
    endpoints_by_name = dict(settings.endpoints)
    for name, base_url in endpoints.items():
        LITERATURE_SERVICES[name]  # an unknown name raises, with near ones
        if not base_url.startswith(("http://", "https://")):
            raise UsageError(
                f"the endpoint of {name} must be an http or https address: {base_url!r}"
            )
        endpoints_by_name[name] = ServiceEndpoint(
            base_url, endpoints_by_name[name].interval, trusted=True
        )
    return replace(settings, endpoints=endpoints_by_name)


def _describe_pending_questions(
    pending_questions: tuple[tuple[str, LookUpQuery], ...], settings: LookUpSettings
) -> str:
    names = sorted({name for name, _ in pending_questions})
    seconds = sum(settings.endpoints[name].interval for name, _ in pending_questions)
    titles = ", ".join(LITERATURE_SERVICES[name].title for name in names)
    count = f"{len(pending_questions)} question{'s' if len(pending_questions) > 1 else ''}"
    return f"asking {titles}: {count}, at least {seconds:.0f} s"
