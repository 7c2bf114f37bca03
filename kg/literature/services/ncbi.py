"""NCBI E-utilities: the summary of a PMID or PMCID, with the types that PubMed gives it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from kg.literature.services.shape import items, mapping, names, text, year
from kg.model.audit import Notice, Question, Work
from kg.model.record import dataclass

_DATABASE = {"pmid": "pubmed", "pmcid": "pmc"}


@dataclass(frozen=True, slots=True)
class _Ncbi:
    """`esummary`, https://www.ncbi.nlm.nih.gov/books/NBK25499/. A missing record comes with 200."""

    title: str = "NCBI"
    kinds: tuple[str, ...] = ("pmid", "pmcid")
    contact: str = "email"
    missing: tuple[int, ...] = ()

    def path(self, question: Question, rows: int) -> str:
        """The summary of one record."""
        query = {"db": _DATABASE[question.kind], "id": _number(question)}
        return f"/esummary.fcgi?{urlencode(query)}&retmode=json&tool=kg"

    def works(self, answer: Any, question: Question) -> tuple[Work, ...]:
        """The work, or none where NCBI has no summary of that number."""
        found = mapping(answer, "the answer")
        if text(found.get("error")):
            raise ValueError(text(found["error"]))
        summaries = mapping(found.get("result"), "result")
        record = summaries.get(_number(question))
        if record is None:
            raise ValueError("no summary of the number that was asked for")
        summary = mapping(record, "summary")
        return () if "error" in summary else (_work(summary),)


def _number(question: Question) -> str:
    return question.value.upper().removeprefix("PMC")


def _work(summary: dict[str, Any]) -> Work:
    authors = [text(mapping(a, "author").get("name")) for a in items(summary.get("authors"), "a")]
    listed = [mapping(i, "articleid") for i in items(summary.get("articleids"), "articleids")]
    ids = {text(i.get("idtype")): text(i.get("value")) for i in listed}
    types = names([text(t).lower() for t in items(summary.get("pubtype"), "pubtype")])
    retracted = "retracted publication" in types
    return Work(
        title=text(summary.get("title")).rstrip("."),
        authors=", ".join(authors[:20]),
        year=year(summary.get("pubdate")) or year(summary.get("epubdate")),
        venues=names([text(summary.get("fulljournalname")), text(summary.get("source"))]),
        types=types,
        doi=ids.get("doi", "").lower() or None,
        pmid=ids.get("pubmed") or ids.get("pmid") or None,
        pmcid=(ids.get("pmc") or ids.get("pmcid") or "").upper() or None,
        notices=(Notice("retraction", "PubMed"),) if retracted else (),
    )


SERVICE = _Ncbi()
