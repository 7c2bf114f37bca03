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

from kg.weaklinks.detector import Answer, Condition, Detector, joined, on
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, and_, any_, is_in, not_, or_
from kg.weaklinks.remedies import identify
from kg.weaklinks.rows import CitationFact
from kg.weaklinks.settings import threshold

ELSEWHERE = {
    "mismatch": "leads to another work",
    "not-a-study": "leads to something that is no study",
}


def judge(facts: Facts, citation: CitationFact) -> Answer | None:
    """Whether a citation disagrees with its record or with the reference list."""
    if citation.kind == "appeal" or citation.status == "vague":
        return None
    if citation.kind is None:
        return Answer(None, unknown=(f"{citation.id}.kind",))
    wrong = leads_elsewhere(citation)
    unlisted = not_listed(facts, citation)
    value = or_(wrong.value, unlisted.value)
    if value and citation.status is None:  # it may be a vague one, which names no work
        return Answer(None, unknown=(f"{citation.id}.status",))
    if not value:
        return Answer(
            value, unknown=() if value is False else joined((wrong.unknown, unlisted.unknown))
        )
    if unlisted.value:
        return Answer(
            True, message=_unlisted(facts, citation), remedy=f"List the work. {identify()}"
        )
    return Answer(True, message=_elsewhere(citation), remedy=f"Correct the entry. {identify()}")


def leads_elsewhere(citation: CitationFact) -> Condition:
    """Whether what the citation leads to is another work, or no study."""
    if citation.kind == "in-text":
        return on(citation.id, "status", is_in(citation.status, ELSEWHERE))
    known = citation.status not in (None, "not-looked-up")
    value: Truth = citation.status in ELSEWHERE if known else None
    return Condition(value, () if known else (f"{citation.id}.status",))


def not_listed(facts: Facts, citation: CitationFact) -> Condition:
    """Whether the reference list lacks a work that the text names."""
    if citation.kind != "in-text":
        return Condition(False)
    source = facts.source.get(citation.source or "")
    if source is None or not source.references_parsed:
        return Condition(None, (f"{citation.source}.references_parsed",))
    if citation.matches is not None:
        return Condition(not citation.matches)
    if citation.journal is None or citation.year is None:
        fields = [f for f in ("journal", "year") if getattr(citation, f) is None]
        return Condition(None, tuple(f"{citation.id}.{f}" for f in fields))
    tested = [(entry, agrees(entry, citation)) for entry in entries(facts, citation)]
    missing = (
        f"{entry.id}.{field}"
        for entry, value in tested
        if value is None
        for field in ("journal", "kind", "year")
        if getattr(entry, field) is None
    )
    value = not_(any_(value for _, value in tested))
    return Condition(value, joined([missing]) if value is None else ())


def entries(facts: Facts, citation: CitationFact) -> tuple[CitationFact, ...]:
    """The reference list of the source that names a work."""
    return facts.listed.get((citation.source,), ())


def agrees(entry: CitationFact, citation: CitationFact) -> Truth:
    """Whether a list entry has the same journal and, within a year, the same year."""
    journal = None if entry.journal is None else _name(entry.journal) == _name(citation.journal)
    known = entry.year is not None and citation.year is not None
    apart = abs((entry.year or 0) - (citation.year or 0))
    near = apart <= threshold("year_distance") if known else None
    return and_(journal, near, None if entry.kind is None else True)


def _name(journal: str | None) -> str:
    return "".join(c for c in (journal or "").casefold().removeprefix("the ") if c.isalnum())


def _unlisted(facts: Facts, citation: CitationFact) -> str:
    near = [entry for entry in entries(facts, citation) if agrees(entry, citation)]
    but = f"; {near[0].label} agrees on journal and year only" if near else ""
    return f"The text names {citation.label}, which matches no entry of its reference list{but}."


def _elsewhere(citation: CitationFact) -> str:
    record = f": {citation.record}" if citation.record else ""
    return f"The reference {citation.label} {ELSEWHERE[citation.status or '']}{record.rstrip('.')}."


DETECTOR = Detector(
    code="KG112",
    name="citation-mismatch",
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
