"""One thing of the base as plain values: its fields, and what names it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from enum import Enum, IntEnum
from typing import Any

from kg.errors import UnknownName
from kg.model import EvidenceBase, EvidenceRecord, Location, normalise


def show_thing(base: EvidenceBase, name: str) -> dict[str, Any]:
    """Class and fields of a thing and the ids of what names it; empty fields are left out.

    Raises UnknownName with near names.
    """
    thing = find_thing(base, name)
    return {
        "class": type(thing).__name__,
        **_convert_record(thing),
        "used_by": list_users(base, thing.id),
    }


def find_thing(base: EvidenceBase, name: str) -> EvidenceRecord:
    """The thing of this id, label, synonym or identifier; the study of a finding."""
    thing_by_id = base.find_record(name)
    if thing_by_id is not None:
        return thing_by_id
    study = next((s for s in base.studies if any(f.id == name for f in s.findings)), None)
    if study is not None:
        return study
    try:
        return base.resolve_node(name, "thing")
    except UnknownName:
        alike = {normalise(thing.id): thing for thing in _list_unnamed_things(base)}.get(
            normalise(name)
        )
        if alike is None:
            raise UnknownName("thing", name, _suggest_near_names(base, name)) from None
        return alike


def _list_unnamed_things(base: EvidenceBase) -> tuple[EvidenceRecord, ...]:
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


def _suggest_near_names(base: EvidenceBase, name: str) -> tuple[str, ...]:
    thing_ids = [thing.id for thing in _list_unnamed_things(base)]
    near_names = (*base.suggest_ids(name), *get_close_matches(name, thing_ids, cutoff=0.6))
    return tuple(dict.fromkeys(near_names))[:3]


def _convert_record(thing: Any) -> dict[str, Any]:
    """Fields of a dataclass that are not empty, as plain values."""
    values = {f.name.rstrip("_"): _convert_value(getattr(thing, f.name)) for f in fields(thing)}
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _convert_value(value: Any) -> Any:
    if isinstance(value, Location):
        return str(value)
    if isinstance(value, IntEnum):
        return value.name.lower().replace("_", " ")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_convert_value(item) for item in value]
    return _convert_record(value) if is_dataclass(value) else value


def list_users(base: EvidenceBase, thing_id: str) -> list[str]:
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
    return [
        thing.id
        for group in things
        for thing in group
        if thing.id != thing_id and _has_reference(thing, thing_id)
    ]


def _has_reference(thing: Any, thing_id: str) -> bool:
    if isinstance(thing, str):
        return thing == thing_id
    if isinstance(thing, tuple):
        return any(_has_reference(item, thing_id) for item in thing)
    if is_dataclass(thing):
        return any(
            _has_reference(getattr(thing, f.name), thing_id)
            for f in fields(thing)
            if f.name != "id"
        )
    return False
