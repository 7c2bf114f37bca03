"""Stores: every one runs the same suite; the guard; results; queries that are ended."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from kg.errors import LimitError, OutsideError, UnknownName, UsageError
from kg.rdf.sparql import (
    bind_parameters,
    format_iri_term,
    format_number_term,
    format_text_term,
    guess_term,
)
from kg.stores import STORES, Store, hint_for_empty, open_store, query_policy
from kg.stores.oxigraph_disk import add_quads, is_store, open_oxigraph, remove_store, write_store
from kg.stores.snapshots import lock_for_writing
from tests.support.canary import Canary, listening
from tests.support.sparql_server import serving

A, B, P = (NamedNode(f"https://w3id.org/evidence-kg/entity/{x}") for x in "abp")
G, H = (NamedNode(f"https://w3id.org/evidence-kg/graph/{x}") for x in "gh")
QUADS = [Quad(A, P, Literal("1"), G), Quad(B, P, Literal("x,\n=y"), H), Quad(A, P, B)]


@pytest.fixture(params=["memory", "oxigraph", "rdflib", "sparql+http"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each store with the same quads."""
    if request.param == "oxigraph":
        yield open_store(f"oxigraph:{write_store(QUADS, tmp_path / 'store')}")
    elif request.param == "sparql+http":
        with serving() as service:
            remote = open_store(service.spec)
            remote.load(QUADS)
            yield remote
    else:
        memory = open_store(f"{request.param}:")
        memory.load(QUADS)
        yield memory


def test_every_registered_store_imports() -> None:
    assert set(STORES) == {"memory", "oxigraph", "rdflib", "sparql+https", "sparql+http"}
    assert all(callable(STORES[name]) for name in STORES)
    assert all(STORES.find_target(name).startswith("kg.stores.") for name in STORES)


def test_a_store_keeps_its_quads_and_graphs(store: Store) -> None:
    assert len(store) == 3
    assert set(store.iterate_quads()) == set(QUADS)
    assert store.list_graphs() == (G.value, H.value)


def test_the_default_graph_is_the_union(store: Store) -> None:
    found = store.query("SELECT ?s ?o { ?s ?p ?o }")
    assert found.variables == ("s", "o")
    assert len(found.rows) == 3
    assert ("entity:a", "1") in found.rows
    assert found.boolean is None
    assert not found.is_empty


def test_rows_have_one_order(store: Store) -> None:
    rows = store.query("SELECT * { ?s ?p ?o }").rows
    assert [row[0] for row in rows] == ["1", "x,\n=y", "entity:b"]
    assert rows == store.query("SELECT * { ?s ?p ?o }").rows
    ordered = store.query("SELECT ?o { ?s ?p ?o } ORDER BY DESC(STR(?o))").rows
    assert [o for (o,) in ordered] == ["x,\n=y", "entity:b", "1"]


def test_ask_and_construct(store: Store) -> None:
    assert store.query("ASK { entity:a entity:p '1' }").boolean is True
    assert store.query("ASK { entity:a entity:p '2' }").boolean is False
    graph = store.query("CONSTRUCT { ?o ?p ?s } WHERE { ?s ?p ?o FILTER(isIRI(?o)) }")
    assert graph.rows == (("entity:b", "entity:p", "entity:a"),)
    assert "entity:b entity:p entity:a ." in graph.serialize("ttl")
    assert graph.serialize("nt") == f"{B} {P} {A} .\n"
    with pytest.raises(UsageError, match="cannot be written as csv"):
        graph.serialize("csv")


def test_rows_in_standard_formats(store: Store) -> None:
    found = store.query("SELECT ?o { entity:b entity:p ?o }")
    assert found.serialize("csv") == 'o\r\n"x,\n=y"\r\n'
    assert found.serialize("tsv") == '?o\n"x,\\n=y"\n'
    assert '"value":"x,\\n=y"' in found.serialize("json").replace(" ", "")
    assert "<literal>x,\n=y</literal>" in found.serialize("xml")
    with pytest.raises(UsageError, match="use csv, tsv, json, xml"):
        found.serialize("ttl")
    assert "true" in store.query("ASK {}").serialize("json")


def test_nothing_found_has_a_hint(store: Store) -> None:
    found = store.query("SELECT ?s { ?s a ?nothing }")
    assert found.is_empty
    assert "kg list" in hint_for_empty("SELECT ?s { ?s a ?nothing }")
    assert "?g" in hint_for_empty("SELECT * { GRAPH ?x {} }")


def test_parameters_are_terms(store: Store) -> None:
    text = "SELECT ?o { VALUES ?s { UNDEF } ?s entity:p ?o }"
    assert len(store.query(text).rows) == 3
    assert store.query(text, {"s": format_iri_term("entity:b")}).rows == (("x,\n=y",),)
    with pytest.raises(UsageError, match="no parameter 'x'"):
        store.query(text, {"x": "1"})


def test_a_broken_query_says_where(store: Store) -> None:
    with pytest.raises(UsageError, match=r"not valid SPARQL.*2:\d+"):
        store.query("SELECT * {\n ?s ?p }")


@pytest.mark.slow
def test_a_query_within_its_time_answers_the_same(store: Store) -> None:
    text = "SELECT * { ?s ?p ?o }"
    assert store.query(text, timeout=60) == store.query(text)
    assert store.query("ASK {}", timeout=60).boolean is True
    with pytest.raises(UsageError, match="not valid SPARQL"):
        store.query("SELECT * {", timeout=60)


def test_a_query_beyond_its_time_is_ended(store: Store) -> None:
    wide = " ".join(f"VALUES ?v{i} {{ {' '.join('123456789')} }}" for i in range(12))
    began = time.monotonic()
    with pytest.raises(LimitError, match="longer than 1 s"):
        store.query(f"SELECT (COUNT(*) AS ?n) {{ {wide} }}", timeout=1)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:{port}/> { ?s ?p ?o } }",
        "SELECT * { service SILENT <http://127.0.0.1:{port}/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE ?x { ?s ?p ?o } } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:{port}/> { ?s ?p ?o } }",
        "# \\u000A '\nSELECT * { SERVICE <http://127.0.0.1:{port}/> { ?s ?p ?o } } #'",
        "SELECT * { ?s ?p true.SERVICE <http://127.0.0.1:{port}/> { ?s ?p ?o } }",
        "SELECT * { FILTER(1<2)SERVICE<http://127.0.0.1:{port}/>{ ?s ?p ?o } }",
    ],
)
def test_service_is_refused_and_sends_nothing(store: Store, text: str, canary: Canary) -> None:
    with pytest.raises(UsageError, match="SERVICE is refused"):
        store.query(text.replace("{port}", str(canary.port)))
    assert canary.seen == []


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1/>",
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "delete where { ?s ?p ?o }",
        "DROP ALL",
        "PREFIX a: <a:> CLEAR GRAPH a:b",
    ],
)
def test_updates_are_refused(store: Store, text: str) -> None:
    with pytest.raises(UsageError, match="queries only read"):
        store.query(text)
    assert len(store) == 3


def test_only_graphs_of_the_store_can_be_named(store: Store) -> None:
    assert store.query("SELECT ?o FROM graph:g { ?s ?p ?o }").rows == (("1",),)
    local = "PREFIX x: <https://w3id.org/evidence-kg/graph/> SELECT ?o FROM x:g { ?s ?p ?o }"
    assert store.query(local).rows == (("1",),)
    for text in (
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://127.0.0.1/> { ?s ?p ?o }",
        "PREFIX graph: <http://127.0.0.1/> SELECT * FROM graph:g { ?s ?p ?o }",
    ):
        with pytest.raises(UsageError, match="has no graph"):
            store.query(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?service ?load ?o }",
        "PREFIX service: <a:> SELECT * { ?s service:load ?o }",
        "SELECT * { ?s ?p 'SERVICE <http://x/> {' } # LOAD <x>",
        'SELECT * { ?s ?p """a " SERVICE \n""" }',
        "SELECT * { ?s <a:SERVICE> ?o }",
    ],
)
def test_words_in_strings_names_and_comments_pass(store: Store, text: str) -> None:
    assert store.query(text).kind == "rows"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * { " + "{ " * 5000 + "}" * 5001, "nest deeper"),
        ("SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5001 + " }", "nest deeper"),
        ("SELECT * { ?s ?p " + "<<( " * 5000, "nest deeper"),
        ("SELECT * { FILTER(" + "!" * 9000 + "true) }", "operators"),
        ("SELECT * { FILTER(true" + "||true" * 9000 + ") }", "operators"),
        ("SELECT * { {}" + " UNION {}" * 6000 + " }", "operators"),
        ("SELECT * { ?s " + "/".join(["entity:p"] * 500) + " ?o }", "operators"),
        ("SELECT * { } #" + "x" * 70_000, "bytes"),
    ],
    ids=["groups", "brackets", "triple terms", "not", "or", "union", "path", "size"],
)
def test_limits_before_parsing(store: Store, text: str, words: str) -> None:
    with pytest.raises(LimitError, match=words):
        store.query(text)


@given(st.text(alphabet="SERVICE{}()<>'\"#\\u:?!|/ \n abFROM", max_size=60))
def test_garbage_as_a_query_is_an_error_of_ours_or_an_answer(text: str) -> None:
    with contextlib.suppress(UsageError, LimitError):
        open_store("memory:").query(text)


@pytest.mark.medium
@pytest.mark.parametrize(
    "text", ["a.", "a-", "<a", "\\", "'", '"', "'''a''", '"""a', ":", "_", "%a", "^", "1.", "é."]
)
def test_the_guard_is_linear(text: str) -> None:
    text = text * (query_policy.MAX_QUERY_BYTES // len(text.encode()))
    began = time.monotonic()
    with contextlib.suppress(UsageError, LimitError):
        query_policy.check_query(text)
    assert time.monotonic() - began < 2


@given(st.text(max_size=60))
def test_tokens_cover_the_text(text: str) -> None:
    for token in query_policy.tokenize_query(text):
        assert text[token.start : token.start + len(token.text)] == token.text


@pytest.mark.medium
@given(st.text(max_size=20))
def test_a_text_parameter_cannot_leave_its_quotes(text: str) -> None:
    bound = bind_parameters("SELECT ?x { VALUES ?x { UNDEF } }", {"x": format_text_term(text)})
    rows = open_store("memory:").query(bound).rows
    assert rows == (("".join(c for c in text if ord(c) >= 32 or c in "\n\r\t"),),)


@pytest.mark.parametrize("text", ["a b", "<a> } #", "x:y>{", "nonsense", ""])
def test_an_iri_parameter_must_be_one(text: str) -> None:
    with pytest.raises(UsageError, match="is not an IRI"):
        format_iri_term(text)


def test_guessed_terms() -> None:
    assert guess_term("<urn:x>") == "<urn:x>"
    assert guess_term("1.5") == "1.5"
    with pytest.raises(UsageError, match="not a number"):
        format_number_term("1e5")


def test_opening_what_is_not_there(tmp_path: Path) -> None:
    for place in ("oxigraph:" + str(tmp_path), tmp_path, str(tmp_path / "absent")):
        with pytest.raises(UsageError, match="no Oxigraph store"):
            open_store(place)
    with pytest.raises(UnknownName, match="did you mean 'oxigraph'"):
        open_store("oxygraph:x")
    with pytest.raises(UsageError, match="takes no path"):
        open_store("memory:x")
    (tmp_path / "CURRENT").write_text("garbage")
    with pytest.raises(OutsideError, match="cannot open"):
        open_store(tmp_path)


def broken() -> Iterator[Quad]:
    """Quads that end in a fault of the machine."""
    yield QUADS[0]
    raise OSError("disk full")


@pytest.mark.medium
def test_building_replaces_a_store_whole_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "store"
    write_store(QUADS, path)
    reader = open_oxigraph(str(path))
    write_store(QUADS[:1], path)
    assert len(open_oxigraph(str(path))) == 1
    assert len(reader) == 3, "a reader keeps what it opened"
    assert [p.name for p in tmp_path.iterdir()] == ["store"]
    assert sorted(p.name for p in path.iterdir()) == ["current", "lock", "snapshots"]
    assert len([*(path / "snapshots").iterdir()]) == 2
    assert reader.query("SELECT * { ?s ?p ?o }").count == 3
    del reader
    write_store(QUADS[:2], path)
    assert len([*(path / "snapshots").iterdir()]) == 1, "what nobody reads goes"
    write_store(QUADS[:1], path)

    with pytest.raises(OutsideError, match="disk full"):
        write_store(broken(), path)
    assert len(open_oxigraph(str(path))) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["store"]

    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="not a store"):
        write_store(QUADS, other)
    remove_store(other)
    assert (other / "thesis.txt").exists()
    remove_store(path)
    assert not is_store(path)


def test_there_is_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "store"
    write_store(QUADS, path)
    with lock_for_writing(path) as writer:
        writer.copy_current()
        with pytest.raises(OutsideError, match="another kg process is writing"):
            write_store(QUADS[:1], path)
        assert len(open_oxigraph(str(path))) == 3, "readers go on"
        add_quads([Quad(B, P, A)], writer)
        writer.publish_snapshot("0123456789abcdef" * 2)
    assert len(open_oxigraph(str(path))) == 4
    with pytest.raises(OutsideError, match="disk full"), lock_for_writing(path) as writer:
        add_quads(broken(), writer)
    assert not [*path.glob("work-*")]
    assert len(open_oxigraph(str(path))) == 4


def test_what_a_killed_writer_left_goes_with_the_next(tmp_path: Path) -> None:
    path = tmp_path / "store"
    write_store(QUADS, path)
    for left in ("work-1", f"snapshots/{'0' * 32}"):
        (path / left).mkdir()
        (path / left / "part.sst").write_bytes(b"half")
    (path / "current-1").symlink_to(f"snapshots/{'0' * 32}")
    write_store(QUADS, path)
    assert len(open_oxigraph(str(path))) == 3
    assert sorted(p.name for p in path.iterdir()) == ["current", "lock", "snapshots"]
    assert len([*(path / "snapshots").iterdir()]) == 1


def test_rocksdb_that_kg_did_not_write_is_read_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "store"
    foreign = ox.Store(str(path))
    foreign.extend(QUADS)
    foreign.flush()
    del foreign
    assert len(open_oxigraph(str(path))) == 3
    with pytest.raises(UsageError, match="is not a store of kg: it holds"):
        write_store(QUADS[:1], path)
    assert len(open_oxigraph(str(path))) == 3
    remove_store(path)
    assert len(open_oxigraph(str(path))) == 3


@pytest.mark.parametrize(
    "name",
    [
        "CURRENT",
        "current",
        "lock",
        "snapshots/thesis.txt",
        f"snapshots/{'0' * 32}/thesis.txt",
        "work-2024/thesis.txt",
        "current-1/thesis.txt",
        "work-notes/thesis.txt",
    ],
)
def test_no_name_of_a_store_makes_a_folder_a_store_of_kg(tmp_path: Path, name: str) -> None:
    mine = tmp_path / "folder" / name
    mine.parent.mkdir(parents=True)
    mine.write_text("years of work")
    with pytest.raises(UsageError, match="choose another path"):
        write_store(QUADS, tmp_path / "folder")
    remove_store(tmp_path / "folder")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "years of work"


@pytest.fixture
def canary() -> Iterator[Canary]:
    with listening() as made:
        yield made
