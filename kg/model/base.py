"""The evidence base and the seam between search and storage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Protocol

from kg.errors import UnknownName
from kg.model.diagnostics import Diagnostic, Location
from kg.model.evidence import (
    ArgumentChain,
    Citation,
    Claim,
    Conflict,
    Entity,
    Exposure,
    Finding,
    Population,
    Source,
    Study,
)
from kg.model.record import dataclass, field
from kg.model.terms import EntityKind, Role
from kg.model.trials import trials

Node = Entity | Exposure
Thing = (
    Entity | Exposure | Population | Source | Claim | Citation | Study | ArgumentChain | Conflict
)

_BY_ID = attrgetter("id")

OUTCOME_KINDS = frozenset(set(EntityKind) - {EntityKind.SUBSTANCE, EntityKind.INTERVENTION})


@dataclass(frozen=True, slots=True)
class EdgeBatch:
    """Links as columns of equal length: subject and object ids, signs, ids of the claims."""

    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    signs: tuple[int, ...]
    claims: tuple[str, ...]


class EvidenceSource(Protocol):
    """What a search needs from a base; memory and stores implement it."""

    def resolve(self, name: str) -> Node:
        """The entity or exposure of this name, or `UnknownName` with near names."""

    def edges(self) -> Iterator[EdgeBatch]:
        """All signed links that claims put forward."""

    def evidence(self, subject: str, object: str) -> tuple[tuple[Study, Finding], ...]:
        """Findings on subject -> object, with their studies."""


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
                object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=_BY_ID)))

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
        return {**{s.id: s.id for s in self.studies}, **trials(self.studies)}

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
        return _inverse((e.id, e.broader) for e in self.entities)

    @cached_property
    def _ancestors(self) -> dict[str, frozenset[str]]:
        return {}

    def ancestors(self, id: str) -> frozenset[str]:
        """All entities that `id` is a kind of, itself included."""
        if id not in self._ancestors:
            self._ancestors[id] = _closure(id, self._parents)
        return self._ancestors[id]

    def descendants(self, id: str) -> frozenset[str]:
        """All entities that are a kind of `id`, itself included."""
        return _closure(id, lambda e: self.narrower.get(e, ()))

    def _parents(self, id: str) -> tuple[str, ...]:
        entity = self.entity.get(id)
        return entity.broader if entity else ()

    def node(self, id: str) -> Node | None:
        """The entity or exposure of this id."""
        return self.entity.get(id) or self.exposure.get(id)

    def label(self, id: str) -> str:
        """The label of a node, or the id itself."""
        node = self.node(id)
        return node.label if node else id

    def location(self, id: str) -> Location | None:
        """Where the thing of this id was read from."""
        for index in self._indexes:
            if id in index:
                return index[id].location
        return None

    @cached_property
    def _indexes(self) -> tuple[Mapping[str, Thing], ...]:
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

    def find(self, id: str) -> Thing | None:
        """The thing of this id, of whatever class."""
        return next((index[id] for index in self._indexes if id in index), None)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Normalised id, label, synonym or CURIE -> node id; ids win over labels over synonyms.

        Of the identifiers those that are exact name their entity first, then those that are close;
        an identifier that is wider, narrower or only related names no entity.
        """
        names: dict[str, str] = {}
        nodes: tuple[Node, ...] = (*self.entities, *self.exposures)
        for spellings in (_id, _label, _synonyms, _exact, _close):
            for node in nodes:
                for spelling in spellings(node):
                    names.setdefault(normalise(spelling), node.id)
        return names

    def resolve(self, name: str, kind: str = "entity or exposure") -> Node:
        """The node of this id, label, synonym or identifier; `UnknownName` with near names.

        Case, blanks, hyphens and underscores do not matter.
        """
        id = self.names.get(normalise(name))
        node = self.node(id) if id else None
        if node is None:
            raise UnknownName(kind, name, self.near(name))
        return node

    def outcome(self, name: str) -> Entity:
        """The outcome of this name; `UnknownName` where there is none."""
        node = self.resolve(name, "outcome")
        if isinstance(node, Entity) and node.kind in OUTCOME_KINDS:
            return node
        near = tuple(i for i in self.near(name) if i in self.entity and i != node.id)
        raise UnknownName("outcome", name, near)

    def near(self, name: str, count: int = 3) -> tuple[str, ...]:
        """Ids whose names resemble `name`, best first.

        An identifier that names no entity leads to those that carry it for another match.
        """
        from difflib import get_close_matches

        wanted = normalise(name)
        carry = [e.id for e in self.entities if wanted in map(normalise, _curies(e))]
        if carry:
            return tuple(carry[:count])
        spoken = [known for known in self.names if ":" not in known]
        found = get_close_matches(wanted, spoken, n=3 * count, cutoff=0.6)
        return tuple(dict.fromkeys(self.names[n] for n in found))[:count]

    def edges(self) -> Iterator[EdgeBatch]:
        """All signed links that claims put forward, as one batch."""
        from kg.model.effects import effect_sign

        rows = []
        for claim in self.assertions:
            head = self.entity.get(claim.proposition.object)
            sign = effect_sign(claim.proposition.predicate, head.better) if head else None
            if sign is not None:
                rows.append((claim.proposition.subject, claim.proposition.object, sign, claim.id))
        if rows:
            subjects, objects, signs, claims = zip(*rows, strict=True)
            yield EdgeBatch(subjects, objects, signs, claims)

    @cached_property
    def _findings(self) -> Mapping[tuple[str, str], tuple[tuple[Study, Finding], ...]]:
        found: dict[tuple[str, str], list[tuple[Study, Finding]]] = {}
        for study in self.studies:
            for finding in study.findings:
                found.setdefault((finding.exposure, finding.outcome), []).append((study, finding))
        return {key: tuple(pairs) for key, pairs in found.items()}

    def evidence(self, subject: str, object: str) -> tuple[tuple[Study, Finding], ...]:
        """Findings on exactly subject -> object, with their studies."""
        return self._findings.get((subject, object), ())


@dataclass(frozen=True, slots=True)
class Loaded:
    """A base together with the faults that were met while reading it."""

    base: EvidenceBase
    diagnostics: tuple[Diagnostic, ...] = ()


def normalise(name: str) -> str:
    """A name without case, blanks, hyphens and underscores.

    >>> normalise("Acne-Scars") == normalise("acne scars")
    True
    """
    return re.sub(r"[\s_-]+", "", name).casefold()


def _id(node: Node) -> tuple[str, ...]:
    return (node.id,)


def _label(node: Node) -> tuple[str, ...]:
    return (node.label,)


def _synonyms(node: Node) -> tuple[str, ...]:
    return node.synonyms


def _exact(node: Node) -> tuple[str, ...]:
    return _curies(node, "exact")


def _close(node: Node) -> tuple[str, ...]:
    return _curies(node, "close")


def _curies(node: Node, match: str = "") -> tuple[str, ...]:
    """Identifiers of an entity, or those of one kind of match."""
    if not isinstance(node, Entity):
        return ()
    return tuple(i.curie for i in node.identifiers if match in ("", i.match))


def _inverse(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for child, parents in pairs:
        for parent in parents:
            found.setdefault(parent, []).append(child)
    return {parent: tuple(sorted(children)) for parent, children in found.items()}


def _closure(start: str, step: Callable[[str], Iterable[str]]) -> frozenset[str]:
    seen, todo = {start}, [start]
    while todo:
        for node in step(todo.pop()):
            if node not in seen:
                seen.add(node)
                todo.append(node)
    return frozenset(seen)
