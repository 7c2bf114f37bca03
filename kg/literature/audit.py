"""The audit: signs of every heuristic, then one verdict for each mention and list entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kg.literature import compare, identifiers, match_records
from kg.literature.dates import check_listed_year, measure_year_error
from kg.literature.match_records import LOOK_UP_CHECK, NOTICE_CHECK
from kg.literature.questions import IDENTIFIER_KINDS, list_questions
from kg.literature.settings import load_audit_settings
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
    HeuristicResult,
    LookUp,
    LookUpFailure,
    NumberError,
)

VERDICT_BY_STATUS = {
    Identification.IDENTIFIED: AuditVerdict.IDENTIFIED,
    Identification.UNIDENTIFIED: AuditVerdict.NOT_FOUND,
    Identification.MISMATCH: AuditVerdict.MISMATCH,
    Identification.NOT_A_STUDY: AuditVerdict.NOT_A_STUDY,
}
BIBLIOGRAPHIC_CHECKS = ("record", "pmid-year", "pmcid-year", LOOK_UP_CHECK)


def audit_citations(
    base: EvidenceBase,
    sources: Collection[str] | None = None,
    look_ups: Iterable[LookUp] = (),
    failures: Iterable[LookUpFailure] = (),
) -> CitationAudit:
    """The audit of the citations of some sources, or of all; in the order of the text.

    `look_ups` are stored answers of services; those to other questions are left out. `failures`
    are reported and change nothing.

    >>> audit_citations(EvidenceBase()).entries
    ()
    """
    source_ids = tuple(s.id for s in base.sources if sources is None or s.id in sources)
    errors = (
        measure_year_error(base, load_audit_settings().pmid),
        measure_year_error(base, load_audit_settings().pmcid),
    )
    answers = match_records.group_by_question(look_ups)
    source_citations = list_citations(base, source_ids)
    look_ups_by_key = {
        a.key: a for c in source_citations for a in match_records.list_answers(c, base, answers)
    }
    return CitationAudit(
        sources=source_ids,
        entries=tuple(_audit_citation(c, base, errors, answers) for c in source_citations),
        appeals=sum(
            c.source in source_ids and c.kind is CitationKind.APPEAL for c in base.citations
        ),
        errors=errors,
        version=load_audit_settings().version,
        digest=base.digest,
        look_ups=tuple(look_ups_by_key[key] for key in sorted(look_ups_by_key)),
        failures=tuple(failures),
    )


def list_citations(base: EvidenceBase, sources: tuple[str, ...]) -> list[Citation]:
    """The mentions and list entries of some sources, in the order of the text."""
    source_citations = (
        c for c in base.citations if c.source in sources and c.kind is not CitationKind.APPEAL
    )
    return sorted(source_citations, key=lambda c: (sources.index(c.source), c.line, c.id))


def _audit_citation(
    citation: Citation,
    base: EvidenceBase,
    errors: tuple[NumberError, ...],
    answers: match_records.AnswersByQuestion,
) -> AuditEntry:
    signs = (
        *_collect_signs(citation, base, errors),
        *match_records.collect_signs(citation, base, answers),
    )
    verdict = _choose_verdict(citation, base, signs)
    study = base.study.get(citation.study or "")
    further_questions = (a.question for a in match_records.list_answers(citation, base, answers))
    return AuditEntry(
        citation=citation.id,
        source=citation.source,
        kind=citation.kind,
        line=citation.line,
        named=_name_work(citation),
        verdict=verdict,
        differs=_list_differing_fields(verdict, signs),
        sure=_rate_sureness(citation, verdict, signs),
        record=citation.record or (study.title if study else ""),
        how=citation.how_checked,
        study=citation.study,
        signs=signs,
        claims=tuple(c.id for c in base.claims if citation.id in c.citations),
        questions=tuple(dict.fromkeys((*list_questions(citation, base), *further_questions))),
    )


def _name_work(citation: Citation) -> str:
    first_author = (citation.authors or "").partition(",")[0]
    parts = (first_author, citation.journal, str(citation.year) if citation.year else None)
    name = ", ".join(p for p in parts if p)
    entry_title = citation.title if citation.kind is CitationKind.REFERENCE_LIST else None
    return f"{name}: {entry_title}" if name and entry_title else name or entry_title or citation.id


def _collect_signs(
    citation: Citation, base: EvidenceBase, errors: tuple[NumberError, ...]
) -> tuple[HeuristicResult, ...]:
    study = base.study.get(citation.study or "")
    year = citation.year or (study.year if study else None)
    optional_signs = (
        compare.compare_with_record(citation, base),
        check_listed_year(citation.pmid, year, load_audit_settings().pmid, errors[0])
        if citation.pmid
        else None,
        check_listed_year(citation.pmcid, year, load_audit_settings().pmcid, errors[1])
        if citation.pmcid
        else None,
        identifiers.check_doi_placeholder(citation),
        identifiers.check_doi_year(citation),
        identifiers.check_doi_journal(citation, base),
        identifiers.check_url_kind(citation),
        identifiers.check_title_url(citation),
        compare.check_review_as_trial(citation, base),
        compare.check_use(citation, base),
        compare.check_text_list(citation, base),
        compare.check_same_work(citation, base),
        compare.check_same_name(citation, base),
    )
    return tuple(sign for sign in optional_signs if sign is not None)


def _choose_verdict(
    citation: Citation, base: EvidenceBase, signs: tuple[HeuristicResult, ...]
) -> AuditVerdict:
    """What was recorded by a reader; where nobody found the work, what is very sure decides."""
    study = base.study.get(citation.study or "")
    if (study is not None and study.status is Status.RETRACTED) or match_records.is_withdrawn(
        signs
    ):
        return AuditVerdict.RETRACTED
    conflicts = {s.heuristic: s for s in signs if s.answer == "conflict"}
    if "same-work" in conflicts:
        return AuditVerdict.DUPLICATE
    recorded = VERDICT_BY_STATUS.get(citation.status)
    if recorded is None or recorded is AuditVerdict.NOT_FOUND:
        return _judge_unidentified(signs, recorded or AuditVerdict.UNKNOWN)
    if recorded is not AuditVerdict.IDENTIFIED:
        return recorded
    if "record" in conflicts or _has_other_title(signs):
        return AuditVerdict.MISMATCH
    if "review-as-trial" in conflicts:
        return AuditVerdict.REVIEW_AS_TRIAL
    return AuditVerdict.USE_DIFFERS if "use" in conflicts else AuditVerdict.IDENTIFIED


def _has_other_title(signs: tuple[HeuristicResult, ...]) -> bool:
    """Whether a service says that an identifier is of a work with another title."""
    return any(s.heuristic == LOOK_UP_CHECK and "title" in s.differs for s in signs)


def _judge_unidentified(signs: tuple[HeuristicResult, ...], recorded: AuditVerdict) -> AuditVerdict:
    """The verdict on what no reader found; an identifier's own record outweighs the rest."""
    service_signs = [s for s in signs if s.heuristic == LOOK_UP_CHECK]
    if any(s.answer == "conflict" and s.sure == "high" for s in service_signs):
        return AuditVerdict.MISMATCH
    if any(s.answer == "agrees" for s in service_signs):
        return AuditVerdict.IDENTIFIED
    sure = {s.heuristic for s in signs if s.answer == "conflict" and s.sure == "high"}
    if recorded is AuditVerdict.NOT_FOUND:
        return recorded
    if "url-kind" in sure:
        return AuditVerdict.NOT_A_STUDY
    if sure & set(BIBLIOGRAPHIC_CHECKS):
        return AuditVerdict.MISMATCH
    absent = any(
        s.answer == "conflict" and set(s.differs) <= set(IDENTIFIER_KINDS) for s in service_signs
    )
    return AuditVerdict.NOT_FOUND if absent else recorded


def _list_deciding_heuristics(verdict: AuditVerdict) -> tuple[str, ...]:
    """The heuristics whose conflicts make up a verdict."""
    return {
        AuditVerdict.MISMATCH: (*BIBLIOGRAPHIC_CHECKS, "doi-year", "doi-journal"),
        AuditVerdict.NOT_A_STUDY: ("url-kind",),
        AuditVerdict.REVIEW_AS_TRIAL: ("review-as-trial",),
        AuditVerdict.USE_DIFFERS: ("use",),
        AuditVerdict.DUPLICATE: ("same-work",),
        AuditVerdict.RETRACTED: (NOTICE_CHECK,),
        AuditVerdict.NOT_FOUND: (LOOK_UP_CHECK,),
    }.get(verdict, ())


def _list_differing_fields(
    verdict: AuditVerdict, signs: tuple[HeuristicResult, ...]
) -> tuple[str, ...]:
    names = _list_deciding_heuristics(verdict)
    fields = (f for s in signs if s.heuristic in names for f in s.differs)
    return tuple(dict.fromkeys(fields))


def _rate_sureness(
    citation: Citation, verdict: AuditVerdict, signs: tuple[HeuristicResult, ...]
) -> str:
    """How sure a verdict is: as its best sign; a search without a find is weak evidence."""
    if verdict is AuditVerdict.UNKNOWN:
        return "unknown"
    bearing = [
        s.sure
        for s in signs
        if s.heuristic in _list_deciding_heuristics(verdict) and s.answer == "conflict"
    ]
    if not bearing and verdict is AuditVerdict.IDENTIFIED:
        kinds = ("record", LOOK_UP_CHECK)
        bearing = [s.sure for s in signs if s.heuristic in kinds and s.answer == "agrees"]
    for word in ("high", "medium", "low"):
        if word in bearing:
            return word
    return "low" if verdict is AuditVerdict.NOT_FOUND else "medium"
