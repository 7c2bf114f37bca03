"""What the stored answers of services say of a citation; pure: nothing is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.literature.compare import compare_bibliography
from kg.literature.questions import IDENTIFIER_KINDS, list_questions
from kg.literature.services import LITERATURE_SERVICES
from kg.literature.spelling import extract_words
from kg.model import Citation, EvidenceBase, Study
from kg.model.audit import HeuristicResult, LookUp, LookUpQuery, WorkRecord

LOOK_UP_CHECK, NOTICE_CHECK = "look-up", "notices"
WITHDRAWAL_KINDS = frozenset({"retraction", "withdrawal", "removal"})
"""Kinds of notice that take a work back. Crossref's words: a correction or a concern does not."""

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
    all_questions = (
        *list_questions(citation, base),
        *list_further_questions(citation, base, answers),
    )
    return tuple(look_up for question in all_questions for look_up in answers.get(question, ()))


def list_further_questions(
    citation: Citation, base: EvidenceBase, answers: AnswersByQuestion
) -> tuple[LookUpQuery, ...]:
    """The DOIs of the work by the answers that agree: notices are kept under DOIs."""
    own = list_questions(citation, base)
    first = [look_up for question in own for look_up in answers.get(question, ())]
    agreed = [a for a in first if _match_answer(a, citation, base)[0] == "agrees"]
    works = [find_work(a) or find_work_by_title(a, citation, base) for a in agreed]
    doi_questions = (LookUpQuery("doi", work.doi) for work in works if work and work.doi)
    return tuple(question for question in dict.fromkeys(doi_questions) if question not in own)


def collect_signs(
    citation: Citation, base: EvidenceBase, answers: AnswersByQuestion
) -> tuple[HeuristicResult, ...]:
    """One sign for each stored answer, then one for each that could list notices."""
    citation_answers = list_answers(citation, base, answers)
    match_signs = [_build_sign(look_up, citation, base) for look_up in citation_answers]
    return (*match_signs, *_list_notice_signs(citation_answers, citation, base))


def _build_sign(look_up: LookUp, citation: Citation, base: EvidenceBase) -> HeuristicResult:
    answer, sureness, differs, text = _match_answer(look_up, citation, base)
    return HeuristicResult(
        LOOK_UP_CHECK, answer, sureness, f"{format_service_date(look_up)}: {text}", differs
    )


def format_service_date(look_up: LookUp) -> str:
    """The service and the day of an answer."""
    return f"{LITERATURE_SERVICES[look_up.service].title}, read {look_up.date}"


MatchResult = tuple[str, str, tuple[str, ...], str]


def _match_answer(look_up: LookUp, citation: Citation, base: EvidenceBase) -> MatchResult:
    """Answer, how sure, the fields that differ, and the words for it."""
    kind, value = look_up.question.kind, look_up.question.value
    if kind == "title":
        return _match_title_search(look_up, citation, base)
    name = f"{kind.upper()} {value.removeprefix('PMC') if kind == 'pmcid' else value}"
    work = find_work(look_up)
    if work is None:
        sureness = "medium" if _AUTHORITY_BY_KIND.get(kind) == look_up.service else "low"
        hint = "; other agencies register DOIs, too" if look_up.service == "crossref" else ""
        answer = "conflict" if sureness == "medium" else "unknown"
        return (
            answer,
            sureness,
            (kind,) if answer == "conflict" else (),
            f"no record of {name}{hint}",
        )
    differs = _compare_work(work, citation, base)
    printed = look_up.question in list_questions(citation, base)
    compared = bool(_find_title(citation, base) or citation.authors)
    decides = (not differs and compared) or "title" in differs
    sureness = "high" if printed and decides else "medium"
    return (
        "conflict" if differs else "agrees",
        sureness,
        differs,
        f"{name} is {describe_work(work)}",
    )


def find_work(look_up: LookUp) -> WorkRecord | None:
    """The work that bears the identifier which was asked for; None where none does."""
    kind, value = look_up.question.kind, look_up.question.value
    if kind not in IDENTIFIER_KINDS:
        return None
    matching_works = (
        w for w in look_up.works if (getattr(w, kind) or "").casefold() == value.casefold()
    )
    return next(matching_works, None)


def _match_title_search(look_up: LookUp, citation: Citation, base: EvidenceBase) -> MatchResult:
    """The work of this very title, and of no other bibliography; else nothing is concluded."""
    matching_work = find_work_by_title(look_up, citation, base)
    if matching_work is not None:
        return "agrees", "medium", (), f"found by its title, {describe_work(matching_work)}"
    alike = [
        w
        for w in look_up.works
        if _measure_jaccard(w.title, look_up.question.value) >= _SAME_TITLE_SHARE
    ]
    if alike and not _is_distinctive_title(citation, look_up.question.value):
        short_title_note = "a title too short to tell a work by, with neither author nor year"
        return "unknown", "low", (), f"{describe_work(alike[0])} has {short_title_note}"
    if alike:
        differs = _compare_work(alike[0], citation, base)
        return (
            "unknown",
            "low",
            (),
            f"of this title is {describe_work(alike[0])}, {_format_differences(differs)}",
        )
    if not look_up.works:
        return "unknown", "low", (), "a search by its title finds nothing"
    count = len(look_up.works)
    return "unknown", "low", (), f"not among the first {count} that a search by its title finds"


def _format_differences(differs: tuple[str, ...]) -> str:
    return f"with another {' and '.join(differs)}"


def find_work_by_title(
    look_up: LookUp, citation: Citation, base: EvidenceBase
) -> WorkRecord | None:
    """The work of this very title that a search led to, where the title tells works apart."""
    asked_for = look_up.question.value
    is_distinctive = look_up.question.kind == "title" and _is_distinctive_title(citation, asked_for)
    works = look_up.works if is_distinctive else ()
    alike = (
        w for w in works if _measure_jaccard(w.title, look_up.question.value) >= _SAME_TITLE_SHARE
    )
    return next((w for w in alike if not _compare_work(w, citation, base)), None)


def _is_distinctive_title(citation: Citation, title: str) -> bool:
    """Whether a title, with author and year where they are printed, can name one work."""
    return len(extract_words(title)) >= _MINIMUM_WORDS or bool(citation.authors and citation.year)


def _find_title(citation: Citation, base: EvidenceBase) -> str | None:
    study = base.study.get(citation.study or "")
    return citation.title or (study.title if study else None)


def _compare_work(work: WorkRecord, citation: Citation, base: EvidenceBase) -> tuple[str, ...]:
    """Fields in which a work differs from what is listed, or else from the record of the study."""
    study: Study | None = base.study.get(citation.study or "")
    return compare_bibliography(
        authors=(citation.authors or (study.authors if study else ""), work.authors),
        years=(citation.year or (study.year if study else None), work.year),
        titles=(citation.title or (study.title if study else ""), work.title),
        venues=(citation.journal or (study.journal if study else ""), work.venues),
    )


def _measure_jaccard(first_text: str, other: str) -> float:
    a, b = extract_words(first_text), extract_words(other)
    return len(a & b) / max(1, len(a | b))


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
        if work is None or _compare_work(work, citation, base):
            continue
        for notice in work.notices:
            notice_link = f" ({notice.notice})" if notice.notice else ""
            notice_date = f" of {notice.date}" if notice.date else ""
            text = (
                f"{format_service_date(look_up)}: {notice.kind}{notice_date}, listed by "
                f"{notice.by}{notice_link}"
            )
            sureness = "high" if notice.kind in WITHDRAWAL_KINDS else "medium"
            answer = (
                "conflict" if notice.kind in (*WITHDRAWAL_KINDS, *_CONCERN_KINDS) else "unknown"
            )
            notice_signs.append(HeuristicResult(NOTICE_CHECK, answer, sureness, text))
        if not work.notices:
            none = (
                f"{format_service_date(look_up)}: no notice is listed, which is no proof that "
                "there is none"
            )
            notice_signs.append(HeuristicResult(NOTICE_CHECK, "unknown", "low", none))
    return tuple(dict.fromkeys(notice_signs))


_CONCERN_KINDS = ("expression-of-concern", "partial-retraction")


def is_withdrawn(citation_signs: Iterable[HeuristicResult]) -> bool:
    """Whether some service lists a notice that takes the work back."""
    return any(
        s.heuristic == NOTICE_CHECK and s.answer == "conflict" and s.sure == "high"
        for s in citation_signs
    )
