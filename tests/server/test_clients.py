"""Clients that others wrote, against a real server: curl, SPARQLWrapper, rdflib, JavaScript."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from tests.server.serving import ROOT, Server

JS = ROOT / "tests" / "js"
ROWS = "SELECT ?s ?n { VALUES (?s ?n) { (<a:b> 1) (UNDEF 'x'@en) } }"


def _run(*command: str) -> str:
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, cwd=JS
    ).stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(small: Server) -> None:
    end = f"{small.url}/sparql"
    assert json.loads(_run("curl", "-sfG", end, "--data-urlencode", "query=ASK {}"))["boolean"]
    text = _run("curl", "-sf", end, "-H", "accept: text/csv", "--data-urlencode", f"query={ROWS}")
    assert sorted(text.splitlines()) == [",x", "a:b,1", "s,n"]
    kind = "content-type: application/sparql-query"
    assert json.loads(_run("curl", "-sf", end, "-H", kind, "--data-binary", "ASK {}"))["boolean"]
    status = ("-o", "/dev/null", "-w", "%{http_code}")
    assert _run("curl", "-s", *status, "-G", end, "--data-urlencode", "query=ASK {") == "400"
    assert _run("curl", "-sI", f"{end}?query=ASK%20%7B%7D").startswith("HTTP/1.1 200")


def test_sparqlwrapper(small: Server) -> None:
    from SPARQLWrapper import CSV, GET, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper
    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

    client = SPARQLWrapper(f"{small.url}/sparql")
    for method in (GET, POST):
        client.setMethod(method)
        client.setReturnFormat(JSON)
        client.setQuery(ROWS)
        found = client.queryAndConvert()["results"]["bindings"]  # type: ignore[call-overload,index]
        assert len(found) == 2
    client.setRequestMethod(POSTDIRECTLY)
    client.setReturnFormat(XML)
    assert b"<results>" in client.query().response.read()
    client.setReturnFormat(CSV)
    assert b"a:b,1" in client.query().response.read()
    client.setReturnFormat(TURTLE)
    client.setQuery("CONSTRUCT { <a:b> <a:c> 'x' } WHERE {}")
    assert b"<a:b> <a:c>" in client.query().response.read()
    client.setReturnFormat(JSON)
    client.setQuery("ASK { SERVICE <http://127.0.0.1:1/> {} }")
    with pytest.raises(QueryBadFormed):
        client.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib(small: Server, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{small.url}/sparql", method=method))
    found = sorted(tuple(map(str, row)) for row in graph.query(ROWS))  # type: ignore[arg-type]
    assert found == [("None", "x"), ("a:b", "1")]
    assert graph.query("ASK {}").askAnswer is True
    claims = set(graph.subjects(rdflib.RDF.type, rdflib.URIRef(f"{KG}Claim")))
    assert len(claims) == int(next(iter(graph.query(COUNT)))[0])  # type: ignore[arg-type,index]
    if method == "GET":  # with POST it answers with a tuple where the server refuses
        with pytest.raises(ValueError, match="something wrong"):
            graph.query("ASK { SERVICE <http://127.0.0.1:1/> {} }")


KG = "https://w3id.org/evidence-kg/vocab#"
COUNT = f"SELECT (COUNT(DISTINCT ?c) AS ?n) {{ ?c a <{KG}Claim> }}"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.skipif(not (JS / "node_modules").exists(), reason="scripts/test runs npm ci first")
def test_javascript(small: Server) -> None:
    found = json.loads(_run("node", str(Path(JS / "client.mjs")), f"{small.url}/sparql"))
    rows = [{"n": "x"}, {"s": "a:b", "n": "1"}]
    for way in ("rows", "posted", "direct"):
        assert sorted(found[way], key=len) == rows
    assert found["yes"] is True
    assert found["triples"] == [["a:b", "a:c", "x"]]
    assert found["refused"]["status"] == 400
    assert "SERVICE is refused" in found["refused"]["message"]
