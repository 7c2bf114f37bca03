"""Quads -> EvidenceBase, with a diagnostic for everything that cannot be read. It never raises."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg.model import (
    CLASS_BY_COLLECTION,
    Diagnostic,
    Entity,
    EntityKind,
    EvidenceBase,
    LoadedBase,
    Location,
    Severity,
)
from kg.rdf import vocab
from kg.rdf.encode import POSITION_PROPERTY, SEQUENCE_PROPERTY
from kg.rdf.table import (
    FIELD_MAPPINGS,
    SECTION_OF,
    FieldMapping,
    ValueForm,
    find_defaults,
    index_by_property,
)

MISSING_PROPERTY = "KG031"
UNREADABLE_VALUE = "KG032"
TOO_MANY_VALUES = "KG033"
FOREIGN_IRI = "KG034"
UNKNOWN_PROPERTY = "KG035"

_NAME_BY_CODE = {
    MISSING_PROPERTY: "missing-property",
    UNREADABLE_VALUE: "unreadable-value",
    TOO_MANY_VALUES: "too-many-values",
    FOREIGN_IRI: "foreign-iri",
    UNKNOWN_PROPERTY: "unknown-property",
}

_DERIVED_PROPERTIES = frozenset(
    vocab.expand_term(name)
    for name in (
        "rdf:type",
        POSITION_PROPERTY,
        SEQUENCE_PROPERTY,
        "dcterms:isPartOf",
        "prov:hadPrimarySource",
        "cito:citesAsEvidence",
        "states",
        "sign",
    )
)

Term = Any
ObjectsBySubject = Mapping[str, Mapping[str, list[Term]]]


def decode_base(quads: Iterable[Quad], path: str = "") -> LoadedBase:
    """The base that the quads describe and what could not be read of it.

    Named graphs are read as one; a thing that lacks a required field is left out and reported.
    `path` names the file in diagnostics.
    """
    decoder = _BaseDecoder(_group_by_subject(quads), path)
    things_by_table: dict[str, list[Any]] = {name: [] for name in CLASS_BY_COLLECTION}
    for name, cls in CLASS_BY_COLLECTION.items():
        for subject in decoder.list_subjects(cls):
            thing = decoder.read_thing(cls, subject)
            if thing is not None:
                things_by_table[name].append(thing)
    tables: dict[str, Any] = {name: tuple(things) for name, things in things_by_table.items()}
    base = EvidenceBase(**tables)
    return LoadedBase(base, tuple(sorted(set(decoder.diagnostics), key=lambda d: d.sort_key)))


def add_nodes_known_by_id(base: EvidenceBase) -> EvidenceBase:
    """The base with an entity for every node that a claim names and nobody describes.

    Graphs that were cut out of others lack nodes. Such a node has its id as its label, no kind that
    makes it an exposure or an outcome, and no side that is better.
    """
    propositions = [claim.proposition for claim in base.claims]
    named = {end for said in propositions for end in (said.subject, said.object)}
    missing = sorted(named - base.entity.keys() - base.exposure.keys())
    if not missing:
        return base
    nodes = (Entity(id, id, EntityKind.PROPERTY, note=KNOWN_BY_ID) for id in missing)
    return replace(base, entities=(*base.entities, *nodes))


KNOWN_BY_ID = "described nowhere; known by its id"
"""Note of an entity that only claims name."""


def _group_by_subject(quads: Iterable[Quad]) -> dict[str, dict[str, list[Term]]]:
    """Predicates and objects of each subject that is an IRI, each triple once."""
    graph: dict[str, dict[str, dict[Term, None]]] = {}
    for quad in quads:
        key = quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)
        graph.setdefault(key, {}).setdefault(quad.predicate.value, {})[quad.object] = None
    return {s: {p: list(objects) for p, objects in ps.items()} for s, ps in graph.items()}


class _UnreadableValue(ValueError):
    """A value is not of the form that the table asks for; says what was expected."""


@dataclass(slots=True)
class _BaseDecoder:
    objects_by_subject: ObjectsBySubject
    display_path: str
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def list_subjects(self, cls: type) -> list[str]:
        """IRIs of the instances of a class, in order."""
        class_node = NamedNode(vocab.expand_term(cls.__name__))
        return sorted(
            s
            for s, po in self.objects_by_subject.items()
            if class_node in po.get(vocab.RDF_TYPE, ())
        )

    def report_fault(self, code: str, subject: str, message: str, remedy: str) -> None:
        """Record a fault about a subject."""
        severity = Severity.MILD if code == UNKNOWN_PROPERTY else Severity.SEVERE
        location_objects = self.objects_by_subject.get(subject, {}).get(
            vocab.expand_term("definedAt"), []
        )
        location = (
            parse_location(location_objects[0].value)
            if location_objects and isinstance(location_objects[0], Literal)
            else None
        )
        if location is None and self.display_path:
            location = Location(self.display_path)
        short_iri = vocab.format_curie(subject)
        self.diagnostics.append(
            Diagnostic(
                code,
                _NAME_BY_CODE[code],
                severity,
                f"{short_iri} {message}.",
                subject=short_iri,
                location=location,
                remedy=remedy,
            )
        )

    def read_thing(self, cls: type, subject: str) -> Any:
        """The thing with an id that a subject describes; None where it cannot be read."""
        parsed = vocab.parse_iri(subject)
        if parsed is None or parsed[0] != SECTION_OF[cls]:
            self.report_fault(
                FOREIGN_IRI,
                subject,
                f"is typed {cls.__name__} but is not an IRI of ours",
                f"Name it {vocab.BASE}{SECTION_OF[cls]}/ and its id.",
            )
            return None
        return self.read_record(cls, subject, {"id": parsed[1]})

    def read_record(
        self, cls: type, subject: str, known_fields: dict[str, Any] | None = None
    ) -> Any:
        """The dataclass that a subject describes; None where a required field cannot be read."""
        objects_by_property = self.objects_by_subject.get(subject, {})
        order = self.read_order(subject, objects_by_property)
        values: dict[str, Any] = dict(known_fields or {})
        for row in FIELD_MAPPINGS[cls]:
            read = self.read_field(cls, row, subject, objects_by_property, order)
            if read is None and row.field not in find_defaults(cls):
                return None
            if read is not None:
                values[row.field] = read
        self.report_unknown_properties(cls, subject, objects_by_property)
        return cls(**values)

    def read_field(
        self,
        cls: type,
        row: FieldMapping,
        subject: str,
        objects_by_property: Mapping[str, list[Term]],
        order: Mapping[str, list[str]],
    ) -> Any:
        """The value of one field; None where there is none or it cannot be read."""
        objects = objects_by_property.get(vocab.expand_term(row.property), [])
        if row.many:
            read = self.read_parts(row, objects) if row.form is ValueForm.PART else []
            if row.form is not ValueForm.PART:
                read = [v for o in objects if (v := self.read_object(row, subject, o)) is not None]
                read = _restore_order(read, order.get(row.field, []))
            return tuple(read)
        if len(objects) > 1:
            self.report_fault(
                TOO_MANY_VALUES,
                subject,
                f"has {len(objects)} values of {row.property}, where there can be one",
                "Keep the right one.",
            )
            return None
        if not objects:
            if row.field not in find_defaults(cls):
                self.report_fault(MISSING_PROPERTY, subject, f"has no {row.property}", "Add it.")
            return None
        return self.read_object(row, subject, objects[0])

    def read_object(self, row: FieldMapping, subject: str, object: Term) -> Any:
        """One value; None, and a fault, where it cannot be read."""
        try:
            if row.form in (ValueForm.PART, ValueForm.PROPOSITION):
                return self.read_record(row.target, _require_iri(object))
            return _read_value(row, object)
        except _UnreadableValue as expected:
            self.report_fault(
                UNREADABLE_VALUE,
                subject,
                f"has {_format_term(object)} as {row.property}",
                f"Expected {expected}.",
            )
            return None

    def read_parts(self, row: FieldMapping, objects: list[Term]) -> list[Any]:
        """The parts of a thing in the order of their positions."""
        parts_by_position = sorted((self.find_position(o), str(o), o) for o in objects)
        part_records = []
        for _, _, part_term in parts_by_position:
            if not isinstance(part_term, NamedNode):
                self.read_object(row, "", part_term)
            elif row.target in SECTION_OF:
                part_records.append(self.read_thing(row.target, part_term.value))
            else:
                part_records.append(self.read_record(row.target, part_term.value))
        return [part for part in part_records if part is not None]

    def find_position(self, part_term: Term) -> int:
        """Position of a part, or a number after all others where it has none."""
        if isinstance(part_term, NamedNode):
            for value in self.objects_by_subject.get(part_term.value, {}).get(
                vocab.expand_term(POSITION_PROPERTY), []
            ):
                if isinstance(value, Literal) and value.value.isdecimal():
                    return int(value.value[:9])
        return 10**9

    def read_order(
        self, subject: str, objects_by_property: Mapping[str, list[Term]]
    ) -> dict[str, list[str]]:
        """The recorded order of values by field, where it is not the alphabetical one."""
        for object in objects_by_property.get(vocab.expand_term(SEQUENCE_PROPERTY), []):
            try:
                recorded = json.loads(object.value)
                return {str(k): [str(v) for v in vs] for k, vs in recorded.items()}
            except (AttributeError, RecursionError, TypeError, ValueError):
                self.report_fault(
                    UNREADABLE_VALUE,
                    subject,
                    f"has {_format_term(object)} as {SEQUENCE_PROPERTY}",
                    "Expected a JSON object of lists.",
                )
        return {}

    def report_unknown_properties(
        self, cls: type, subject: str, objects_by_property: Mapping[str, list[Term]]
    ) -> None:
        """Report properties of our name space that the class does not have: a misspelling."""
        for property in objects_by_property:
            ours = property.startswith(vocab.KG_VOCABULARY)
            if (
                ours
                and property not in index_by_property(cls)
                and property not in _DERIVED_PROPERTIES
            ):
                self.report_fault(
                    UNKNOWN_PROPERTY,
                    subject,
                    f"has {vocab.format_curie(property)}, which {cls.__name__} does not have",
                    "Check the spelling against ontology/kg.ttl.",
                )


def _read_value(row: FieldMapping, object: Term) -> Any:
    match row.form:
        case ValueForm.WORD:
            enum_member = vocab.index_members(row.target).get(_require_iri(object))
            if enum_member is None:
                raise _UnreadableValue(f"a concept of kg:{row.target.__name__}")
            return enum_member
        case ValueForm.REFERENCE:
            return _read_reference(row.target, _require_iri(object))
        case ValueForm.TEXT:
            return _require_literal(object)
        case ValueForm.PLACE:
            return parse_location(_require_literal(object))
        case ValueForm.BOOLEAN:
            return _parse_boolean(_require_literal(object))
        case _:
            return _parse_number(row.form, _require_literal(object))


def _read_reference(section: str, iri: str) -> str:
    parsed = vocab.parse_iri(iri)
    allowed = ("entity", "exposure") if section == "node" else (section,)
    if parsed is None or parsed[0] not in allowed:
        raise _UnreadableValue("an IRI under " + " or ".join(f"{vocab.BASE}{s}/" for s in allowed))
    return parsed[1]


def _require_iri(object: Term) -> str:
    if not isinstance(object, NamedNode):
        raise _UnreadableValue("an IRI")
    return object.value


def _require_literal(object: Term) -> str:
    if not isinstance(object, Literal):
        raise _UnreadableValue("a literal")
    return object.value


def _parse_boolean(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise _UnreadableValue("true or false")
    return text in ("true", "1")


def _parse_number(form: ValueForm, text: str) -> int | float:
    expected = "a whole number" if form is ValueForm.INTEGER else "a finite number"
    try:
        number = int(text) if form is ValueForm.INTEGER else float(text)
    except (ValueError, OverflowError):
        raise _UnreadableValue(expected) from None
    if isinstance(number, float) and not isfinite(number):
        raise _UnreadableValue(expected)
    return number


def parse_location(text: str) -> Location:
    """A location of its printed form; the path may hold colons of its own."""
    path, *numbers = text, 0, 0
    for index in (1, 0):
        path_text, colon, number_text = path.rpartition(":")
        if not (
            colon and number_text.isdecimal() and number_text.isascii() and len(number_text) < 10
        ):
            break
        path, numbers[index] = path_text, int(number_text)
    line, column = numbers if numbers[0] else (numbers[1], 0)
    return Location(path, line, column)


def _restore_order(values: list[Any], recorded: list[str]) -> list[Any]:
    """Values in their recorded order, then the others alphabetically."""
    present = set(values)
    return [v for v in recorded if v in present] + sorted(present.difference(recorded))


def _format_term(object: Term) -> str:
    text = vocab.format_curie(object.value) if isinstance(object, NamedNode) else str(object)
    return text if len(text) <= 80 else text[:77] + "..."
