"""NCBI E-utilities: the summary of a PMID or PMCID, with the types that PubMed gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from kg.literature.services.json_fields import (
    MAX_AUTHORS,
    clean_text,
    list_unique,
    parse_year,
    require_list,
    require_mapping,
)
from kg.model.audit import LookUpQuery, Notice, WorkRecord

_DATABASE_BY_KIND = {"pmid": "pubmed", "pmcid": "pmc"}


@dataclass(frozen=True, slots=True)
class _NcbiService:
    """`esummary`, https://www.ncbi.nlm.nih.gov/books/NBK25499/. A missing record comes with 200."""

    title: str = "NCBI"
    question_kinds: tuple[str, ...] = ("pmid", "pmcid")
    contact_parameter: str = "email"
    missing_statuses: tuple[int, ...] = ()

    def build_path(self, question: LookUpQuery, row_limit: int) -> str:
        """The summary of one record."""
        query = {"db": _DATABASE_BY_KIND[question.kind], "id": _strip_pmc_prefix(question)}
        return f"/esummary.fcgi?{urlencode(query)}&retmode=json&tool=kg"

    def parse_works(self, answer: Any, question: LookUpQuery) -> tuple[WorkRecord, ...]:
        """The work, or none where NCBI has no summary of that number."""
        answer_object = require_mapping(answer, "the answer")
        if clean_text(answer_object.get("error")):
            raise ValueError(clean_text(answer_object["error"]))
        summaries = require_mapping(answer_object.get("result"), "result")
        record = summaries.get(_strip_pmc_prefix(question))
        if record is None:
            raise ValueError("no summary of the number that was asked for")
        summary = require_mapping(record, "summary")
        return () if "error" in summary else (_parse_work(summary),)


def _strip_pmc_prefix(question: LookUpQuery) -> str:
    return question.value.upper().removeprefix("PMC")


def _parse_work(summary: dict[str, Any]) -> WorkRecord:
    authors = [
        clean_text(require_mapping(a, "author").get("name"))
        for a in require_list(summary.get("authors"), "a")
    ]
    article_ids = [
        require_mapping(i, "articleid")
        for i in require_list(summary.get("articleids"), "articleids")
    ]
    ids = {clean_text(i.get("idtype")): clean_text(i.get("value")) for i in article_ids}
    types = list_unique(
        [clean_text(t).lower() for t in require_list(summary.get("pubtype"), "pubtype")]
    )
    retracted = "retracted publication" in types
    return WorkRecord(
        title=clean_text(summary.get("title")).rstrip("."),
        authors=", ".join(authors[:MAX_AUTHORS]),
        year=parse_year(summary.get("pubdate")) or parse_year(summary.get("epubdate")),
        venues=list_unique(
            [clean_text(summary.get("fulljournalname")), clean_text(summary.get("source"))]
        ),
        types=types,
        doi=ids.get("doi", "").lower() or None,
        pmid=ids.get("pubmed") or ids.get("pmid") or None,
        pmcid=(ids.get("pmc") or ids.get("pmcid") or "").upper() or None,
        notices=(Notice("retraction", "PubMed"),) if retracted else (),
    )


SERVICE = _NcbiService()
