"""What the stored answers of services say of a citation; pure: nothing is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kg.literature.compare import Bibliography, compare_bibliography, list_bibliography
from kg.literature.questions import IDENTIFIER_KINDS, list_questions
from kg.literature.retractions import (
    CONCERN_KINDS,
    WITHDRAWAL_KINDS,
    find_status,
    format_reinstatement_date,
)
from kg.literature.services import LITERATURE_SERVICES
from kg.literature.spelling import extract_words
from kg.model import Citation, EvidenceBase, Status
from kg.model.audit import (
    RETRACTION_LIST,
    HeuristicResult,
    LookUp,
    LookUpQuery,
    WorkRecord,
)

LOOK_UP_CHECK, NOTICE_CHECK = "look-up", "notices"

_SAME_TITLE_SHARE = 0.85
_MINIMUM_WORDS = 4
_AUTHORITY_BY_KIND = {"pmid": "ncbi", "pmcid": "ncbi"}
"""The service whose word it is that an identifier of this kind does not exist."""

AnswersByQuestion = Mapping[LookUpQuery, tuple[LookUp, ...]]


def group_by_question(look_ups: Iterable[LookUp]) -> AnswersByQuestion:
    """The answers to each question, in the order of the services' names."""
    look_ups_by_question: dict[LookUpQuery, list[LookUp]] = {}
    for look_up in sorted(look_ups, key=lambda each: each.key):
        look_ups_by_question.setdefault(look_up.question, []).append(look_up)
    return {question: tuple(answers) for question, answers in look_ups_by_question.items()}


def list_answers(
    citation: Citation, base: EvidenceBase, answers: AnswersByQuestion
) -> tuple[LookUp, ...]:
    """The stored answers about a citation, those to the DOIs that they led to included."""
    further = list_further_questions(citation, base, answers)
    questions = (*list_questions(citation, base), *further)
    return tuple(look_up for question in questions for look_up in answers.get(question, ()))


def list_further_questions(
    citation: Citation, base: EvidenceBase, answers: AnswersByQuestion
) -> tuple[LookUpQuery, ...]:
    """The DOIs of the work by the answers that agree: notices are kept under DOIs."""
    own = list_questions(citation, base)
    first = [look_up for question in own for look_up in answers.get(question, ())]
    answers_of_services = [a for a in first if a.service != RETRACTION_LIST]
    agreed = [a for a in answers_of_services if _match_answer(a, citation, base)[0] == "agrees"]
    works = [find_work(a) or find_work_by_title(a, citation, base) for a in agreed]
    doi_questions = (LookUpQuery("doi", work.doi) for work in works if work and work.doi)
    return tuple(question for question in dict.fromkeys(doi_questions) if question not in own)


def collect_signs(
    citation: Citation, base: EvidenceBase, answers: AnswersByQuestion
) -> tuple[HeuristicResult, ...]:
    """One sign for each stored answer, then one for each that could list notices."""
    citation_answers = list_answers(citation, base, answers)
    match_signs = [
        _build_sign(look_up, citation, base)
        for look_up in citation_answers
        if look_up.service != RETRACTION_LIST  # it knows works by nothing but their identifiers
    ]
    return (*match_signs, *_list_notice_signs(citation_answers, citation, base))


def _build_sign(look_up: LookUp, citation: Citation, base: EvidenceBase) -> HeuristicResult:
    answer, sureness, differs, text = _match_answer(look_up, citation, base)
    evidence = f"{format_service_date(look_up)}: {text}"
    return HeuristicResult(LOOK_UP_CHECK, answer, sureness, evidence, differs)


def format_service_date(look_up: LookUp) -> str:
    """The service and the day of an answer."""
    is_list = look_up.service == RETRACTION_LIST
    name = look_up.url if is_list else LITERATURE_SERVICES[look_up.service].title
    return f"{name}, read {look_up.date}"


MatchResult = tuple[str, str, tuple[str, ...], str]


def _match_answer(look_up: LookUp, citation: Citation, base: EvidenceBase) -> MatchResult:
    """Answer, how sure, the fields that differ, and the words for it."""
    kind, value = look_up.question.kind, look_up.question.value
    if kind == "title":
        return _match_title_search(look_up, citation, base)
    name = f"{kind.upper()} {value.removeprefix('PMC') if kind == 'pmcid' else value}"
    work = find_work(look_up)
    if work is None:
        hint = "; other agencies register DOIs, too" if look_up.service == "crossref" else ""
        text = f"no record of {name}{hint}"
        if _AUTHORITY_BY_KIND.get(kind) == look_up.service:
            return "conflict", "medium", (kind,), text
        return "unknown", "low", (), text
    differs = _compare_work(work, citation, base)
    printed = look_up.question in list_questions(citation, base)
    compared = bool(_find_title(citation, base) or citation.authors)
    decides = (not differs and compared) or "title" in differs
    sureness = "high" if printed and decides else "medium"
    answer = "conflict" if differs else "agrees"
    return answer, sureness, differs, f"{name} is {describe_work(work)}"


def find_work(look_up: LookUp) -> WorkRecord | None:
    """The work that bears the identifier which was asked for; None where none does."""
    kind, value = look_up.question.kind, look_up.question.value
    if kind not in IDENTIFIER_KINDS:
        return None
    identifiers = ((getattr(work, kind) or "", work) for work in look_up.works)
    return next((work for id, work in identifiers if id.casefold() == value.casefold()), None)


def _match_title_search(look_up: LookUp, citation: Citation, base: EvidenceBase) -> MatchResult:
    """The work of this very title, and of no other bibliography; else nothing is concluded."""
    matching_work = find_work_by_title(look_up, citation, base)
    if matching_work is not None:
        return "agrees", "medium", (), f"found by its title, {describe_work(matching_work)}"
    alike = _list_works_alike(look_up)
    if alike and not _is_distinctive_title(citation, look_up.question.value):
        short_title_note = "a title too short to tell a work by, with neither author nor year"
        return "unknown", "low", (), f"{describe_work(alike[0])} has {short_title_note}"
    if alike:
        differs = " and ".join(_compare_work(alike[0], citation, base))
        text = f"of this title is {describe_work(alike[0])}, with another {differs}"
        return "unknown", "low", (), text
    if not look_up.works:
        return "unknown", "low", (), "a search by its title finds nothing"
    count = len(look_up.works)
    return "unknown", "low", (), f"not among the first {count} that a search by its title finds"


def _list_works_alike(look_up: LookUp) -> list[WorkRecord]:
    """The works of an answer whose titles are nearly the one that was searched for."""
    title = extract_words(look_up.question.value)
    words = ((extract_words(work.title), work) for work in look_up.works)
    return [w for a, w in words if len(a & title) / max(1, len(a | title)) >= _SAME_TITLE_SHARE]


def find_work_by_title(
    look_up: LookUp, citation: Citation, base: EvidenceBase
) -> WorkRecord | None:
    """The work of this very title that a search led to, where the title tells works apart."""
    kind, title = look_up.question.kind, look_up.question.value
    if kind != "title" or not _is_distinctive_title(citation, title):
        return None
    alike = _list_works_alike(look_up)
    return next((work for work in alike if not _compare_work(work, citation, base)), None)


def _is_distinctive_title(citation: Citation, title: str) -> bool:
    """Whether a title, with author and year where they are printed, can name one work."""
    return len(extract_words(title)) >= _MINIMUM_WORDS or bool(citation.authors and citation.year)


def _find_title(citation: Citation, base: EvidenceBase) -> str | None:
    study = base.study.get(citation.study or "")
    return citation.title or (study.title if study else None)


def _compare_work(work: WorkRecord, citation: Citation, base: EvidenceBase) -> tuple[str, ...]:
    """Fields in which a work differs from what is listed, or else from the record of the study."""
    study = base.study.get(citation.study or "")
    recorded = list_bibliography(study) if study else Bibliography()
    fields: Any = zip(list_bibliography(citation), recorded, strict=True)
    listed = Bibliography(*(own or other for own, other in fields))
    return compare_bibliography(
        listed, Bibliography(work.authors, work.year, work.title, work.venues)
    )


def describe_work(work: WorkRecord) -> str:
    """A work in words: title, first author, journal and year.

    >>> describe_work(WorkRecord("On zinc", "Smith J, Doe A", 2019, ("Nutrients",)))
    '“On zinc” (Smith J et al., Nutrients, 2019)'
    """
    first, further_authors, _ = work.authors.partition(",")
    author_text = f"{first} et al." if further_authors else first
    work_details = ", ".join(p for p in (author_text, *work.venues[:1], str(work.year or "")) if p)
    return f"“{work.title or 'without a title'}” ({work_details or 'no author, journal or year'})"


def _list_notice_signs(
    citation_answers: tuple[LookUp, ...], citation: Citation, base: EvidenceBase
) -> tuple[HeuristicResult, ...]:
    """Notices that a service lists; that it lists none is dated and proves nothing."""
    notice_signs = []
    for look_up in citation_answers:
        work = find_work(look_up) or find_work_by_title(look_up, citation, base)
        is_list = look_up.service == RETRACTION_LIST
        if work is None or (not is_list and _compare_work(work, citation, base)):
            continue
        service_date = format_service_date(look_up)
        is_reinstated = find_status(work.notices) is not Status.RETRACTED
        for notice in work.notices:
            link = f" ({notice.notice})" if notice.notice else ""
            date = f" of {notice.date}" if notice.date else ""
            text = f"{service_date}: {notice.kind}{date}, listed by {notice.by}{link}"
            if notice.kind in WITHDRAWAL_KINDS and is_reinstated:
                text += (
                    f"; taken back by the reinstatement{format_reinstatement_date(work.notices)}"
                )
            is_withdrawn_still = notice.kind in WITHDRAWAL_KINDS and not is_reinstated
            sureness = "high" if is_withdrawn_still else "medium"
            is_conflict = notice.kind in (*WITHDRAWAL_KINDS, *CONCERN_KINDS)
            answer = "conflict" if is_conflict else "unknown"
            notice_signs.append(HeuristicResult(NOTICE_CHECK, answer, sureness, text))
        if not work.notices:
            text = f"{service_date}: no notice is listed, which is no proof that there is none"
            notice_signs.append(HeuristicResult(NOTICE_CHECK, "unknown", "low", text))
    return tuple(dict.fromkeys(notice_signs))


def is_withdrawn(citation_signs: Iterable[HeuristicResult]) -> bool:
    """Whether some service lists a notice that takes the work back."""
    return any(
        s.heuristic == NOTICE_CHECK and s.answer == "conflict" and s.sure == "high"
        for s in citation_signs
    )
