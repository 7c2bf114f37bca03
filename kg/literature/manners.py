"""How services are asked, as read from `data/lookups.toml`: addresses, pace, tries and limits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kg.model.record import dataclass
from kg.resources import shipped, table


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service is; `interval` is seconds between requests, `trusted`: an operator chose it.

    Only a trusted endpoint may lie at a private address or speak plain HTTP.
    """

    base: str
    interval: float
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Manners:
    """Times are in seconds, `fresh_days` in days, `largest` in bytes."""

    version: str
    fresh_days: int
    timeout: float
    longest: float
    attempts: int
    first_wait: float
    longest_wait: float
    largest: int
    redirects: int
    rows: int
    endpoints: Mapping[str, Endpoint]


@cache
def manners() -> Manners:
    """The shipped manners.

    >>> manners().endpoints["ncbi"].interval > 1 / 3
    True
    """
    given = table(shipped("data") / "lookups.toml")
    services = {name: Endpoint(**at) for name, at in given["services"].items()}
    rest = {name: value for name, value in given.items() if name != "services"}
    return Manners(**rest, endpoints=services)
