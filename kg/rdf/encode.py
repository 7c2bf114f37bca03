"""EvidenceBase -> quads: named graphs for each source, vocabulary, studies and conflicts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg import model
from kg.rdf import vocab
from kg.rdf.table import (
    FIELD_MAPPINGS,
    SECTION_OF,
    FieldMapping,
    ValueForm,
    find_defaults,
)
from kg.resources import locate_shipped_folder

POSITION_PROPERTY = "position"
"""Property that keeps the order of parts."""

SEQUENCE_PROPERTY = "sequence"
"""Property that keeps the order of values where it is not the alphabetical one."""

_DECIMAL_RANGE = (1e-12, 1e15)
_TYPE_NODE = NamedNode(vocab.RDF_TYPE)


def encode_base(base: model.EvidenceBase) -> Iterator[Quad]:
    """All quads of a base; `kg.rdf.decode.decode_base` gives back an equal base.

    No blank node is used. Nothing that a source claims is stated as a plain triple: a claim points
    to its proposition, which says subject, predicate and object and asserts none of them.
    """
    yield from encode_vocabulary()
    encoder = _BaseEncoder(base)
    for collection in model.CLASS_BY_COLLECTION:
        for thing in getattr(base, collection):
            graph = NamedNode(_find_graph(thing))
            for subject, predicate, object in encoder.encode_thing(thing):
                yield Quad(subject, predicate, object, graph)


def encode_things(things: Iterable[Any]) -> Iterator[Quad]:
    """Quads of things one by one, in memory that does not grow: what a node refers to is an entity.

    For bases too large to hold. Signs are given where the predicate alone decides them.
    """
    encoder = _BaseEncoder(model.EvidenceBase())
    for thing in things:
        graph = make_node(_find_graph(thing))
        for subject, predicate, object in encoder.encode_thing(thing):
            yield Quad(subject, predicate, object, graph)


def encode_vocabulary() -> Iterator[Quad]:
    """Type, notation and rank of every word of the closed lists, so that queries can name them."""
    graph = make_node(vocab.VOCABULARY_GRAPH)
    for enum in list_enums():
        for member in enum:
            subject = make_node(vocab.build_concept_iri(member))
            yield Quad(subject, _TYPE_NODE, make_term(enum.__name__), graph)
            yield Quad(
                subject,
                make_term("skos:notation"),
                make_literal(vocab.format_notation(member)),
                graph,
            )
            if isinstance(member, int):
                yield Quad(subject, make_term("rank"), make_literal(int(member)), graph)


def list_enums() -> tuple[type[Enum], ...]:
    """The enums of the model: one concept scheme each."""
    exported_objects = (getattr(model, name) for name in model.__all__)
    return tuple(e for e in exported_objects if isinstance(e, type) and issubclass(e, Enum))


def _find_graph(thing: Any) -> str:
    match thing:
        case model.Source():
            return vocab.build_source_graph_iri(thing.id)
        case model.Claim() | model.Citation() | model.ArgumentChain():
            return vocab.build_source_graph_iri(thing.source)
        case model.Study():
            return vocab.STUDIES_GRAPH
        case model.Conflict():
            return vocab.CONFLICTS_GRAPH
        case _:
            return vocab.VOCABULARY_GRAPH


Term = NamedNode | Literal
Triples = Iterator[tuple[NamedNode, NamedNode, Term]]


@lru_cache(maxsize=1 << 16)
def make_node(node_iri: str) -> NamedNode:
    """The term of an IRI."""
    return NamedNode(node_iri)


@cache
def make_term(name: str) -> NamedNode:
    """The term of a short name such as `skos:broader`, or of a name of ours."""
    return NamedNode(vocab.expand_term(name))


def make_literal(value: str | bool | int | float) -> Literal:
    """The literal of a plain value; numbers are `xsd:decimal` where that is readable.

    >>> make_literal(0.05), make_literal(True)
    (<Literal value=0.05 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#decimal>>, \
<Literal value=true datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#boolean>>)
    """
    if isinstance(value, bool):
        return Literal(value)
    if isinstance(value, int):
        return Literal(str(value), datatype=make_term("xsd:integer"))
    if isinstance(value, float):
        return _make_number_literal(value)
    return Literal(value.encode("utf-8", "replace").decode())


def _make_number_literal(value: float) -> Literal:
    low, high = _DECIMAL_RANGE
    if value == 0 or low <= abs(value) < high:
        from decimal import Decimal

        return Literal(format(Decimal(repr(value)), "f"), datatype=make_term("xsd:decimal"))
    text = {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(value), repr(value))
    return Literal(text, datatype=make_term("xsd:double"))


def _make_portable(place: model.Location) -> model.Location:
    """A place in the files that ship with kg, named from their root wherever that is.

    A path below the working directory comes without it, even where kg is installed there. Of any
    other file the name and its folder are told: where a machine keeps them is nobody's business.
    """
    root = _find_shipped_root()
    below = root.removeprefix(f"{os.getcwd()}/")  # noqa: PTH109  asked for each of millions of rows
    path = place.path.removeprefix(root).removeprefix(below)
    if path.startswith(("/", "..")):
        path = "/".join(path.rsplit("/", 2)[-2:]).removeprefix("..").lstrip("/")
    return replace(place, path=path)


@cache
def _find_shipped_root() -> str:
    return f"{locate_shipped_folder('data').parent.as_posix()}/"


def make_proposition_node(proposition: model.Proposition) -> NamedNode:
    """The term of a proposition."""
    return make_node(
        vocab.build_proposition_iri(proposition.subject, proposition.predicate, proposition.object)
    )


@dataclass(frozen=True, slots=True)
class _BaseEncoder:
    base: model.EvidenceBase

    def encode_thing(self, thing: Any) -> Triples:
        """Triples of a thing with an id, of its parts, and of what follows from them."""
        subject = make_node(vocab.build_iri(SECTION_OF[type(thing)], thing.id))
        yield from self.describe_record(subject, thing)
        yield from self.list_derived_triples(subject, thing)

    def describe_record(self, subject: NamedNode, value: Any) -> Triples:
        """Type and fields of a thing or part."""
        cls: type = type(value)
        yield subject, _TYPE_NODE, make_term(cls.__name__)
        default = find_defaults(cls)
        unsorted: dict[str, list[str]] = {}
        for row in FIELD_MAPPINGS[cls]:
            content = getattr(value, row.field)
            if content is None or (content == "" and default.get(row.field) == ""):
                continue
            if row.form is ValueForm.PART:
                yield from self.encode_parts(subject, row, content if row.many else (content,))
                continue
            values = content if row.many else (content,)
            if row.many and list(values) != sorted(set(values)):
                unsorted[row.field] = list(values)
            for single_value in dict.fromkeys(values):
                yield subject, make_term(row.property), self.make_object_term(row, single_value)
                if row.form is ValueForm.PROPOSITION:
                    yield from self.encode_proposition(single_value)
        if unsorted:
            text = json.dumps(unsorted, ensure_ascii=False, sort_keys=True)
            yield subject, make_term(SEQUENCE_PROPERTY), make_literal(text)

    def encode_parts(
        self, subject: NamedNode, row: FieldMapping, parts: tuple[Any, ...]
    ) -> Triples:
        """The parts of a thing; several keep their order by position."""
        section, whole_id = subject.value.removeprefix(vocab.BASE).split("/", 1)
        for position, part in enumerate(parts, start=1):
            if type(part) in SECTION_OF:
                part_node = make_node(vocab.build_iri(SECTION_OF[type(part)], part.id))
            else:
                part_suffix = f":{vocab.format_kebab_case(row.property)}"
                number = f":{position:02}" if row.many else ""
                part_node = NamedNode(f"{vocab.BASE}{section}/{whole_id}{part_suffix}{number}")
            yield subject, make_term(row.property), part_node
            yield from self.describe_record(part_node, part)
            if row.many:
                yield part_node, make_term(POSITION_PROPERTY), make_literal(position)
            yield from self.list_derived_triples(part_node, part)

    def make_object_term(self, row: FieldMapping, value: Any) -> Term:
        """The object of one value."""
        match row.form:
            case ValueForm.WORD:
                return make_node(vocab.build_concept_iri(value))
            case ValueForm.REFERENCE:
                return make_node(self.build_reference_iri(row.target, value))
            case ValueForm.PROPOSITION:
                return make_proposition_node(value)
            case ValueForm.NUMBER:
                return make_literal(float(value))
            case ValueForm.PLACE:
                return make_literal(str(_make_portable(value)))
            case _:
                return make_literal(value)

    def build_reference_iri(self, section: str, thing_id: str) -> str:
        """IRI of a thing that is referred to; a `node` is an exposure where one has the id."""
        if section == "node":
            exposure = thing_id in self.base.exposure and thing_id not in self.base.entity
            section = "exposure" if exposure else "entity"
        return vocab.build_iri(section, thing_id)

    def encode_proposition(self, proposition: model.Proposition) -> Triples:
        """Type, subject, predicate, object and sign of a proposition."""
        subject = make_proposition_node(proposition)
        yield from self.describe_record(subject, proposition)
        object_entity = self.base.entity.get(proposition.object)
        better = object_entity.better if object_entity else model.Better.NEITHER
        sign = model.find_effect_sign(proposition.predicate, better)
        if sign is not None:
            yield subject, make_term("sign"), make_literal(sign)

    def list_derived_triples(self, subject: NamedNode, thing: Any) -> Triples:
        """Triples for readers that know PROV-O and CiTO, and the propositions of steps."""
        if isinstance(thing, model.Claim | model.Citation | model.ArgumentChain):
            yield (
                subject,
                make_term("dcterms:isPartOf"),
                make_node(vocab.build_iri("source", thing.source)),
            )
        if isinstance(thing, model.Claim):
            yield (
                subject,
                make_term("prov:hadPrimarySource"),
                make_node(vocab.build_iri("source", thing.source)),
            )
            cited_citations = (self.base.citation.get(id) for id in thing.citations)
            for study_id in sorted({c.study for c in cited_citations if c and c.study}):
                yield (
                    subject,
                    make_term("cito:citesAsEvidence"),
                    make_node(vocab.build_iri("study", study_id)),
                )
        if isinstance(thing, model.Step) and thing.kind is not model.StepKind.BRIDGE:
            stated = model.Proposition(thing.subject, thing.predicate, thing.object)
            yield subject, make_term("states"), make_proposition_node(stated)
            yield from self.encode_proposition(stated)
