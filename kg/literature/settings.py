"""What the audit knows offline, as read from `data/audit.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from kg.resources import load_toml_table, locate_shipped_folder


@dataclass(frozen=True, slots=True)
class NumberDating:
    """Identifiers of known year, in order; and how a year that is read off them is used."""

    kind: str
    anchors: tuple[tuple[int, float], ...]
    tolerance: float
    worst: float
    ordered_from: int
    late_only: bool


@dataclass(frozen=True, slots=True)
class UrlKind:
    """A kind of address, recognised by the end of its host and a pattern of its path and query."""

    name: str
    host: str
    path: re.Pattern[str]
    is_study: bool


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """What stands behind an address that is no study of the base."""

    url: str
    type: str
    authors: str
    year: int
    title: str
    venue: str
    route: str
    read: str
    sure: str


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """Everything in the file."""

    version: str
    pmid: NumberDating
    pmcid: NumberDating
    url_kinds: tuple[UrlKind, ...]
    records: tuple[KnownRecord, ...]


@cache
def load_audit_settings() -> AuditSettings:
    """The shipped settings.

    >>> load_audit_settings().pmid.tolerance
    2.0
    """
    raw_settings = load_toml_table(locate_shipped_folder("data") / "audit.toml")
    return AuditSettings(
        version=raw_settings["version"],
        pmid=_parse_dating("PMID", raw_settings["pmid"]),
        pmcid=_parse_dating("PMCID", raw_settings["pmcid"]),
        url_kinds=tuple(
            UrlKind(k["name"], k["host"], re.compile(k["path"]), k["study"])
            for k in raw_settings["url_kind"]
        ),
        records=tuple(KnownRecord(**record) for record in raw_settings["record"]),
    )


def _parse_dating(kind: str, raw_settings: dict[str, Any]) -> NumberDating:
    anchors = tuple(sorted((int(n), float(year)) for n, year in raw_settings["anchors"]))
    return NumberDating(kind, anchors, **{k: v for k, v in raw_settings.items() if k != "anchors"})
