"""Publication status by stored answers of services: retracted, in doubt, or reinstated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.model import Citation, EvidenceBase, Status, Study
from kg.model.audit import RETRACTION_LIST, ListedNotice, LookUp, LookUpQuery, Notice, WorkRecord
from kg.model.vocabulary import normalise_doi

WITHDRAWAL_KINDS = frozenset({"retraction", "withdrawal", "removal"})
"""Kinds of notice that take a work back. Crossref's words: a correction or a concern does not."""
CONCERN_KINDS = ("expression-of-concern", "partial-retraction")


def find_status(notices: Iterable[Notice]) -> Status | None:
    """What the notices about a work come to; None where they take nothing back.

    A reinstatement lifts a retraction that it does not precede; where a date is missing, nobody
    knows which came last, and the work stays retracted.

    >>> find_status([Notice("retraction", "Crossref", date="2022-05-01")]).value
    'retracted'
    >>> find_status([
    ...     Notice("retraction", "Crossref", date="2022-05-01"),
    ...     Notice("reinstatement", "Crossref", date="2023-01-01"),
    ... ]) is None
    True
    """
    dates_by_kind: dict[str, list[str]] = {}
    for notice in notices:
        kind = notice.kind.casefold().replace("_", "-").replace(" ", "-")
        dates_by_kind.setdefault(kind, []).append(notice.date)
    withdrawal_dates = [d for kind in WITHDRAWAL_KINDS for d in dates_by_kind.get(kind, ())]
    if withdrawal_dates:
        reinstatement_dates = dates_by_kind.get("reinstatement", [])
        is_dated = all(withdrawal_dates)
        if not (is_dated and max(reinstatement_dates, default="") >= max(withdrawal_dates)):
            return Status.RETRACTED
    return Status.CONCERN if any(kind in dates_by_kind for kind in CONCERN_KINDS) else None


def format_reinstatement_date(notices: Iterable[Notice]) -> str:
    """` of 2023-01-01`, the date of the last reinstatement; empty where none is dated.

    >>> format_reinstatement_date([Notice("reinstatement", "Crossref", date="2023-01-01")])
    ' of 2023-01-01'
    """
    dates = [n.date for n in notices if n.kind.casefold() == "reinstatement" and n.date]
    return f" of {max(dates)}" if dates else ""


def apply_notices(base: EvidenceBase, look_ups: Iterable[LookUp]) -> EvidenceBase:
    """The base with the studies whose stored notices take them back marked as such.

    Args:
        base: what was read.
        look_ups: stored answers of services; a study is met by its DOI, PMID or PMCID.

    Returns:
        The base itself where no notice changes a status. What a curator recorded as retracted
        stays so; the note of a changed study says which service lists the notice, and since when.
    """
    answers: dict[str, list[tuple[LookUp, WorkRecord]]] = {}
    for look_up in look_ups:
        for work in look_up.works:
            if work.notices:
                for key in _list_identifiers(work):
                    answers.setdefault(key, []).append((look_up, work))
    studies = tuple(_apply_to_study(study, answers) for study in base.studies) if answers else ()
    changed = sorted(s.id for s, old in zip(studies, base.studies, strict=False) if s is not old)
    if not changed:
        return base
    return replace(base, studies=studies, digest=f"{base.digest}+notices:{','.join(changed)}")


def _apply_to_study(study: Study, answers: dict[str, list[tuple[LookUp, WorkRecord]]]) -> Study:
    matches = [pair for key in _list_identifiers(study) for pair in answers.get(key, ())]
    notices = tuple(dict.fromkeys(notice for _, work in matches for notice in work.notices))
    status = find_status(notices)
    if status is None or study.status in (status, Status.RETRACTED):
        return study
    listed_by = ", ".join(sorted({notice.by for notice in notices}))
    looked_up = max(look_up.date for look_up, _ in matches)
    word = "Retracted" if status is Status.RETRACTED else "Under an expression of concern"
    note = f"{word} by a notice that {listed_by} lists, looked up {looked_up}."
    return replace(study, status=status, note=f"{study.note} {note}".strip())


def find_listed_works(
    base: EvidenceBase, listed_notices: Iterable[ListedNotice], list_name: str, day: str
) -> tuple[LookUp, ...]:
    """The studies and cited works of a base that a list has, as look-ups in that list.

    Args:
        base: whose works are looked for, by DOI and PMID.
        listed_notices: the list, read once.
        list_name: the name of its file.
        day: the day of the look-up, ISO.
    """
    works: tuple[Study | Citation, ...] = (*base.studies, *base.citations)
    wanted = {
        LookUpQuery(kind, value)
        for work in works
        for kind, value in (("doi", normalise_doi(work.doi or "")), ("pmid", work.pmid or ""))
        if value
    }
    notices: dict[LookUpQuery, list[Notice]] = {}
    titles: dict[LookUpQuery, str] = {}
    for listed in listed_notices:
        for query in (LookUpQuery("doi", listed.doi), LookUpQuery("pmid", listed.pmid)):
            if query in wanted:
                notices.setdefault(query, []).append(listed.notice)
                titles.setdefault(query, listed.title)
    return tuple(
        LookUp(RETRACTION_LIST, query, day, list_name, (_build_work(query, titles[query], found),))
        for query, found in sorted(notices.items())
    )


def _build_work(query: LookUpQuery, title: str, notices: Iterable[Notice]) -> WorkRecord:
    sorted_notices = tuple(sorted(set(notices)))
    if query.kind == "doi":
        return WorkRecord(title, doi=query.value, notices=sorted_notices)
    return WorkRecord(title, pmid=query.value, notices=sorted_notices)


def _list_identifiers(work: Study | WorkRecord) -> Iterator[str]:
    """The identifiers of a study or record, each in one spelling."""
    if work.doi:
        yield f"doi:{normalise_doi(work.doi)}"
    if work.pmid:
        yield f"pmid:{work.pmid}"
    if work.pmcid:
        yield f"pmcid:{work.pmcid.upper()}"
