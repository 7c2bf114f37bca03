"""Crossref: works by DOI or title, with their notices, those of Retraction Watch among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from kg.literature.services.json_fields import (
    MAX_AUTHORS,
    clean_text,
    list_unique,
    parse_year,
    require_list,
    require_mapping,
)
from kg.model.audit import LookUpQuery, Notice, WorkRecord
from kg.model.vocabulary import normalise_doi

_LISTING_PARTIES = {"retraction-watch": "Retraction Watch", "publisher": "the publisher"}


@dataclass(frozen=True, slots=True)
class _CrossrefService:
    """The REST API, https://api.crossref.org; `updated-by` lists the notices about a work."""

    title: str = "Crossref"
    question_kinds: tuple[str, ...] = ("doi", "title")
    contact_parameter: str = "mailto"
    missing_statuses: tuple[int, ...] = (404,)

    def build_path(self, question: LookUpQuery, row_limit: int) -> str:
        """The record of a DOI, or a search by title."""
        if question.kind == "doi":
            return f"/works/{quote(question.value, safe='')}"
        query = urlencode({"query.bibliographic": question.value, "rows": row_limit})
        return f"/works?{query}"

    def parse_works(self, answer: Any, question: LookUpQuery) -> tuple[WorkRecord, ...]:
        """The work of a record, or those of a list."""
        message = require_mapping(require_mapping(answer, "the answer").get("message"), "message")
        if question.kind == "doi":
            return (_parse_work(message),)
        return tuple(
            _parse_work(require_mapping(item, "item"))
            for item in require_list(message.get("items"), "items")
        )


def _parse_work(record: dict[str, Any]) -> WorkRecord:
    titles = [clean_text(title) for title in require_list(record.get("title"), "title")]
    venues = [
        clean_text(name)
        for key in ("container-title", "short-container-title")
        for name in require_list(record.get(key), key)
    ]
    return WorkRecord(
        title=" ".join(titles),
        authors=", ".join(
            _parse_author(a) for a in require_list(record.get("author"), "author")[:MAX_AUTHORS]
        ),
        year=_parse_issue_year(record),
        venues=list_unique(venues),
        types=list_unique([clean_text(record.get("type"))]),
        doi=normalise_doi(str(record.get("DOI") or "")) or None,  # may hold < and >, no tags
        notices=tuple(
            sorted(_parse_notice(n) for n in require_list(record.get("updated-by"), "updated-by"))
        ),
    )


def _parse_author(value: Any) -> str:
    author = require_mapping(value, "author")
    return (
        f"{clean_text(author.get('family'))} {clean_text(author.get('given'))}".strip()
        or clean_text(author.get("name"))
    )


def _parse_issue_year(record: dict[str, Any]) -> int | None:
    """The year of the earliest publication, which is what `issued` holds."""
    return _parse_date(record.get("issued"))[0]


def _parse_date(value: Any) -> tuple[int | None, str]:
    """Year and ISO date of a `date-parts` object."""
    if value is None:
        return None, ""
    parts = require_list(require_mapping(value, "date").get("date-parts"), "date-parts")
    numbers = [clean_text(n) for n in require_list(parts[0], "date-parts")] if parts else []
    return (parse_year(numbers[0]) if numbers else None), "-".join(f"{n:>02}" for n in numbers if n)


def _parse_notice(value: Any) -> Notice:
    notice = require_mapping(value, "notice")
    source_name, record = clean_text(notice.get("source")), clean_text(notice.get("record-id"))
    listing_party = _LISTING_PARTIES.get(source_name, source_name or "the publisher")
    kind = clean_text(notice.get("type")).replace("_", "-").lower()
    return Notice(
        kind=kind or "unnamed notice",
        by=f"{listing_party}, record {record}" if record else listing_party,
        notice=clean_text(notice.get("DOI")).lower(),
        date=_parse_date(notice.get("updated"))[1],
    )


SERVICE = _CrossrefService()
