"""The audit: signs of every heuristic, then one verdict for each mention and list entry."""

from __future__ import annotations

from collections.abc import Collection

from kg.literature import compare, shapes
from kg.literature.dates import dated, measured
from kg.literature.settings import settings
from kg.model import (
    AuditVerdict,
    Citation,
    CitationKind,
    EvidenceBase,
    Identification,
    Status,
)
from kg.model.audit import AuditEntry, CitationAudit, NumberError, Sign

RECORDED = {
    Identification.IDENTIFIED: AuditVerdict.IDENTIFIED,
    Identification.UNIDENTIFIED: AuditVerdict.NOT_FOUND,
    Identification.MISMATCH: AuditVerdict.MISMATCH,
    Identification.NOT_A_STUDY: AuditVerdict.NOT_A_STUDY,
}
BIBLIOGRAPHY = ("record", "pmid-year", "pmcid-year")


def audit(base: EvidenceBase, sources: Collection[str] | None = None) -> CitationAudit:
    """The audit of the citations of some sources, or of all; in the order of the text.

    >>> audit(EvidenceBase()).entries
    ()
    """
    chosen = tuple(s.id for s in base.sources if sources is None or s.id in sources)
    errors = (measured(base, settings().pmid), measured(base, settings().pmcid))
    own = sorted(
        (c for c in base.citations if c.source in chosen),
        key=lambda c: (chosen.index(c.source), c.line, c.id),
    )
    return CitationAudit(
        sources=chosen,
        entries=tuple(_entry(c, base, errors) for c in own if c.kind is not CitationKind.APPEAL),
        appeals=sum(c.kind is CitationKind.APPEAL for c in own),
        errors=errors,
        version=settings().version,
        digest=base.digest,
    )


def _entry(citation: Citation, base: EvidenceBase, errors: tuple[NumberError, ...]) -> AuditEntry:
    signs = _signs(citation, base, errors)
    verdict = _verdict(citation, base, signs)
    study = base.study.get(citation.study or "")
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
    """What was recorded by a reader; only where nobody looked do high-sure heuristics decide."""
    study = base.study.get(citation.study or "")
    if study is not None and study.status is Status.RETRACTED:
        return AuditVerdict.RETRACTED
    conflicts = {s.heuristic: s for s in signs if s.answer == "conflict"}
    if "same-work" in conflicts:
        return AuditVerdict.DUPLICATE
    recorded = RECORDED.get(citation.status)
    if recorded is None:
        return _unread(conflicts)
    if recorded is not AuditVerdict.IDENTIFIED:
        return recorded
    if "record" in conflicts:
        return AuditVerdict.MISMATCH
    if "review-as-trial" in conflicts:
        return AuditVerdict.REVIEW_AS_TRIAL
    return AuditVerdict.USE_DIFFERS if "use" in conflicts else AuditVerdict.IDENTIFIED


def _unread(conflicts: dict[str, Sign]) -> AuditVerdict:
    sure = {name for name, sign in conflicts.items() if sign.sure == "high"}
    if "url-kind" in sure:
        return AuditVerdict.NOT_A_STUDY
    return AuditVerdict.MISMATCH if sure & set(BIBLIOGRAPHY) else AuditVerdict.UNKNOWN


def _bearing(verdict: AuditVerdict) -> tuple[str, ...]:
    """The heuristics whose conflicts make up a verdict."""
    return {
        AuditVerdict.MISMATCH: (*BIBLIOGRAPHY, "doi-year", "doi-journal"),
        AuditVerdict.NOT_A_STUDY: ("url-kind",),
        AuditVerdict.REVIEW_AS_TRIAL: ("review-as-trial",),
        AuditVerdict.USE_DIFFERS: ("use",),
        AuditVerdict.DUPLICATE: ("same-work",),
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
        bearing = [s.sure for s in signs if s.heuristic == "record"]
    for word in ("high", "medium", "low"):
        if word in bearing:
            return word
    return "low" if verdict is AuditVerdict.NOT_FOUND else "medium"
