"""Versioned grading profiles: every constant of grading lives in a data file, never in code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kg.errors import DataError, UnknownName
from kg.resources import load_toml_table, locate_shipped_folder


@dataclass(frozen=True)
class Profile:
    """One grading profile, as read from `data/profiles/<name>.toml`."""

    name: str
    version: str
    title: str
    table: Mapping[str, Any]

    def __getitem__(self, section: str) -> Any:
        return self.table[section]

    def list_sources(self, *constants: str) -> tuple[str, ...]:
        """Keys of the works that published these constants; none: they are local.

        >>> load_profile().list_sources("inconsistency.i2_serious")
        ('BJSM-2', 'BMC-1')
        """
        published: Mapping[str, list[str]] = self.table["sources"]
        return tuple(dict.fromkeys(k for name in constants for k in published.get(name, ())))

    def __hash__(self) -> int:
        return hash((self.name, self.version))


_OTHER_PROFILES = frozenset(
    {"alternatives", "detectors"}
)  # data of the same kind, but no way to grade


def list_profiles() -> tuple[str, ...]:
    """Names of the shipped grading profiles.

    >>> list_profiles()
    ('grade', 'navguide', 'robins')
    """
    folder = locate_shipped_folder("data") / "profiles"
    return tuple(sorted(p.stem for p in folder.glob("*.toml") if p.stem not in _OTHER_PROFILES))


@cache
def load_profile(name: str = "grade") -> Profile:
    """The profile of this name; `UnknownName` with near names where there is none.

    >>> load_profile("robins")["start"]["cohort"]
    4
    """
    profile_table = _load_table(name)
    return Profile(
        profile_table["name"], profile_table["version"], profile_table["title"], profile_table
    )


def _load_table(name: str) -> dict[str, Any]:
    if name not in list_profiles():
        from difflib import get_close_matches

        known_names = list_profiles()
        raise UnknownName(
            "profile", name, get_close_matches(name, known_names, cutoff=0.4) or known_names
        )
    path = locate_shipped_folder("data") / "profiles" / f"{name}.toml"
    try:
        profile_table = load_toml_table(path)
    except ValueError as error:
        raise DataError(f"{path}: not a valid profile: {error}") from error
    base_name = profile_table.pop("extends", None)
    return _merge_tables(_load_table(base_name), profile_table) if base_name else profile_table


def _merge_tables(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        are_both_tables = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = {**base[key], **value} if are_both_tables else value
    return merged
