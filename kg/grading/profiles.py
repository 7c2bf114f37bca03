"""Versioned grading profiles: every constant of grading lives in a data file, never in code."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from kg.errors import DataError, UnknownName
from kg.registry import Registry
from kg.resources import hash_texts, load_toml_table, locate_shipped_folder


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


def _list_shipped_profiles() -> frozenset[str]:
    folder = locate_shipped_folder("data") / "profiles"
    return frozenset(path.stem for path in folder.glob("*.toml")) - _OTHER_PROFILES


def list_profiles() -> tuple[str, ...]:
    """Names of the grading profiles: those that ship with kg, and working plug-ins.

    >>> list_profiles()
    ('core-grade', 'grade', 'navguide', 'robins')
    """
    working_plugins = {name for name, _ in PROFILE_PLUGINS.iterate_working()}
    return tuple(sorted(_list_shipped_profiles() | working_plugins))


PROFILE_FILES: dict[str, Profile] = {}
"""Profiles that this process read from files of its user, by the name that was given."""


@cache
def load_profile(name: str = "grade") -> Profile:
    """The profile of this name; `UnknownName` with near names where there is none.

    >>> load_profile("robins")["start"]["cohort"]
    4
    """
    if name in PROFILE_FILES:
        return PROFILE_FILES[name]
    profile_table = _load_table(name)
    return Profile(
        profile_table["name"], profile_table["version"], profile_table["title"], profile_table
    )


def read_profile_file(file_path: Path) -> Profile:
    """A profile of one's own: what its file leaves out is as in the profile that it `extends`.

    Args:
        file_path: TOML with a few of the tables of `data/profiles/grade.toml`.

    Raises:
        DataError: a table or constant is unknown or of another type; the message names the lines.
    """
    try:
        text = file_path.read_text(encoding="utf-8")
        own_table = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise DataError(f"{file_path}: not readable as a profile: {error}") from error
    base_name = own_table.pop("extends", "grade")
    if not isinstance(base_name, str) or base_name not in _list_shipped_profiles():
        raise DataError(f"{file_path}: extends no shipped profile: {base_name!r}")
    base_table = _load_table(base_name)
    faults = [
        f"{file_path}:{_find_line(text, key)}: {message}"
        for key, message in _list_table_faults(base_table, own_table)
    ]
    if faults:
        raise DataError("\n".join(faults))
    named_table = {"name": file_path.stem, "version": f"own-{hash_texts([text])[:8]}", **own_table}
    profile_table = _merge_tables(base_table, named_table)
    return Profile(
        profile_table["name"], profile_table["version"], profile_table["title"], profile_table
    )


_FREE_TABLES = frozenset({"sources", "works"})


def _list_table_faults(
    base_table: Mapping[str, Any], own_table: Mapping[str, Any], section: str = ""
) -> Iterator[tuple[str, str]]:
    """Each key that the base table lacks or has with a value of another type, and why."""
    for key, value in own_table.items():
        path = f"{section}.{key}" if section else key
        if key not in base_table:
            near_names = get_close_matches(key, base_table, 1)
            hint = f"; did you mean {near_names[0]!r}?" if near_names else ""
            yield key, f"the profile has no {path!r}{hint}"
        elif isinstance(value, dict) and isinstance(base_table[key], dict):
            if path not in _FREE_TABLES:
                yield from _list_table_faults(base_table[key], value, path)
        elif isinstance(value, bool) or not _has_form_of(base_table[key], value):
            kind = "a number" if isinstance(base_table[key], (int, float)) else "of its kind"
            yield key, f"{path!r} is {value!r}, and not {kind} as {base_table[key]!r}"


def _find_line(text: str, key: str) -> int:
    """The first line that names a key."""
    return next((n for n, line in enumerate(text.splitlines(), 1) if key in line), 1)


def _load_table(name: str) -> dict[str, Any]:
    if name not in _list_shipped_profiles():
        if name in PROFILE_PLUGINS:
            plugin_table = dict(PROFILE_PLUGINS[name])
            base_table = _load_table(plugin_table.pop("extends", "grade"))
            return _merge_tables(base_table, {**plugin_table, "name": name})
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


def _is_profile_table(entry: object) -> bool:
    """Whether a plug-in brings a table that says of a shipped profile what is otherwise."""
    if not isinstance(entry, dict):
        return False
    base_name = entry.get("extends", "grade")
    return base_name in _list_shipped_profiles() and _has_form_of(_load_table(base_name), entry)


def _has_form_of(base_value: Any, value: Any) -> bool:
    """Whether tables stand where the base has tables, numbers for numbers and texts for texts."""
    if isinstance(base_value, dict):
        return isinstance(value, dict) and all(
            _has_form_of(base_value[key], value[key]) for key in base_value.keys() & value.keys()
        )
    return isinstance(
        value, (int, float) if isinstance(base_value, (int, float)) else type(base_value)
    )


PROFILE_PLUGINS: Registry[Mapping[str, Any]] = Registry(
    "profile", {}, group="kg.profiles", is_valid=_is_profile_table
)
"""Profiles of installed packages: tables like those of `data/profiles`, which extend `grade`
unless they say what else they extend."""
