"""Europe PMC: works by PMID, PMCID, DOI or title, with retractions that PubMed marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from kg.literature.services.json_fields import (
    clean_text,
    list_unique,
    parse_year,
    require_list,
    require_mapping,
)
from kg.model.audit import LookUpQuery, Notice, WorkRecord
from kg.model.vocabulary import normalise_doi

_NOTICE_KINDS = {
    "retraction in": "retraction",
    "partial retraction in": "partial-retraction",
    "expression of concern in": "expression-of-concern",
}


@dataclass(frozen=True, slots=True)
class _EuropePmcService:
    """The search of the REST service, https://europepmc.org/RestfulWebService, core records."""

    title: str = "Europe PMC"
    question_kinds: tuple[str, ...] = ("pmid", "pmcid", "doi", "title")
    contact_parameter: str = ""
    missing_statuses: tuple[int, ...] = ()

    def build_path(self, question: LookUpQuery, row_limit: int) -> str:
        """A search that names the field."""
        value = question.value.replace('"', " ").replace("\\", " ")
        query = {
            "pmid": f"EXT_ID:{value} AND SRC:MED",
            "pmcid": f"PMCID:{value}",
            "doi": f'DOI:"{value}"',
            "title": f'TITLE:"{value}"',
        }[question.kind]
        url_parameters = {
            "query": query,
            "resultType": "core",
            "format": "json",
            "pageSize": row_limit,
        }
        return f"/search?{urlencode(url_parameters)}"

    def parse_works(self, answer: Any, question: LookUpQuery) -> tuple[WorkRecord, ...]:
        """The works of a page of results."""
        result_list = require_mapping(
            require_mapping(answer, "the answer").get("resultList"), "resultList"
        )
        return tuple(
            _parse_work(require_mapping(r, "result"))
            for r in require_list(result_list.get("result"), "result")
        )


def _parse_work(record: dict[str, Any]) -> WorkRecord:
    info = require_mapping(record.get("journalInfo") or {}, "journalInfo")
    journal = require_mapping(info.get("journal") or {}, "journal")
    abbreviations = ("title", "medlineAbbreviation", "isoabbreviation")
    type_list = require_mapping(record.get("pubTypeList") or {}, "pubTypeList")
    types = list_unique(
        [clean_text(t).lower() for t in require_list(type_list.get("pubType"), "pubType")]
    )
    return WorkRecord(
        title=clean_text(record.get("title")).rstrip("."),
        authors=clean_text(record.get("authorString")).rstrip("."),
        year=parse_year(record.get("pubYear") or info.get("yearOfPublication")),
        venues=list_unique([clean_text(journal.get(name)) for name in abbreviations]),
        types=types,
        doi=normalise_doi(str(record.get("doi") or "")) or None,  # may hold < and >, no tags
        pmid=clean_text(record.get("pmid")) or None,
        pmcid=clean_text(record.get("pmcid")).upper() or None,
        notices=_parse_notices(record, types),
    )


def _parse_notices(record: dict[str, Any], types: tuple[str, ...]) -> tuple[Notice, ...]:
    """Notices about the work. `Retraction of Publication` is the type of a notice itself."""
    linked = require_mapping(record.get("commentCorrectionList") or {}, "commentCorrectionList")
    notices = []
    for value in require_list(linked.get("commentCorrection"), "commentCorrection"):
        link = require_mapping(value, "commentCorrection")
        kind = _NOTICE_KINDS.get(clean_text(link.get("type")).lower())
        if kind:
            number = " ".join(
                n for n in (clean_text(link.get("source")), clean_text(link.get("id"))) if n
            )
            notices.append(Notice(kind, "PubMed", number))
    if "retracted publication" in types and not any(n.kind == "retraction" for n in notices):
        notices.append(Notice("retraction", "PubMed"))
    return tuple(sorted(notices))


SERVICE = _EuropePmcService()
