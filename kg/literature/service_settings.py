"""How services are asked, as read from `data/lookups.toml`: addresses, pace, tries and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kg.resources import load_toml_table, locate_shipped_folder


@dataclass(frozen=True, slots=True)
class ServiceEndpoint:
    """Where a service is; `interval` is seconds between requests, `trusted`: an operator chose it.

    Only a trusted endpoint may lie at a private address or speak plain HTTP.
    """

    base: str
    interval: float
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class LookUpSettings:
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
    endpoints: Mapping[str, ServiceEndpoint]


@cache
def load_look_up_settings() -> LookUpSettings:
    """The shipped manners.

    >>> load_look_up_settings().endpoints["ncbi"].interval > 1 / 3
    True
    """
    raw_settings = load_toml_table(locate_shipped_folder("data") / "lookups.toml")
    services = {
        name: ServiceEndpoint(**endpoint_fields)
        for name, endpoint_fields in raw_settings["services"].items()
    }
    other_settings = {name: value for name, value in raw_settings.items() if name != "services"}
    return LookUpSettings(**other_settings, endpoints=services)
