"""Europe PMC: works by PMID, PMCID, DOI or title, with retractions that PubMed marks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from kg.literature.services.shape import items, mapping, names, text, year
from kg.model.audit import Notice, Question, Work
from kg.model.record import dataclass

_ABOUT = {
    "retraction in": "retraction",
    "partial retraction in": "partial-retraction",
    "expression of concern in": "expression-of-concern",
}


@dataclass(frozen=True, slots=True)
class _EuropePmc:
    """The search of the REST service, https://europepmc.org/RestfulWebService, core records."""

    title: str = "Europe PMC"
    kinds: tuple[str, ...] = ("pmid", "pmcid", "doi", "title")
    contact: str = ""
    missing: tuple[int, ...] = ()

    def path(self, question: Question, rows: int) -> str:
        """A search that names the field."""
        value = question.value.replace('"', " ").replace("\\", " ")
        query = {
            "pmid": f"EXT_ID:{value} AND SRC:MED",
            "pmcid": f"PMCID:{value}",
            "doi": f'DOI:"{value}"',
            "title": f'TITLE:"{value}"',
        }[question.kind]
        asked = {"query": query, "resultType": "core", "format": "json", "pageSize": rows}
        return f"/search?{urlencode(asked)}"

    def works(self, answer: Any, question: Question) -> tuple[Work, ...]:
        """The works of a page of results."""
        listed = mapping(mapping(answer, "the answer").get("resultList"), "resultList")
        return tuple(_work(mapping(r, "result")) for r in items(listed.get("result"), "result"))


def _work(record: dict[str, Any]) -> Work:
    info = mapping(record.get("journalInfo") or {}, "journalInfo")
    journal = mapping(info.get("journal") or {}, "journal")
    abbreviations = ("title", "medlineAbbreviation", "isoabbreviation")
    kinds = mapping(record.get("pubTypeList") or {}, "pubTypeList")
    types = names([text(t).lower() for t in items(kinds.get("pubType"), "pubType")])
    return Work(
        title=text(record.get("title")).rstrip("."),
        authors=text(record.get("authorString")).rstrip("."),
        year=year(record.get("pubYear") or info.get("yearOfPublication")),
        venues=names([text(journal.get(name)) for name in abbreviations]),
        types=types,
        doi=text(record.get("doi")).lower() or None,
        pmid=text(record.get("pmid")) or None,
        pmcid=text(record.get("pmcid")).upper() or None,
        notices=_notices(record, types),
    )


def _notices(record: dict[str, Any], types: tuple[str, ...]) -> tuple[Notice, ...]:
    """Notices about the work. `Retraction of Publication` is the type of a notice itself."""
    linked = mapping(record.get("commentCorrectionList") or {}, "commentCorrectionList")
    found = []
    for value in items(linked.get("commentCorrection"), "commentCorrection"):
        link = mapping(value, "commentCorrection")
        kind = _ABOUT.get(text(link.get("type")).lower())
        if kind:
            number = " ".join(n for n in (text(link.get("source")), text(link.get("id"))) if n)
            found.append(Notice(kind, "PubMed", number))
    if "retracted publication" in types and not any(n.kind == "retraction" for n in found):
        found.append(Notice("retraction", "PubMed"))
    return tuple(sorted(found))


SERVICE = _EuropePmc()
