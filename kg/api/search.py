"""Things by the words in their names, and one thing with its fields and what names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from enum import Enum, IntEnum
from typing import Any, NamedTuple
from unicodedata import combining, normalize

from kg.errors import UnknownName
from kg.model import OUTCOME_KINDS, Entity, EvidenceBase, EvidenceRecord, Location, Study, normalise

MAX_QUERY_CHARACTERS = 200
"""Characters of a question that are read."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A thing that was found: its section of the name space, what to call it, and what it is."""

    section: str
    id: str
    label: str
    what: str
    score: int


def search_things(base: EvidenceBase, text: str, count: int = 50) -> tuple[SearchHit, ...]:
    """Things that have every word of the text in their names, best first.

    Outcomes and exposures come before what is said about them; an exact name comes first.

    >>> search_things(EvidenceBase(), "zinc")
    ()

    Args:
        base: The base, sound.
        text: Words; case, accents and hyphens do not matter.
        count: How many are wanted.
    """
    words = _split_words(text[:MAX_QUERY_CHARACTERS])
    if not words:
        return ()
    hits = (
        SearchHit(thing.section, thing.id, thing.label, thing.what, score)
        for thing in _iterate_things(base)
        if (score := _score_names(words, [_fold_text(n) for n in thing.names], thing.weight))
    )
    return tuple(sorted(hits, key=lambda h: (-h.score, h.section, h.label, h.id))[:count])


@dataclass(frozen=True, slots=True)
class SearchableThing:
    """A thing that can be searched for; `names` are all its names without case and accents."""

    section: str
    id: str
    label: str
    what: str
    names: str


def list_searchable_things(base: EvidenceBase) -> tuple[SearchableThing, ...]:
    """All that `search_things` looks through, outcomes first, by label.

    Args:
        base: The base, sound.
    """
    things = sorted(_iterate_things(base), key=lambda t: (-t.weight, t.label.casefold(), t.id))
    return tuple(
        SearchableThing(t.section, t.id, t.label, t.what, " ".join(map(_fold_text, t.names)))
        for t in things
    )


class _NamedThing(NamedTuple):
    """A thing with all its names, the label first; `weight` says how near the front it comes."""

    section: str
    id: str
    label: str
    what: str
    names: tuple[str, ...]
    weight: int


def _iterate_things(base: EvidenceBase) -> Iterator[_NamedThing]:
    """All that can be searched for."""
    yield from map(_name_entity, base.entities)
    for e in base.exposures:
        names = (e.label, e.id, *e.synonyms)
        yield _NamedThing("exposure", e.id, e.label, "exposure", names, 50)
    for s in base.sources:
        names = (s.title, s.id, s.publisher or "")
        yield _NamedThing("source", s.id, s.title, s.kind, names, 40)
    for c in base.chains:
        yield _NamedThing("chain", c.id, c.label, "chain of claims", (c.label, c.id), 25)
    yield from map(_name_study, base.studies)
    for claim in base.claims:
        subject, object_ = (
            base.get_label(node) for node in (claim.proposition.subject, claim.proposition.object)
        )
        text = claim.paraphrase or f"{subject} ... "
        what = f"claim, {claim.source} line {claim.line}"
        names = (text, claim.id, f"{subject} {object_}")
        yield _NamedThing("claim", claim.id, text, what, names, 10)


def _name_entity(entity: Entity) -> _NamedThing:
    curies = (identifier.curie for identifier in entity.identifiers)
    names = (entity.label, entity.id, *entity.synonyms, *curies)
    what, weight = entity.kind.value, 30
    if entity.kind in OUTCOME_KINDS:
        what, weight = f"outcome, {what.replace('-', ' ')}", 60
    return _NamedThing("entity", entity.id, entity.label, what, names, weight)


def _name_study(study: Study) -> _NamedThing:
    identifiers = filter(None, (study.doi, study.pmid, study.pmcid, study.registration))
    names = (study.title, study.id, study.authors, study.journal, str(study.year), *identifiers)
    return _NamedThing("study", study.id, study.title, f"study, {study.year}", names, 20)


def _score_names(words: Iterable[str], folded: list[str], weight: int) -> int:
    """Nothing where a word is missing, else the weight and what exact names add."""
    wanted_words = tuple(words)
    text = " ".join(folded)
    if not all(word in text for word in wanted_words):
        return 0
    wanted_phrase = " ".join(wanted_words)
    if wanted_phrase in (" ".join(re.findall(r"\w+", name)) for name in folded):
        return weight + 1000
    parts = set(re.findall(r"\w+", folded[0]))
    return (
        weight
        + 100 * all(w in folded[0] for w in wanted_words)
        + 100 * parts.issuperset(wanted_words)
    )


def _split_words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", _fold_text(text)))


def _fold_text(text: str) -> str:
    """The text without case, accents, hyphens and underscores."""
    unaccented_text = "".join(c for c in normalize("NFKD", text) if not combining(c))
    return re.sub(r"[-_]", " ", unaccented_text.casefold())


def show_thing(base: EvidenceBase, name: str) -> dict[str, Any]:
    """Class and fields of a thing and the ids of what names it; empty fields are left out.

    Args:
        base: The base, sound.
        name: Id of anything; label, synonym or identifier of an entity or exposure.

    Raises:
        UnknownName: nothing of this name; carries near ones.
    """
    thing = find_thing(base, name)
    return {
        "class": type(thing).__name__,
        **_convert_record(thing),
        "used_by": list_users(base, thing.id),
    }


def find_thing(base: EvidenceBase, name: str) -> EvidenceRecord:
    """The thing of this id, label, synonym or identifier; the study of a finding.

    Args:
        base: The base, sound.
        name: As for `show_thing`, or the id of a finding.

    Raises:
        UnknownName: nothing of this name; carries near ones.
    """
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
    """Ids of claims, chains, studies and entities that name this id.

    Args:
        base: The base, sound.
        thing_id: Id of anything.
    """
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
