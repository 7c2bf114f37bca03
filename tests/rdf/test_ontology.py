"""The ontology and the code say the same, in both directions."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import yaml
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from rdflib import Graph
from rdflib.namespace import DCTERMS, PROV, SDO, SKOS, DefinedNamespace

from kg import model
from kg.formats.curated.reader import read_curated
from kg.model import EvidenceBase
from kg.rdf import audit, grades, vocab
from kg.rdf.encode import encode_base, list_enums
from kg.rdf.grades import encode_grades
from kg.rdf.shacl import validate_base, validate_quads
from kg.rdf.table import FIELD_MAPPINGS
from kg.resources import locate_shipped_folder
from tests.support import fixtures

OWL = "http://www.w3.org/2002/07/owl#"
SH = "http://www.w3.org/ns/shacl#"
ENUMS = list_enums()


@cache
def ontology() -> dict[str, dict[str, list[Any]]]:
    """kg.ttl by subject and predicate."""
    return _by_subject("kg.ttl")


def _by_subject(name: str) -> dict[str, dict[str, list[Any]]]:
    found: dict[str, dict[str, list[Any]]] = {}
    for quad in parse(path=locate_shipped_folder("ontology") / name, format=RdfFormat.TURTLE):
        key = str(getattr(quad.subject, "value", quad.subject))
        found.setdefault(key, {}).setdefault(quad.predicate.value, []).append(quad.object)
    return found


def _typed(*types: str) -> set[str]:
    """Names of ours that have one of the types."""
    wanted = {NamedNode(t) for t in types}
    return {
        subject.removeprefix(vocab.KG_VOCABULARY)
        for subject, described in ontology().items()
        if subject.startswith(vocab.KG_VOCABULARY)
        and wanted & set(described.get(vocab.RDF_TYPE, []))
    }


def _used(quads: list[Quad]) -> set[str]:
    return {
        q.predicate.value.removeprefix(vocab.KG_VOCABULARY)
        for q in quads
        if q.predicate.value.startswith(vocab.KG_VOCABULARY)
    }


def test_the_ontology_names_itself_and_its_version() -> None:
    described = ontology()[vocab.KG_VOCABULARY.removesuffix("#")]
    assert described[OWL + "versionIRI"]
    assert described[vocab.DCTERMS + "license"]


def test_every_term_has_label_and_definition() -> None:
    for subject, described in ontology().items():
        if subject.startswith(vocab.KG_VOCABULARY):
            assert len(described[vocab.RDFS + "label"]) == 1, subject
            assert len(described[vocab.SKOS + "definition"]) == 1, subject


@pytest.mark.parametrize("enum", ENUMS, ids=lambda e: e.__name__)
def test_words_equal_the_enum_both_ways(enum: type[Enum]) -> None:
    said = {
        (subject, described[vocab.SKOS + "notation"][0].value)
        for subject, described in ontology().items()
        if NamedNode(vocab.KG_VOCABULARY + enum.__name__) in described.get(vocab.RDF_TYPE, [])
    }
    assert said == {
        (vocab.build_concept_iri(member), vocab.format_notation(member)) for member in enum
    }
    scheme = NamedNode(f"{vocab.KG_VOCABULARY}{vocab.format_kebab_case(enum.__name__)}-scheme")
    for member in enum:
        described = ontology()[vocab.build_concept_iri(member)]
        assert described[vocab.SKOS + "inScheme"] == [scheme]
        ranks = [int(rank.value) for rank in described.get(vocab.KG_VOCABULARY + "rank", [])]
        assert ranks == ([member.value] if isinstance(member, int) else [])


def test_there_is_no_list_without_an_enum() -> None:
    schemes = _typed(vocab.SKOS + "ConceptScheme")
    assert schemes == {f"{vocab.format_kebab_case(enum.__name__)}-scheme" for enum in ENUMS}


def test_every_concept_has_an_iri_of_its_own() -> None:
    words = [vocab.build_concept_iri(member) for enum in ENUMS for member in enum]
    assert len(words) == len(set(words))


def test_classes_equal_the_table_and_the_grades() -> None:
    quads = [*encode_base(fixtures.base()), *encode_grades([fixtures.grade()], fixtures.base())]
    typed = {str(q.object).strip("<>") for q in quads if q.predicate.value == vocab.RDF_TYPE}
    used = {
        name.removeprefix(vocab.KG_VOCABULARY)
        for name in typed
        if name.startswith(vocab.KG_VOCABULARY)
    }
    declared = _typed(OWL + "Class")
    assert {cls.__name__ for cls in FIELD_MAPPINGS} | used <= declared
    computed = {
        "Grade",
        "ChainGrade",
        "Link",
        "Rating",
        "Reason",
        "RepairSet",
        "Gain",
        "Diagnostic",
        "CitationAudit",
        "LookUp",
    }
    lists = {enum.__name__ for enum in ENUMS}
    assert declared == {cls.__name__ for cls in FIELD_MAPPINGS} | computed | lists


def test_properties_equal_those_that_are_written() -> None:
    declared = _typed(OWL + "ObjectProperty", OWL + "DatatypeProperty")
    table = {
        row.property for rows in FIELD_MAPPINGS.values() for row in rows if ":" not in row.property
    }
    quads = [*encode_base(fixtures.base()), *encode_grades([fixtures.grade()], fixtures.base())]
    assert table | _used(quads) <= declared
    source = "".join(Path(m.__file__ or "").read_text(encoding="utf-8") for m in (grades, audit))
    helpers = {"position", "sequence", "sign", "states", "rank"}
    unused = {name for name in declared - table - helpers if f'"{name}"' not in source}
    assert unused == set(), "declared and never written"


def test_ranges_are_declared() -> None:
    for name in ontology():
        if name.startswith(vocab.KG_VOCABULARY) and vocab.RDFS + "domain" in ontology()[name]:
            assert vocab.RDFS + "range" in ontology()[name] or name.endswith("#about"), name


def test_every_class_has_a_shape_and_every_constraint_a_message() -> None:
    shapes = _by_subject("shapes.ttl")
    targets = {str(t) for s in shapes.values() for t in s.get(SH + "targetClass", [])}
    lists = {enum.__name__ for enum in ENUMS}
    expected = {f"<{vocab.KG_VOCABULARY}{name}>" for name in _typed(OWL + "Class") - lists}
    assert targets == expected
    for name, described in shapes.items():
        constrains = SH + "path" in described and SH + "severity" in described
        if constrains or SH + "select" in described:
            message = described[SH + "message"][0].value
            assert ". " in message, f"{name} {message}: says what is wrong, then the remedy"
            assert described[SH + "severity"], name


@pytest.mark.slow
def test_the_shapes_are_shacl() -> None:
    shapes = Graph().parse(locate_shipped_folder("ontology") / "shapes.ttl", format="turtle")
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text


def test_shapes_speak_of_known_terms_only() -> None:
    known = {s for s in ontology() if s.startswith(vocab.KG_VOCABULARY)}
    for described in _by_subject("shapes.ttl").values():
        for key in ("path", "class", "targetClass", "disjoint", "lessThanOrEquals"):
            for value in described.get(SH + key, []):
                name = getattr(value, "value", "")
                assert not name.startswith(vocab.KG_VOCABULARY) or name in known, name


@pytest.mark.medium
def test_a_sound_base_and_its_grades_pass_the_shapes() -> None:
    form = model.Entity("magnesium-glycinate", "Magnesium glycinate", model.EntityKind.SUBSTANCE)
    base = fixtures.base()
    base = replace(base, entities=(*base.entities, form))
    quads = [*encode_base(base), *encode_grades([fixtures.grade()], base)]
    assert validate_quads(quads) == ()


def _study(**fields: Any) -> model.Study:
    required = {"title": "T", "year": 2020, "design": model.Design.COHORT}
    return model.Study(id="s1", system=model.System.HUMAN, **{**required, **fields})


ZINC = model.Entity("zinc", "Zinc", model.EntityKind.SUBSTANCE)
ORAL = model.Exposure("zinc-oral", "Zinc", "zinc", model.ExposureKind.SUPPLEMENTATION)
RASH = model.Entity("rash", "Rash", model.EntityKind.CLINICAL_OUTCOME)
LEANING = tuple(
    model.Claim(
        id,
        "s",
        1,
        model.Role.HEADLINE,
        model.Proposition("zinc-oral", model.Predicate.IMPROVES, "rash"),
        model.Tier.PLAIN,
        leans_on=(other,),
    )
    for id, other in (("a", "b"), ("b", "a"))
)
PLACE = model.Location("data/studies/x.yaml", 7)


def _finding(**fields: Any) -> model.Finding:
    return model.Finding("s1.f", "zinc-oral", "rash", model.Direction.DECREASE, **fields)


@pytest.mark.medium
@pytest.mark.parametrize(
    ("base", "message", "place"),
    [
        (EvidenceBase(studies=(_study(location=PLACE),)), "no identifier", PLACE),
        (
            EvidenceBase(
                (ZINC, RASH),
                (ORAL,),
                studies=(
                    _study(pmid="1", findings=(_finding(ci_low=2.0, ci_high=1.0),), location=PLACE),
                ),
            ),
            "lower confidence limit is above",
            None,
        ),
        (
            EvidenceBase(
                (ZINC, RASH),
                (ORAL,),
                studies=(_study(pmid="1", findings=(_finding(p_value=7.0),)),),
            ),
            "p value lies outside 0 to 1. Found 7",
            None,
        ),
        (
            EvidenceBase(
                (
                    model.Entity("a", "A", model.EntityKind.CONDITION, broader=("b",)),
                    model.Entity("b", "B", model.EntityKind.CONDITION, broader=("a",)),
                )
            ),
            "broader than itself",
            None,
        ),
        (
            EvidenceBase(exposures=(ORAL,)),
            "one substance, an entity of this base. Found entity:zinc",
            None,
        ),
        (
            EvidenceBase(
                sources=(model.Source("s", "S"),),
                citations=(
                    model.Citation(
                        "c", "s", model.CitationKind.IN_TEXT, 1, model.Identification.IDENTIFIED
                    ),
                ),
            ),
            "neither a study nor a record",
            None,
        ),
        (
            EvidenceBase((ZINC, RASH), (ORAL,), sources=(model.Source("s", "S"),), claims=LEANING),
            "supports itself",
            None,
        ),
        (EvidenceBase(studies=(_study(doi="https://doi.org/10.1/x"),)), "A DOI starts with", None),
        (EvidenceBase(studies=(_study(pmid="PMID 3"),)), "A PMID consists of digits", None),
        (EvidenceBase(studies=(_study(pmid="3", year=20),)), "year of a study cannot", None),
    ],
)
def test_what_the_shapes_find(
    base: EvidenceBase, message: str, place: model.Location | None
) -> None:
    found = [d for d in validate_base(base) if message in d.message]
    assert found, [str(d) for d in validate_base(base)]
    assert all(d.remedy and d.code == "KG040" for d in found)
    if place:
        assert found[0].location == place


def test_the_context_has_every_class_and_property() -> None:
    context = json.loads((locate_shipped_folder("ontology") / "context.jsonld").read_text())[
        "@context"
    ]
    meant = {
        value["@id"] if isinstance(value, dict) else value
        for key, value in context.items()
        if not key.startswith("@")
    }
    assert {f"kg:{cls.__name__}" for cls in FIELD_MAPPINGS} <= meant
    for rows in FIELD_MAPPINGS.values():
        for row in rows:
            assert (row.property if ":" in row.property else f"kg:{row.property}") in meant


KNOWN: dict[str, type[DefinedNamespace]] = {
    "prov": PROV,
    "schema": SDO,
    "skos": SKOS,
    "dcterms": DCTERMS,
}


def test_mappings_are_valid_sssom() -> None:
    lines = (
        (locate_shipped_folder("ontology") / "mappings.sssom.tsv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    head = [line.removeprefix("#") for line in lines if line.startswith("#")]
    assert head[0] == "curie_map:"
    assert all(
        isinstance(iri, str) for iri in yaml.safe_load("\n".join(head))["curie_map"].values()
    )
    prefixes = {line.split(":")[0].strip() for line in head if line.startswith("  ")}
    keys = {line.split(":")[0] for line in head if not line.startswith("  ")}
    assert {"mapping_set_id", "license"} <= keys
    rows = list(csv.DictReader([x for x in lines if not x.startswith("#")], delimiter="\t"))
    assert len(rows) > 40
    seen = set()
    for row in rows:
        key = (row["subject_id"], row["predicate_id"], row["object_id"])
        assert key not in seen
        seen.add(key)
        term = vocab.expand_curie(row["subject_id"])
        assert term in ontology() or row["subject_id"].startswith("entity:"), key
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert row["predicate_id"].startswith("skos:")
        assert row["predicate_id"].removeprefix("skos:") in {
            "exactMatch",
            "closeMatch",
            "broadMatch",
            "narrowMatch",
            "relatedMatch",
        }
        prefix, _, local = row["object_id"].partition(":")
        assert prefix in prefixes
        assert row["comment"], "where the identifier was read"
        if prefix in KNOWN:
            assert local in KNOWN[prefix], key


MATCHES = {
    "exact": "skos:exactMatch",
    "close": "skos:closeMatch",
    "broader": "skos:broadMatch",
    "narrower": "skos:narrowMatch",
}


@pytest.mark.medium
def test_mappings_of_entities_are_the_identifiers_that_were_looked_up() -> None:
    """Both ways; the label of the entity agrees, and no match is called more than it is."""
    text = (locate_shipped_folder("ontology") / "mappings.sssom.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    mapped = {
        (row["subject_id"], row["subject_label"], row["predicate_id"], row["object_id"])
        for row in csv.DictReader(lines, delimiter="\t")
        if row["subject_id"].startswith("entity:")
    }
    recorded = {
        (f"entity:{e.id}", e.label, MATCHES.get(i.match, "skos:relatedMatch"), i.curie)
        for e in read_curated(locate_shipped_folder("data")).base.entities
        for i in e.identifiers
        if i.verified
    }
    assert mapped == recorded
