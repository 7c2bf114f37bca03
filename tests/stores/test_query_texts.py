"""What a SPARQL text can reach, how long it takes, and what is told of it: by every way into kg."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from pyoxigraph import Literal, NamedNode, Quad

from kg.errors import LimitError, OutsideError, UsageError
from kg.stores import Store, open_store, query_policy
from kg.stores.oxigraph_store import OxigraphStore
from kg.stores.result_limits import ResultLimits, run_query_within
from tests.server.serving import serving
from tests.support.canary import Canary, listening

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "tests" / "cases" / "cli" / "base"
PYTHON = (sys.executable, "-P", "-m", "kg")
WITHOUT_NAMESPACES = (
    *("unshare", "-Ur", "sh", "-c"),
    *('echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"', "sh"),
)

BEFORE = (
    *("", "?s ?p ?o", "?s ?p ?o.", "?s ?p ?o;", "?s ?p :o", "?s ?p :o.", "?s ?p <a:b>"),
    *("?s ?p 1", "?s ?p 1.", "?s ?p 1.5", "?s ?p 1e5", "?s ?p -1", "?s ?p true", "?s ?p false."),
    *("?s ?p 'x'", '?s ?p """x"""', "?s ?p 'x'@en", "?s ?p 'x'^^:d", "?s ?p 'x'^^<a:b>"),
    *("?s ?p _:b", "?s ?p []", "?s ?p (1)", "?s ?p ()", "[ ?p ?o ]", "(1) ?p 2", "?s :p+ 1"),
    *("FILTER(1<2)", "FILTER(?s<?p)", "FILTER(1>2)", "FILTER true", "BIND(1 AS ?n)", "{}", "{}."),
    *("OPTIONAL{}", "MINUS{}", "{} UNION", "GRAPH ?g {}", "VALUES ?v {1}", "VALUES ?v {}"),
    *("FILTER EXISTS{}", "FILTER :f(1)", "# x\n", "# <\n", "{SELECT*{}}", "<<( ?s ?p ?o )>> ?q 1"),
    *(
        "FILTER(1<2&&'>'='a')",
        "FILTER(1<2)#>\n",
        "?s a :c",
        "?s a :c.",
        "?s ?p \\u0031",
        "?s ?p 1_",
    ),
)
"""Every kind of token and pattern that may stand before another in a group."""

WORDS = ("SERVICE", "service", "Service", "SERVICE SILENT", "SERVICESILENT", "\\u0053ERVICE")
NAMES = (":s", "<{url}/s>", " :s", " <{url}/s>", "\t?x", "service:s", "<s>", "SILENT:s")
GROUPS = (
    *("{ {before}{word}{name}{?a ?b ?c} }", "{ {before}FILTER EXISTS{{word}{name}{}} }"),
    *("{ {before}{{word}{name}{}} }", "{ {before}OPTIONAL{{word}{name}{}} }"),
)


def texts(url: str) -> Iterator[str]:
    """Every word that calls, glued to every token before it and behind it."""
    head = f"BASE <{url}/> PREFIX : <{url}/> PREFIX service: <{url}/> PREFIX SILENT: <{url}/> "
    for before, word, name in itertools.product(BEFORE, WORDS, NAMES):
        for group in GROUPS if (word, name) == ("SERVICE", ":s") else GROUPS[:1]:
            parts = {"before": before, "word": word, "name": name.replace("{url}", url)}
            body = group
            for key, part in parts.items():
                body = body.replace(f"{{{key}}}", part)
            yield f"{head}SELECT * {body}"


@pytest.fixture
def canary() -> Iterator[Canary]:
    with listening() as made:
        yield made


def filled(name: str = "memory:") -> Store:
    """A store with a row for every pattern, so that no call is left out for want of one."""
    store = open_store(name)
    node, place = NamedNode("urn:n"), NamedNode("https://w3id.org/evidence-kg/graph/g")
    store.load([Quad(node, node, node), Quad(node, node, Literal("1"), place)])
    return store


@pytest.mark.slow
def test_no_spelling_of_a_call_leaves_the_process(canary: Canary) -> None:
    """In the library, where there is no sandbox, each text is answered or refused."""
    store = filled()
    assert isinstance(store, OxigraphStore)
    refused = 0
    for text in texts(canary.url):
        try:
            store.query(text)
        except UsageError as fault:
            refused += "SERVICE is refused" in str(fault)
        except OutsideError as fault:  # pragma: no cover  it says what was called
            raise AssertionError(f"{text}: {fault}") from fault
        with contextlib.suppress(UsageError):  # the way of kg serve, without the guard before it
            run_query_within(store.raw_store, text, ResultLimits())
        assert canary.seen == [], text
    assert refused > 500


def test_no_spelling_of_a_call_leaves_rdflib(canary: Canary) -> None:
    store = filled("rdflib:")
    for text in itertools.islice(texts(canary.url), 0, None, 29):
        with contextlib.suppress(UsageError):
            store.query(text)
        assert canary.seen == [], text


IN_GROUPS = (
    *("FILTER (1 < 2)", "BIND (1 AS ?z)", "OPTIONAL { ?s ?p ?q }", "MINUS { ?s :no ?q }"),
    *("GRAPH <graph/g> { ?a ?b ?c }", "VALUES ?z { 1 2 }", "FILTER NOT EXISTS { ?s :no ?q }"),
    *("FILTER EXISTS { ?s ?p ?q }", "{ SELECT DISTINCT ?z WHERE { ?z ?y ?x } LIMIT 1 }"),
    *("UNION { ?s ?p ?q }", "FILTER (1 NOT IN (2) && ! false)", "FILTER (true || BOUND (?s))"),
    *("FILTER (IF (true , true , false))", "FILTER REGEX (STR (?s) , 'n')", "a ?kind"),
)
HEADS = (
    *("SELECT *", "SELECT ?s", "SELECT (1 AS ?x)", "SELECT DISTINCT *", "SELECT REDUCED ?s"),
    *("ASK", "DESCRIBE <n>", "DESCRIBE *", "CONSTRUCT { ?s ?p ?o }", "SELECT (true AS ?x)"),
    *("PREFIX FROM: <graph/> PREFIX : <graph/> ASK", "BASE <urn:> PREFIX x: <y> SELECT *"),
    *("SELECT (COUNT (DISTINCT ?s) AS ?n)", "SELECT (SUM (1) AS ?n)", "DESCRIBE :n"),
    *("SELECT (GROUP_CONCAT (?s ; SEPARATOR = ' ') AS ?n)"),
)
DATASETS = (
    *("", "FROM <graph/g>", "FROM NAMED <graph/g>", "FROM :g", "FROM <graph/h>", "FROM NAMED :h"),
)
TAILS = (
    *("", "ORDER BY ?s", "ORDER BY DESC (?s) LIMIT 1", "LIMIT 1 OFFSET 1", "OFFSET 1 LIMIT 1"),
    *("GROUP BY ?s", "GROUP BY ?s HAVING (true) ORDER BY ASC (?s)", "VALUES ?s { UNDEF }"),
    *("ORDER BY (1) LIMIT 1 VALUES ?z { 1 }", "GROUP BY (1 AS ?one) LIMIT 1"),
)


def plain_texts() -> Iterator[str]:
    """Queries whose tokens stand apart, with every keyword after every token it may follow."""
    head = "PREFIX : <graph/>"
    for before, part in itertools.product(BEFORE, IN_GROUPS):
        if "{" not in before or "SELECT" not in before:
            yield f"SELECT * {{ {before} {part} }}"
    for start, dataset, where, tail in itertools.product(HEADS, DATASETS, ("", "WHERE"), TAILS):
        place = "" if start.startswith(("BASE", "PREFIX")) else head
        yield f"{place} {start} {dataset} {where} {{ ?s ?p ?o }} {tail}"


KEYWORD = re.compile(r"(?<=\S) +(?=[A-Za-z_]+(?![\w:]))|(?<=[A-Za-z]) +(?=\S)")
NAMELIKE = re.compile(r"([?$]\w+|\w*:\w*|@\w+|[\d.]+e?\d*_?)$")


@pytest.mark.slow
def test_a_blank_beside_a_keyword_changes_no_answer() -> None:
    """Glued, it is answered as with blanks, or refused; what is part of a name is left out."""
    store = filled()
    graphs = store.list_graphs()
    seen: dict[str, object] = {}

    def answer(text: str) -> object:
        if text not in seen:
            try:
                query_policy.check_query(text, graphs)
                found = store.query(text)
                seen[text] = (found.kind, found.payload)
            except (UsageError, OutsideError) as fault:
                seen[text] = type(fault)
        return seen[text]

    compared = 0
    for text in plain_texts():
        for blank in KEYWORD.finditer(text):
            if NAMELIKE.search(text[: blank.start()]):
                continue
            glued = text[: blank.start()] + text[blank.end() :]
            if (told := answer(glued)) is not UsageError:
                compared += 1
                assert told == answer(text), glued
    assert compared > 5000


GLUED = (
    "PREFIX : <{url}/> SELECT * { SERVICE:s {?a ?b ?x} }",
    "SELECT * { ?s ?p 1SERVICE <{url}/> {?a ?b ?x} }",
    "SELECT * { BIND(1 AS ?x)BIND(trueSERVICE <{url}/> {} AS ?y) }",
    "SELECT * { VALUES ?x {true}SERVICE<{url}/>{} }",
    "SELECT * { BIND('a' AS ?x)SERVICE<{url}/>{} }",
    "ASK { FILTER(1<2)SERVICE<{url}/>{} }",
)


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", ["network", "no network"])
def test_no_entry_lets_a_call_out(canary: Canary, tmp_path: Path, sandbox: str) -> None:
    """`kg query` and `kg mcp`, with user namespaces and without."""
    start = (*_start_in(sandbox), *PYTHON)
    env = {**os.environ, "KG_BASE": str(BASE), "PYTHONPATH": str(ROOT)}
    asked = [text.replace("{url}", canary.url) for text in GLUED]
    for text in asked:
        done = subprocess.run(
            [*start, "query", "-e", text], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2, done.stderr
        assert "SERVICE is refused" in done.stderr or "not valid SPARQL" in done.stderr
    server = StdioServerParameters(command=start[0], args=[*start[1:], "mcp"], cwd=ROOT, env=env)

    async def talk() -> list[bool]:
        async with Client(server) as client:
            told = [await client.call_tool("query", {"sparql": text}) for text in asked]
            return [bool(one.is_error) for one in told]

    assert all(asyncio.run(asyncio.wait_for(talk(), 120)))
    assert canary.seen == []


def _start_in(sandbox: str) -> tuple[str, ...]:
    """What a command is started with, so that it has user namespaces or has none."""
    if sandbox == "network":
        return ()
    try:
        subprocess.run([*WITHOUT_NAMESPACES, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("user namespaces cannot be taken away here")
    return WITHOUT_NAMESPACES


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", ["network", "no network"])
def test_the_server_lets_no_call_out_and_says_where_no_sandbox_is(
    canary: Canary, tmp_path: Path, sandbox: str
) -> None:
    with serving(tmp_path, base=BASE, before=_start_in(sandbox)) as server:
        for text in GLUED:
            assert server.query(text.replace("{url}", canary.url)).status == 400
        told = server.log.read_text()
        health = server.ask("/healthz").text
    assert canary.seen == []
    stands = '"network"' in health
    assert stands == ("not isolated from the network" not in told)
    assert stands or sandbox == "no network" or not _has_namespaces()


def _has_namespaces() -> bool:
    with contextlib.suppress(OSError):
        tried = subprocess.run(["unshare", "-Un", "true"], capture_output=True, check=False)
        return tried.returncode == 0
    return False


@pytest.mark.medium
def test_doctor_says_where_no_sandbox_is() -> None:
    done = subprocess.run(
        [*_start_in("no network"), *PYTHON, "doctor"], capture_output=True, text=True, check=True
    )
    assert re.search(r"query network +queries are\s+not\s+isolated", done.stdout), done.stdout


PARTS = (
    *(
        '\\"',
        "'",
        "'''",
        '"""',
        '"""a"',
        "<",
        "<a",
        "<=a",
        "(?a<",
        "FROM:",
        "FROM: ",
        "NAMED:x ",
        "PREFIX ",
        "PREFIX a:",
    ),
    *(
        "VALUES ",
        "VALUES ?x {",
        "VALUES ?x ",
        "\\u0041",
        "a.",
        "1.",
        "1e",
        "#",
        "@a-",
        "{(",
        "?",
        "%",
    ),
    *("service", "SERVICE:s", "with ", " ", "\n", "::", "a:\\", "é"),
)


@pytest.mark.medium
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("start", ["", '"', "SELECT * { FILTER(?a", "ASK { VALUES ?x {"])
def test_twice_the_text_takes_twice_the_time(start: str, part: str) -> None:
    """Without a limit on size; four times the text may take twelve times as long, not sixteen."""

    def seconds(length: int) -> float:
        text = start + part * (length // len(part))
        best = float("inf")
        for _ in range(2):
            began = time.process_time()
            for reading in query_policy._list_spellings(text):
                for _ in query_policy.tokenize_query(reading):
                    pass
            query_policy.suggest_faster_query(text)
            query_policy.declare_prefixes(text, {"a": "urn:"}, "urn:")
            best = min(best, time.process_time() - began)
        return best

    assert seconds(32_000) < 12 * seconds(8_000) + 0.05


@pytest.mark.medium
def test_a_text_of_quotes_ends_at_once() -> None:
    began = time.monotonic()
    done = subprocess.run(
        [*PYTHON, "query", "--base", str(BASE), "--timeout", "20", "-"],
        input='"' + '\\"' * 31_000, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "not valid SPARQL" in done.stderr
    assert time.monotonic() - began < 20


@pytest.mark.slow
def test_the_time_limit_holds_for_the_parser_too(canary: Canary) -> None:
    """The parser of the engine goes back and forth in nested brackets: the child is ended."""
    text = "ASK { ?s ?p " + "(" * 90 + " 'service' " + ")" * 90 + " }"
    for store in (filled(), filled("rdflib:")):
        began = time.monotonic()
        with contextlib.suppress(LimitError, UsageError):
            store.query(text, timeout=2)
        assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { FILTER(?a<?b&&1{plus}>2) ?s ?p ?o }",
        "SELECT * { FILTER(1 <2{plus}&&3>2) ?s ?p ?o }",
        "SELECT * { FILTER(?a<?b) ?s {path}?o FILTER(?c>?d) }",
        "SELECT * { FILTER(?a<=?b{plus}>1) }",
        "SELECT * { FILTER(true<?b{plus}&&2>1) }",
    ],
)
def test_a_comparison_hides_nothing_from_the_limits(text: str) -> None:
    asked = text.replace("{plus}", "+1" * 300).replace("{path}", "^:p/" * 300)
    with pytest.raises(LimitError, match="operators and path steps"):
        query_policy.check_query(asked)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { VALUES (?a ?b) { "
        + "(<http://x.org/a/b/c> <http://x.org/d/e/f>) " * 200
        + "} }",
        "SELECT * { ?s ?p<http://x.org/a/b/c> }",
        "SELECT * { FILTER(?a IN (<http://x.org/a>, <http://x.org/b>)) }",
        "SELECT * { FILTER(?a<5 && ?b>5) FILTER(?a < <http://x.org/a>) }",
    ],
)
def test_addresses_are_no_operators(text: str) -> None:
    query_policy.check_query(text)


def test_a_graph_may_be_named_relative_to_the_base() -> None:
    store = filled()
    for text in (
        "SELECT ?o FROM <graph/g> { ?s ?p ?o }",
        "BASE <https://w3id.org/evidence-kg/graph/> SELECT ?o FROM <g> { ?s ?p ?o }",
        "BASE <https://w3id.org/evidence-kg/> PREFIX x: <graph/> SELECT ?o FROM x:g { ?s ?p ?o }",
        "PREFIX : <https://w3id.org/evidence-kg/graph/> SELECT ?o FROM:g { ?s ?p ?o }",
    ):
        assert store.query(text).rows == (("1",),), text
        assert filled("rdflib:").query(text).rows == (("1",),), text
    with pytest.raises(
        UsageError, match=r"no graph <h>, which is <https://w3id.org/\S+/h>; kg query"
    ):
        store.query("SELECT * FROM <h> { ?s ?p ?o }")


@pytest.mark.medium
@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("query", "-e", b"\xff"), "the query is not UTF-8 text"),
        (("query", "-e", b"ASK { ?s ?p '\xff' }"), "the query is not UTF-8 text"),
        (("query", "-"), "stdin is closed"),
        (("appraise", "-"), "stdin is closed"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(call: tuple[str | bytes, ...], said: str) -> None:
    """With stdin closed."""
    command = ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *PYTHON, *call]
    env = {**os.environ, "KG_BASE": str(BASE)}
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    told = done.stderr.decode()
    assert (done.returncode, told.count("\n")) == (2, 1), told
    assert said in told


@pytest.mark.parametrize("command", ["query", "appraise"])
def test_stdin_that_is_no_utf_8_is_told_in_one_line(command: str) -> None:
    env = {
        **os.environ,
        "KG_BASE": str(BASE),
        "PYTHONUTF8": "1",
        "PYTHONIOENCODING": "utf-8:strict",
    }
    done = subprocess.run(
        [*PYTHON, command, "-"], env=env, input=b"ASK { '\xff' }", capture_output=True, check=False
    )
    assert done.returncode == 3
    assert b"not UTF-8" in done.stderr


def test_a_fault_of_the_child_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from kg.stores import run_query_in_process

    with pytest.raises(RuntimeError, match=r"in the process of the query:[\s\S]*FileNotFoundError"):
        run_query_in_process.run_query_in_process("ASK {}", 60, quads=tmp_path / "absent")
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))
    with pytest.raises(OutsideError, match="did not start: "):
        run_query_in_process.run_query_in_process("ASK {}", 60, quads=tmp_path / "absent")


def test_a_fault_of_the_engine_is_told() -> None:
    with pytest.raises(OutsideError, match="custom function <urn:f> is not supported"):
        filled().query("SELECT (<urn:f>(?s) AS ?x) { ?s ?p ?o }")
