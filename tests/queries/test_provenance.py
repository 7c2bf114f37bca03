"""Every assertion of the shipped graph leads back to who says so, asked in SPARQL."""

from __future__ import annotations

import pytest
from pyoxigraph import Quad

from kg.queries import find_saved_query
from kg.rdf import vocab
from kg.stores import Store, open_store
from tests.support.shipped import build_shipped_quads, load_shipped, open_shipped_store

PREFIXES = (
    f"PREFIX kg: <{vocab.KG_VOCABULARY}> PREFIX prov: <{vocab.PROV}> PREFIX skos: <{vocab.SKOS}> "
)


def store(kept: tuple[Quad, ...]) -> Store:
    opened = open_store("memory:")
    opened.load(kept)
    return opened


def rows(text: str) -> list[tuple[str, ...]]:
    return [tuple(row) for row in open_shipped_store().query(PREFIXES + text).rows]


def lacking(*, without: str = "", of: str = "") -> set[tuple[str, str]]:
    """Types and what they miss where the quads of one property, or one type, are gone."""
    kept = tuple(
        q
        for q in build_shipped_quads()
        if q.predicate.value != vocab.expand_term(without or "none")
        and not (
            of
            and q.predicate.value == vocab.RDF_TYPE
            and str(q.object) == f"<{vocab.expand_term(of)}>"
        )
    )
    found = store(kept).query(find_saved_query("without-provenance").bind_values()).rows
    return {(row[0], row[2]) for row in found}


@pytest.mark.slow
def test_every_assertion_leads_back_to_who_says_so() -> None:
    assert [
        tuple(r)
        for r in open_shipped_store()
        .query(find_saved_query("without-provenance").bind_values())
        .rows
    ] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("without", "expected"),
    [
        ("line", {("kg:Claim", "article and line"), ("kg:Citation", "article and line")}),
        ("source", {("kg:ArgumentChain", "article"), ("kg:Step", "chain of an article")}),
        ("read", {("kg:Study", "record and reading"), ("kg:Finding", "study that was read")}),
        ("finding", {("kg:Finding", "study that was read")}),
        ("judgedBy", {("kg:DomainJudgement", "who judges")}),
        ("skos:definition", {("kg:Entity", "definition")}),
        ("verified", {("kg:Identifier", "whether it was looked up")}),
        ("prov:wasGeneratedBy", {("kg:Grade", "computation"), ("kg:CitationAudit", "computation")}),
        ("inputDigest", {("prov:Activity", "inputs")}),
        ("reason", {("kg:Reason", "rating")}),
        ("link", {("kg:Link", "chain grade")}),
    ],
)
def test_what_is_taken_away_is_missed(without: str, expected: set[tuple[str, str]]) -> None:
    assert expected <= lacking(without=without)


@pytest.mark.slow
def test_a_thing_of_a_new_kind_needs_a_place_in_the_query() -> None:
    """What is typed as nothing the query knows is told, so that no new class escapes it."""
    made = open_shipped_store().query(
        PREFIXES
        + "SELECT DISTINCT ?type WHERE { ?thing a ?type MINUS { ?thing skos:notation ?w } }"
    )
    assert len(made.rows) > 20
    text = find_saved_query("without-provenance").text
    assert {row[0] for row in made.rows} <= set(text.split()) | {"kg:Source"}


@pytest.mark.slow
def test_no_subject_is_without_a_type() -> None:
    assert rows("SELECT DISTINCT ?s WHERE { ?s ?p ?o MINUS { ?s a ?type } }") == []


@pytest.mark.slow
def test_what_a_source_says_stands_in_the_graph_of_that_source() -> None:
    wrong = """
        SELECT ?claim ?graph WHERE {
          GRAPH ?graph { ?claim a ?type }
          VALUES ?type { kg:Claim kg:Citation kg:ArgumentChain }
          ?claim kg:source ?source
          BIND (REPLACE(STR(?source), "/source/", "/graph/source/") AS ?own)
          FILTER (STR(?graph) != ?own)
        }"""
    assert rows(wrong) == []


@pytest.mark.slow
def test_each_record_is_found_in_a_file_by_its_line() -> None:
    places = rows("SELECT ?place WHERE { ?thing kg:definedAt ?place }")
    base = load_shipped()
    things = (base.claims, base.citations, base.studies, base.chains, base.entities)
    assert len(places) >= sum(map(len, things))
    assert all(place.rpartition(":")[2].isdecimal() for (place,) in places)
