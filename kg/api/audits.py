"""The citation audit: what was recorded and stored, and what services are asked about citations."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kg.api.bases import material
from kg.errors import OutsideError, UsageError
from kg.literature import (
    KINDS,
    SERVICES,
    Endpoint,
    Manners,
    by_question,
    led_to,
    manners,
    of_sources,
    questions,
)
from kg.model import Citation, CitationKind, EvidenceBase, Identification, Source
from kg.model.audit import LIST_OF_STUDIES, CitationAudit, Failure, LookUp, Question
from kg.resources import cache_directory, record_directory

if TYPE_CHECKING:
    from kg.literature.outside import Outside

FILE = "look-ups.json"
_MISSING = (
    "asking services needs the packages httpx, hishel and stamina; "
    "install them with: pip install 'evidence-kg[fetch]'"
)
Stored = dict[tuple[str, Question], LookUp]


def audit(
    base: EvidenceBase,
    source: str | None = None,
    look_ups: Iterable[LookUp] = (),
    failures: Iterable[Failure] = (),
) -> CitationAudit:
    """What every citation of a base or of one source leads to, and how we know; no network.

    `look_ups` are stored answers of services, see `looked_up`. Raises UnknownName for a source
    that does not exist.
    """
    from kg.literature import audit as audited

    return audited(base, material(base, source).sources, look_ups, failures)


STUDIES = "studies-of-this-base"


def study_list(base: EvidenceBase) -> EvidenceBase:
    """The base as one source that lists its own studies, for an audit of the curators' own work.

    A study that is verified counts as identified; of the others nobody knows what they are. Entries
    are numbered instead of having a line.
    """
    listed = tuple(
        Citation(
            *(study.id, STUDIES, CitationKind.REFERENCE_LIST),
            line=number,
            status=_IDENTIFIED if study.verified else Identification.NOT_LOOKED_UP,
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
    source = Source(STUDIES, "The studies of this base", kind=LIST_OF_STUDIES)
    return replace(base, sources=(source,), citations=listed, claims=(), chains=(), conflicts=())


_IDENTIFIED = Identification.IDENTIFIED


def audit_turtle(found: CitationAudit) -> str:
    """An audit as Turtle: verdicts, what was found (CiTO), and the answers that it rests on."""
    from pyoxigraph import Quad

    from kg.rdf.audit import encode_audit
    from kg.rdf.trig import trig

    return trig(Quad(q.subject, q.predicate, q.object) for q in encode_audit(found))


def look_up_file(path: str | Path | None = None) -> Path:
    """Where answers about a base are stored: in its directory, else with the user's data."""
    place = Path(path) if path is not None else None
    inside = place is not None and place.is_dir() and any(place.rglob("*.y*ml"))
    return (place if place and inside else record_directory()) / FILE


def looked_up(file: str | Path) -> tuple[LookUp, ...]:
    """The answers that a file stores; none where there is no file. DataError where it is broken."""
    place = Path(file)
    if not place.exists():
        return ()
    from kg.formats.look_ups import read

    return read(place)


def look_up(
    base: EvidenceBase,
    file: str | Path,
    contact: str,
    source: str | None = None,
    endpoints: Mapping[str, str] | None = None,
    again: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    how: Manners | None = None,
) -> tuple[tuple[LookUp, ...], tuple[Failure, ...]]:
    """All answers that a file stores once services were asked, and the questions without answer.

    A question is asked where no stored answer is fresh, or `again`. A failure leaves the stored
    answer as it is. `endpoints` replace the addresses of services and may be private; `contact`
    goes with every request.

    Raises:
        OutsideError: a package is missing, or the file cannot be written.
        UsageError: the contact is no address, or an endpoint no URL.
    """
    from kg.formats.look_ups import write

    settings = _at(how or manners(), endpoints or {})
    _writable(Path(file))
    stored: Stored = {answer.key: answer for answer in looked_up(file)}
    before = dict(stored)
    failures: list[Failure] = []
    with _outside(settings, _address(contact), again) as outside:
        rounds = _Rounds(base, material(base, source).sources, stored, _oldest(settings, again))
        try:
            for round in (rounds.first, rounds.second):
                todo = tuple(dict.fromkeys(round()))
                if todo:
                    tell(_announced(todo, settings))
                for name, question in todo:
                    _ask(outside, name, question, stored, failures)
        finally:  # what was answered before an interruption is kept
            if stored != before:
                write(stored.values(), Path(file))
    return tuple(stored[key] for key in sorted(stored)), tuple(failures)


class _Rounds:
    """What is to be asked: first what citations print, then the DOIs to which that led."""

    def __init__(
        self, base: EvidenceBase, sources: frozenset[str] | None, stored: Stored, oldest: str
    ) -> None:
        chosen = tuple(s.id for s in base.sources if sources is None or s.id in sources)
        self._base, self._citations = base, of_sources(base, chosen)
        self._stored, self._oldest = stored, oldest

    def first(self) -> Iterator[tuple[str, Question]]:
        """Every question, to each service that answers its kind."""
        for citation in self._citations:
            for question in questions(citation, self._base):
                yield from self._due(question, SERVICES)

    def second(self) -> Iterator[tuple[str, Question]]:
        """DOIs that answers name, to the services that could not be asked by an identifier."""
        answers = by_question(self._stored.values())
        for citation in self._citations:
            kinds = {q.kind for q in questions(citation, self._base)} & set(KINDS)
            names = [name for name in SERVICES if not kinds & set(SERVICES[name].kinds)]
            for question in led_to(citation, self._base, answers):
                yield from self._due(question, names)

    def _due(self, question: Question, names: Iterable[str]) -> Iterator[tuple[str, Question]]:
        for name in names:
            answer = self._stored.get((name, question))
            old = answer is None or answer.date < self._oldest
            if old and question.kind in SERVICES[name].kinds:
                yield name, question


def _writable(file: Path) -> None:
    """Make the directory of a file; OutsideError, before anybody is asked, where that fails."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutsideError(f"cannot write {file}: {fault.strerror}") from fault
    if not os.access(file.parent, os.W_OK):
        raise OutsideError(f"cannot write {file}: its directory is not writable")


def _oldest(settings: Manners, again: bool) -> str:
    """The day from which on a stored answer is not asked for again."""
    today = datetime.now(UTC).date()
    return (today + timedelta(1) if again else today - timedelta(settings.fresh_days)).isoformat()


def _ask(
    outside: Outside, name: str, question: Question, stored: Stored, failures: list[Failure]
) -> None:
    from kg.literature.outside import Unanswered

    try:
        answer = outside.ask(name, question)
    except Unanswered as fault:
        failures.append(Failure(name, question, str(fault)))
    else:
        stored[answer.key] = answer


def _outside(settings: Manners, contact: str, again: bool) -> Outside:
    try:
        from kg.literature.outside import Outside
    except ImportError as fault:
        raise OutsideError(_MISSING) from fault
    folder = cache_directory()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutsideError(f"cannot keep answers in {folder}: {fault.strerror}") from fault
    return Outside(settings, contact, folder / "http.db", again)


def _address(contact: str) -> str:
    """The contact, which must look like an address of mail and fit into a header."""
    name, at, host = contact.partition("@")
    plain = contact.isascii() and contact.isprintable() and not set(contact) & set(' ()<>,;:\\"')
    if not (name and at and "." in host and plain):
        raise UsageError(f"{contact!r} is no address of mail at which services could reach you")
    return contact


def _at(settings: Manners, endpoints: Mapping[str, str]) -> Manners:
    """The manners with some services at other addresses."""
    known = dict(settings.endpoints)
    for name, base in endpoints.items():
        SERVICES[name]  # an unknown name is told with near ones
        if not base.startswith(("http://", "https://")):
            raise UsageError(f"the endpoint of {name} must be an http or https address: {base!r}")
        known[name] = Endpoint(base, known[name].interval, trusted=True)
    return replace(settings, endpoints=known)


def _announced(todo: tuple[tuple[str, Question], ...], settings: Manners) -> str:
    names = sorted({name for name, _ in todo})
    seconds = sum(settings.endpoints[name].interval for name, _ in todo)
    titles = ", ".join(SERVICES[name].title for name in names)
    count = f"{len(todo)} question{'s' if len(todo) > 1 else ''}"
    return f"asking {titles}: {count}, at least {seconds:.0f} s"
