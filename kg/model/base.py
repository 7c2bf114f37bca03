"""The evidence base, and what a reading of it gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import get_args, get_type_hints
from unicodedata import normalize

from kg.closure import collect_reachable, follow_mapping
from kg.errors import UnknownName
from kg.model.diagnostics import Diagnostic, Location
from kg.model.evidence import (
    ArgumentChain,
    Citation,
    Claim,
    Conflict,
    Entity,
    Exposure,
    Population,
    Source,
    Study,
)
from kg.model.terms import EntityKind, Role
from kg.model.trials import map_reports_to_trials
from kg.model.vocabulary import UNIFIED_DASHES

Node = Entity | Exposure
EvidenceRecord = (
    Entity | Exposure | Population | Source | Claim | Citation | Study | ArgumentChain | Conflict
)

_SORT_BY_ID = attrgetter("id")

OUTCOME_KINDS = frozenset(set(EntityKind) - {EntityKind.SUBSTANCE, EntityKind.INTERVENTION})


@dataclass(frozen=True)
class EvidenceBase:
    """Everything that is known, in memory. Tuples get sorted by id: no order of files matters.

    Raises nothing on construction: whether references resolve is for `kg validate` to say.
    """

    entities: tuple[Entity, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    populations: tuple[Population, ...] = ()
    sources: tuple[Source, ...] = ()
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    studies: tuple[Study, ...] = ()
    chains: tuple[ArgumentChain, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    digest: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for name in self.__match_args__:
            if name != "digest":
                object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=_SORT_BY_ID)))

    @property
    def is_empty(self) -> bool:
        """Whether there is no record of any kind."""
        return not any(getattr(self, name) for name in self.__match_args__ if name != "digest")

    def describe_counts(self) -> str:
        """How many things of each kind there are, in words; kinds without any are left out.

        >>> EvidenceBase().describe_counts()
        'empty'
        """
        names = [name for name in self.__match_args__ if name != "digest"]
        counts = [f"{len(getattr(self, n)):,} {n}" for n in names if getattr(self, n)]
        return ", ".join(counts) or "empty"

    def __repr__(self) -> str:
        """One line with the counts."""
        return f"<EvidenceBase: {self.describe_counts()}>"

    @cached_property
    def entity(self) -> Mapping[str, Entity]:
        """Entities by id."""
        return {e.id: e for e in self.entities}

    @cached_property
    def exposure(self) -> Mapping[str, Exposure]:
        """Exposures by id."""
        return {e.id: e for e in self.exposures}

    @cached_property
    def population(self) -> Mapping[str, Population]:
        """Populations by id."""
        return {p.id: p for p in self.populations}

    @cached_property
    def source(self) -> Mapping[str, Source]:
        """Sources by id."""
        return {s.id: s for s in self.sources}

    @cached_property
    def claim(self) -> Mapping[str, Claim]:
        """Claims by id."""
        return {c.id: c for c in self.claims}

    @cached_property
    def assertions(self) -> tuple[Claim, ...]:
        """Claims without titles of works: a title says what a work is about and asserts nothing."""
        return tuple(c for c in self.claims if c.role is not Role.REFERENCE_TITLE)

    @cached_property
    def citation(self) -> Mapping[str, Citation]:
        """Citations by id."""
        return {c.id: c for c in self.citations}

    @cached_property
    def study(self) -> Mapping[str, Study]:
        """Studies by id."""
        return {s.id: s for s in self.studies}

    @cached_property
    def trial(self) -> Mapping[str, str]:
        """The id of the trial that each study reports: that of its first report."""
        return {**{s.id: s.id for s in self.studies}, **map_reports_to_trials(self.studies)}

    @cached_property
    def chain(self) -> Mapping[str, ArgumentChain]:
        """Argument chains by id."""
        return {c.id: c for c in self.chains}

    @cached_property
    def conflict(self) -> Mapping[str, Conflict]:
        """Conflicts by id."""
        return {c.id: c for c in self.conflicts}

    @cached_property
    def narrower(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the entities directly under an entity (is-a)."""
        return _invert_parents((e.id, e.broader) for e in self.entities)

    @cached_property
    def _ancestors_by_id(self) -> dict[str, frozenset[str]]:
        return {}

    def find_ancestors(self, entity_id: str) -> frozenset[str]:
        """All entities that `entity_id` is a kind of, itself included."""
        if entity_id not in self._ancestors_by_id:
            self._ancestors_by_id[entity_id] = frozenset(
                collect_reachable([entity_id], self._list_parents)
            )
        return self._ancestors_by_id[entity_id]

    def find_descendants(self, entity_id: str) -> frozenset[str]:
        """All entities that are a kind of `entity_id`, itself included."""
        return frozenset(follow_mapping([entity_id], self.narrower))

    def _list_parents(self, entity_id: str) -> tuple[str, ...]:
        entity = self.entity.get(entity_id)
        return entity.broader if entity else ()

    def find_node(self, node_id: str) -> Node | None:
        """The entity or exposure of this id."""
        return self.entity.get(node_id) or self.exposure.get(node_id)

    def get_label(self, node_id: str) -> str:
        """The label of a node, or the id itself."""
        node = self.find_node(node_id)
        return node.label if node else node_id

    def find_location(self, record_id: str) -> Location | None:
        """Where the thing of this id was read from."""
        for index in self._indexes:
            if record_id in index:
                return index[record_id].location
        return None

    @cached_property
    def _indexes(self) -> tuple[Mapping[str, EvidenceRecord], ...]:
        return (
            self.claim,
            self.citation,
            self.study,
            self.chain,
            self.conflict,
            self.entity,
            self.exposure,
            self.population,
            self.source,
        )

    def find_record(self, record_id: str) -> EvidenceRecord | None:
        """The thing of this id, of whatever class."""
        return next((index[record_id] for index in self._indexes if record_id in index), None)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Normalised id, label, synonym or CURIE -> node id; ids win over labels over synonyms.

        Of the identifiers those that are exact name their entity first, then those that are close;
        an identifier that is wider, narrower or only related names no entity.
        """
        names: dict[str, str] = {}
        nodes: tuple[Node, ...] = (*self.entities, *self.exposures)
        for spellings in (
            _list_id,
            _list_label,
            _list_synonyms,
            _list_exact_identifiers,
            _list_close_identifiers,
        ):
            for node in nodes:
                for spelling in spellings(node):
                    names.setdefault(normalise(spelling), node.id)
        return names

    def resolve_node(self, name: str, kind: str = "entity or exposure") -> Node:
        """The node of this id, label, synonym or identifier; `UnknownName` with near names.

        Case, blanks, hyphens and underscores do not matter.
        """
        node_id = self.names.get(normalise(name))
        node = self.find_node(node_id) if node_id else None
        if node is None:
            raise UnknownName(kind, name, self.suggest_ids(name))
        return node

    def resolve_outcome(self, name: str) -> Entity:
        """The outcome of this name; `UnknownName` where there is none."""
        node = self.resolve_node(name, "outcome")
        if isinstance(node, Entity) and node.kind in OUTCOME_KINDS:
            return node
        similar_ids = tuple(i for i in self.suggest_ids(name) if i in self.entity and i != node.id)
        raise UnknownName("outcome", name, similar_ids)

    def suggest_ids(self, name: str, count: int = 3) -> tuple[str, ...]:
        """Ids whose names resemble `name`, best first.

        An identifier that names no entity leads to those that carry it for another match.
        """
        from difflib import get_close_matches

        normalised_name = normalise(name)
        carry = [
            e.id for e in self.entities if normalised_name in map(normalise, _list_identifiers(e))
        ]
        if carry:
            return tuple(carry[:count])
        plain_names = [known_name for known_name in self.names if ":" not in known_name]
        close_names = get_close_matches(normalised_name, plain_names, n=3 * count, cutoff=0.6)
        return tuple(dict.fromkeys(self.names[n] for n in close_names))[:count]


@dataclass(frozen=True, slots=True)
class LoadedBase:
    """A base together with the faults that were met while reading it."""

    base: EvidenceBase
    diagnostics: tuple[Diagnostic, ...] = ()
    path: str = field(default="", compare=False)

    def __repr__(self) -> str:
        """One line: where it was read from, what is in it, and how many faults there are."""
        faults = f", {len(self.diagnostics)} faults" if self.diagnostics else ""
        return f"<LoadedBase {self.path or 'unnamed'}: {self.base.describe_counts()}{faults}>"


CLASS_BY_COLLECTION: Mapping[str, type] = MappingProxyType(
    {
        name: get_args(hint)[0]
        for name, hint in get_type_hints(EvidenceBase).items()
        if name != "digest"
    }
)
"""The class of the records in each tuple of an `EvidenceBase`."""


def normalise(name: str) -> str:
    """A name without case, blanks, underscores, hyphens and dashes, its letters composed.

    >>> normalise("Acne-Scars") == normalise("acne\u2011scars")
    True
    """
    if not name.isascii():
        name = normalize("NFC", name).translate(UNIFIED_DASHES)
    return re.sub(r"[\s_-]+", "", name).casefold()


def _list_id(node: Node) -> tuple[str, ...]:
    return (node.id,)


def _list_label(node: Node) -> tuple[str, ...]:
    return (node.label,)


def _list_synonyms(node: Node) -> tuple[str, ...]:
    return node.synonyms


def _list_exact_identifiers(node: Node) -> tuple[str, ...]:
    return _list_identifiers(node, "exact")


def _list_close_identifiers(node: Node) -> tuple[str, ...]:
    return _list_identifiers(node, "close")


def _list_identifiers(node: Node, match: str = "") -> tuple[str, ...]:
    """Identifiers of an entity, or those of one kind of match."""
    if not isinstance(node, Entity):
        return ()
    return tuple(i.curie for i in node.identifiers if match in ("", i.match))


def _invert_parents(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    children_by_parent: dict[str, list[str]] = {}
    for child, parents in pairs:
        for parent in parents:
            children_by_parent.setdefault(parent, []).append(child)
    return {parent: tuple(sorted(children)) for parent, children in children_by_parent.items()}
