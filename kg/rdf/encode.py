"""EvidenceBase -> quads: named graphs for each source, vocabulary, studies and conflicts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg import model
from kg.rdf import vocab
from kg.rdf.table import COLLECTIONS, SECTION_OF, TABLE, Form, Row, defaults
from kg.resources import shipped

POSITION = "position"
"""Property that keeps the order of parts."""

SEQUENCE = "sequence"
"""Property that keeps the order of values where it is not the alphabetical one."""

_DECIMALS = (1e-12, 1e15)
_TYPE = NamedNode(vocab.TYPE)


def encode(base: model.EvidenceBase) -> Iterator[Quad]:
    """All quads of a base; `kg.rdf.decode.decode` gives back an equal base.

    No blank node is used. Nothing that a source claims is stated as a plain triple: a claim points
    to its proposition, which says subject, predicate and object and asserts none of them.
    """
    yield from words()
    encoder = _Encoder(base)
    for collection in COLLECTIONS:
        for thing in getattr(base, collection):
            graph = NamedNode(_graph_of(thing))
            for subject, predicate, object in encoder.thing(thing):
                yield Quad(subject, predicate, object, graph)


def encode_things(things: Iterable[Any]) -> Iterator[Quad]:
    """Quads of things one by one, in memory that does not grow: what a node refers to is an entity.

    For bases too large to hold. Signs are given where the predicate alone decides them.
    """
    encoder = _Encoder(model.EvidenceBase())
    for thing in things:
        graph = node(_graph_of(thing))
        for subject, predicate, object in encoder.thing(thing):
            yield Quad(subject, predicate, object, graph)


def words() -> Iterator[Quad]:
    """Type, notation and rank of every word of the closed lists, so that queries can name them."""
    graph = node(vocab.VOCABULARY_GRAPH)
    for enum in enums():
        for member in enum:
            subject = node(vocab.concept(member))
            yield Quad(subject, _TYPE, named(enum.__name__), graph)
            yield Quad(subject, named("skos:notation"), literal(vocab.notation(member)), graph)
            if isinstance(member, int):
                yield Quad(subject, named("rank"), literal(int(member)), graph)


def enums() -> tuple[type[Enum], ...]:
    """The enums of the model: one concept scheme each."""
    found = (getattr(model, name) for name in model.__all__)
    return tuple(e for e in found if isinstance(e, type) and issubclass(e, Enum))


def _graph_of(thing: Any) -> str:
    match thing:
        case model.Source():
            return vocab.source_graph(thing.id)
        case model.Claim() | model.Citation() | model.ArgumentChain():
            return vocab.source_graph(thing.source)
        case model.Study():
            return vocab.STUDIES_GRAPH
        case model.Conflict():
            return vocab.CONFLICTS_GRAPH
        case _:
            return vocab.VOCABULARY_GRAPH


Term = NamedNode | Literal
Triples = Iterator[tuple[NamedNode, NamedNode, Term]]


@lru_cache(maxsize=1 << 16)
def node(iri: str) -> NamedNode:
    """The term of an IRI."""
    return NamedNode(iri)


@cache
def named(name: str) -> NamedNode:
    """The term of a short name such as `skos:broader`, or of a name of ours."""
    return NamedNode(vocab.term(name))


def literal(value: str | bool | int | float) -> Literal:
    """The literal of a plain value; numbers are `xsd:decimal` where that is readable.

    >>> literal(0.05), literal(True)
    (<Literal value=0.05 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#decimal>>, \
<Literal value=true datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#boolean>>)
    """
    if isinstance(value, bool):
        return Literal(value)
    if isinstance(value, int):
        return Literal(str(value), datatype=named("xsd:integer"))
    if isinstance(value, float):
        return _number(value)
    return Literal(value.encode("utf-8", "replace").decode())


def _number(value: float) -> Literal:
    low, high = _DECIMALS
    if value == 0 or low <= abs(value) < high:
        from decimal import Decimal

        return Literal(format(Decimal(repr(value)), "f"), datatype=named("xsd:decimal"))
    text = {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(value), repr(value))
    return Literal(text, datatype=named("xsd:double"))


def _portable(place: model.Location) -> model.Location:
    """A place in the files that ship with kg, named from their root wherever that is."""
    return replace(place, path=place.path.removeprefix(_root()))


@cache
def _root() -> str:
    return f"{shipped('data').parent.as_posix()}/"


def proposition_node(proposition: model.Proposition) -> NamedNode:
    """The term of a proposition."""
    return node(
        vocab.proposition_iri(proposition.subject, proposition.predicate, proposition.object)
    )


@dataclass(frozen=True, slots=True)
class _Encoder:
    base: model.EvidenceBase

    def thing(self, thing: Any) -> Triples:
        """Triples of a thing with an id, of its parts, and of what follows from them."""
        subject = node(vocab.iri(SECTION_OF[type(thing)], thing.id))
        yield from self.described(subject, thing)
        yield from self.derived(subject, thing)

    def described(self, subject: NamedNode, value: Any) -> Triples:
        """Type and fields of a thing or part."""
        cls: type = type(value)
        yield subject, _TYPE, named(cls.__name__)
        default = defaults(cls)
        unsorted: dict[str, list[str]] = {}
        for row in TABLE[cls]:
            content = getattr(value, row.field)
            if content is None or (content == "" and default.get(row.field) == ""):
                continue
            if row.form is Form.PART:
                yield from self.parts(subject, row, content if row.many else (content,))
                continue
            values = content if row.many else (content,)
            if row.many and list(values) != sorted(set(values)):
                unsorted[row.field] = list(values)
            for one in dict.fromkeys(values):
                yield subject, named(row.property), self.term(row, one)
                if row.form is Form.PROPOSITION:
                    yield from self.proposition(one)
        if unsorted:
            text = json.dumps(unsorted, ensure_ascii=False, sort_keys=True)
            yield subject, named(SEQUENCE), literal(text)

    def parts(self, subject: NamedNode, row: Row, parts: tuple[Any, ...]) -> Triples:
        """The parts of a thing; several keep their order by position."""
        section, id = subject.value.removeprefix(vocab.BASE).split("/", 1)
        for position, part in enumerate(parts, start=1):
            if type(part) in SECTION_OF:
                target = node(vocab.iri(SECTION_OF[type(part)], part.id))
            else:
                tail = f":{vocab.kebab(row.property)}"
                number = f":{position:02}" if row.many else ""
                target = NamedNode(f"{vocab.BASE}{section}/{id}{tail}{number}")
            yield subject, named(row.property), target
            yield from self.described(target, part)
            if row.many:
                yield target, named(POSITION), literal(position)
            yield from self.derived(target, part)

    def term(self, row: Row, value: Any) -> Term:
        """The object of one value."""
        match row.form:
            case Form.WORD:
                return node(vocab.concept(value))
            case Form.REFERENCE:
                return node(self.reference(row.target, value))
            case Form.PROPOSITION:
                return proposition_node(value)
            case Form.NUMBER:
                return literal(float(value))
            case Form.PLACE:
                return literal(str(_portable(value)))
            case _:
                return literal(value)

    def reference(self, section: str, id: str) -> str:
        """IRI of a thing that is referred to; a `node` is an exposure where one has the id."""
        if section == "node":
            exposure = id in self.base.exposure and id not in self.base.entity
            section = "exposure" if exposure else "entity"
        return vocab.iri(section, id)

    def proposition(self, proposition: model.Proposition) -> Triples:
        """Type, subject, predicate, object and sign of a proposition."""
        subject = proposition_node(proposition)
        yield from self.described(subject, proposition)
        head = self.base.entity.get(proposition.object)
        better = head.better if head else model.Better.NEITHER
        sign = model.effect_sign(proposition.predicate, better)
        if sign is not None:
            yield subject, named("sign"), literal(sign)

    def derived(self, subject: NamedNode, thing: Any) -> Triples:
        """Triples for readers that know PROV-O and CiTO, and the propositions of steps."""
        if isinstance(thing, model.Claim | model.Citation | model.ArgumentChain):
            yield subject, named("dcterms:isPartOf"), node(vocab.iri("source", thing.source))
        if isinstance(thing, model.Claim):
            yield subject, named("prov:hadPrimarySource"), node(vocab.iri("source", thing.source))
            cited = (self.base.citation.get(id) for id in thing.citations)
            for work in sorted({c.study for c in cited if c and c.study}):
                yield subject, named("cito:citesAsEvidence"), node(vocab.iri("study", work))
        if isinstance(thing, model.Step) and thing.kind is not model.StepKind.BRIDGE:
            stated = model.Proposition(thing.subject, thing.predicate, thing.object)
            yield subject, named("states"), proposition_node(stated)
            yield from self.proposition(stated)
