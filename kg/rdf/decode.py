"""Quads -> EvidenceBase, with a diagnostic for everything that cannot be read. It never raises."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg.model import Diagnostic, EvidenceBase, Loaded, Location, Severity
from kg.rdf import vocab
from kg.rdf.encode import POSITION, SEQUENCE
from kg.rdf.table import COLLECTIONS, SECTION_OF, TABLE, Form, Row, defaults, rows_by_property

MISSING = "KG031"
UNREADABLE = "KG032"
TOO_MANY = "KG033"
FOREIGN = "KG034"
UNKNOWN = "KG035"

_NAMES = {
    MISSING: "missing-property",
    UNREADABLE: "unreadable-value",
    TOO_MANY: "too-many-values",
    FOREIGN: "foreign-iri",
    UNKNOWN: "unknown-property",
}

_DERIVED = frozenset(
    vocab.term(name)
    for name in (
        "rdf:type",
        POSITION,
        SEQUENCE,
        "dcterms:isPartOf",
        "prov:hadPrimarySource",
        "cito:citesAsEvidence",
        "states",
        "sign",
    )
)

Term = Any
Graph = Mapping[str, Mapping[str, list[Term]]]


def decode(quads: Iterable[Quad], path: str = "") -> Loaded:
    """The base that the quads describe and what could not be read of it.

    Named graphs are read as one; a thing that lacks a required field is left out and reported.
    `path` names the file in diagnostics.
    """
    decoder = _Decoder(_by_subject(quads), path)
    found: dict[str, list[Any]] = {name: [] for name in COLLECTIONS}
    for name, cls in COLLECTIONS.items():
        for subject in decoder.subjects(cls):
            thing = decoder.thing(cls, subject)
            if thing is not None:
                found[name].append(thing)
    tables: dict[str, Any] = {name: tuple(things) for name, things in found.items()}
    base = EvidenceBase(**tables)
    return Loaded(base, tuple(sorted(set(decoder.faults), key=lambda d: d.order)))


def _by_subject(quads: Iterable[Quad]) -> dict[str, dict[str, list[Term]]]:
    """Predicates and objects of each subject that is an IRI, each triple once."""
    graph: dict[str, dict[str, dict[Term, None]]] = {}
    for quad in quads:
        key = quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)
        graph.setdefault(key, {}).setdefault(quad.predicate.value, {})[quad.object] = None
    return {s: {p: list(objects) for p, objects in ps.items()} for s, ps in graph.items()}


class _Unreadable(ValueError):
    """A value is not of the form that the table asks for; says what was expected."""


@dataclass(slots=True)
class _Decoder:
    graph: Graph
    path: str
    faults: list[Diagnostic] = field(default_factory=list)

    def subjects(self, cls: type) -> list[str]:
        """IRIs of the instances of a class, in order."""
        wanted = NamedNode(vocab.term(cls.__name__))
        return sorted(s for s, po in self.graph.items() if wanted in po.get(vocab.TYPE, ()))

    def fault(self, code: str, subject: str, message: str, remedy: str) -> None:
        """Record a fault about a subject."""
        severity = Severity.MILD if code == UNKNOWN else Severity.SEVERE
        found = self.graph.get(subject, {}).get(vocab.term("definedAt"), [])
        location = place(found[0].value) if found and isinstance(found[0], Literal) else None
        if location is None and self.path:
            location = Location(self.path)
        short = vocab.compact(subject)
        self.faults.append(
            Diagnostic(
                code,
                _NAMES[code],
                severity,
                f"{short} {message}.",
                subject=short,
                location=location,
                remedy=remedy,
            )
        )

    def thing(self, cls: type, subject: str) -> Any:
        """The thing with an id that a subject describes; None where it cannot be read."""
        parsed = vocab.parse_iri(subject)
        if parsed is None or parsed[0] != SECTION_OF[cls]:
            self.fault(
                FOREIGN,
                subject,
                f"is typed {cls.__name__} but is not an IRI of ours",
                f"Name it {vocab.BASE}{SECTION_OF[cls]}/ and its id.",
            )
            return None
        return self.value(cls, subject, {"id": parsed[1]})

    def value(self, cls: type, subject: str, known: dict[str, Any] | None = None) -> Any:
        """The dataclass that a subject describes; None where a required field cannot be read."""
        described = self.graph.get(subject, {})
        order = self.order(subject, described)
        values: dict[str, Any] = dict(known or {})
        for row in TABLE[cls]:
            read = self.row(cls, row, subject, described, order)
            if read is None and row.field not in defaults(cls):
                return None
            if read is not None:
                values[row.field] = read
        self.unknown(cls, subject, described)
        return cls(**values)

    def row(
        self,
        cls: type,
        row: Row,
        subject: str,
        described: Mapping[str, list[Term]],
        order: Mapping[str, list[str]],
    ) -> Any:
        """The value of one field; None where there is none or it cannot be read."""
        objects = described.get(vocab.term(row.property), [])
        if row.many:
            read = self.parts(row, objects) if row.form is Form.PART else []
            if row.form is not Form.PART:
                read = [v for o in objects if (v := self.one(row, subject, o)) is not None]
                read = _ordered(read, order.get(row.field, []))
            return tuple(read)
        if len(objects) > 1:
            self.fault(
                TOO_MANY,
                subject,
                f"has {len(objects)} values of {row.property}, where there can be one",
                "Keep the right one.",
            )
            return None
        if not objects:
            if row.field not in defaults(cls):
                self.fault(MISSING, subject, f"has no {row.property}", "Add it.")
            return None
        return self.one(row, subject, objects[0])

    def one(self, row: Row, subject: str, object: Term) -> Any:
        """One value; None, and a fault, where it cannot be read."""
        try:
            if row.form in (Form.PART, Form.PROPOSITION):
                return self.value(row.target, _iri(object))
            return _read(row, object)
        except _Unreadable as expected:
            self.fault(
                UNREADABLE,
                subject,
                f"has {_shown(object)} as {row.property}",
                f"Expected {expected}.",
            )
            return None

    def parts(self, row: Row, objects: list[Term]) -> list[Any]:
        """The parts of a thing in the order of their positions."""
        placed = sorted((self.position(o), str(o), o) for o in objects)
        found = []
        for _, _, object in placed:
            if not isinstance(object, NamedNode):
                self.one(row, "", object)
            elif row.target in SECTION_OF:
                found.append(self.thing(row.target, object.value))
            else:
                found.append(self.value(row.target, object.value))
        return [part for part in found if part is not None]

    def position(self, object: Term) -> int:
        """Position of a part, or a number after all others where it has none."""
        if isinstance(object, NamedNode):
            for value in self.graph.get(object.value, {}).get(vocab.term(POSITION), []):
                if isinstance(value, Literal) and value.value.isdecimal():
                    return int(value.value[:9])
        return 10**9

    def order(self, subject: str, described: Mapping[str, list[Term]]) -> dict[str, list[str]]:
        """The recorded order of values by field, where it is not the alphabetical one."""
        for object in described.get(vocab.term(SEQUENCE), []):
            try:
                recorded = json.loads(object.value)
                return {str(k): [str(v) for v in vs] for k, vs in recorded.items()}
            except (AttributeError, RecursionError, TypeError, ValueError):
                self.fault(
                    UNREADABLE,
                    subject,
                    f"has {_shown(object)} as {SEQUENCE}",
                    "Expected a JSON object of lists.",
                )
        return {}

    def unknown(self, cls: type, subject: str, described: Mapping[str, list[Term]]) -> None:
        """Report properties of our name space that the class does not have: a misspelling."""
        for property in described:
            ours = property.startswith(vocab.KG)
            if ours and property not in rows_by_property(cls) and property not in _DERIVED:
                self.fault(
                    UNKNOWN,
                    subject,
                    f"has {vocab.compact(property)}, which {cls.__name__} does not have",
                    "Check the spelling against ontology/kg.ttl.",
                )


def _read(row: Row, object: Term) -> Any:
    match row.form:
        case Form.WORD:
            found = vocab.members(row.target).get(_iri(object))
            if found is None:
                raise _Unreadable(f"a concept of kg:{row.target.__name__}")
            return found
        case Form.REFERENCE:
            return _reference(row.target, _iri(object))
        case Form.TEXT:
            return _lexical(object)
        case Form.PLACE:
            return place(_lexical(object))
        case Form.BOOLEAN:
            return _boolean(_lexical(object))
        case _:
            return _number(row.form, _lexical(object))


def _reference(section: str, iri: str) -> str:
    parsed = vocab.parse_iri(iri)
    allowed = ("entity", "exposure") if section == "node" else (section,)
    if parsed is None or parsed[0] not in allowed:
        raise _Unreadable("an IRI under " + " or ".join(f"{vocab.BASE}{s}/" for s in allowed))
    return parsed[1]


def _iri(object: Term) -> str:
    if not isinstance(object, NamedNode):
        raise _Unreadable("an IRI")
    return object.value


def _lexical(object: Term) -> str:
    if not isinstance(object, Literal):
        raise _Unreadable("a literal")
    return object.value


def _boolean(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise _Unreadable("true or false")
    return text in ("true", "1")


def _number(form: Form, text: str) -> int | float:
    try:
        return int(text) if form is Form.INTEGER else float(text)
    except (ValueError, OverflowError):
        raise _Unreadable("a whole number" if form is Form.INTEGER else "a number") from None


def place(text: str) -> Location:
    """A location of its printed form; the path may hold colons of its own."""
    path, *numbers = text, 0, 0
    for index in (1, 0):
        head, colon, tail = path.rpartition(":")
        if not (colon and tail.isdecimal() and tail.isascii() and len(tail) < 10):
            break
        path, numbers[index] = head, int(tail)
    line, column = numbers if numbers[0] else (numbers[1], 0)
    return Location(path, line, column)


def _ordered(values: list[Any], recorded: list[str]) -> list[Any]:
    """Values in their recorded order, then the others alphabetically."""
    present = set(values)
    return [v for v in recorded if v in present] + sorted(present.difference(recorded))


def _shown(object: Term) -> str:
    text = vocab.compact(object.value) if isinstance(object, NamedNode) else str(object)
    return text if len(text) <= 80 else text[:77] + "..."
