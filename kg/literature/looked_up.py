"""What the stored answers of services say of a citation; pure: nothing is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.literature.compare import bibliography, words_of
from kg.literature.questions import KINDS, questions
from kg.literature.services import SERVICES
from kg.model import Citation, EvidenceBase, Study
from kg.model.audit import LookUp, Question, Sign, Work

LOOK_UP, NOTICES = "look-up", "notices"
WITHDRAWN = frozenset({"retraction", "withdrawal", "removal"})
"""Kinds of notice that take a work back. Crossref's words: a correction or a concern does not."""

_SAME = 0.85
_ENOUGH = 4
_AUTHORITY = {"pmid": "ncbi", "pmcid": "ncbi"}
"""The service whose word it is that an identifier of this kind does not exist."""

Answers = Mapping[Question, tuple[LookUp, ...]]


def by_question(look_ups: Iterable[LookUp]) -> Answers:
    """The answers to each question, in the order of the services' names."""
    found: dict[Question, list[LookUp]] = {}
    for look_up in sorted(look_ups, key=lambda each: each.key):
        found.setdefault(look_up.question, []).append(look_up)
    return {question: tuple(answers) for question, answers in found.items()}


def asked(citation: Citation, base: EvidenceBase, answers: Answers) -> tuple[LookUp, ...]:
    """The stored answers about a citation, those to the DOIs that they led to included."""
    wanted = (*questions(citation, base), *led_to(citation, base, answers))
    return tuple(look_up for question in wanted for look_up in answers.get(question, ()))


def led_to(citation: Citation, base: EvidenceBase, answers: Answers) -> tuple[Question, ...]:
    """The DOIs of the work by the answers that agree: notices are kept under DOIs."""
    own = questions(citation, base)
    first = [look_up for question in own for look_up in answers.get(question, ())]
    agreed = [a for a in first if _answer(a, citation, base)[0] == "agrees"]
    works = [of_question(a) or found_by_title(a, citation, base) for a in agreed]
    named = (Question("doi", work.doi) for work in works if work and work.doi)
    return tuple(question for question in dict.fromkeys(named) if question not in own)


def signs(citation: Citation, base: EvidenceBase, answers: Answers) -> tuple[Sign, ...]:
    """One sign for each stored answer, then one for each that could list notices."""
    about = asked(citation, base, answers)
    said = [_sign(look_up, citation, base) for look_up in about]
    return (*said, *_notices(about, citation, base))


def _sign(look_up: LookUp, citation: Citation, base: EvidenceBase) -> Sign:
    answer, sure, differs, text = _answer(look_up, citation, base)
    return Sign(LOOK_UP, answer, sure, f"{dated(look_up)}: {text}", differs)


def dated(look_up: LookUp) -> str:
    """The service and the day of an answer."""
    return f"{SERVICES[look_up.service].title}, read {look_up.date}"


Answer = tuple[str, str, tuple[str, ...], str]


def _answer(look_up: LookUp, citation: Citation, base: EvidenceBase) -> Answer:
    """Answer, how sure, the fields that differ, and the words for it."""
    kind, value = look_up.question.kind, look_up.question.value
    if kind == "title":
        return _by_title(look_up, citation, base)
    name = f"{kind.upper()} {value.removeprefix('PMC') if kind == 'pmcid' else value}"
    work = of_question(look_up)
    if work is None:
        sure = "medium" if _AUTHORITY.get(kind) == look_up.service else "low"
        hint = "; other agencies register DOIs, too" if look_up.service == "crossref" else ""
        answer = "conflict" if sure == "medium" else "unknown"
        return answer, sure, (kind,) if answer == "conflict" else (), f"no record of {name}{hint}"
    differs = _differs(work, citation, base)
    printed = look_up.question in questions(citation, base)
    compared = bool(_title(citation, base) or citation.authors)
    decides = (not differs and compared) or "title" in differs
    sure = "high" if printed and decides else "medium"
    return "conflict" if differs else "agrees", sure, differs, f"{name} is {described(work)}"


def of_question(look_up: LookUp) -> Work | None:
    """The work that bears the identifier which was asked for; None where none does."""
    kind, value = look_up.question.kind, look_up.question.value
    if kind not in KINDS:
        return None
    named = (w for w in look_up.works if (getattr(w, kind) or "").casefold() == value.casefold())
    return next(named, None)


def _by_title(look_up: LookUp, citation: Citation, base: EvidenceBase) -> Answer:
    """The work of this very title, and of no other bibliography; else nothing is concluded."""
    found = found_by_title(look_up, citation, base)
    if found is not None:
        return "agrees", "medium", (), f"found by its title, {described(found)}"
    alike = [w for w in look_up.works if _jaccard(w.title, look_up.question.value) >= _SAME]
    if alike and not _telling(citation, look_up.question.value):
        said = "a title too short to tell a work by, with neither author nor year"
        return "unknown", "low", (), f"{described(alike[0])} has {said}"
    if alike:
        differs = _differs(alike[0], citation, base)
        return "unknown", "low", (), f"of this title is {described(alike[0])}, {_other(differs)}"
    if not look_up.works:
        return "unknown", "low", (), "a search by its title finds nothing"
    count = len(look_up.works)
    return "unknown", "low", (), f"not among the first {count} that a search by its title finds"


def _other(differs: tuple[str, ...]) -> str:
    return f"with another {' and '.join(differs)}"


def found_by_title(look_up: LookUp, citation: Citation, base: EvidenceBase) -> Work | None:
    """The work of this very title that a search led to, where the title tells works apart."""
    asked_for = look_up.question.value
    telling = look_up.question.kind == "title" and _telling(citation, asked_for)
    works = look_up.works if telling else ()
    alike = (w for w in works if _jaccard(w.title, look_up.question.value) >= _SAME)
    return next((w for w in alike if not _differs(w, citation, base)), None)


def _telling(citation: Citation, title: str) -> bool:
    """Whether a title, with author and year where they are printed, can name one work."""
    return len(words_of(title)) >= _ENOUGH or bool(citation.authors and citation.year)


def _title(citation: Citation, base: EvidenceBase) -> str | None:
    study = base.study.get(citation.study or "")
    return citation.title or (study.title if study else None)


def _differs(work: Work, citation: Citation, base: EvidenceBase) -> tuple[str, ...]:
    """Fields in which a work differs from what is listed, or else from the record of the study."""
    study: Study | None = base.study.get(citation.study or "")
    return bibliography(
        authors=(citation.authors or (study.authors if study else ""), work.authors),
        years=(citation.year or (study.year if study else None), work.year),
        titles=(citation.title or (study.title if study else ""), work.title),
        venues=(citation.journal or (study.journal if study else ""), work.venues),
    )


def _jaccard(one: str, other: str) -> float:
    a, b = words_of(one), words_of(other)
    return len(a & b) / max(1, len(a | b))


def described(work: Work) -> str:
    """A work in words: title, first author, journal and year.

    >>> described(Work("On zinc", "Smith J, Doe A", 2019, ("Nutrients",)))
    '“On zinc” (Smith J et al., Nutrients, 2019)'
    """
    first, more, _ = work.authors.partition(",")
    who = f"{first} et al." if more else first
    rest = ", ".join(p for p in (who, *work.venues[:1], str(work.year or "")) if p)
    return f"“{work.title or 'without a title'}” ({rest or 'no author, journal or year'})"


def _notices(about: tuple[LookUp, ...], citation: Citation, base: EvidenceBase) -> tuple[Sign, ...]:
    """Notices that a service lists; that it lists none is dated and proves nothing."""
    made = []
    for look_up in about:
        work = of_question(look_up) or found_by_title(look_up, citation, base)
        if work is None or _differs(work, citation, base):
            continue
        for notice in work.notices:
            where = f" ({notice.notice})" if notice.notice else ""
            when = f" of {notice.date}" if notice.date else ""
            text = f"{dated(look_up)}: {notice.kind}{when}, listed by {notice.by}{where}"
            sure = "high" if notice.kind in WITHDRAWN else "medium"
            answer = "conflict" if notice.kind in (*WITHDRAWN, *_CONCERN) else "unknown"
            made.append(Sign(NOTICES, answer, sure, text))
        if not work.notices:
            none = f"{dated(look_up)}: no notice is listed, which is no proof that there is none"
            made.append(Sign(NOTICES, "unknown", "low", none))
    return tuple(dict.fromkeys(made))


_CONCERN = ("expression-of-concern", "partial-retraction")


def withdrawn(found: Iterable[Sign]) -> bool:
    """Whether some service lists a notice that takes the work back."""
    return any(
        s.heuristic == NOTICES and s.answer == "conflict" and s.sure == "high" for s in found
    )
