"""What the audit knows offline, as read from `data/audit.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from kg.model.record import dataclass
from kg.resources import shipped, table


@dataclass(frozen=True, slots=True)
class Numbers:
    """Identifiers of known year, in order; and how a year that is read off them is used."""

    kind: str
    anchors: tuple[tuple[int, float], ...]
    tolerance: float
    worst: float
    ordered_from: int
    late_only: bool


@dataclass(frozen=True, slots=True)
class UrlKind:
    """A kind of address, told by the end of its host and a pattern of its path and query."""

    name: str
    host: str
    path: re.Pattern[str]
    study: bool


@dataclass(frozen=True, slots=True)
class Record:
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
class Settings:
    """Everything in the file."""

    version: str
    pmid: Numbers
    pmcid: Numbers
    url_kinds: tuple[UrlKind, ...]
    records: tuple[Record, ...]


@cache
def settings() -> Settings:
    """The shipped settings.

    >>> settings().pmid.tolerance
    2.0
    """
    given = table(shipped("data") / "audit.toml")
    return Settings(
        version=given["version"],
        pmid=_numbers("PMID", given["pmid"]),
        pmcid=_numbers("PMCID", given["pmcid"]),
        url_kinds=tuple(
            UrlKind(k["name"], k["host"], re.compile(k["path"]), k["study"])
            for k in given["url_kind"]
        ),
        records=tuple(Record(**record) for record in given["record"]),
    )


def _numbers(kind: str, given: dict[str, Any]) -> Numbers:
    anchors = tuple(sorted((int(n), float(year)) for n, year in given["anchors"]))
    return Numbers(kind, anchors, **{k: v for k, v in given.items() if k != "anchors"})
