"""Publication status by stored answers of services: retracted, in doubt, or reinstated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.model import EvidenceBase, Status, Study
from kg.model.audit import LookUp, Notice, WorkRecord
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


def _list_identifiers(work: Study | WorkRecord) -> Iterator[str]:
    """The identifiers of a study or record, each in one spelling."""
    if work.doi:
        yield f"doi:{normalise_doi(work.doi)}"
    if work.pmid:
        yield f"pmid:{work.pmid}"
    if work.pmcid:
        yield f"pmcid:{work.pmcid.upper()}"
