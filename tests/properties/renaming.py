"""Records under other ids, with all that refers to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from kg.model import EvidenceBase

T = TypeVar("T")


def named_ids(base: EvidenceBase) -> set[str]:
    """The ids of all records of a base, findings included."""
    things: tuple[Any, ...] = (
        *base.entities, *base.exposures, *base.populations, *base.sources,
        *base.claims, *base.citations, *base.studies, *base.chains,
    )  # fmt: skip
    found = {thing.id for thing in things}
    return found | {finding.id for study in base.studies for finding in study.findings}


def renamed(thing: T, names: Mapping[str, str]) -> T:
    """A record, base or tuple in which each string that is one of the ids has its other name."""
    made: Any = thing
    if type(made) is str:  # not an enum
        made = names.get(made, made)
    elif isinstance(thing, tuple):
        made = tuple(renamed(part, names) for part in thing)
    elif is_dataclass(thing) and not isinstance(thing, type):
        parts = {f.name: renamed(getattr(thing, f.name), names) for f in fields(thing)}
        made = replace(thing, **parts)
    return made  # type: ignore[no-any-return]


def republished(base: EvidenceBase, copies: int) -> EvidenceBase:
    """The base with everything that its sources say said again by other sources."""
    said = [
        thing for kind in (base.sources, base.claims, base.citations, base.chains) for thing in kind
    ]
    for n in range(copies):
        names = {thing.id: f"{thing.id}-again{n}" for thing in said}
        base = replace(
            base,
            sources=(*base.sources, *(renamed(s, names) for s in base.sources if s.id in names)),
            claims=(*base.claims, *(renamed(c, names) for c in base.claims if c.id in names)),
            citations=(
                *base.citations,
                *(renamed(c, names) for c in base.citations if c.id in names),
            ),
            chains=(*base.chains, *(renamed(c, names) for c in base.chains if c.id in names)),
        )
    return base
