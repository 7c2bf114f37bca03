"""What the audit knows offline, as read from `data/audit.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from kg.model.record import dataclass
from kg.resources import shipped


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
    import tomllib

    table = tomllib.loads((shipped("data") / "audit.toml").read_text(encoding="utf-8"))
    return Settings(
        version=table["version"],
        pmid=_numbers("PMID", table["pmid"]),
        pmcid=_numbers("PMCID", table["pmcid"]),
        url_kinds=tuple(
            UrlKind(k["name"], k["host"], re.compile(k["path"]), k["study"])
            for k in table["url_kind"]
        ),
        records=tuple(Record(**record) for record in table["record"]),
    )


def _numbers(kind: str, table: dict[str, Any]) -> Numbers:
    anchors = tuple(sorted((int(n), float(year)) for n, year in table["anchors"]))
    return Numbers(kind, anchors, **{k: v for k, v in table.items() if k != "anchors"})
