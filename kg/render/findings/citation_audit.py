"""An audit of citations as a fact-checker reads it: what was found, what not, and how we know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from kg.model import AuditVerdict, CitationKind, EvidenceBase
from kg.model.audit import (
    LIST_OF_STUDIES,
    AuditEntry,
    CitationAudit,
    HeuristicResult,
    LookUpFailure,
    NumberError,
)
from kg.render import phrasing
from kg.render.document import Block, Document, Field, Heading, Paragraph, RowTable, Rule

VERDICT_TEXTS = {
    AuditVerdict.IDENTIFIED: "identified",
    AuditVerdict.USE_DIFFERS: "as listed, but shows something else",
    AuditVerdict.NOT_FOUND: "not found",
    AuditVerdict.MISMATCH: "another work",
    AuditVerdict.NOT_A_STUDY: "not a study",
    AuditVerdict.REVIEW_AS_TRIAL: "a review, called a trial",
    AuditVerdict.DUPLICATE: "named twice",
    AuditVerdict.RETRACTED: "retracted",
    AuditVerdict.UNKNOWN: "not known",
}
_VERDICT_TONES = {
    AuditVerdict.IDENTIFIED: "good",
    AuditVerdict.USE_DIFFERS: "caution",
    AuditVerdict.UNKNOWN: "faint",
    AuditVerdict.DUPLICATE: "caution",
}
_METHOD_NOTE = (
    "Recorded look-ups, and the form of what is printed. In brackets: how sure. "
    "A search that finds nothing is weak evidence that there is nothing."
)
_SERVICE_HEURISTICS = ("look-up", "notices")
_SERVICE_NAMES = {"crossref": "Crossref", "europepmc": "Europe PMC", "ncbi": "NCBI"}
COLUMN_NAMES = (
    *("source", "line", "kind", "citation", "named", "verdict", "differs", "sure"),
    *("record", "evidence", "look_ups", "how_checked", "claims"),
)


def build_document(citation_audit: CitationAudit, base: EvidenceBase) -> Document:
    """One report for each source, then how far dating by number can be trusted."""
    titles = [f"Citations: {base.source[source].title}" for source in citation_audit.sources]
    return Document(
        titles[0] if titles else "Citations",
        _list_tables(citation_audit, titles),
        screen=_list_screen(citation_audit, base),
        table=RowTable(COLUMN_NAMES, map(_list_cells, citation_audit.entries)),
        encode=lambda: _encode_audit(citation_audit),
    )


def _list_screen(citation_audit: CitationAudit, base: EvidenceBase) -> Iterator[Block]:
    for source_id in citation_audit.sources:
        source_entries = [e for e in citation_audit.entries if e.source == source_id]
        yield Field("AUDIT", f"{base.source[source_id].title} ({source_id})", "strong")
        yield Field("", _count_verdicts(source_entries))
        yield Rule()
        if base.source[source_id].kind == LIST_OF_STUDIES:
            yield from _list_references(source_entries, "no.")
        else:
            yield Field("IN TEXT", describe_mentions(source_entries), "strong")
            yield from _list_entries(_filter_kind(source_entries, CitationKind.IN_TEXT), "line")
            yield from _list_references(source_entries, "line")
            yield Field("CLAIMS", _describe_claims(source_entries))
        yield Rule()
    if citation_audit.appeals:
        appeals = phrasing.format_count(citation_audit.appeals, "appeal")
        verb = "names" if citation_audit.appeals == 1 else "name"
        yield Field("APPEALS", f"{appeals} to research that {verb} no work at all.")
    yield Field("HOW", _METHOD_NOTE, "faint")
    for line in list_service_notes(citation_audit):
        yield Field("", line, "faint")
    for failure in citation_audit.failures:
        yield Field("NO ANSWER", format_failure(failure), "bad")
    for error in citation_audit.errors:
        yield Field("", _describe_year_error(error), "faint")


def list_service_notes(citation_audit: CitationAudit) -> Iterator[str]:
    """What services were asked, and when; that none was asked is said, too."""
    silent = sum(not entry.questions for entry in citation_audit.entries)
    if not citation_audit.look_ups:
        yield "No answer of a service is stored; kg audit --online asks for them."
    else:
        days = sorted({answer.date for answer in citation_audit.look_ups})
        services = sorted(
            {_SERVICE_NAMES.get(a.service, a.url) for a in citation_audit.look_ups}  # a list's name
        )
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        count = phrasing.format_count(len(citation_audit.look_ups), "stored answer")
        yield f"{count} of {', '.join(services)}, read {span}."
        yield _describe_unlisted_notices(citation_audit)
    if silent:
        yield (
            f"{silent} of {phrasing.format_count(len(citation_audit.entries), 'work')} cannot be "
            "asked for: "
            "a journal and year name no work."
        )


def _describe_unlisted_notices(citation_audit: CitationAudit) -> str:
    """For how many works no notice is listed: dated above, and no proof."""
    answers_by_entry = [
        {s.answer for s in e.signs if s.heuristic == "notices"} for e in citation_audit.entries
    ]
    none = sum(answers == {"unknown"} for answers in answers_by_entry)
    found_count = phrasing.format_count(sum(map(bool, answers_by_entry)), "work")
    return (
        f"Retractions: of {found_count} that were found, {none} "
        f"{'has' if none == 1 else 'have'} no notice in these answers, which is no proof that "
        "there is none."
    )


def format_failure(failure: LookUpFailure) -> str:
    """A question without an answer."""
    question = failure.question
    question_text = f"{_SERVICE_NAMES[failure.service]}, {question.kind} {question.value}"
    return f"{question_text}: {failure.reason}. Nothing is concluded."


def _count_verdicts(entries: list[AuditEntry]) -> str:
    counts = Counter(e.verdict for e in entries)
    parts = ", ".join(f"{counts[v]} {VERDICT_TEXTS[v]}" for v in AuditVerdict if counts[v])
    return f"{phrasing.format_count(len(entries), 'work')} named" + (
        f": {parts}." if parts else "."
    )


def _filter_kind(entries: list[AuditEntry], kind: CitationKind) -> list[AuditEntry]:
    return [e for e in entries if e.kind is kind]


def _list_references(entries: list[AuditEntry], place: str) -> Iterator[Field]:
    list_entries = _filter_kind(entries, CitationKind.REFERENCE_LIST)
    yield Field("LIST", describe_reference_list(list_entries), "strong")
    yield from _list_entries(list_entries, place)


def _list_entries(entries: list[AuditEntry], place: str) -> Iterator[Field]:
    for entry in entries:
        tone = _VERDICT_TONES.get(entry.verdict, "bad")
        yield Field(f"{place} {entry.line}", _format_headline(entry), tone)
        yield from (Field("", f"  {line}", "faint") for line in _list_details(entry))


def describe_mentions(entries: list[AuditEntry]) -> str:
    """How the mentions in the text stand to the list."""
    mentions = _filter_kind(entries, CitationKind.IN_TEXT)
    list_length = len(_filter_kind(entries, CitationKind.REFERENCE_LIST))
    if not mentions:
        return "No work is named in the text."
    signs = [s for e in mentions for s in e.signs if s.heuristic == "text-list"]
    matched = sum(s.answer == "agrees" for s in signs)
    near = sum("journal and year alone" in s.evidence for s in signs)
    mention_text = (
        f"{phrasing.format_count(len(mentions), 'mention')}; {matched or 'none'} "
        f"{'match' if matched > 1 else 'matches'} the list of {list_length}"
    )
    if any(s.answer == "unknown" for s in signs):
        return f"{phrasing.format_count(len(mentions), 'mention')}; the list was not read."
    return f"{mention_text}{f'; {near} agrees on journal and year alone' if near else ''}."


def describe_reference_list(list_entries: list[AuditEntry]) -> str:
    """How many entries a sentence cites."""
    if not list_entries:
        return "No reference list."
    signs = [s for e in list_entries for s in e.signs if s.heuristic == "text-list"]
    count_in_text = sum(s.answer == "agrees" for s in signs)
    entries = f"{len(list_entries)} {'entry' if len(list_entries) == 1 else 'entries'}"
    if all(s.answer == "unknown" for s in signs):
        return f"{entries}."
    return f"{entries}; {count_in_text or 'none'} cited by a sentence."


def _format_headline(entry: AuditEntry) -> str:
    return (
        f"{entry.named}: {describe_verdict(entry).upper()}{_format_differences(entry)} "
        f"[{entry.sure}]"
    )


def describe_verdict(entry: AuditEntry) -> str:
    """The verdict in words."""
    return VERDICT_TEXTS[entry.verdict]


def _format_differences(entry: AuditEntry) -> str:
    return f" ({', '.join(entry.differs)})" if entry.differs else ""


def _list_details(entry: AuditEntry) -> Iterator[str]:
    """What it really is, and what speaks against it."""
    if entry.record and not entry.named.endswith(entry.record):
        yield entry.record
    for sign in entry.signs:
        if sign.heuristic not in _SERVICE_HEURISTICS and _is_worth_saying(sign, entry):
            yield f"{sign.heuristic}: {sign.evidence}."
    service_signs = [
        s for s in entry.signs if s.heuristic in _SERVICE_HEURISTICS and _has_bearing(s, entry)
    ]
    yield from (f"{words}." for words in _merge_evidence([sign.evidence for sign in service_signs]))


def _has_bearing(sign: HeuristicResult, entry: AuditEntry) -> bool:
    """Whether an answer of a service bears on the verdict; a vain search does where none did."""
    is_open = entry.verdict in (AuditVerdict.NOT_FOUND, AuditVerdict.UNKNOWN)
    return sign.answer != "unknown" or (sign.heuristic == "look-up" and is_open)


def _merge_evidence(evidence_texts: list[str]) -> Iterator[str]:
    """What several services say alike on one day, said once.

    >>> list(_merge_evidence(["NCBI, read 2026-01-01: x", "Crossref, read 2026-01-01: x"]))
    ['NCBI and Crossref, read 2026-01-01: x']
    """
    alike: dict[tuple[str, str], list[str]] = {}
    for evidence in evidence_texts:
        service_and_day, _, words = evidence.partition(": ")
        name, _, day = service_and_day.partition(", read ")
        alike.setdefault((day, words), []).append(name)
    for (day, words), names in alike.items():
        yield f"{' and '.join(dict.fromkeys(names))}, read {day}: {words}"


def _is_worth_saying(sign: HeuristicResult, entry: AuditEntry) -> bool:
    if sign.heuristic == "same-work" and "under another" in sign.evidence:
        return True
    if sign.heuristic == "text-list":
        return "journal and year alone" in sign.evidence
    if sign.heuristic == "record":
        return sign.answer == "conflict" and not entry.record
    found_verdicts = (AuditVerdict.USE_DIFFERS, AuditVerdict.IDENTIFIED)
    dated = sign.heuristic.endswith("-year") and entry.verdict not in found_verdicts
    return sign.answer == "conflict" or dated


def _describe_claims(entries: list[AuditEntry]) -> str:
    found_verdicts = (
        AuditVerdict.IDENTIFIED,
        AuditVerdict.USE_DIFFERS,
        AuditVerdict.REVIEW_AS_TRIAL,
    )
    citing = {c for e in entries for c in e.claims}
    backed = {c for e in entries if e.verdict in found_verdicts for c in e.claims}
    if not citing:
        return "No claim cites a work."
    number = f"{len(citing - backed)} of {phrasing.format_count(len(citing), 'claim')}"
    query = "see kg query --name claims-on-nothing"
    return f"{number} that cite a work cite none that was found; {query}."


def _describe_year_error(error: NumberError) -> str:
    if not error.studies:
        return f"{error.kind}: no verified study to measure the error of its years on."
    return (
        f"Years by {error.kind}: within {error.tolerance:g} years for {error.within} of "
        f"{phrasing.format_count(error.studies, 'verified study')}, median error {error.median:g}, "
        f"largest {error.largest:g}."
    )


def _encode_audit(citation_audit: CitationAudit) -> dict[str, Any]:
    return {
        "schema_version": "kg.citation-audit/1",
        "sources": list(citation_audit.sources),
        "entries": [_encode_entry(entry) for entry in citation_audit.entries],
        "appeals": citation_audit.appeals,
        "errors": [
            {name: getattr(error, name) for name in _ERROR_FIELDS}
            for error in citation_audit.errors
        ],
        "look_ups": [asdict(answer) for answer in citation_audit.look_ups],
        "failures": [asdict(failure) for failure in citation_audit.failures],
        "settings_version": citation_audit.version,
        "digest": citation_audit.digest,
    }


_ERROR_FIELDS = ("kind", "studies", "within", "tolerance", "median", "largest")


def _encode_entry(entry: AuditEntry) -> dict[str, object]:
    return {
        "citation": entry.citation,
        "source": entry.source,
        "kind": entry.kind.value,
        "line": entry.line,
        "named": entry.named,
        "verdict": entry.verdict.value,
        "differs": list(entry.differs),
        "sure": entry.sure,
        "record": entry.record,
        "how_checked": entry.how,
        "study": entry.study,
        "claims": list(entry.claims),
        "questions": [asdict(question) for question in entry.questions],
        "signs": [
            {
                "heuristic": sign.heuristic,
                "answer": sign.answer,
                "sure": sign.sure,
                "evidence": sign.evidence,
                "differs": list(sign.differs),
            }
            for sign in entry.signs
        ],
    }


def _list_cells(entry: AuditEntry) -> tuple[str, ...]:
    """A row for a mention or an entry of a list."""
    conflicts = (s.evidence for s in entry.signs if _is_local_conflict(s))
    answers = (s.evidence for s in entry.signs if s.heuristic in _SERVICE_HEURISTICS)
    return (
        *(entry.source, str(entry.line), entry.kind.value, entry.citation, entry.named),
        *(entry.verdict.value, " ".join(entry.differs), entry.sure, entry.record),
        *("; ".join(conflicts), "; ".join(answers), entry.how, " ".join(entry.claims)),
    )


def _is_local_conflict(sign: HeuristicResult) -> bool:
    return sign.answer == "conflict" and sign.heuristic not in _SERVICE_HEURISTICS


_TABLE_COLUMNS = ("Line", "Where", "Named", "Verdict", "Sure", "What it is, and how we know")


def _list_tables(citation_audit: CitationAudit, titles: list[str]) -> Iterator[Block]:
    """A table for each source; the first title is that of the document."""
    for source, title in zip(citation_audit.sources, titles, strict=True):
        source_entries = [e for e in citation_audit.entries if e.source == source]
        if title != titles[0]:
            yield Heading(title, 1)
        yield Paragraph(_count_verdicts(source_entries))
        if source_entries:
            yield Paragraph(describe_mentions(source_entries))
            yield RowTable(_TABLE_COLUMNS, map(_list_table_cells, source_entries)).build_block()
    yield from (Paragraph(line) for line in list_service_notes(citation_audit))
    yield from (Paragraph(format_failure(failure)) for failure in citation_audit.failures)
    yield from (Paragraph(_describe_year_error(error)) for error in citation_audit.errors)


def _list_table_cells(entry: AuditEntry) -> tuple[str, ...]:
    return (
        *(str(entry.line), entry.kind.value, entry.named),
        *(describe_verdict(entry) + _format_differences(entry), entry.sure),
        " ".join(_list_details(entry)) or entry.how,
    )
