"""What the shape of a DOI or an address says of a citation, without opening it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from kg.literature.settings import UrlKind, settings
from kg.model import Citation, EvidenceBase
from kg.model.audit import Sign

_PLACEHOLDER = re.compile(r"123456|567890|x{4,}", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])(?:19[5-9][0-9]|20[0-4][0-9])(?=[.])")
_STEM = re.compile(r"(10[.][0-9]+/(?:[a-z]+[.])?[a-z]+)")
_WORD = re.compile(r"[a-z]{4,}")
_ENOUGH = 3


def doi_placeholder(citation: Citation) -> Sign | None:
    """Whether the DOI holds a run of digits as in an example."""
    if citation.doi is None:
        return None
    suffix = citation.doi.partition("/")[2]
    if found := _PLACEHOLDER.search(suffix):
        evidence = f"the DOI {citation.doi} holds {found[0]!r}, as examples do"
        return Sign("doi-placeholder", "conflict", "medium", evidence, ("doi",))
    return Sign("doi-placeholder", "agrees", "low", f"{citation.doi} is no placeholder by its form")


def doi_year(citation: Citation) -> Sign | None:
    """Whether a year between dots of the DOI is, within one year, the listed one."""
    if citation.doi is None or citation.year is None:
        return None
    years = [int(y) for y in _YEAR.findall(citation.doi.partition("/")[2])]
    if len(years) != 1:
        return None
    evidence = f"the DOI {citation.doi} carries {years[0]}, {citation.year} is listed"
    if abs(years[0] - citation.year) <= 1:
        return Sign("doi-year", "agrees", "low", evidence)
    return Sign("doi-year", "conflict", "medium", evidence, ("year",))


def doi_journal(citation: Citation, base: EvidenceBase) -> Sign | None:
    """Whether verified works whose DOIs begin alike are of the listed journal; two at least."""
    if citation.doi is None or citation.journal is None:
        return None
    stem = _stem(citation.doi)
    if stem is None:
        return None
    alike = [s.journal for s in base.studies if s.verified and s.doi and _stem(s.doi) == stem]
    names = {name_key(journal) for journal in alike if journal}
    if len(alike) < 2 or len(names) != 1:
        return None
    same = name_key(citation.journal) in names
    evidence = f"{len(alike)} verified works with DOIs on {stem} are of {alike[0]}"
    if same:
        return Sign("doi-journal", "agrees", "low", evidence)
    return Sign("doi-journal", "conflict", "medium", evidence, ("journal",))


def _stem(doi: str) -> str | None:
    found = _STEM.match(doi.lower())
    return found[1] if found else None


def name_key(name: str | None) -> str:
    """A journal's name without article, case and punctuation.

    >>> name_key("The Journal of Nutrition") == name_key("journal of nutrition")
    True
    """
    return "".join(c for c in (name or "").casefold().removeprefix("the ") if c.isalnum())


def kind_of(url: str) -> UrlKind | None:
    """The kind of an address; None where no pattern fits."""
    host, place = _parts(url)
    for kind in settings().url_kinds:
        fits = not kind.host or host == kind.host or host.endswith(f".{kind.host}")
        if fits and kind.path.search(place):
            return kind
    return None


def _parts(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an unclosed bracket in the host
        return "", ""
    return (parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else ""))


def url_kind(citation: Citation) -> Sign | None:
    """Whether an article may stand behind the address."""
    if citation.url is None:
        return None
    kind = kind_of(citation.url)
    if kind is None:
        return Sign("url-kind", "unknown", "low", f"the kind of {citation.url} is not known")
    evidence = f"the link is that of: {kind.name}, {citation.url}"
    if kind.study:
        return Sign("url-kind", "agrees", "low", evidence)
    sure = "high" if kind.host else "medium"
    return Sign("url-kind", "conflict", sure, evidence, ("type",))


def title_url(citation: Citation) -> Sign | None:
    """Whether the words of the address are in the title; unknown under three such words."""
    if citation.url is None or citation.title is None:
        return None
    path = _parts(citation.url)[1].rstrip("/").rpartition("/")[2].partition("?")[0]
    words = set(_WORD.findall(path.lower())) - {"html", "view", "full"}
    if len(words) < _ENOUGH:
        return None
    shared = words & set(_WORD.findall(citation.title.lower()))
    if shared:
        return Sign("title-url", "agrees", "low", f"title and address share {len(shared)} words")
    evidence = "no word of the address is in the title"
    return Sign("title-url", "conflict", "low", evidence, ("title",))


def identifiers(citation: Citation) -> frozenset[str]:
    """What makes two citations the same work. Journal and year are not among it."""
    pairs = (
        ("doi", citation.doi),
        ("pmid", citation.pmid),
        ("pmcid", citation.pmcid),
        ("url", citation.url),
        ("study", citation.study),
    )
    return frozenset(f"{kind} {value.lower()}" for kind, value in pairs if value)
