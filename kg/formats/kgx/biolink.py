"""The Biolink Model in the words of kg: signs of predicates, kinds of nodes, strength of wording.

What is said here is data: `data/biolink.toml`, with its source.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from kg.model import EntityKind, Predicate, Presented, System, Tier, find_effect_sign
from kg.model.terms import Better
from kg.model.vocabulary import fold_spelling
from kg.resources import locate_shipped_folder


class DirectionKind(StrEnum):
    """What a predicate says of a change in its object, given one in its subject."""

    SIGNED = "signed"
    CARRIED = "carried"
    REVERSED = "reversed"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class PredicateMeaning:
    """A predicate in the words of kg; `sign` is 0 where the object's change is not known."""

    direction_kind: DirectionKind
    predicate: Predicate
    sign: int


_SILENT_MEANING = PredicateMeaning(DirectionKind.SILENT, Predicate.REGULATES, 0)
_REVERSED_MEANING = PredicateMeaning(DirectionKind.REVERSED, Predicate.REGULATES, 0)
_CARRIED_MEANING = PredicateMeaning(DirectionKind.CARRIED, Predicate.INCREASES, 1)


@cache
def load_biolink_table() -> Mapping[str, Any]:
    """The table as it stands in the file."""
    return tomllib.loads(
        (locate_shipped_folder("data") / "biolink.toml").read_text(encoding="utf-8")
    )


@cache
def _index_meanings() -> Mapping[str, PredicateMeaning]:
    rules = load_biolink_table()
    meaning_by_predicate = dict.fromkeys(rules["carried"]["predicates"], _CARRIED_MEANING)
    meaning_by_predicate |= dict.fromkeys(rules["reversed"]["predicates"], _REVERSED_MEANING)
    for name, kg_word in rules["signed"].items():
        predicate = Predicate(kg_word)
        sign = find_effect_sign(predicate, Better.NEITHER)
        if sign is None:
            raise ValueError(f"biolink.toml: {name!r} is signed, and {kg_word!r} has no sign")
        meaning_by_predicate[name] = PredicateMeaning(DirectionKind.SIGNED, predicate, sign)
    return meaning_by_predicate


def find_meaning(predicate: str) -> PredicateMeaning:
    """What a predicate says, in any of its spellings.

    >>> find_meaning("biolink:increases_degradation_of").sign
    -1
    >>> find_meaning("participates in").direction_kind.value
    'carried'
    >>> find_meaning("regulates").direction_kind.value
    'silent'
    """
    return _index_meanings().get(normalise_name(predicate), _SILENT_MEANING)


def interpret_qualifiers(
    predicate: str,
    direction: str,
    aspect: str,
    subject_direction: str = "",
    subject_aspect: str = "",
) -> PredicateMeaning:
    """What a predicate says of more of its subject, with the qualifiers of object and subject.

    An aspect or direction that does not say how much there is gives no sign.

    >>> interpret_qualifiers("biolink:affects", "decreased", "activity").sign
    -1
    >>> interpret_qualifiers("biolink:affects", "increased", "degradation").sign
    -1
    >>> interpret_qualifiers("biolink:causes", "increased", "localization").sign
    0
    >>> interpret_qualifiers("biolink:causes", "increased", "expression", "decreased").sign
    -1
    """
    rules = load_biolink_table()["qualifiers"]
    meaning = find_meaning(predicate)
    sign = meaning.sign
    if normalise_name(predicate) in rules["qualified"]:
        if direction:
            sign = rules["direction"].get(normalise_name(direction), 0)
        sign *= _find_aspect_sign(aspect)
    sign *= _find_aspect_sign(subject_aspect)
    if subject_direction:
        sign *= rules["direction"].get(normalise_name(subject_direction), 0)
    if sign == meaning.sign:
        return meaning
    if not sign:
        return _SILENT_MEANING
    return PredicateMeaning(
        DirectionKind.SIGNED, Predicate.INCREASES if sign > 0 else Predicate.DECREASES, sign
    )


def _find_aspect_sign(aspect: str) -> int:
    """+1 where more of an aspect is more of the thing, -1 where it is less, else 0."""
    rules, name = load_biolink_table()["qualifiers"], normalise_name(aspect)
    return -1 if name in rules["inverted_aspects"] else int(name in rules["signed_aspects"])


def normalise_name(name: str) -> str:
    """A name without prefix and underscores, in lower case."""
    return name.rpartition(":")[2].replace("_", " ").strip().lower()


def find_entity_kind(category: str) -> EntityKind:
    """The kind of a node of this category; a property where the category is unknown."""
    return EntityKind(load_biolink_table()["kinds"].get(category.rpartition(":")[2], "property"))


KNOWLEDGE_SOURCE = "knowledge source"
"""Kind of a source that stands for the knowledge source of edges."""

NOTE_COLUMNS = (
    *("knowledge_level", "agent_type", "qualified_predicate", "object_direction_qualifier"),
    "object_aspect_qualifier",
)
"""What of an edge has no field of its own in a claim, and is kept in its note as it was written."""

_NOTE_PART = re.compile(r"(\w+): (.+)")


def format_note(cells: Mapping[str, str]) -> str:
    """Cells of an edge as the note of its claim; `parse_note` reads them back.

    >>> parse_note(format_note({"agent_type": "text_mining_agent", "knowledge_level": ""}))
    {'agent_type': 'text_mining_agent'}
    """
    return "; ".join(f"{name}: {cell}" for name, cell in cells.items() if cell)


def parse_note(note: str) -> dict[str, str]:
    """The cells of an edge that the note of a claim holds; of other notes, nothing."""
    parts = map(_NOTE_PART.fullmatch, note.split("; "))
    return {part[1]: part[2] for part in parts if part and part[1] in NOTE_COLUMNS}


def find_tier(level: str) -> Tier:
    """How firmly a statement of this knowledge level is put forward."""
    return Tier[load_biolink_table()["tiers"].get(level, "plain").upper()]


def find_presentation(level: str) -> Presented:
    """As what a statement of this knowledge level is presented."""
    return Presented(load_biolink_table()["presented"].get(level, "unspecified"))


def find_system(source: str) -> System | None:
    """What was studied, of an `evidence_source`; None where it is not said or not known.

    >>> find_system("in vitro") is find_system("IN_VITRO") is System.IN_VITRO
    True
    """
    word = load_biolink_table()["evidence_source"].get(_fold_evidence_source(source))
    return System(word) if word else None


_OTHER_SOURCE = "OTHER"
"""Says that it was none of the others: what was studied stays unknown."""


def list_evidence_sources() -> tuple[str, ...]:
    """The words of `evidence_source` that say, or leave open, what was studied."""
    return (*load_biolink_table()["evidence_source"], _OTHER_SOURCE)


def is_evidence_source(source: str) -> bool:
    """Whether a word of `evidence_source` is known."""
    return _fold_evidence_source(source) in list_evidence_sources()


def _fold_evidence_source(source: str) -> str:
    return fold_spelling(source).replace(" ", "_").upper()
