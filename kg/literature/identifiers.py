"""What the shape of a DOI or an address says of a citation, without opening it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from kg.literature.settings import UrlKind, load_audit_settings
from kg.literature.spelling import normalise_journal
from kg.model import Citation, EvidenceBase
from kg.model.audit import HeuristicResult

_PLACEHOLDER_PATTERN = re.compile(r"123456|567890|x{4,}", re.IGNORECASE)
_YEAR_PATTERN = re.compile(r"(?<![0-9])(?:19[5-9][0-9]|20[0-4][0-9])(?=[.])")
_STEM_PATTERN = re.compile(r"(10[.][0-9]+/(?:[a-z]+[.])?[a-z]+)")
_WORD_PATTERN = re.compile(r"[a-z]{4,}")
_MINIMUM_WORDS = 3


def check_doi_placeholder(citation: Citation) -> HeuristicResult | None:
    """Whether the DOI holds a run of digits as in an example."""
    if citation.doi is None:
        return None
    suffix = citation.doi.partition("/")[2]
    if placeholder_match := _PLACEHOLDER_PATTERN.search(suffix):
        evidence = f"the DOI {citation.doi} holds {placeholder_match[0]!r}, as examples do"
        return HeuristicResult("doi-placeholder", "conflict", "medium", evidence, ("doi",))
    evidence = f"{citation.doi} is no placeholder by its form"
    return HeuristicResult("doi-placeholder", "agrees", "low", evidence)


def check_doi_year(citation: Citation) -> HeuristicResult | None:
    """Whether a year between dots of the DOI is, within one year, the listed one."""
    if citation.doi is None or citation.year is None:
        return None
    years = [int(y) for y in _YEAR_PATTERN.findall(citation.doi.partition("/")[2])]
    if len(years) != 1:
        return None
    evidence = f"the DOI {citation.doi} carries {years[0]}, {citation.year} is listed"
    if abs(years[0] - citation.year) <= 1:
        return HeuristicResult("doi-year", "agrees", "low", evidence)
    return HeuristicResult("doi-year", "conflict", "medium", evidence, ("year",))


def check_doi_journal(citation: Citation, base: EvidenceBase) -> HeuristicResult | None:
    """Whether verified works whose DOIs begin alike are of the listed journal; two at least."""
    if citation.doi is None or citation.journal is None:
        return None
    stem = _find_doi_stem(citation.doi)
    if stem is None:
        return None
    verified = (study for study in base.studies if study.verified and study.doi)
    alike = [study.journal for study in verified if _find_doi_stem(study.doi or "") == stem]
    names = {normalise_journal(journal) for journal in alike if journal}
    if len(alike) < 2 or len(names) != 1:
        return None
    evidence = f"{len(alike)} verified works with DOIs on {stem} are of {alike[0]}"
    if normalise_journal(citation.journal) in names:
        return HeuristicResult("doi-journal", "agrees", "low", evidence)
    return HeuristicResult("doi-journal", "conflict", "medium", evidence, ("journal",))


def _find_doi_stem(doi: str) -> str | None:
    stem_match = _STEM_PATTERN.match(doi.lower())
    return stem_match[1] if stem_match else None


def find_url_kind(url: str) -> UrlKind | None:
    """The kind of an address; None where no pattern fits."""
    host, place = _split_url(url)
    for kind in load_audit_settings().url_kinds:
        fits = not kind.host or host == kind.host or host.endswith(f".{kind.host}")
        if fits and kind.path.search(place):
            return kind
    return None


def _split_url(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an unclosed bracket in the host
        return "", ""
    return (parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else ""))


def check_url_kind(citation: Citation) -> HeuristicResult | None:
    """Whether an article may stand behind the address."""
    if citation.url is None:
        return None
    kind = find_url_kind(citation.url)
    if kind is None:
        evidence = f"the kind of {citation.url} is not known"
        return HeuristicResult("url-kind", "unknown", "low", evidence)
    evidence = f"the link is that of: {kind.name}, {citation.url}"
    if kind.is_study:
        return HeuristicResult("url-kind", "agrees", "low", evidence)
    sureness = "high" if kind.host else "medium"
    return HeuristicResult("url-kind", "conflict", sureness, evidence, ("type",))


def check_title_url(citation: Citation) -> HeuristicResult | None:
    """Whether the words of the address are in the title; unknown under three such words."""
    if citation.url is None or citation.title is None:
        return None
    path = _split_url(citation.url)[1].rstrip("/").rpartition("/")[2].partition("?")[0]
    words = set(_WORD_PATTERN.findall(path.lower())) - {"html", "view", "full"}
    if len(words) < _MINIMUM_WORDS:
        return None
    shared = words & set(_WORD_PATTERN.findall(citation.title.lower()))
    if shared:
        evidence = f"title and address share {len(shared)} words"
        return HeuristicResult("title-url", "agrees", "low", evidence)
    evidence = "no word of the address is in the title"
    return HeuristicResult("title-url", "conflict", "low", evidence, ("title",))


def list_identifiers(citation: Citation) -> frozenset[str]:
    """What makes two citations the same work. Journal and year are not among it."""
    values = ((kind, getattr(citation, kind)) for kind in ("doi", "pmid", "pmcid", "url", "study"))
    return frozenset(f"{kind} {value.lower()}" for kind, value in values if value)
