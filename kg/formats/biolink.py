"""The Biolink Model in the words of kg: signs of predicates, kinds of nodes, strength of wording.

What is said here is data: `data/biolink.toml`, with its source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from kg.model import EntityKind, Predicate, Presented, System, Tier, effect_sign
from kg.model.record import dataclass
from kg.model.terms import Better
from kg.resources import shipped


class Way(StrEnum):
    """What a predicate says of a change in its object, given one in its subject."""

    SIGNED = "signed"
    CARRIED = "carried"
    REVERSED = "reversed"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A predicate in the words of kg; `sign` is 0 where the object's change is not known."""

    way: Way
    predicate: Predicate
    sign: int


_SILENT = Meaning(Way.SILENT, Predicate.REGULATES, 0)
_REVERSED = Meaning(Way.REVERSED, Predicate.REGULATES, 0)
_CARRIED = Meaning(Way.CARRIED, Predicate.INCREASES, 1)


@cache
def table() -> Mapping[str, Any]:
    """The table as it stands in the file."""
    return tomllib.loads((shipped("data") / "biolink.toml").read_text(encoding="utf-8"))


@cache
def _meanings() -> Mapping[str, Meaning]:
    rules = table()
    found = dict.fromkeys(rules["carried"]["predicates"], _CARRIED)
    found |= dict.fromkeys(rules["reversed"]["predicates"], _REVERSED)
    for name, word in rules["signed"].items():
        predicate = Predicate(word)
        sign = effect_sign(predicate, Better.NEITHER)
        if sign is None:
            raise ValueError(f"biolink.toml: {name!r} is signed, and {word!r} has no sign")
        found[name] = Meaning(Way.SIGNED, predicate, sign)
    return found


def meaning(predicate: str) -> Meaning:
    """What a predicate says, in any of its spellings.

    >>> meaning("biolink:increases_degradation_of").sign, meaning("participates in").way.value
    (-1, 'carried')
    >>> meaning("regulates").way.value
    'silent'
    """
    return _meanings().get(words(predicate), _SILENT)


def is_known(predicate: str) -> bool:
    """Whether a predicate is in one of the lists."""
    return words(predicate) in _meanings()


def qualified(predicate: str, direction: str, aspect: str) -> Meaning:
    """What a predicate says with the qualifiers of its object.

    >>> qualified("biolink:affects", "decreased", "activity").sign
    -1
    >>> qualified("biolink:affects", "increased", "degradation").sign
    -1
    """
    rules = table()["qualifiers"]
    sign = rules["direction"].get(words(direction), 0)
    if not sign or words(predicate) not in rules["qualified"]:
        return meaning(predicate)
    if words(aspect) in rules["inverted_aspects"]:
        sign = -sign
    return Meaning(Way.SIGNED, Predicate.INCREASES if sign > 0 else Predicate.DECREASES, sign)


def words(name: str) -> str:
    """A name without prefix and underscores, in lower case."""
    return name.rpartition(":")[2].replace("_", " ").strip().lower()


def kind(category: str) -> EntityKind:
    """The kind of a node of this category; a property where the category is unknown."""
    return EntityKind(table()["kinds"].get(category.rpartition(":")[2], "property"))


def tier(level: str) -> Tier:
    """How firmly a statement of this knowledge level is put forward."""
    return Tier[table()["tiers"].get(level, "plain").upper()]


def presented(level: str) -> Presented:
    """As what a statement of this knowledge level is presented."""
    return Presented(table()["presented"].get(level, "unspecified"))


def system(source: str) -> System | None:
    """What was studied, of an `evidence_source`; None where it is not said."""
    word = table()["evidence_source"].get(source)
    return System(word) if word else None
