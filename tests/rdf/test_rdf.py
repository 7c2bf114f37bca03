"""Encoding and decoding: the round trip, and what is said about quads that cannot be read."""

from __future__ import annotations

import math
import subprocess
import sys
import types
import typing
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, parse, serialize

from kg import model
from kg.model import CLASS_BY_COLLECTION, Entity, EntityKind, EvidenceBase, Location
from kg.rdf import convert_to_rdflib, vocab
from kg.rdf.decode import decode_base
from kg.rdf.encode import encode_base, make_literal, make_node, make_term
from kg.rdf.table import FIELD_MAPPINGS, SECTION_OF, ValueForm
from kg.rdf.trig import format_trig
from kg.resources import locate_shipped_folder

IDS = st.text(max_size=6) | st.sampled_from(["a", "b", "a--b", "-", "..", "a:b", "Ω x", "%2D"])
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(-(10**12), 10**12),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
    Location: st.none(),
}


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type hint of the model."""
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return instances(hint)
    if isinstance(hint, types.UnionType):
        return st.one_of([of_type(part) for part in typing.get_args(hint)])
    assert typing.get_origin(hint) is tuple, hint
    return st.lists(of_type(typing.get_args(hint)[0]), max_size=3).map(tuple)


def instances(cls: type) -> st.SearchStrategy[Any]:
    """Instances of a dataclass of the model, with odd ids."""
    hints = typing.get_type_hints(cls)
    parts = {f.name: IDS if f.name == "id" else of_type(hints[f.name]) for f in fields(cls)}
    return st.builds(cls, **parts)


@st.composite
def bases(draw: st.DrawFn) -> EvidenceBase:
    """Small bases with unique ids, sorted as readers sort them."""
    found: dict[str, Any] = {}
    for name, cls in CLASS_BY_COLLECTION.items():
        things = draw(st.lists(instances(cls), max_size=2, unique_by=lambda t: t.id))
        found[name] = tuple(sorted(things, key=lambda t: t.id))
    found["studies"] = tuple(
        replace(s, findings=tuple(replace(f, id=f"{i}.{j}") for j, f in enumerate(s.findings)))
        for i, s in enumerate(found["studies"])
    )
    return EvidenceBase(**found)


@pytest.mark.slow
@pytest.mark.law("P30")
@given(bases())
@settings(max_examples=60, deadline=None)
def test_decoding_an_encoded_base_gives_the_base(base: EvidenceBase) -> None:
    loaded = decode_base(encode_base(base))
    assert loaded.diagnostics == ()
    assert loaded.base == base


@pytest.mark.medium
@pytest.mark.law("P30")
@given(bases())
@settings(max_examples=15, deadline=None)
def test_a_store_and_every_format_keep_the_base(base: EvidenceBase) -> None:
    quads = list(encode_base(base))
    store = Store()
    store.extend(quads)
    assert decode_base(store).base == base
    written = list(parse(format_trig(quads), format=RdfFormat.TRIG))
    assert len(written) == len(set(quads))
    assert set(written) == set(quads)
    for form in (RdfFormat.TRIG, RdfFormat.N_QUADS, RdfFormat.JSON_LD):
        text = serialize(quads, format=form, prefixes=dict(vocab.PREFIXES))
        assert text is not None
        assert decode_base(parse(text, format=form)).base == base, form


@pytest.mark.parametrize("cls", FIELD_MAPPINGS, ids=lambda cls: cls.__name__)
def test_the_table_has_every_field(cls: type) -> None:
    expected = {f.name for f in fields(cls)} - ({"id"} if cls in SECTION_OF else set())
    rows = [row.field for row in FIELD_MAPPINGS[cls]]
    assert set(rows) == expected
    assert len(rows) == len(set(rows))
    properties = [row.property for row in FIELD_MAPPINGS[cls]]
    assert len(properties) == len(set(properties)), "two fields would be read from one property"


def test_the_table_has_every_class_of_the_model() -> None:
    reachable: set[type] = set()
    todo: list[Any] = list(CLASS_BY_COLLECTION.values())
    while todo:
        hint = todo.pop()
        if isinstance(hint, type) and is_dataclass(hint) and hint not in reachable:
            reachable.add(hint)
            todo.extend(typing.get_type_hints(hint).values())
        todo.extend(typing.get_args(hint))
    assert reachable - {Location} == set(FIELD_MAPPINGS)
    assert set(CLASS_BY_COLLECTION) == {f.name for f in fields(EvidenceBase)} - {"digest"}


@pytest.mark.parametrize("cls", FIELD_MAPPINGS, ids=lambda cls: cls.__name__)
def test_the_form_of_a_row_fits_the_type_of_its_field(cls: type) -> None:
    hints = typing.get_type_hints(cls)
    for row in FIELD_MAPPINGS[cls]:
        kinds = {hints[row.field], *typing.get_args(hints[row.field])}
        kinds |= {part for kind in kinds for part in typing.get_args(kind)}
        assert row.many == any(typing.get_origin(k) is tuple for k in kinds), row
        expected = {
            ValueForm.TEXT: str,
            ValueForm.REFERENCE: str,
            ValueForm.INTEGER: int,
            ValueForm.NUMBER: float,
            ValueForm.BOOLEAN: bool,
            ValueForm.PLACE: Location,
        }.get(row.form, row.target)
        assert expected in kinds, row


ENTITY = model.Entity("acne-scars", "Acne scars", model.EntityKind.CLINICAL_OUTCOME)


def test_a_claim_states_no_triple_of_its_own() -> None:
    said = model.Proposition("m", model.Predicate.IMPROVES, "acne-scars")
    claim = model.Claim("c1", "s", 3, model.Role.HEADLINE, said, model.Tier.PLAIN)
    quads = list(encode_base(EvidenceBase(entities=(ENTITY,), claims=(claim,))))
    assert all(
        not (
            q.subject == make_node(vocab.build_iri("entity", "m"))
            and "improves" in q.predicate.value
        )
        for q in quads
    )
    assert all(not isinstance(t, BlankNode) for q in quads for t in (q.subject, q.object))
    proposition = make_node(vocab.build_iri("proposition", "m--improves--acne-scars"))
    claimed = [q.graph_name for q in quads if q.object == proposition]
    assert claimed == [make_node(vocab.build_source_graph_iri("s"))]


def test_locations_survive_with_line_and_column() -> None:
    for place in (Location("a:b/c.yaml", 3, 4), Location("c.yaml", 7), Location("c:d")):
        entity = replace(ENTITY, location=place)
        assert (
            decode_base(encode_base(EvidenceBase(entities=(entity,)))).base.entities[0].location
            == place
        )


def test_places_in_shipped_files_do_not_name_the_machine() -> None:
    place = Location(str(locate_shipped_folder("data") / "exposures.yaml"), 3)
    quads = encode_base(EvidenceBase(entities=(replace(ENTITY, location=place),)))
    places = [q.object for q in quads if q.predicate == make_term("definedAt")]
    assert places == [Literal("data/exposures.yaml:3")]


@pytest.mark.parametrize("value", [0.05, 200.0, 1e-300, math.inf, -math.inf, -0.0, 1 / 3])
def test_numbers_keep_their_value(value: float) -> None:
    assert float(make_literal(value).value.replace("INF", "inf")) == value


def _quad(subject: str, name: str, object: Any) -> Quad:
    return Quad(make_node(subject), make_term(name), object)


ACNE = vocab.build_iri("entity", "acne-scars")
TYPED = _quad(ACNE, "rdf:type", make_term("Entity"))
LABEL = _quad(ACNE, "rdfs:label", Literal("Acne scars"))
KIND = _quad(ACNE, "entityKind", make_term("entity-kind-clinical-outcome"))


@pytest.mark.parametrize(
    ("quads", "code", "words"),
    [
        ([TYPED, KIND], "KG031", "entity:acne-scars has no rdfs:label. Add it."),
        ([TYPED, KIND, LABEL, _quad(ACNE, "rdfs:label", Literal("b"))], "KG033", "2 values"),
        ([TYPED, LABEL, _quad(ACNE, "entityKind", Literal("x"))], "KG032", "an IRI"),
        (
            [TYPED, LABEL, _quad(ACNE, "entityKind", make_term("x"))],
            "KG032",
            "concept of kg:EntityK",
        ),
        ([TYPED, KIND, LABEL, _quad(ACNE, "partOf", make_node("urn:x"))], "KG032", "entity/"),
        ([TYPED, KIND, LABEL, _quad(ACNE, "partof", make_node(ACNE))], "KG035", "kg:partof"),
        ([TYPED, KIND, LABEL, _quad(ACNE, "sequence", Literal("["))], "KG032", "JSON"),
        ([_quad("urn:x", "rdf:type", make_term("Entity"))], "KG034", "not an IRI of ours"),
        ([Quad(BlankNode("b"), make_term("rdf:type"), make_term("Entity"))], "KG034", "not an IRI"),
    ],
)
def test_what_cannot_be_read_is_reported(quads: list[Quad], code: str, words: str) -> None:
    faults = decode_base(quads, "given.ttl").diagnostics
    assert [f.code for f in faults] == [code]
    assert words in str(faults[0])
    assert faults[0].location == Location("given.ttl")
    assert faults[0].remedy


IRIS = st.one_of(
    st.sampled_from([ACNE, "urn:x", vocab.KG_VOCABULARY, vocab.BASE]).map(NamedNode),
    st.sampled_from(sorted({r.property for rows in FIELD_MAPPINGS.values() for r in rows})).map(
        make_term
    ),
    st.sampled_from([cls.__name__ for cls in FIELD_MAPPINGS]).map(make_term),
)
TERMS = st.one_of(
    IRIS,
    st.text(max_size=5).map(Literal),
    st.sampled_from(["NaN", "1e400", "-1", "9" * 5000, "[[1]]", '{"a": 1}']).map(Literal),
)


@pytest.mark.medium
@given(st.lists(st.builds(Quad, IRIS, IRIS | st.just(make_term("rdf:type")), TERMS), max_size=12))
@settings(max_examples=150, deadline=None)
def test_decoding_garbage_never_raises(quads: list[Quad]) -> None:
    loaded = decode_base(quads)
    assert isinstance(loaded.base, EvidenceBase)
    assert all(fault.remedy for fault in loaded.diagnostics)


def test_rdflib_sees_the_same_quads() -> None:
    quads = list(encode_base(EvidenceBase(entities=(ENTITY,))))
    dataset = convert_to_rdflib(quads)
    assert len(dataset) == len(set(quads))


@given(IDS, IDS)
def test_ids_and_iris_are_one_to_one(first: str, second: str) -> None:
    assert vocab.parse_iri(vocab.build_iri("entity", first)) == ("entity", first)
    assert (vocab.build_iri("entity", first) == vocab.build_iri("entity", second)) == (
        first == second
    )


@given(st.tuples(IDS, IDS), st.tuples(IDS, IDS))
def test_propositions_never_share_an_iri(first: tuple[str, str], second: tuple[str, str]) -> None:
    one, two = (vocab.build_proposition_iri(s, "increases", o) for s, o in (first, second))
    assert (one == two) == (first == second)


def test_the_grade_path_needs_no_rdf_library() -> None:
    script = (
        "import sys, kg.rdf.vocab, kg.rdf.table, kg.rdf.sparql, kg.queries, kg.stores, kg.formats;"
        "print(sorted({'pyoxigraph', 'rdflib', 'pyshacl'} & set(sys.modules)))"
    )
    root = Path(vocab.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.strip() == "[]"


def test_no_path_of_a_machine_goes_into_rdf() -> None:
    for path, told in (
        ("/home/someone/base/claims/a.yaml", "claims/a.yaml"),
        ("/a.yaml", "a.yaml"),
        ("../other/claims/a.yaml", "claims/a.yaml"),
        ("../a.yaml", "a.yaml"),
        ("base/claims/a.yaml", "base/claims/a.yaml"),
    ):
        entity = Entity("zinc", "zinc", EntityKind.SUBSTANCE, location=Location(path, 3, 5))
        text = format_trig(encode_base(EvidenceBase(entities=(entity,))))
        assert f'"{told}:3:5"' in text
        assert "someone" not in text
