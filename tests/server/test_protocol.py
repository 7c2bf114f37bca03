"""The SPARQL 1.1 Protocol against a real server: W3C's tests, formats, data sets, errors."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import rdflib
import yaml

from tests.server.conftest import CASES, DATA
from tests.server.serving import SPARQL_JSON, Server, serving

W3C = yaml.safe_load((CASES / "protocol" / "w3c.yaml").read_text())["tests"]
TABULAR = (SPARQL_JSON, "application/sparql-results+xml", "text/csv", "text/tab-separated-values")
pytestmark = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated"  # rdflib's own reader of JSON-LD
)
RDF = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")


@pytest.mark.parametrize("case", W3C, ids=lambda case: case["source"])
def test_w3c_protocol(small: Server, case: dict[str, Any]) -> None:
    if "skip" in case:
        pytest.skip(case["skip"])
    address = _filled(case.get("address", {}))
    body = _filled(case["post"]).encode(case.get("encoding", "utf-8")) if "post" in case else None
    method = case.get("method", "POST" if body is not None else "GET")
    headers = {"content-type": case["type"]} if "type" in case else {}
    reply = small.ask(f"/sparql/?{urlencode(address, doseq=True)}", headers, method, body)
    assert reply.status == case.get("status", 200), reply.text
    kind = reply.headers["content-type"].partition(";")[0]
    if "boolean" in case:
        assert json.loads(reply.body)["boolean"] is case["boolean"]
    if "format" in case:
        kinds = {"tabular": TABULAR, "boolean": TABULAR[:2], "RDF": RDF}
        assert kind in kinds[case["format"]]
    if reply.status >= 400:
        assert kind == "text/plain"
        assert reply.text.strip()


def _filled(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("{data}", DATA)
    if isinstance(value, list):
        return [_filled(item) for item in value]
    return {name: _filled(item) for name, item in value.items()}


ROWS = "SELECT ?g ?n { VALUES (?g ?n) { (<a:b> 1) (UNDEF 'x,\\ny'@en) } }"


def test_rows_in_each_format(small: Server) -> None:
    table = json.loads(small.query(ROWS).body)
    assert table["head"]["vars"] == ["g", "n"]
    assert {"type": "uri", "value": "a:b"} in [row.get("g") for row in table["results"]["bindings"]]
    text = small.query(ROWS, "text/csv")
    assert text.headers["content-type"] == "text/csv; charset=utf-8"
    assert sorted(csv.reader(io.StringIO(text.text))) == [["", "x,\ny"], ["a:b", "1"], ["g", "n"]]
    assert small.query(ROWS, "text/tab-separated-values").text.startswith("?g\t?n\n")
    xml = ElementTree.fromstring(small.query(ROWS, "application/sparql-results+xml").body)
    assert len(xml.findall(".//{*}result")) == 2


@pytest.mark.parametrize("kind", RDF)
def test_triples_in_each_format(small: Server, kind: str) -> None:
    text = "CONSTRUCT { <a:b> <a:c> 'x', 1 } WHERE {}"
    reply = small.query(text, kind)
    assert reply.headers["content-type"].startswith(kind)
    graph = rdflib.Graph().parse(data=reply.text, format=kind)
    assert set(graph.objects()) == {rdflib.Literal("x"), rdflib.Literal(1)}


def test_the_client_chooses_the_format(small: Server) -> None:
    def kind(accept: str, text: str = "SELECT (1 AS ?x) {}") -> str:
        return small.query(text, accept).headers["content-type"].partition(";")[0]

    assert kind("*/*") == SPARQL_JSON
    assert kind("text/csv;q=0.2, application/sparql-results+xml;q=0.9") == TABULAR[1]
    assert kind("application/*;q=0.5, text/csv") == "text/csv"
    assert kind("*/*", "DESCRIBE <a:b>") == "text/turtle"
    assert kind("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8") == "text/html"
    refused = small.query("ASK {}", "image/png")
    assert refused.status == 406
    assert "text/csv" in refused.text


def test_head_answers_like_get_without_a_body(small: Server) -> None:
    address = "/sparql?" + urlencode({"query": "ASK {}"})
    get, head = small.ask(address), small.ask(address, method="HEAD")
    assert (get.status, head.status, head.body) == (200, 200, b"")
    same = ("content-type", "content-length", "etag")
    assert [get.headers[n] for n in same] == [head.headers[n] for n in same]


def test_an_unchanged_answer_is_not_sent_again(small: Server) -> None:
    address = "/sparql?" + urlencode({"query": "ASK {}"})
    tag = small.ask(address).headers["etag"]
    again = small.ask(address, {"if-none-match": tag})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)


def test_the_union_of_the_graphs_is_the_default_graph(small: Server) -> None:
    everywhere = "ASK { ?s a <http://xmlns.com/foaf/0.1/Document> . ?c a kg:Claim }"
    assert json.loads(small.query(everywhere).body)["boolean"] is True
    only = small.query(everywhere, default_graph_uri=[f"{DATA}/data1.rdf"])
    assert json.loads(only.body)["boolean"] is False


def test_a_graph_that_is_not_there_is_refused(small: Server) -> None:
    for where in ("default_graph_uri", "named_graph_uri"):
        reply = small.query("ASK {}", SPARQL_JSON, **{where: ["file:///etc/passwd"]})
        assert reply.status == 400
        assert "has no graph <file:///etc/passwd>" in reply.text


def test_nothing_found_says_why(small: Server) -> None:
    reply = small.query("SELECT ?s { ?s a <a:nothing> }")
    assert "IRIs are case-sensitive" in reply.headers["x-kg-hint"]
    assert json.loads(reply.body)["hint"] == reply.headers["x-kg-hint"]
    assert "x-kg-hint" not in small.query("ASK {}").headers


def test_errors_come_in_the_form_that_the_client_reads(small: Server) -> None:
    assert "not valid SPARQL" in small.query("ASK {", "*/*").text
    problem = small.query("ASK {", "application/sparql-results+json, application/json")
    assert problem.headers["content-type"] == "application/problem+json"
    assert json.loads(problem.body)["status"] == problem.status == 400
    page = small.query("ASK {", "text/html")
    assert page.headers["content-type"].startswith("text/html")
    assert "not valid SPARQL" in page.text


def test_the_service_describes_itself(small: Server) -> None:
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    reply = small.ask("/sparql", {"accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=reply.text, format="turtle")
    endpoint = rdflib.URIRef(f"{small.url}/sparql")
    assert (endpoint, sd.endpoint, endpoint) in graph
    assert (endpoint, sd.feature, sd.UnionDefaultGraph) in graph
    assert rdflib.URIRef(f"{DATA}/data1.rdf") in set(graph.objects(None, sd.name))
    assert small.ask("/sparql", {"accept": "text/html"}).headers["location"] == "/query"


def test_void_describes_the_data(small: Server) -> None:
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    assert small.ask("/.well-known/void").headers["location"] == "/void"
    reply = small.ask("/void", {"accept": "application/ld+json"})
    graph = rdflib.Graph().parse(data=reply.text, format="json-ld")
    counted = int(json.loads(small.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").body)
                  ["results"]["bindings"][0]["n"]["value"])  # fmt: skip
    about = rdflib.URIRef(f"{small.url}/void#dataset")
    assert graph.value(about, void.triples) == rdflib.Literal(counted)
    assert graph.value(about, void.sparqlEndpoint) == rdflib.URIRef(f"{small.url}/sparql")


@pytest.mark.slow
def test_cross_origin_reading_is_off_until_an_origin_is_named(folder: Path) -> None:
    friend, other = "https://friend.example", "https://other.example"
    address = "/sparql?" + urlencode({"query": "ASK {}"})
    with serving(folder, "--cors", friend, base=CASES / "cli" / "base") as server:
        asked = {"origin": friend, "access-control-request-method": "POST"}
        allowed = server.ask("/sparql", asked, "OPTIONS")
        assert allowed.status == 204
        assert allowed.headers["access-control-allow-origin"] == friend
        assert "POST" in allowed.headers["access-control-allow-methods"]
        read = server.ask(address, {"origin": friend})
        assert read.headers["access-control-allow-origin"] == friend
        assert "Origin" in read.headers["vary"]
        assert "access-control-allow-origin" not in server.ask(address, {"origin": other}).headers
        kind = {"content-type": "application/sparql-query"}
        assert server.ask("/sparql", kind | {"origin": friend}, "POST", b"ASK {}").status == 200
        assert server.ask("/sparql", kind | {"origin": other}, "POST", b"ASK {}").status == 403
        assert server.ask("/sparql", {"origin": other}, "OPTIONS").status == 405
