"""The audit: signs of every heuristic, then one verdict for each mention and list entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kg.literature import compare, looked_up, shapes
from kg.literature.dates import dated, measured
from kg.literature.looked_up import LOOK_UP, NOTICES
from kg.literature.questions import KINDS, questions
from kg.literature.settings import settings
from kg.model import (
    AuditVerdict,
    Citation,
    CitationKind,
    EvidenceBase,
    Identification,
    Status,
)
from kg.model.audit import (
    AuditEntry,
    CitationAudit,
    Failure,
    LookUp,
    NumberError,
    Sign,
)

RECORDED = {
    Identification.IDENTIFIED: AuditVerdict.IDENTIFIED,
    Identification.UNIDENTIFIED: AuditVerdict.NOT_FOUND,
    Identification.MISMATCH: AuditVerdict.MISMATCH,
    Identification.NOT_A_STUDY: AuditVerdict.NOT_A_STUDY,
}
BIBLIOGRAPHY = ("record", "pmid-year", "pmcid-year", LOOK_UP)


def audit(
    base: EvidenceBase,
    sources: Collection[str] | None = None,
    look_ups: Iterable[LookUp] = (),
    failures: Iterable[Failure] = (),
) -> CitationAudit:
    """The audit of the citations of some sources, or of all; in the order of the text.

    `look_ups` are stored answers of services; those to other questions are left out. `failures`
    are told and change nothing.

    >>> audit(EvidenceBase()).entries
    ()
    """
    chosen = tuple(s.id for s in base.sources if sources is None or s.id in sources)
    errors = (measured(base, settings().pmid), measured(base, settings().pmcid))
    answers = looked_up.by_question(look_ups)
    own = of_sources(base, chosen)
    used = {a.key: a for c in own for a in looked_up.asked(c, base, answers)}
    return CitationAudit(
        sources=chosen,
        entries=tuple(_entry(c, base, errors, answers) for c in own),
        appeals=sum(c.source in chosen and c.kind is CitationKind.APPEAL for c in base.citations),
        errors=errors,
        version=settings().version,
        digest=base.digest,
        look_ups=tuple(used[key] for key in sorted(used)),
        failures=tuple(failures),
    )


def of_sources(base: EvidenceBase, sources: tuple[str, ...]) -> list[Citation]:
    """The mentions and list entries of some sources, in the order of the text."""
    own = (c for c in base.citations if c.source in sources and c.kind is not CitationKind.APPEAL)
    return sorted(own, key=lambda c: (sources.index(c.source), c.line, c.id))


def _entry(
    citation: Citation,
    base: EvidenceBase,
    errors: tuple[NumberError, ...],
    answers: looked_up.Answers,
) -> AuditEntry:
    signs = (*_signs(citation, base, errors), *looked_up.signs(citation, base, answers))
    verdict = _verdict(citation, base, signs)
    study = base.study.get(citation.study or "")
    asked = (a.question for a in looked_up.asked(citation, base, answers))
    return AuditEntry(
        citation=citation.id,
        source=citation.source,
        kind=citation.kind,
        line=citation.line,
        named=_named(citation),
        verdict=verdict,
        differs=_differs(verdict, signs),
        sure=_sure(citation, verdict, signs),
        record=citation.record or (study.title if study else ""),
        how=citation.how_checked,
        study=citation.study,
        signs=signs,
        claims=tuple(c.id for c in base.claims if citation.id in c.citations),
        questions=tuple(dict.fromkeys((*questions(citation, base), *asked))),
    )


def _named(citation: Citation) -> str:
    who = (citation.authors or "").partition(",")[0]
    parts = (who, citation.journal, str(citation.year) if citation.year else None)
    name = ", ".join(p for p in parts if p)
    listed = citation.title if citation.kind is CitationKind.REFERENCE_LIST else None
    return f"{name}: {listed}" if name and listed else name or listed or citation.id


def _signs(
    citation: Citation, base: EvidenceBase, errors: tuple[NumberError, ...]
) -> tuple[Sign, ...]:
    study = base.study.get(citation.study or "")
    year = citation.year or (study.year if study else None)
    found = (
        compare.record(citation, base),
        dated(citation.pmid, year, settings().pmid, errors[0]) if citation.pmid else None,
        dated(citation.pmcid, year, settings().pmcid, errors[1]) if citation.pmcid else None,
        shapes.doi_placeholder(citation),
        shapes.doi_year(citation),
        shapes.doi_journal(citation, base),
        shapes.url_kind(citation),
        shapes.title_url(citation),
        compare.review_as_trial(citation, base),
        compare.use(citation, base),
        compare.text_list(citation, base),
        compare.same_work(citation, base),
        compare.same_name(citation, base),
    )
    return tuple(sign for sign in found if sign is not None)


def _verdict(citation: Citation, base: EvidenceBase, signs: tuple[Sign, ...]) -> AuditVerdict:
    """What was recorded by a reader; where nobody found the work, what is very sure decides."""
    study = base.study.get(citation.study or "")
    if (study is not None and study.status is Status.RETRACTED) or looked_up.withdrawn(signs):
        return AuditVerdict.RETRACTED
    conflicts = {s.heuristic: s for s in signs if s.answer == "conflict"}
    if "same-work" in conflicts:
        return AuditVerdict.DUPLICATE
    recorded = RECORDED.get(citation.status)
    if recorded is None or recorded is AuditVerdict.NOT_FOUND:
        return _unread(signs, recorded or AuditVerdict.UNKNOWN)
    if recorded is not AuditVerdict.IDENTIFIED:
        return recorded
    if "record" in conflicts or _title_differs(signs):
        return AuditVerdict.MISMATCH
    if "review-as-trial" in conflicts:
        return AuditVerdict.REVIEW_AS_TRIAL
    return AuditVerdict.USE_DIFFERS if "use" in conflicts else AuditVerdict.IDENTIFIED


def _title_differs(signs: tuple[Sign, ...]) -> bool:
    """Whether a service says that an identifier is of a work with another title."""
    return any(s.heuristic == LOOK_UP and "title" in s.differs for s in signs)


def _unread(signs: tuple[Sign, ...], recorded: AuditVerdict) -> AuditVerdict:
    """The verdict on what no reader found; an identifier's own record outweighs the rest."""
    told = [s for s in signs if s.heuristic == LOOK_UP]
    if any(s.answer == "conflict" and s.sure == "high" for s in told):
        return AuditVerdict.MISMATCH
    if any(s.answer == "agrees" for s in told):
        return AuditVerdict.IDENTIFIED
    sure = {s.heuristic for s in signs if s.answer == "conflict" and s.sure == "high"}
    if recorded is AuditVerdict.NOT_FOUND:
        return recorded
    if "url-kind" in sure:
        return AuditVerdict.NOT_A_STUDY
    if sure & set(BIBLIOGRAPHY):
        return AuditVerdict.MISMATCH
    absent = any(s.answer == "conflict" and set(s.differs) <= set(KINDS) for s in told)
    return AuditVerdict.NOT_FOUND if absent else recorded


def _bearing(verdict: AuditVerdict) -> tuple[str, ...]:
    """The heuristics whose conflicts make up a verdict."""
    return {
        AuditVerdict.MISMATCH: (*BIBLIOGRAPHY, "doi-year", "doi-journal"),
        AuditVerdict.NOT_A_STUDY: ("url-kind",),
        AuditVerdict.REVIEW_AS_TRIAL: ("review-as-trial",),
        AuditVerdict.USE_DIFFERS: ("use",),
        AuditVerdict.DUPLICATE: ("same-work",),
        AuditVerdict.RETRACTED: (NOTICES,),
        AuditVerdict.NOT_FOUND: (LOOK_UP,),
    }.get(verdict, ())


def _differs(verdict: AuditVerdict, signs: tuple[Sign, ...]) -> tuple[str, ...]:
    names = _bearing(verdict)
    fields = (f for s in signs if s.heuristic in names for f in s.differs)
    return tuple(dict.fromkeys(fields))


def _sure(citation: Citation, verdict: AuditVerdict, signs: tuple[Sign, ...]) -> str:
    """How sure a verdict is: as its best sign; a search without a find is weak evidence."""
    if verdict is AuditVerdict.UNKNOWN:
        return "unknown"
    bearing = [s.sure for s in signs if s.heuristic in _bearing(verdict) and s.answer == "conflict"]
    if not bearing and verdict is AuditVerdict.IDENTIFIED:
        kinds = ("record", LOOK_UP)
        bearing = [s.sure for s in signs if s.heuristic in kinds and s.answer == "agrees"]
    for word in ("high", "medium", "low"):
        if word in bearing:
            return word
    return "low" if verdict is AuditVerdict.NOT_FOUND else "medium"
