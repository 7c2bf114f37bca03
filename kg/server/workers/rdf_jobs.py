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
from kg.resources import locate_shipped_folder
from kg.server.workers.frames import JobRequest, JobResponse
from kg.stores.results import QueryResult

if TYPE_CHECKING:
    from kg.server.workers.jobs import WorkerState

SERVICE_DESCRIPTION = "http://www.w3.org/ns/sparql-service-description#"
VOID_NAMESPACE = "http://rdfs.org/ns/void#"
FORMATS_NAMESPACE = "http://www.w3.org/ns/formats/"
RDF_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
MAX_USES_SHOWN = 500
"""Statements that are shown in which a thing is the object."""


def describe_resource(worker_state: WorkerState, request: JobRequest) -> JobResponse:
    """A description of the service, of the data set, or of one thing."""
    if describe := {"service": describe_service, "void": describe_dataset}.get(request.name):
        return serialize_triples(list(describe(worker_state, request.root)), request.accept)
    iri = resolve_iri(worker_state, request.iri)
    if iri is None:
        return respond_unknown(request.iri)
    triples = list_statements(worker_state.graph_store.raw_store, iri)
    return serialize_triples(triples, request.accept)


def respond_unknown(iri: str) -> JobResponse:
    """The answer about an IRI that is not in the graph."""
    return JobResponse(404, message=f"the graph says nothing of <{iri}>")


def resolve_iri(worker_state: WorkerState, iri: str) -> str | None:
    """The IRI as the graph writes it; None where it says nothing of it."""
    local = iri.removeprefix(vocab.BASE)
    spelled = (local, quote(unquote(local), safe=":/"), quote(unquote(local), safe=":/~-._"))
    for text in dict.fromkeys(spelled):
        try:
            node = ox.NamedNode(vocab.BASE + text)
        except ValueError:
            continue
        if next(
            iter(worker_state.graph_store.raw_store.quads_for_pattern(node, None, None, None)), None
        ):
            return node.value
        if node.value in worker_state.graph_iris or node.value + "#" == vocab.KG_VOCABULARY:
            return node.value
    return None


def list_statements(store: ox.Store, iri: str) -> list[ox.Triple]:
    """What the graph says of a thing, and up to `USES` statements that name it."""
    if iri + "#" == vocab.KG_VOCABULARY:
        terms = ox.parse(
            path=str(locate_shipped_folder("ontology") / "kg.ttl"), format=ox.RdfFormat.TURTLE
        )
        graph = ox.NamedNode(vocab.VOCABULARY_GRAPH)
        graph_triples = (q.triple for q in store.quads_for_pattern(None, None, None, graph))
        vocabulary_triples = (
            t for t in graph_triples if str(t.subject).startswith(f"<{vocab.KG_VOCABULARY}")
        )
        return [*(q.triple for q in terms), *vocabulary_triples]
    node = ox.NamedNode(iri)
    thing_triples = {q.triple for q in store.quads_for_pattern(node, None, None, None)}
    naming_triples = (q.triple for q in store.quads_for_pattern(None, None, node, None))
    thing_triples |= {
        triple for _, triple in zip(range(MAX_USES_SHOWN), naming_triples, strict=False)
    }
    return sorted(thing_triples, key=str)


def serialize_triples(triples: list[ox.Triple], kind: str) -> JobResponse:
    """Triples in one of the RDF formats."""
    prefixes = dict(vocab.PREFIXES) | {"sd": SERVICE_DESCRIPTION, "void": VOID_NAMESPACE}
    text = "".join(f"{t} .\n" for t in triples).encode()
    form = RDF_FORMATS[kind]
    if form is ox.RdfFormat.RDF_XML:
        text = write_rdf_xml(QueryResult("triples", text).triples, prefixes).encode()
    elif form is not ox.RdfFormat.N_TRIPLES:
        triples_result = QueryResult("triples", text)
        text = ox.serialize(triples_result.triples, format=form, prefixes=prefixes) or b""
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return JobResponse(media_type=kind + charset, payload=text)


def describe_service(worker_state: WorkerState, root: str) -> Iterator[ox.Triple]:
    """The service description (https://www.w3.org/TR/sparql11-service-description/)."""
    sizes = _count_graph_sizes(worker_state)
    end, data, union_graph = ox.NamedNode(f"{root}sparql"), ox.BlankNode(), ox.BlankNode()
    yield _build_triple(end, RDF + "type", _build_node(SERVICE_DESCRIPTION + "Service"))
    yield _build_triple(end, SERVICE_DESCRIPTION + "endpoint", end)
    yield _build_triple(
        end,
        SERVICE_DESCRIPTION + "supportedLanguage",
        _build_node(SERVICE_DESCRIPTION + "SPARQL11Query"),
    )
    yield _build_triple(
        end, SERVICE_DESCRIPTION + "feature", _build_node(SERVICE_DESCRIPTION + "UnionDefaultGraph")
    )
    for name in (
        *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV"),
        *("SPARQL_Results_TSV", "Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
    ):
        yield _build_triple(
            end, SERVICE_DESCRIPTION + "resultFormat", _build_node(FORMATS_NAMESPACE + name)
        )
    yield _build_triple(end, SERVICE_DESCRIPTION + "defaultDataset", data)
    yield _build_triple(data, RDF + "type", _build_node(SERVICE_DESCRIPTION + "Dataset"))
    yield _build_triple(data, SERVICE_DESCRIPTION + "defaultGraph", union_graph)
    yield _build_triple(union_graph, RDF + "type", _build_node(SERVICE_DESCRIPTION + "Graph"))
    yield _build_triple(union_graph, VOID_NAMESPACE + "triples", _build_count(sum(sizes.values())))
    for name, size in sorted(sizes.items()):
        entry, graph = ox.BlankNode(), ox.BlankNode()
        yield _build_triple(data, SERVICE_DESCRIPTION + "namedGraph", entry)
        yield _build_triple(entry, RDF + "type", _build_node(SERVICE_DESCRIPTION + "NamedGraph"))
        yield _build_triple(entry, SERVICE_DESCRIPTION + "name", _build_node(name))
        yield _build_triple(entry, SERVICE_DESCRIPTION + "graph", graph)
        yield _build_triple(graph, RDF + "type", _build_node(SERVICE_DESCRIPTION + "Graph"))
        yield _build_triple(graph, VOID_NAMESPACE + "triples", _build_count(size))


def describe_dataset(worker_state: WorkerState, root: str) -> Iterator[ox.Triple]:
    """The data set in VoID (https://www.w3.org/TR/void/)."""
    dataset_node = ox.NamedNode(f"{root}void#dataset")
    yield _build_triple(dataset_node, RDF + "type", _build_node(VOID_NAMESPACE + "Dataset"))
    title = "Evidence behind health claims, graded link by link"
    yield _build_triple(dataset_node, DCTERMS + "title", ox.Literal(title, language="en"))
    licence = "https://creativecommons.org/licenses/by/4.0/"
    yield _build_triple(dataset_node, DCTERMS + "license", _build_node(licence))
    yield _build_triple(
        dataset_node, VOID_NAMESPACE + "sparqlEndpoint", _build_node(f"{root}sparql")
    )
    yield _build_triple(dataset_node, VOID_NAMESPACE + "uriSpace", ox.Literal(vocab.BASE))
    yield _build_triple(
        dataset_node,
        VOID_NAMESPACE + "triples",
        _build_count(sum(_count_graph_sizes(worker_state).values())),
    )
    for form in ("Turtle", "JSON-LD", "N-Triples", "RDF_XML"):
        yield _build_triple(
            dataset_node, VOID_NAMESPACE + "feature", _build_node(FORMATS_NAMESPACE + form)
        )
    for space in (vocab.KG_VOCABULARY, vocab.SKOS, vocab.PROV, vocab.CITO, DCTERMS):
        yield _build_triple(dataset_node, VOID_NAMESPACE + "vocabulary", _build_node(space))
    classes = _query_counts(
        worker_state,
        "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) { ?s a ?x FILTER(isIRI(?x)) } GROUP BY ?x",
    )
    for name, size in sorted(classes.items()):
        part = ox.BlankNode()
        yield _build_triple(dataset_node, VOID_NAMESPACE + "classPartition", part)
        yield _build_triple(part, VOID_NAMESPACE + "class", _build_node(name))
        yield _build_triple(part, VOID_NAMESPACE + "entities", _build_count(size))


def _count_graph_sizes(worker_state: WorkerState) -> Mapping[str, int]:
    """Triples in each named graph."""
    return _query_counts(
        worker_state, "SELECT ?x (COUNT(*) AS ?n) { GRAPH ?x { ?s ?p ?o } } GROUP BY ?x"
    )


def _query_counts(worker_state: WorkerState, text: str) -> Mapping[str, int]:
    """Counts by IRI of a query for ?x and ?n."""
    bindings = json.loads(worker_state.graph_store.query(text).payload)["results"]["bindings"]
    return {row["x"]["value"]: int(row["n"]["value"]) for row in bindings}


def _build_triple(
    subject: ox.NamedNode | ox.BlankNode,
    predicate: str,
    object: ox.NamedNode | ox.BlankNode | ox.Literal,
) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), object)


def _build_node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _build_count(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))
