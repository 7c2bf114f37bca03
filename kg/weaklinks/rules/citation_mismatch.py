"""A citation and the record or list it should lead to do not agree.

## What it does
Flags a work named in the text whose journal and year (one year off is allowed) are not in the
reference list, and a list entry whose link leads to another work or to no study at all.

## Why it matters
The reader who follows the reference reads something else than what the claim rests on.

## Example
The text names "Skin Letters 2021"; the list holds four works, none of them from that journal.

## Remedy
List the work that the text names, with an identifier, and correct the links.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Condition, Detector, Judgement, fact, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import CitationFact
from kg.weaklinks.kleene import Truth, and_, any_, is_in, not_, or_
from kg.weaklinks.remedies import request_identifier
from kg.weaklinks.settings import read_threshold

MISMATCH_TEXTS = {
    "mismatch": "leads to another work",
    "not-a-study": "leads to something that is no study",
}


def judge(fact_base: FactBase, citation: CitationFact) -> Judgement | None:
    """Whether a citation disagrees with its record or with the reference list."""
    if citation.kind == "appeal" or citation.status == "vague":
        return None
    if citation.kind is None:
        return Judgement(None, unknown_facts=(f"{citation.id}.kind",))
    wrong = is_mismatch(citation)
    unlisted = is_not_in_list(fact_base, citation)
    value = or_(wrong.value, unlisted.value)
    if value and citation.status is None:  # it may be a vague one, which names no work
        return Judgement(None, unknown_facts=(f"{citation.id}.status",))
    if not value:
        return Judgement(
            value,
            unknown_facts=()
            if value is False
            else merge_names((wrong.unknown_facts, unlisted.unknown_facts)),
        )
    if unlisted.value:
        return Judgement(
            True,
            message=_describe_missing_entry(fact_base, citation),
            remedy=f"List the work. {request_identifier()}",
        )
    return Judgement(
        True,
        message=_describe_mismatch(citation),
        remedy=f"Correct the entry. {request_identifier()}",
    )


def is_mismatch(citation: CitationFact) -> Condition:
    """Whether what the citation leads to is another work, or no study."""
    if citation.kind == "in-text":
        return fact(citation.id, "status", is_in(citation.status, MISMATCH_TEXTS))
    was_looked_up = citation.status not in (None, "not-looked-up")
    value: Truth = citation.status in MISMATCH_TEXTS if was_looked_up else None
    return Condition(value, () if was_looked_up else (f"{citation.id}.status",))


def is_not_in_list(fact_base: FactBase, citation: CitationFact) -> Condition:
    """Whether the reference list lacks a work that the text names."""
    if citation.kind != "in-text":
        return Condition(False)
    source = fact_base.source_by_id.get(citation.source or "")
    if source is None or not source.references_parsed:
        return Condition(None, (f"{citation.source}.references_parsed",))
    if citation.matches is not None:
        return Condition(not citation.matches)
    if citation.journal is None or citation.year is None:
        fields = [f for f in ("journal", "year") if getattr(citation, f) is None]
        return Condition(None, tuple(f"{citation.id}.{f}" for f in fields))
    tested = [(entry, is_match(entry, citation)) for entry in list_entries(fact_base, citation)]
    missing = (
        f"{entry.id}.{field}"
        for entry, value in tested
        if value is None
        for field in ("journal", "kind", "year")
        if getattr(entry, field) is None
    )
    value = not_(any_(value for _, value in tested))
    return Condition(value, merge_names([missing]) if value is None else ())


def list_entries(fact_base: FactBase, citation: CitationFact) -> tuple[CitationFact, ...]:
    """The reference list of the source that names a work."""
    return fact_base.reference_list.get((citation.source,), ())


def is_match(entry: CitationFact, citation: CitationFact) -> Truth:
    """Whether a list entry has the same journal and, within a year, the same year."""
    journal = (
        None
        if entry.journal is None
        else _normalise_journal(entry.journal) == _normalise_journal(citation.journal)
    )
    years_known = entry.year is not None and citation.year is not None
    apart = abs((entry.year or 0) - (citation.year or 0))
    is_near_year = apart <= read_threshold("year_distance") if years_known else None
    return and_(journal, is_near_year, None if entry.kind is None else True)


def _normalise_journal(journal: str | None) -> str:
    return "".join(c for c in (journal or "").casefold().removeprefix("the ") if c.isalnum())


def _describe_missing_entry(fact_base: FactBase, citation: CitationFact) -> str:
    near_entries = [
        entry for entry in list_entries(fact_base, citation) if is_match(entry, citation)
    ]
    but = f"; {near_entries[0].label} agrees on journal and year only" if near_entries else ""
    return f"The text names {citation.label}, which matches no entry of its reference list{but}."


def _describe_mismatch(citation: CitationFact) -> str:
    record = f": {citation.record}" if citation.record else ""
    return (
        f"The reference {citation.label} "
        f"{MISMATCH_TEXTS[citation.status or '']}{record.rstrip('.')}."
    )


DETECTOR = Detector(
    code="KG112",
    name="citation-mismatch",
    severity=Severity.SEVERE,
    over="citations",
    needs=(
        "citation.kind",
        "citation.status",
        "citation.journal",
        "citation.year",
        "source.references_parsed",
    ),
    fix="F6",
    backing="no published figure",
    judge=judge,
)
