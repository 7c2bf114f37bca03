"""An audit of citations as a fact-checker reads it: what was found, what not, and how we know."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from kg.model import AuditVerdict, CitationKind, EvidenceBase
from kg.model.audit import (
    LIST_OF_STUDIES,
    AuditEntry,
    CitationAudit,
    HeuristicResult,
    LookUpFailure,
    NumberError,
)
from kg.registry import Registry
from kg.render import RenderOptions, phrasing
from kg.render.escape import escape_markdown as md
from kg.render.grade.text import BOLD, DIM, GREEN, RED, YELLOW, TerminalPage
from kg.render.scenarios.common import ScenarioRenderer
from kg.render.writers import table

AUDIT_RENDERERS: Registry[ScenarioRenderer[CitationAudit]] = Registry(
    "form",
    {
        "text": "kg.render.findings.citation_audit:render_text",
        "json": "kg.render.findings.citation_audit:render_json",
        "csv": "kg.render.findings.citation_audit:render_csv",
        "markdown": "kg.render.findings.citation_audit:render_markdown",
    },
)

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
_VERDICT_COLOURS = {
    AuditVerdict.IDENTIFIED: GREEN,
    AuditVerdict.USE_DIFFERS: YELLOW,
    AuditVerdict.UNKNOWN: DIM,
    AuditVerdict.DUPLICATE: YELLOW,
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


def render_text(citation_audit: CitationAudit, base: EvidenceBase, options: RenderOptions) -> str:
    """One report for each source, then how far dating by number can be trusted."""
    page = TerminalPage(options)
    for source_id in citation_audit.sources:
        source_entries = [e for e in citation_audit.entries if e.source == source_id]
        page.add_paragraph("AUDIT", f"{base.source[source_id].title} ({source_id})", BOLD)
        page.add_paragraph("", _count_verdicts(source_entries))
        page.add_rule()
        if base.source[source_id].kind == LIST_OF_STUDIES:
            _add_reference_list(page, source_entries, "no.")
        else:
            _add_mentions(page, source_entries)
            _add_reference_list(page, source_entries, "line")
            page.add_paragraph("CLAIMS", _describe_claims(source_entries))
        page.add_rule()
    if citation_audit.appeals:
        appeals = phrasing.format_count(citation_audit.appeals, "appeal")
        page.add_paragraph(
            "APPEALS",
            f"{appeals} to research that {_choose_verb_form(citation_audit.appeals)} no work at "
            "all.",
        )
    page.add_paragraph("HOW", _METHOD_NOTE, DIM)
    for line in list_service_notes(citation_audit):
        page.add_paragraph("", line, DIM)
    for failure in citation_audit.failures:
        page.add_paragraph("NO ANSWER", format_failure(failure), RED)
    for error in citation_audit.errors:
        page.add_paragraph("", _describe_year_error(error), DIM)
    return page.join_lines()


def list_service_notes(citation_audit: CitationAudit) -> Iterator[str]:
    """What services were asked, and when; that none was asked is said, too."""
    silent = sum(not entry.questions for entry in citation_audit.entries)
    if not citation_audit.look_ups:
        yield "No answer of a service is stored; kg audit --online asks for them."
    else:
        days = sorted({answer.date for answer in citation_audit.look_ups})
        services = sorted({_SERVICE_NAMES[answer.service] for answer in citation_audit.look_ups})
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


def _choose_verb_form(number: int) -> str:
    return "names" if number == 1 else "name"


def _count_verdicts(entries: list[AuditEntry]) -> str:
    counts = Counter(e.verdict for e in entries)
    parts = ", ".join(f"{counts[v]} {VERDICT_TEXTS[v]}" for v in AuditVerdict if counts[v])
    return f"{phrasing.format_count(len(entries), 'work')} named" + (
        f": {parts}." if parts else "."
    )


def _filter_kind(entries: list[AuditEntry], kind: CitationKind) -> list[AuditEntry]:
    return [e for e in entries if e.kind is kind]


def _add_mentions(page: TerminalPage, entries: list[AuditEntry]) -> None:
    mentions = _filter_kind(entries, CitationKind.IN_TEXT)
    page.add_paragraph("IN TEXT", describe_mentions(entries), BOLD)
    for entry in mentions:
        page.add_paragraph(
            f"line {entry.line}", _format_headline(entry), _VERDICT_COLOURS.get(entry.verdict, RED)
        )
        for line in _list_details(entry):
            page.add_paragraph("", f"  {line}", DIM)


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


def _add_reference_list(page: TerminalPage, entries: list[AuditEntry], place: str) -> None:
    list_entries = _filter_kind(entries, CitationKind.REFERENCE_LIST)
    page.add_paragraph("LIST", describe_reference_list(list_entries), BOLD)
    for entry in list_entries:
        page.add_paragraph(
            f"{place} {entry.line}",
            _format_headline(entry),
            _VERDICT_COLOURS.get(entry.verdict, RED),
        )
        for line in _list_details(entry):
            page.add_paragraph("", f"  {line}", DIM)


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


def render_json(citation_audit: CitationAudit, base: EvidenceBase, options: RenderOptions) -> str:
    """Everything as a JSON object of the form `kg.citation-audit/1`."""
    value = {
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
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


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


def render_csv(citation_audit: CitationAudit, base: EvidenceBase, options: RenderOptions) -> str:
    """One row for each mention and list entry."""
    rows = [
        (
            *(e.source, str(e.line), e.kind.value, e.citation, e.named, e.verdict.value),
            *(" ".join(e.differs), e.sure, e.record),
            "; ".join(s.evidence for s in e.signs if _is_local_conflict(s)),
            "; ".join(s.evidence for s in e.signs if s.heuristic in _SERVICE_HEURISTICS),
            *(e.how, " ".join(e.claims)),
        )
        for e in citation_audit.entries
    ]
    return table.render_csv(COLUMN_NAMES, rows, options.width)


def _is_local_conflict(sign: HeuristicResult) -> bool:
    return sign.answer == "conflict" and sign.heuristic not in _SERVICE_HEURISTICS


def render_markdown(
    citation_audit: CitationAudit, base: EvidenceBase, options: RenderOptions
) -> str:
    """A table for each source."""
    lines = []
    for source in citation_audit.sources:
        source_entries = [e for e in citation_audit.entries if e.source == source]
        lines += [
            f"# Citations: {md(base.source[source].title)}",
            "",
            md(_count_verdicts(source_entries)),
            "",
        ]
        if source_entries:
            lines += [md(describe_mentions(source_entries)), "", *_format_table(source_entries), ""]
    lines += [md(line) + "\n" for line in list_service_notes(citation_audit)]
    lines += [md(format_failure(failure)) + "\n" for failure in citation_audit.failures]
    lines += [md(_describe_year_error(error)) + "\n" for error in citation_audit.errors]
    return "\n".join(lines).rstrip("\n") + "\n"


def _format_table(entries: list[AuditEntry]) -> Iterator[str]:
    yield "| Line | Where | Named | Verdict | Sure | What it is, and how we know |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for e in entries:
        cells = (
            str(e.line),
            e.kind.value,
            e.named,
            describe_verdict(e) + _format_differences(e),
            e.sure,
        )
        detail_text = " ".join(_list_details(e)) or e.how
        yield "| " + " | ".join(md(c) for c in (*cells, detail_text)) + " |"
