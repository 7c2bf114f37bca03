"""What an IRI of the graph leads to, and what the server says of itself: RDF, or a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pyoxigraph as ox

from kg.rdf import vocab
from kg.rdf.vocab import DCTERMS, RDF, XSD
from kg.rdf.xml import write_rdf_xml
from kg.resources import shipped
from kg.stores.results import QueryResult

if TYPE_CHECKING:
    from kg.server.jobs import Desk, Frame, Head

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
FORMATS = "http://www.w3.org/ns/formats/"
SERIALISED = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
USES = 500
"""Statements that are shown in which a thing is the object."""


def resource(desk: Desk, request: Head, body: bytes) -> Frame:
    """A description of the service, of the data set, or of one thing."""
    if request["what"] == "service":
        return written(list(service(desk, request["root"])), request["accept"])
    if request["what"] == "void":
        return written(list(dataset(desk, request["root"])), request["accept"])
    iri = known_iri(desk, request["iri"])
    if iri is None:
        return unknown(request["iri"])
    return written(statements(desk.store.store, iri), request["accept"])


def unknown(iri: str) -> Frame:
    """The answer about an IRI that is not in the graph."""
    return {"status": 404, "message": f"the graph says nothing of <{iri}>"}, b""


def known_iri(desk: Desk, iri: str) -> str | None:
    """The IRI as the graph writes it; None where it says nothing of it."""
    local = iri.removeprefix(vocab.BASE)
    spelled = (local, quote(unquote(local), safe=":/"), quote(unquote(local), safe=":/~-._"))
    for text in dict.fromkeys(spelled):
        try:
            node = ox.NamedNode(vocab.BASE + text)
        except ValueError:
            continue
        if next(iter(desk.store.store.quads_for_pattern(node, None, None, None)), None):
            return node.value
        if node.value in desk.graphs or node.value + "#" == vocab.KG:
            return node.value
    return None


def statements(store: ox.Store, iri: str) -> list[ox.Triple]:
    """What the graph says of a thing, and up to `USES` statements that name it."""
    if iri + "#" == vocab.KG:
        terms = ox.parse(path=str(shipped("ontology") / "kg.ttl"), format=ox.RdfFormat.TURTLE)
        graph = ox.NamedNode(vocab.VOCABULARY_GRAPH)
        own = (q.triple for q in store.quads_for_pattern(None, None, None, graph))
        mine = (t for t in own if str(t.subject).startswith(f"<{vocab.KG}"))
        return [*(q.triple for q in terms), *mine]
    node = ox.NamedNode(iri)
    found = {q.triple for q in store.quads_for_pattern(node, None, None, None)}
    named = (q.triple for q in store.quads_for_pattern(None, None, node, None))
    found |= {triple for _, triple in zip(range(USES), named, strict=False)}
    return sorted(found, key=str)


def written(triples: list[ox.Triple], kind: str) -> Frame:
    """Triples in one of the RDF formats."""
    prefixes = dict(vocab.PREFIXES) | {"sd": SD, "void": VOID}
    text = "".join(f"{t} .\n" for t in triples).encode()
    form = SERIALISED[kind]
    if form is ox.RdfFormat.RDF_XML:
        text = write_rdf_xml(QueryResult("triples", text).triples, prefixes).encode()
    elif form is not ox.RdfFormat.N_TRIPLES:
        whole = QueryResult("triples", text)
        text = ox.serialize(whole.triples, format=form, prefixes=prefixes) or b""
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return {"status": 200, "type": kind + charset}, text


def service(desk: Desk, root: str) -> Iterator[ox.Triple]:
    """The service description (https://www.w3.org/TR/sparql11-service-description/)."""
    sizes = _sizes(desk)
    end, data, whole = ox.NamedNode(f"{root}sparql"), ox.BlankNode(), ox.BlankNode()
    yield _says(end, RDF + "type", _node(SD + "Service"))
    yield _says(end, SD + "endpoint", end)
    yield _says(end, SD + "supportedLanguage", _node(SD + "SPARQL11Query"))
    yield _says(end, SD + "feature", _node(SD + "UnionDefaultGraph"))
    for name in (
        *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV"),
        *("SPARQL_Results_TSV", "Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
    ):
        yield _says(end, SD + "resultFormat", _node(FORMATS + name))
    yield _says(end, SD + "defaultDataset", data)
    yield _says(data, RDF + "type", _node(SD + "Dataset"))
    yield _says(data, SD + "defaultGraph", whole)
    yield _says(whole, RDF + "type", _node(SD + "Graph"))
    yield _says(whole, VOID + "triples", _count(sum(sizes.values())))
    for name, size in sorted(sizes.items()):
        entry, graph = ox.BlankNode(), ox.BlankNode()
        yield _says(data, SD + "namedGraph", entry)
        yield _says(entry, RDF + "type", _node(SD + "NamedGraph"))
        yield _says(entry, SD + "name", _node(name))
        yield _says(entry, SD + "graph", graph)
        yield _says(graph, RDF + "type", _node(SD + "Graph"))
        yield _says(graph, VOID + "triples", _count(size))


def dataset(desk: Desk, root: str) -> Iterator[ox.Triple]:
    """The data set in VoID (https://www.w3.org/TR/void/)."""
    about = ox.NamedNode(f"{root}void#dataset")
    yield _says(about, RDF + "type", _node(VOID + "Dataset"))
    title = "Evidence behind health claims, graded link by link"
    yield _says(about, DCTERMS + "title", ox.Literal(title, language="en"))
    licence = "https://creativecommons.org/licenses/by/4.0/"
    yield _says(about, DCTERMS + "license", _node(licence))
    yield _says(about, VOID + "sparqlEndpoint", _node(f"{root}sparql"))
    yield _says(about, VOID + "uriSpace", ox.Literal(vocab.BASE))
    yield _says(about, VOID + "triples", _count(sum(_sizes(desk).values())))
    for form in ("Turtle", "JSON-LD", "N-Triples", "RDF_XML"):
        yield _says(about, VOID + "feature", _node(FORMATS + form))
    for space in (vocab.KG, vocab.SKOS, vocab.PROV, vocab.CITO, DCTERMS):
        yield _says(about, VOID + "vocabulary", _node(space))
    classes = _counted(
        desk, "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) { ?s a ?x FILTER(isIRI(?x)) } GROUP BY ?x"
    )
    for name, size in sorted(classes.items()):
        part = ox.BlankNode()
        yield _says(about, VOID + "classPartition", part)
        yield _says(part, VOID + "class", _node(name))
        yield _says(part, VOID + "entities", _count(size))


def _sizes(desk: Desk) -> Mapping[str, int]:
    """Triples in each named graph."""
    return _counted(desk, "SELECT ?x (COUNT(*) AS ?n) { GRAPH ?x { ?s ?p ?o } } GROUP BY ?x")


def _counted(desk: Desk, text: str) -> Mapping[str, int]:
    """Counts by IRI of a query for ?x and ?n."""
    bindings = json.loads(desk.store.query(text).payload)["results"]["bindings"]
    return {row["x"]["value"]: int(row["n"]["value"]) for row in bindings}


def _says(
    subject: ox.NamedNode | ox.BlankNode,
    predicate: str,
    object: ox.NamedNode | ox.BlankNode | ox.Literal,
) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), object)


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _count(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))
