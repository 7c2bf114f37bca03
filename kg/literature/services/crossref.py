"""Crossref: works by DOI or title, with their notices, those of Retraction Watch among them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from kg.literature.services.shape import items, mapping, names, text, year
from kg.model.audit import Notice, Question, Work
from kg.model.record import dataclass

_LISTED_BY = {"retraction-watch": "Retraction Watch", "publisher": "the publisher"}


@dataclass(frozen=True, slots=True)
class _Crossref:
    """The REST API, https://api.crossref.org; `updated-by` lists the notices about a work."""

    title: str = "Crossref"
    kinds: tuple[str, ...] = ("doi", "title")
    contact: str = "mailto"
    missing: tuple[int, ...] = (404,)

    def path(self, question: Question, rows: int) -> str:
        """The record of a DOI, or a search by title."""
        if question.kind == "doi":
            return f"/works/{quote(question.value, safe='')}"
        query = urlencode({"query.bibliographic": question.value, "rows": rows})
        return f"/works?{query}"

    def works(self, answer: Any, question: Question) -> tuple[Work, ...]:
        """The work of a record, or those of a list."""
        message = mapping(mapping(answer, "the answer").get("message"), "message")
        if question.kind == "doi":
            return (_work(message),)
        return tuple(_work(mapping(item, "item")) for item in items(message.get("items"), "items"))


def _work(record: dict[str, Any]) -> Work:
    titles = [text(title) for title in items(record.get("title"), "title")]
    venues = [
        text(name)
        for key in ("container-title", "short-container-title")
        for name in items(record.get(key), key)
    ]
    return Work(
        title=" ".join(titles),
        authors=", ".join(_author(a) for a in items(record.get("author"), "author")[:20]),
        year=_issued(record),
        venues=names(venues),
        types=names([text(record.get("type"))]),
        doi=text(record.get("DOI")).lower() or None,
        notices=tuple(sorted(_notice(n) for n in items(record.get("updated-by"), "updated-by"))),
    )


def _author(value: Any) -> str:
    author = mapping(value, "author")
    return f"{text(author.get('family'))} {text(author.get('given'))}".strip() or text(
        author.get("name")
    )


def _issued(record: dict[str, Any]) -> int | None:
    """The year of the earliest publication, which is what `issued` holds."""
    return _date(record.get("issued"))[0]


def _date(value: Any) -> tuple[int | None, str]:
    """Year and ISO date of a `date-parts` object."""
    if value is None:
        return None, ""
    parts = items(mapping(value, "date").get("date-parts"), "date-parts")
    numbers = [text(n) for n in items(parts[0], "date-parts")] if parts else []
    return (year(numbers[0]) if numbers else None), "-".join(f"{n:>02}" for n in numbers if n)


def _notice(value: Any) -> Notice:
    notice = mapping(value, "notice")
    by, record = text(notice.get("source")), text(notice.get("record-id"))
    listed = _LISTED_BY.get(by, by or "the publisher")
    kind = text(notice.get("type")).replace("_", "-").lower()
    return Notice(
        kind=kind or "unnamed notice",
        by=f"{listed}, record {record}" if record else listed,
        notice=text(notice.get("DOI")).lower(),
        date=_date(notice.get("updated"))[1],
    )


SERVICE = _Crossref()
