"""Two servers for all tests of the server: one of a small base, one of the shipped data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pyoxigraph import NamedNode, Quad

from kg import api
from kg.api.graphs import build_graph_quads
from kg.stores.oxigraph_disk import write_store
from tests.server.serving import ROOT, Server, serving

CASES = ROOT / "tests" / "cases"
DATA = "http://kasei.us/2009/09/sparql/data"
A, DOCUMENT = (
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    "http://xmlns.com/foaf/0.1/Document",
)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A small base, with the graphs that the W3C's tests need beside its own."""
    folder = tmp_path_factory.mktemp("small")
    quads = build_graph_quads(api.load(CASES / "cli" / "base").base)
    cases = yaml.safe_load((CASES / "protocol" / "w3c.yaml").read_text())
    for graph, subjects in cases["graphs"].items():
        for subject in subjects:
            node, place = (NamedNode(x.replace("{data}", DATA)) for x in (subject, graph))
            quads.append(Quad(node, NamedNode(A), NamedNode(DOCUMENT), place))
    with serving(folder, "--timeout", "3", base=write_store(quads, folder / "store")) as server:
        yield server


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The data that kg ships."""
    with serving(tmp_path_factory.mktemp("shipped")) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test's own server writes."""
    return tmp_path
