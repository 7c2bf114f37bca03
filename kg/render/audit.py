"""An audit of citations as a fact-checker reads it: what was found, what not, and how we know."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from kg.model import AuditVerdict, CitationKind, EvidenceBase
from kg.model.audit import LIST_OF_STUDIES, AuditEntry, CitationAudit, Failure, NumberError, Sign
from kg.registry import Registry
from kg.render import Options, table, words
from kg.render.escape import markdown as md
from kg.render.shifts import Form
from kg.render.text import BOLD, DIM, GREEN, RED, YELLOW, Page

FORMS: Registry[Form[CitationAudit]] = Registry(
    "form",
    {
        "text": "kg.render.audit:text",
        "json": "kg.render.audit:as_json",
        "csv": "kg.render.audit:as_csv",
        "markdown": "kg.render.audit:as_markdown",
    },
)

SAID = {
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
_COLOURS = {
    AuditVerdict.IDENTIFIED: GREEN,
    AuditVerdict.USE_DIFFERS: YELLOW,
    AuditVerdict.UNKNOWN: DIM,
    AuditVerdict.DUPLICATE: YELLOW,
}
_HOW = (
    "Recorded look-ups, and the form of what is printed. In brackets: how sure. "
    "A search that finds nothing is weak evidence that there is nothing."
)
_OUTSIDE = ("look-up", "notices")
_SERVICES = {"crossref": "Crossref", "europepmc": "Europe PMC", "ncbi": "NCBI"}
HEAD = (
    *("source", "line", "kind", "citation", "named", "verdict", "differs", "sure"),
    *("record", "evidence", "look_ups", "how_checked", "claims"),
)


def text(found: CitationAudit, base: EvidenceBase, options: Options) -> str:
    """One report for each source, then how far dating by number can be trusted."""
    page = Page(options)
    for source in found.sources:
        own = [e for e in found.entries if e.source == source]
        page.say("AUDIT", f"{base.source[source].title} ({source})", BOLD)
        page.say("", _counted(own))
        page.rule()
        if base.source[source].kind == LIST_OF_STUDIES:
            _listed(page, own, "no.")
        else:
            _in_text(page, own)
            _listed(page, own, "line")
            page.say("CLAIMS", _claims(own))
        page.rule()
    if found.appeals:
        appeals = words.counted(found.appeals, "appeal")
        page.say("APPEALS", f"{appeals} to research that {_name(found.appeals)} no work at all.")
    page.say("HOW", _HOW, DIM)
    for line in outside(found):
        page.say("", line, DIM)
    for failure in found.failures:
        page.say("NO ANSWER", failed(failure), RED)
    for error in found.errors:
        page.say("", _error(error), DIM)
    return page.text()


def outside(found: CitationAudit) -> Iterator[str]:
    """What services were asked, and when; that none was asked is said, too."""
    silent = sum(not entry.questions for entry in found.entries)
    if not found.look_ups:
        yield "No answer of a service is stored; kg audit --online asks for them."
    else:
        days = sorted({answer.date for answer in found.look_ups})
        services = sorted({_SERVICES[answer.service] for answer in found.look_ups})
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        count = words.counted(len(found.look_ups), "stored answer")
        yield f"{count} of {', '.join(services)}, read {span}."
        yield _unlisted(found)
    if silent:
        yield (
            f"{silent} of {words.counted(len(found.entries), 'work')} cannot be asked for: "
            "a journal and year name no work."
        )


def _unlisted(found: CitationAudit) -> str:
    """For how many works no notice is listed: dated above, and no proof."""
    told = [{s.answer for s in e.signs if s.heuristic == "notices"} for e in found.entries]
    none = sum(answers == {"unknown"} for answers in told)
    return (
        f"Retractions: of {words.counted(sum(map(bool, told)), 'work')} that were found, {none} "
        f"{'has' if none == 1 else 'have'} no notice in these answers, which is no proof that "
        "there is none."
    )


def failed(failure: Failure) -> str:
    """A question without an answer."""
    question = failure.question
    asked = f"{_SERVICES[failure.service]}, {question.kind} {question.value}"
    return f"{asked}: {failure.reason}. Nothing is concluded."


def _name(number: int) -> str:
    return "names" if number == 1 else "name"


def _counted(entries: list[AuditEntry]) -> str:
    counts = Counter(e.verdict for e in entries)
    parts = ", ".join(f"{counts[v]} {SAID[v]}" for v in AuditVerdict if counts[v])
    return f"{words.counted(len(entries), 'work')} named" + (f": {parts}." if parts else ".")


def _of_kind(entries: list[AuditEntry], kind: CitationKind) -> list[AuditEntry]:
    return [e for e in entries if e.kind is kind]


def _in_text(page: Page, entries: list[AuditEntry]) -> None:
    mentions = _of_kind(entries, CitationKind.IN_TEXT)
    page.say("IN TEXT", in_text_line(entries), BOLD)
    for entry in mentions:
        page.say(f"line {entry.line}", _headed(entry), _COLOURS.get(entry.verdict, RED))
        for line in _details(entry):
            page.say("", f"  {line}", DIM)


def in_text_line(entries: list[AuditEntry]) -> str:
    """How the mentions in the text stand to the list."""
    mentions = _of_kind(entries, CitationKind.IN_TEXT)
    listed = len(_of_kind(entries, CitationKind.REFERENCE_LIST))
    if not mentions:
        return "No work is named in the text."
    signs = [s for e in mentions for s in e.signs if s.heuristic == "text-list"]
    matched = sum(s.answer == "agrees" for s in signs)
    near = sum("journal and year alone" in s.evidence for s in signs)
    said = (
        f"{words.counted(len(mentions), 'mention')}; {matched or 'none'} "
        f"{'match' if matched > 1 else 'matches'} the list of {listed}"
    )
    if any(s.answer == "unknown" for s in signs):
        return f"{words.counted(len(mentions), 'mention')}; the list was not read."
    return f"{said}{f'; {near} agrees on journal and year alone' if near else ''}."


def _listed(page: Page, entries: list[AuditEntry], place: str) -> None:
    listed = _of_kind(entries, CitationKind.REFERENCE_LIST)
    page.say("LIST", list_line(listed), BOLD)
    for entry in listed:
        page.say(f"{place} {entry.line}", _headed(entry), _COLOURS.get(entry.verdict, RED))
        for line in _details(entry):
            page.say("", f"  {line}", DIM)


def list_line(listed: list[AuditEntry]) -> str:
    """How many entries a sentence cites."""
    if not listed:
        return "No reference list."
    signs = [s for e in listed for s in e.signs if s.heuristic == "text-list"]
    cited = sum(s.answer == "agrees" for s in signs)
    entries = f"{len(listed)} {'entry' if len(listed) == 1 else 'entries'}"
    if all(s.answer == "unknown" for s in signs):
        return f"{entries}."
    return f"{entries}; {cited or 'none'} cited by a sentence."


def _headed(entry: AuditEntry) -> str:
    return f"{entry.named}: {said(entry).upper()}{_in(entry)} [{entry.sure}]"


def said(entry: AuditEntry) -> str:
    """The verdict in words."""
    return SAID[entry.verdict]


def _in(entry: AuditEntry) -> str:
    return f" ({', '.join(entry.differs)})" if entry.differs else ""


def _details(entry: AuditEntry) -> Iterator[str]:
    """What it really is, and what speaks against it."""
    if entry.record and not entry.named.endswith(entry.record):
        yield entry.record
    for sign in entry.signs:
        if sign.heuristic not in _OUTSIDE and _worth_saying(sign, entry):
            yield f"{sign.heuristic}: {sign.evidence}."
    told = [s for s in entry.signs if s.heuristic in _OUTSIDE and _tells(s, entry)]
    yield from (f"{words}." for words in _together([sign.evidence for sign in told]))


def _tells(sign: Sign, entry: AuditEntry) -> bool:
    """Whether an answer of a service bears on the verdict; a vain search does where none did."""
    open_still = entry.verdict in (AuditVerdict.NOT_FOUND, AuditVerdict.UNKNOWN)
    return sign.answer != "unknown" or (sign.heuristic == "look-up" and open_still)


def _together(told: list[str]) -> Iterator[str]:
    """What several services say alike on one day, said once.

    >>> list(_together(["NCBI, read 2026-01-01: x", "Crossref, read 2026-01-01: x"]))
    ['NCBI and Crossref, read 2026-01-01: x']
    """
    alike: dict[tuple[str, str], list[str]] = {}
    for evidence in told:
        head, _, words = evidence.partition(": ")
        name, _, day = head.partition(", read ")
        alike.setdefault((day, words), []).append(name)
    for (day, words), names in alike.items():
        yield f"{' and '.join(dict.fromkeys(names))}, read {day}: {words}"


def _worth_saying(sign: Sign, entry: AuditEntry) -> bool:
    if sign.heuristic == "same-work" and "under another" in sign.evidence:
        return True
    if sign.heuristic == "text-list":
        return "journal and year alone" in sign.evidence
    if sign.heuristic == "record":
        return sign.answer == "conflict" and not entry.record
    found = (AuditVerdict.USE_DIFFERS, AuditVerdict.IDENTIFIED)
    dated = sign.heuristic.endswith("-year") and entry.verdict not in found
    return sign.answer == "conflict" or dated


def _claims(entries: list[AuditEntry]) -> str:
    found = (AuditVerdict.IDENTIFIED, AuditVerdict.USE_DIFFERS, AuditVerdict.REVIEW_AS_TRIAL)
    citing = {c for e in entries for c in e.claims}
    backed = {c for e in entries if e.verdict in found for c in e.claims}
    if not citing:
        return "No claim cites a work."
    number = f"{len(citing - backed)} of {words.counted(len(citing), 'claim')}"
    query = "see kg query --name claims-on-nothing"
    return f"{number} that cite a work cite none that was found; {query}."


def _error(error: NumberError) -> str:
    if not error.studies:
        return f"{error.kind}: no verified study to measure the error of its years on."
    return (
        f"Years by {error.kind}: within {error.tolerance:g} years for {error.within} of "
        f"{words.counted(error.studies, 'verified study')}, median error {error.median:g}, "
        f"largest {error.largest:g}."
    )


def as_json(found: CitationAudit, base: EvidenceBase, options: Options) -> str:
    """Everything as a JSON object of the form `kg.citation-audit/1`."""
    value = {
        "schema_version": "kg.citation-audit/1",
        "sources": list(found.sources),
        "entries": [_encoded(entry) for entry in found.entries],
        "appeals": found.appeals,
        "errors": [
            {name: getattr(error, name) for name in _ERROR_FIELDS} for error in found.errors
        ],
        "look_ups": [asdict(answer) for answer in found.look_ups],
        "failures": [asdict(failure) for failure in found.failures],
        "settings_version": found.version,
        "digest": found.digest,
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


_ERROR_FIELDS = ("kind", "studies", "within", "tolerance", "median", "largest")


def _encoded(entry: AuditEntry) -> dict[str, object]:
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


def as_csv(found: CitationAudit, base: EvidenceBase, options: Options) -> str:
    """One row for each mention and list entry."""
    rows = [
        (
            *(e.source, str(e.line), e.kind.value, e.citation, e.named, e.verdict.value),
            *(" ".join(e.differs), e.sure, e.record),
            "; ".join(s.evidence for s in e.signs if _counts(s)),
            "; ".join(s.evidence for s in e.signs if s.heuristic in _OUTSIDE),
            *(e.how, " ".join(e.claims)),
        )
        for e in found.entries
    ]
    return table.as_csv(HEAD, rows, options.width)


def _counts(sign: Sign) -> bool:
    return sign.answer == "conflict" and sign.heuristic not in _OUTSIDE


def as_markdown(found: CitationAudit, base: EvidenceBase, options: Options) -> str:
    """A table for each source."""
    lines = []
    for source in found.sources:
        own = [e for e in found.entries if e.source == source]
        lines += [f"# Citations: {md(base.source[source].title)}", "", md(_counted(own)), ""]
        if own:
            lines += [md(in_text_line(own)), "", *_rows(own), ""]
    lines += [md(line) + "\n" for line in outside(found)]
    lines += [md(failed(failure)) + "\n" for failure in found.failures]
    lines += [md(_error(error)) + "\n" for error in found.errors]
    return "\n".join(lines).rstrip("\n") + "\n"


def _rows(entries: list[AuditEntry]) -> Iterator[str]:
    yield "| Line | Where | Named | Verdict | Sure | What it is, and how we know |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for e in entries:
        cells = (str(e.line), e.kind.value, e.named, said(e) + _in(e), e.sure)
        why = " ".join(_details(e)) or e.how
        yield "| " + " | ".join(md(c) for c in (*cells, why)) + " |"
