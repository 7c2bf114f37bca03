"""Reading and writing RDF files: round trips, order, limits, and garbage."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse, serialize

from kg.formats import FORMAT_BY_SUFFIX, READERS, read_base
from kg.formats.rdf import CONTEXT_IRI, write_trig
from kg.model import Severity
from kg.rdf.encode import encode_base
from kg.rdf.grades import encode_grades
from kg.rdf.trig import format_trig
from kg.rdf.vocab import PREFIXES
from kg.stores.oxigraph_disk import write_store
from tests.support import fixtures

RDF = {
    ".trig": RdfFormat.TRIG,
    ".ttl": RdfFormat.TURTLE,
    ".nq": RdfFormat.N_QUADS,
    ".nt": RdfFormat.N_TRIPLES,
    ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
}


def _file(tmp_path: Path, suffix: str, content: str | bytes) -> Path:
    path = tmp_path / f"given{suffix}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.medium
@pytest.mark.parametrize("suffix", RDF)
def test_every_format_gives_the_base_back(tmp_path: Path, suffix: str) -> None:
    base, form = fixtures.base(), RDF[suffix]
    things = list(encode_base(base))
    content = (
        serialize(things, format=form)
        if form.supports_datasets
        else serialize([q.triple for q in things], format=form, prefixes=dict(PREFIXES))
    )
    assert content is not None
    loaded = read_base(_file(tmp_path, suffix, content))
    assert loaded.base == base
    assert loaded.base.digest
    assert not [d for d in loaded.diagnostics if d.code.startswith("KG03")]


def test_every_rdf_suffix_has_a_reader() -> None:
    assert {FORMAT_BY_SUFFIX[suffix] for suffix in RDF} <= set(READERS)
    assert all(callable(READERS[name]) for name in READERS)


def test_trig_is_the_same_for_any_order(tmp_path: Path) -> None:
    base = fixtures.base()
    quads = [*encode_base(base), *encode_grades([fixtures.grade()], base)]
    shuffled = [*quads, *quads[:50]]
    random.Random(7).shuffle(shuffled)
    assert format_trig(shuffled) == format_trig(quads)
    path = write_trig(quads, tmp_path / "a.trig")
    assert set(parse(path=path)) == set(quads)


def test_trig_is_made_to_be_read_and_compared() -> None:
    text = format_trig(encode_base(fixtures.base()))
    head, _, body = text.partition("\n\n")
    assert head.splitlines() == sorted(head.splitlines())
    assert "    <https://w3id.org/evidence-kg/" not in body
    subjects = re.findall(r"^    (\S+) a kg:\w+", body, re.MULTILINE)
    assert len(subjects) == len(re.findall(r" \.$", body, re.MULTILINE)), "one block a subject"
    assert re.findall(r"^    [^ ]", body, re.MULTILINE)
    assert not re.findall(r"^[^\"]* , ", body, re.MULTILINE), "one object a line"


@pytest.mark.parametrize(
    ("suffix", "content", "code", "place"),
    [
        (".ttl", "<a:a>\n <a:b> 'x", "KG030", ":2:"),
        (".trig", "graph:g { }", "KG030", ":1:"),
        (".nt", "<a:a> <a:b> 1 .", "KG030", ":1:"),
        (".nq", b'<a:a> <a:b> "\xff" .', "KG030", ":1:"),
        (".jsonld", '{"a": 1,\n', "KG030", ":2:1"),
        (".jsonld", b"\xff\xfe", "KG030", ""),
        (".jsonld", '{"@context": "http://127.0.0.1:9/c", "a": 1}', "KG036", ""),
        (".jsonld", '[{"b": {"@context": [{"@import": "file:///etc/passwd"}]}}]', "KG036", ""),
        (".rdf", "<!DOCTYPE r [<!ENTITY a 'b'>]>\n<r>&a;</r>", "KG036", ":1:"),
        (".rdf", "<r>\n<s>", "KG030", ":2:"),
        (".rdf", "", "KG030", ""),
        (".ttl", "<a:a> <a:b> " + "<<( <a:a> <a:b> " * 20_000, "KG004", ":1:"),
        (".ttl", "<a:a> <a:b> " + "[ <a:b> " * 20_000, "KG030", ":1:"),
        (".jsonld", "[" * 60_000, "KG004", ":1:101"),
        (".jsonld", '{"a":' * 60_000, "KG004", ":1:"),
        (".rdf", "<a>" * 60_000, "KG004", ":1:"),
    ],
)
def test_what_is_broken_or_hostile_is_one_diagnostic(
    tmp_path: Path, suffix: str, content: str | bytes, code: str, place: str
) -> None:
    loaded = read_base(_file(tmp_path, suffix, content))
    assert [d.code for d in loaded.diagnostics] == [code]
    (fault,) = loaded.diagnostics
    assert f"given{suffix}{place}" in str(fault)
    assert fault.remedy
    assert not loaded.base.entities


def test_a_store_is_read_like_a_file(tmp_path: Path) -> None:
    base = fixtures.base()
    store = write_store(encode_base(base), tmp_path / "store")
    loaded = read_base(store)
    assert loaded.base == base
    assert loaded.base.digest == read_base(store).base.digest
    for part in store.rglob("*.sst"):
        part.write_bytes(b"garbage")
    assert "KG001" in {d.code for d in read_base(store).diagnostics}


def test_a_missing_file_is_a_diagnostic(tmp_path: Path) -> None:
    loaded = read_base(tmp_path / "absent.ttl")
    assert [d.code for d in loaded.diagnostics] == ["KG001"]


def test_references_are_checked_as_in_curated_text(tmp_path: Path) -> None:
    text = """
        PREFIX kg: <https://w3id.org/evidence-kg/vocab#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX exposure: <https://w3id.org/evidence-kg/exposure/>
        PREFIX entity: <https://w3id.org/evidence-kg/entity/>
        exposure:zinc-oral a kg:Exposure ; rdfs:label "Zinc" ; kg:substance entity:zinc ;
            kg:exposureKind kg:exposure-kind-supplementation .
    """
    loaded = read_base(_file(tmp_path, ".ttl", text))
    assert [e.id for e in loaded.base.exposures] == ["zinc-oral"]
    assert [d.code for d in loaded.diagnostics] == ["KG012"]
    assert loaded.diagnostics[0].location is not None


def test_the_shipped_context_reads_plain_json(tmp_path: Path) -> None:
    document = {
        "@context": CONTEXT_IRI,
        "id": "entity:zinc",
        "type": "Entity",
        "label": "Zinc",
        "entityKind": "kg:entity-kind-substance",
        "altLabel": ["Zn"],
    }
    loaded = read_base(_file(tmp_path, ".jsonld", json.dumps(document)))
    assert loaded.diagnostics == ()
    assert [(e.id, e.label, e.synonyms) for e in loaded.base.entities] == [
        ("zinc", "Zinc", ("Zn",))
    ]


def test_what_is_not_in_the_terms_of_kg_is_no_sound_base(tmp_path: Path) -> None:
    foreign = (
        '<urn:a> a <http://xmlns.com/foaf/0.1/Person> ; <http://xmlns.com/foaf/0.1/name> "A" .'
    )
    (fault,) = read_base(_file(tmp_path, ".ttl", foreign)).diagnostics
    assert (fault.code, fault.severity) == ("KG027", Severity.SEVERE)
    assert "2 statements, types 'http://xmlns.com/foaf/0.1/Person' x1" in fault.message
    (fault,) = read_base(_file(tmp_path, ".nq", "")).diagnostics
    assert fault.code == "KG027"


def _samples() -> dict[str, bytes]:
    things = list(encode_base(fixtures.base()))[:40]
    samples = {}
    for suffix, form in RDF.items():
        given = things if form.supports_datasets else [q.triple for q in things]
        samples[suffix] = serialize(given, format=form) or b""
    return samples


SAMPLES = _samples()


@pytest.mark.parametrize("suffix", RDF)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_garbage_never_raises(tmp_path: Path, suffix: str, data: st.DataObject) -> None:
    sample = SAMPLES[suffix]
    at = data.draw(st.integers(0, len(sample)))
    junk = data.draw(st.binary(max_size=30) | st.sampled_from([b"<<", b"[", b"{", b"&a;", b'"""']))
    content = data.draw(st.sampled_from([sample[:at] + junk + sample[at:], sample[:at], junk]))
    loaded = read_base(_file(tmp_path, suffix, content))
    assert all(d.remedy for d in loaded.diagnostics)


@pytest.mark.parametrize("suffix", RDF)
def test_a_byte_order_mark_before_a_file_is_passed_over(tmp_path: Path, suffix: str) -> None:
    plain = read_base(_file(tmp_path, suffix, SAMPLES[suffix]))
    marked = read_base(_file(tmp_path, suffix, b"\xef\xbb\xbf" + SAMPLES[suffix]))
    assert (marked.base, marked.diagnostics) == (plain.base, plain.diagnostics)


@pytest.mark.parametrize("number", ["INF", "-INF", "NaN"])
def test_a_number_that_json_has_not_is_refused(tmp_path: Path, number: str) -> None:
    text = format_trig(encode_base(fixtures.base()))
    double = f'"{number}"^^<http://www.w3.org/2001/XMLSchema#double>'
    changed, count = re.subn(r"kg:(high|low) [^ ;]+", rf"kg:\1 {double}", text)
    assert count
    loaded = read_base(_file(tmp_path, ".trig", changed))
    refused = [d for d in loaded.diagnostics if "finite number" in d.remedy]
    assert refused  # the first of a record; the record is left out
