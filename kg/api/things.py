"""One thing of the base as plain values: its fields, and what names it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from enum import Enum, IntEnum
from typing import Any

from kg.errors import UnknownName
from kg.model import EvidenceBase, Location, Thing, normalise


def show(base: EvidenceBase, name: str) -> dict[str, Any]:
    """Class and fields of a thing and the ids of what names it; empty fields are left out.

    Raises UnknownName with near names.
    """
    found = find(base, name)
    return {"class": type(found).__name__, **_plain(found), "used_by": users(base, found.id)}


def find(base: EvidenceBase, name: str) -> Thing:
    """The thing of this id, label, synonym or identifier; the study of a finding."""
    found = base.find(name)
    if found is not None:
        return found
    study = next((s for s in base.studies if any(f.id == name for f in s.findings)), None)
    if study is not None:
        return study
    try:
        return base.resolve(name, "thing")
    except UnknownName:
        alike = {normalise(thing.id): thing for thing in _unnamed(base)}.get(normalise(name))
        if alike is None:
            raise UnknownName("thing", name, _near(base, name)) from None
        return alike


def _unnamed(base: EvidenceBase) -> tuple[Thing, ...]:
    """What goes by its id alone."""
    return (
        *base.claims,
        *base.citations,
        *base.studies,
        *base.chains,
        *base.conflicts,
        *base.populations,
        *base.sources,
    )


def _near(base: EvidenceBase, name: str) -> tuple[str, ...]:
    ids = [thing.id for thing in _unnamed(base)]
    near = (*base.near(name), *get_close_matches(name, ids, cutoff=0.6))
    return tuple(dict.fromkeys(near))[:3]


def _plain(thing: Any) -> dict[str, Any]:
    """Fields of a dataclass that are not empty, as plain values."""
    values = {f.name.rstrip("_"): _value(getattr(thing, f.name)) for f in fields(thing)}
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _value(value: Any) -> Any:
    if isinstance(value, Location):
        return str(value)
    if isinstance(value, IntEnum):
        return value.name.lower().replace("_", " ")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return _plain(value) if is_dataclass(value) else value


def users(base: EvidenceBase, id: str) -> list[str]:
    """Ids of claims, chains, studies and entities that name this id."""
    things = (
        base.claims,
        base.chains,
        base.conflicts,
        base.studies,
        base.entities,
        base.exposures,
        base.citations,
    )
    return [thing.id for group in things for thing in group if thing.id != id and _names(thing, id)]


def _names(thing: Any, id: str) -> bool:
    if isinstance(thing, str):
        return thing == id
    if isinstance(thing, tuple):
        return any(_names(item, id) for item in thing)
    if is_dataclass(thing):
        return any(_names(getattr(thing, f.name), id) for f in fields(thing) if f.name != "id")
    return False
