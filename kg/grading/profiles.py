"""Versioned grading profiles: every constant of grading lives in a data file, never in code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from kg.errors import DataError, UnknownName
from kg.model.record import dataclass
from kg.resources import shipped, table


@dataclass(frozen=True)
class Profile:
    """One grading profile, as read from `data/profiles/<name>.toml`."""

    name: str
    version: str
    title: str
    table: Mapping[str, Any]

    def __getitem__(self, section: str) -> Any:
        return self.table[section]

    def cited(self, *constants: str) -> tuple[str, ...]:
        """Keys of the works that published these constants; none: they are local.

        >>> profile().cited("inconsistency.i2_serious")
        ('BJSM-2', 'BMC-1')
        """
        published: Mapping[str, list[str]] = self.table["sources"]
        return tuple(dict.fromkeys(k for name in constants for k in published.get(name, ())))

    def __hash__(self) -> int:
        return hash((self.name, self.version))


_OTHERS = frozenset({"alternatives", "detectors"})  # data of the same kind, but no way to grade


def profile_names() -> tuple[str, ...]:
    """Names of the shipped grading profiles.

    >>> profile_names()
    ('grade', 'navguide', 'robins')
    """
    folder = shipped("data") / "profiles"
    return tuple(sorted(p.stem for p in folder.glob("*.toml") if p.stem not in _OTHERS))


@cache
def profile(name: str = "grade") -> Profile:
    """The profile of this name; `UnknownName` with near names where there is none.

    >>> profile("robins")["start"]["cohort"]
    4
    """
    found = _table(name)
    return Profile(found["name"], found["version"], found["title"], found)


def _table(name: str) -> dict[str, Any]:
    if name not in profile_names():
        from difflib import get_close_matches

        known = profile_names()
        raise UnknownName("profile", name, get_close_matches(name, known, cutoff=0.4) or known)
    path = shipped("data") / "profiles" / f"{name}.toml"
    try:
        found = table(path)
    except ValueError as fault:
        raise DataError(f"{path}: not a valid profile: {fault}") from fault
    base = found.pop("extends", None)
    return _merged(_table(base), found) if base else found


def _merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = {**base[key], **value} if both else value
    return merged
