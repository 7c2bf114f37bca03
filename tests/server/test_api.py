"""The JSON API: the same bytes as the command line, paging, ETags, OpenAPI, linked data."""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.parse import quote, urlencode

import pytest
import rdflib
from pyoxigraph import NamedNode

from kg.api.graphs import open_graph
from kg.rdf import vocab
from tests.server.serving import ROOT, Server

pytestmark = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated"  # rdflib's own reader of JSON-LD
)
TRIAL = "rct, n=400, benefit: magnesium-glycinate-oral -> acne-scars"
SAME = (
    ("/api/grades?outcome=acne-scars", "grade --outcome acne-scars --format json"),
    (
        "/api/grades?outcome=acne+scars&exposure=magnesium-glycinate-oral&evidence=cited",
        "grade --outcome acne-scars --exposure magnesium-glycinate-oral --evidence cited",
    ),
    ("/api/grades?profile=robins", "grade --profile robins --format json"),
    (
        "/api/grades?outcome=acne-scars&algebra=product&profile=robins&evidence=cited",
        "grade --outcome acne-scars --algebra product --profile robins --evidence cited",
    ),
    ("/api/explain/as2", "explain as2 --format json"),
    ("/api/outcomes/acne-scars", "show acne-scars --format json"),
    ("/api/claims/a1-89-solution", "show a1-89-solution --format json"),
    ("/api/audit?source=acne-scars-article", "audit acne-scars-article --format json"),
    ("/api/rules", "rules --format json"),
    ("/api/rules/KG101", "rules KG101 --format json"),
    (
        f"/api/whatif?{urlencode({'outcome': 'acne-scars', 'add': TRIAL})}",
        f"whatif --outcome acne-scars --format json --add|{TRIAL}",
    ),
    ("/api/compare?outcome=acne-scars", "compare --outcome acne-scars --format json"),
)


def _printed(line: str) -> str:
    words, _, last = line.partition("|")
    command = [sys.executable, "-P", "-m", "kg", *words.split(), *([last] if last else [])]
    if "--format" not in command:
        command += ["--format", "json"]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("address", "line"), SAME, ids=[address for address, _ in SAME])
def test_an_address_gives_what_the_command_prints(shipped: Server, address: str, line: str) -> None:
    reply = shipped.ask(address)
    assert reply.status == 200, reply.text
    assert reply.headers["content-type"] == "application/json"
    assert reply.text == _printed(line)


def test_no_answer_names_a_folder_of_the_machine(shipped: Server) -> None:
    assert str(ROOT) not in shipped.ask("/api/grades?outcome=acne-scars").text


def test_lists_come_in_pages(shipped: Server) -> None:
    whole = json.loads(_printed("list claims --format json"))
    got, address = [], "/api/claims?limit=200"
    while address:
        page = json.loads(shipped.ask(address).body)
        assert page["total"] == len(whole)
        got += page["items"]
        address = page["next"]
    assert got == whole
    only = json.loads(shipped.ask("/api/claims?source=back-acne-article&limit=1").body)
    assert only["total"] == sum(row["source"] == "back-acne-article" for row in whole)
    assert "source=back-acne-article" in only["next"]


@pytest.mark.slow
def test_diagnostics_can_be_narrowed(shipped: Server) -> None:
    found = json.loads(shipped.ask("/api/diagnostics?code=KG101&severity=severe&limit=1000").body)
    whole = json.loads(_printed("check --select KG101 --format json"))["diagnostics"]
    assert found["items"] == [d for d in whole if d["severity"] == "severe"]
    assert found["total"] > 0


def test_search_finds_by_any_word_of_a_name(shipped: Server) -> None:
    found = json.loads(shipped.ask("/api/search?q=SCARS+acne").body)["items"]
    assert found[0] == {
        "id": "acne-scars",
        "section": "entity",
        "label": "acne scars",
        "what": "outcome, clinical outcome",
    }
    assert json.loads(shipped.ask("/api/search?q=qqqq").body)["total"] == 0


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/api/grades?outcome=acne-scar", 404, "did you mean 'acne-scars'"),
        ("/api/grades?outcom=x", 400, "no parameter 'outcom'"),
        ("/api/grades?evidence=none", 400, "evidence is one of"),
        ("/api/grades?outcome=a&outcome=b", 400, "give it once"),
        ("/api/claims?limit=x", 400, "whole number"),
        ("/api/claims/nothing", 404, "no thing named"),
        ("/api/search", 400, "q is needed"),
        ("/api/whatif?outcome=acne-scars&add=rubbish", 400, "rubbish"),
        ("/api/nothing", 404, "nothing is at"),
    ],
)
def test_what_is_wrong_is_said(shipped: Server, address: str, status: int, words: str) -> None:
    reply = shipped.ask(address, {"accept": "application/json"})
    assert reply.status == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert words in json.loads(reply.body)["detail"]


def test_an_unchanged_grade_is_not_sent_again(shipped: Server) -> None:
    tag = shipped.ask("/api/grades?outcome=acne-scars").headers["etag"]
    again = shipped.ask("/api/grades?outcome=acne-scars", {"if-none-match": tag})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.slow
def test_openapi_names_every_address_and_each_is_there(shipped: Server) -> None:
    document = json.loads(shipped.ask("/api/openapi.json").body)
    assert document["openapi"] == "3.1.0"
    names = [path["get"]["operationId"] for path in document["paths"].values()]
    assert len(set(names)) == len(names)
    for path, methods in document["paths"].items():
        needed = [p for p in methods["get"]["parameters"] if p["required"] and p["in"] == "query"]
        values = {"q": "zinc", "outcome": "acne-scars"}
        given = {p["name"]: values[p["name"]] for p in needed}
        query = urlencode(given | ({"add": TRIAL} if "whatif" in path else {}))
        place = path.replace("{name}", "KG101" if "rules" in path else "as2")
        assert shipped.ask(f"{place}?{query}").status == 200, path


IRIS = (
    vocab.build_iri("entity", "acne-scars"),
    vocab.build_iri("claim", "a1-89-solution"),
    vocab.build_iri("chain", "as2", "step", 1),
    vocab.build_source_graph_iri("acne-scars-article"),
    vocab.GRADES_GRAPH,
)


@pytest.mark.parametrize("iri", IRIS)
@pytest.mark.parametrize("kind", ["text/turtle", "application/ld+json", "application/rdf+xml"])
def test_an_iri_of_the_graph_resolves(shipped: Server, iri: str, kind: str) -> None:
    reply = shipped.ask("/" + iri.removeprefix(vocab.BASE), {"accept": kind})
    assert reply.status == 200, reply.text
    assert reply.headers["content-type"].startswith(kind)
    graph = rdflib.Graph().parse(data=reply.text, format=kind)
    node = rdflib.URIRef(iri)
    assert (node, None, None) in graph or (None, None, node) in graph or "graph/" in iri


@pytest.mark.slow
def test_every_iri_of_the_graph_resolves(shipped: Server) -> None:
    """A sample of each section, spelled as the graph spells it."""
    store = open_graph()
    seen: dict[str, list[str]] = {}
    for quad in store.iterate_quads():
        node = quad.subject
        if isinstance(node, NamedNode) and (parsed := vocab.parse_iri(node.value)):
            sample = seen.setdefault(parsed[0], [])
            if len(sample) < 3 and node.value not in sample:
                sample.append(node.value)
    assert {"entity", "claim", "study", "finding", "chain", "grade", "proposition"} <= set(seen)
    for iri in (iri for sample in seen.values() for iri in sample):
        reply = shipped.ask("/" + iri.removeprefix(vocab.BASE), {"accept": "text/turtle"})
        assert reply.status == 200, iri


def test_the_vocabulary_is_one_document(shipped: Server) -> None:
    reply = shipped.ask("/vocab", {"accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=reply.text, format="turtle")
    for name in ("Claim", "wordingTier", "level-high"):
        assert (rdflib.URIRef(vocab.expand_term(name)), None, None) in graph


def test_what_the_graph_does_not_know_is_not_found(shipped: Server) -> None:
    for path in ("/entity/nothing", "/entity/a%2Fb", f"/claim/{quote('<script>')}"):
        assert shipped.ask(path, {"accept": "text/turtle"}).status == 404
