"""Hostile bytes, names and pages: the promises of THREAT_MODEL.md that are not about limits."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psutil
import pytest

from kg import api
from kg.model import EvidenceBase
from kg.render import GRADE_RENDERERS, RenderOptions
from kg.render.escape import remove_controls
from kg.server.grade_library import GradeLibrary
from kg.server.site import render_site_pages
from tests.server.conftest import CASES
from tests.server.serving import ROOT, Server, serving
from tests.support.canary import Canary, listening

HOSTILE = (
    "<script>alert(1)</script>",
    "<b>",
    '"><img src=x onerror=alert(1)>',
    "]]>",
    "[/1]",
    "=HYPERLINK(1)",
    "javascript:alert(1)",
    "{{ 7*7 }}",
    "\x1b[31mred\x9b2J",
    "\u202eevil\u2066",
    "two\nlines\r::error::x",
    "' onmouseover='alert(1)",
)


@pytest.fixture
def canary() -> Iterator[Canary]:
    with listening() as made:
        yield made


OUTWARD = (
    "SELECT * { SERVICE <URL/s> { ?s ?p ?o } }",
    "SELECT * { service SILENT <URL/s> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE ?x { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <URL/s> { ?s ?p ?o } } } }",
    "SELECT * { \\u0053ERVICE <URL/s> { ?s ?p ?o } }",
    "SELECT * FROM <URL/f> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL/f> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "LOAD <URL/l>",
    "LOAD <file:///etc/passwd> INTO GRAPH <a:g>",
    "INSERT DATA { <a:a> <a:b> <a:c> }",
)


@pytest.mark.parametrize("text", OUTWARD)
def test_no_query_reaches_outside(small: Server, canary: Canary, text: str) -> None:
    text = text.replace("URL", canary.url)
    for kind in ("application/sparql-query", "application/sparql-update"):
        reply = small.ask("/sparql", {"content-type": kind}, "POST", text.encode())
        assert reply.status in (400, 403), reply.text
        assert "root:" not in reply.text
    assert small.query("ASK {}", default_graph_uri=[f"{canary.url}/d"]).status == 400
    assert canary.seen == []


FILES = {
    "context.jsonld": '{"@context": "URL/c", "@id": "a:a", "a:b": "x"}',
    "contexts.jsonld": '{"@context": ["URL/c", {"b": "a:b"}], "@id": "a:a", "b": "x"}',
    "import.jsonld": '{"@context": {"@version": 1.1, "@import": "URL/i"}, "@id": "a:a"}',
    "file.jsonld": '{"@context": "file:///etc/passwd", "@id": "a:a", "a:b": "x"}',
    "imports.ttl": "<a:o> a <http://www.w3.org/2002/07/owl#Ontology> ;"
    " <http://www.w3.org/2002/07/owl#imports> <URL/o> .",
    "doctype.rdf": '<!DOCTYPE r SYSTEM "URL/dtd"><r/>',
    "entity.rdf": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&x;</rdf:RDF>',
    "bomb.rdf": "<!DOCTYPE r [<!ENTITY a0 'xxxxxxxxxx'>"
    + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))
    + "]><r>&a9;</r>",
    "alias.yaml": "a: &a [x, x]\n"
    + "".join(
        f"{'b' * (n + 1)}: &{'b' * (n + 1)} [*{'b' * n or 'a'}, *{'b' * n or 'a'}]\n"
        for n in range(30)
    ),
    "deep.yaml": "claims: " + "[" * 100_000,
    "deep.jsonld": '{"a:b":' * 60_000,
    "deep.ttl": "<a:a> <a:b> " + "(" * 100_000,
    "gzip.ttl": "",
    "gzip.yaml": "",
}


@pytest.mark.slow
@pytest.mark.parametrize("command", ["validate", "check", "grade"])
@pytest.mark.parametrize("name", FILES)
def test_no_file_makes_a_command_reach_outside_or_run_on(
    tmp_path: Path, canary: Canary, name: str, command: str
) -> None:
    path = tmp_path / name
    content = FILES[name].replace("URL", canary.url).encode()
    if name.startswith("gzip"):
        content = gzip.compress(b"x" * 50_000_000)
    path.write_bytes(content)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "kg", command, "--base", str(path)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=100,
    )
    assert done.returncode in (0, 1, 2, 3, 4), done.stderr
    assert "Traceback" not in done.stderr
    assert "root:" not in done.stdout + done.stderr
    assert len(done.stderr) < 20_000
    assert canary.seen == []
    assert time.monotonic() - began < 60


def test_a_forged_host_is_turned_away(small: Server) -> None:
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "localhost@evil"):
        reply = small.ask("/healthz", {"host": host})
        assert reply.status in (400, 421), host
    for host in ("localhost", f"127.0.0.1:{small.port}", "[::1]:1", "LOCALHOST:99"):
        assert small.ask("/healthz", {"host": host}).status == 200, host


def test_a_page_elsewhere_can_neither_post_nor_read(small: Server) -> None:
    kind = {"content-type": "application/sparql-query"}
    for more in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://[bad"},
        {"sec-fetch-site": "cross-site"},
    ):
        assert small.ask("/sparql", kind | more, "POST", b"ASK {}").status == 403, more
    own = {"origin": small.url}
    assert small.ask("/sparql", kind | own, "POST", b"ASK {}").status == 200
    reply = small.ask("/sparql?query=ASK%20%7B%7D", {"origin": "https://evil.example"})
    assert not [name for name in reply.headers if name.startswith("access-control")]
    assert reply.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/static/....//app.py",
        "/static//etc/passwd",
        "/static/..%5capp.py",
        "/static/kg.css%00.txt",
        "/entity/..%2f..%2f..%2fetc%2fpasswd",
        "/rule/../../etc/passwd",
        "//etc/passwd",
        "/entity/" + "a" * 5000,
        "/entity/%ff%fe",
        "/entity/%",
    ],
)
def test_no_path_leads_out_of_the_server(small: Server, path: str) -> None:
    reply = small.ask(path, {"accept": "text/html"})
    assert reply.status in (400, 404), (path, reply.status)
    assert "root:" not in reply.text
    assert "import" not in reply.text


def test_compressed_bodies_are_not_read(small: Server) -> None:
    headers = {"content-type": "application/sparql-query", "content-encoding": "gzip"}
    bomb = gzip.compress(b"#" * 50_000_000)
    assert small.ask("/sparql", headers, "POST", bomb).status == 415


def test_every_answer_has_the_headers_that_keep_a_browser_in(small: Server) -> None:
    for path in ("/", "/sparql?query=ASK%20%7B%7D", "/static/kg.js", "/nothing", "/api", "/query"):
        headers = small.ask(path, {"accept": "text/html"}).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert re.search(r"script-src 'self'(;|$)", policy)
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_the_log_has_one_json_line_a_request_and_no_secret(small: Server) -> None:
    small.ask(
        "/search?q=my-secret-question", {"cookie": "a=my-secret", "authorization": "my-secret"}
    )
    small.ask("/claim/" + quote('x\n{"forged": 1}'), {"accept": "text/html"})
    lines = [line for line in small.log.read_text().splitlines() if line.startswith("{")]
    entries = [json.loads(line) for line in lines]
    assert {"time", "client", "method", "path", "status", "bytes", "ms"} == set(entries[-1])
    assert "my-secret" not in small.log.read_text()
    assert not [e for e in entries if "forged" in e]


RUDE = {
    "a post without its body": b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/sparql-query\r\nContent-Length: 500\r\n\r\nASK",
    "a chunked post cut short": b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n500\r\nASK",
    "a broken chunk": b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "half a head": b"GET / HTTP/1.1\r\nHost: loc",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n{}\r\n\r\n",
    "a header of bytes": b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: \xff\x00\xfe\r\n\r\n",
    "a path of bytes": b"GET /%ff%fe/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an upgrade": b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\n\r\n",
    "a query and away": b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a page and away": b"GET /whatif HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n",
    "two requests at once": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2,
    "a body for a page": b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc",
    "a length that is none": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
    "a body larger than it says": b"POST / HTTP/1.1\r\nHost: localhost\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n100000\r\n" + b"x" * 0x100000 + b"\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", RUDE)
@pytest.mark.parametrize("reset", [False, True], ids=["closes", "resets"])
def test_whatever_a_client_does_the_log_is_json_without_tracebacks(
    small: Server, name: str, reset: bool
) -> None:
    before = len(small.log.read_text())
    with socket.create_connection(("127.0.0.1", small.port), timeout=10) as line:
        line.sendall(RUDE[name])
        time.sleep(0.1)
        if reset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.1)
    assert small.query("ASK {}").status == 200
    lines = small.log.read_text()[before:].splitlines()
    entries = [json.loads(entry) for entry in lines]
    assert not [e for e in entries if "trace" in e or e.get("status") == 500]
    assert "Traceback" not in "".join(lines)


@pytest.mark.slow
def test_what_a_worker_writes_as_it_dies_is_json(tmp_path: Path) -> None:
    """Its own tracebacks, and what native code or the interpreter print."""
    with serving(tmp_path) as server:
        for line in server.log.read_text().splitlines():
            json.loads(line)
        workers = psutil.Process(server.process.pid).children()
        for worker in workers:
            worker.send_signal(signal.SIGABRT)
        time.sleep(0.5)
        server.ask("/healthz")
    for line in server.log.read_text().splitlines():
        assert isinstance(json.loads(line), dict)


@pytest.mark.slow
def test_a_server_whose_snapshot_is_removed_answers_on_or_says_503(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    base = tmp_path / "base"
    shutil.copytree(CASES / "cli" / "base", base)
    with serving(tmp_path, "--workers", "1", base=base) as server:
        (folder,) = tmp_path.glob("kg-serve-*")
        shutil.rmtree(folder)
        shutil.rmtree(base)
        assert server.query("SELECT * { ?s ?p ?o } LIMIT 3").status == 200
        assert server.ask("/studies", {"accept": "text/html"}).status == 200
        for worker in psutil.Process(server.process.pid).children():
            worker.kill()
        reply = server.query("SELECT * { ?s ?p ?o } LIMIT 3")
        assert reply.status == 503
        assert str(tmp_path) not in reply.text
        assert "Traceback" not in server.log.read_text()


def test_metrics_and_health_tell_how_it_is(small: Server) -> None:
    small.query("ASK {}")
    text = small.ask("/metrics").text
    for name in ("kg_requests_total{", "kg_request_seconds_bucket{", "kg_workers_replaced_total{"):
        assert name in text
    for line in text.splitlines():
        assert line.startswith("#") or re.fullmatch(r"\w+(\{.*\})? [0-9.e+-]+", line), line
    health = json.loads(small.ask("/healthz").body)
    assert health["status"] == "ok"
    assert "memory" in health["restrictions"]


def test_more_than_the_loopback_is_warned_of(tmp_path: Path) -> None:
    from kg.server.settings import ServerSettings

    assert ServerSettings().is_local
    assert not ServerSettings(host="0.0.0.0").is_local
    assert "0.0.0.0" not in ServerSettings(host="0.0.0.0").host_names


def _spoiled(thing: Any, turn: Iterator[str]) -> Any:
    """The same thing with something hostile behind every text that people read."""
    if not is_dataclass(thing) or isinstance(thing, type):
        return thing
    changes = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        if isinstance(value, str) and field.name in _READ:
            changes[field.name] = f"{next(turn)} {value}"
        elif field.name in ("url", "doi", "pmid"):
            changes[field.name] = "javascript:alert(1)"
    return replace(thing, **changes)


_READ = (
    *("label", "definition", "note", "title", "publisher", "paraphrase", "section", "authors"),
    *("journal", "record", "how_checked", "funding", "read", "registration", "locator"),
)


def spoil(base: EvidenceBase, turn: Iterator[str]) -> EvidenceBase:
    """The base with something hostile before every label, title and note."""
    groups = (
        *("entities", "exposures", "populations", "sources"),
        *("claims", "citations", "studies", "chains"),
    )
    spoiled: Any = {g: tuple(_spoiled(x, turn) for x in getattr(base, g)) for g in groups}
    return replace(base, **spoiled)


@pytest.fixture(scope="module")
def spoiled() -> EvidenceBase:
    """A small base in which every label, title and note is hostile."""
    return spoil(api.load(CASES / "cli" / "base").base, cycle(HOSTILE))


class Strict(HTMLParser):
    """Fails at whatever could run, load or send."""

    FORBIDDEN = ("iframe", "object", "embed", "base", "img", "style", "template", "b:")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        assert tag not in self.FORBIDDEN, tag
        assert not [name for name in found if name.startswith("on") or name == "style"], found
        if tag == "script":
            assert re.fullmatch(r"(\.\./)*static/[\w.]+\.js", found.get("src", "")), found
        for name in ("href", "src", "action", "xlink:href"):
            assert urlsplit(found.get(name, "")).scheme in ("", "https"), found


@pytest.mark.medium
def test_hostile_labels_are_inert_on_every_page(spoiled: EvidenceBase) -> None:
    seen = 0
    for place, text in render_site_pages(GradeLibrary(spoiled)):
        Strict().feed(text)
        assert "<script>alert" not in text, place
        assert "{{" not in text or "{{ 7*7 }}" in text, place
        assert "javascript:alert(1)" not in re.findall(r'href="([^"]*)"', text)
        seen += 1
    assert seen > 40


@pytest.mark.medium
@pytest.mark.parametrize("name", list(GRADE_RENDERERS))
def test_hostile_labels_are_inert_in_every_view(spoiled: EvidenceBase, name: str) -> None:
    grade = next(g for g in api.grade(spoiled) if g.pairs)
    shown = GRADE_RENDERERS[name](grade, spoiled, RenderOptions())
    if name in ("json", "sarif"):
        json.loads(shown)
        return
    assert remove_controls(shown) == shown, "a control or a bidirectional character is left"
    for line in shown.splitlines():
        assert not line.startswith(("=", "::")), line


def test_nothing_that_runs_what_it_reads_is_in_the_code() -> None:
    bad = re.compile(r"\b(import (pickle|marshal|shelve|dill)|yaml\.(unsafe_)?load\(|[^.\w]eval\()")
    for path in (ROOT / "kg").rglob("*.py"):
        found = bad.search(path.read_text())
        assert found is None, (path, found)


def test_each_promise_names_tests_that_are_there() -> None:
    text = (ROOT / "THREAT_MODEL.md").read_text()
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text))
    assert len(named) > 25
    for place, name in sorted(named):
        assert f"def {name}(" in (ROOT / place).read_text(), (place, name)


def test_what_is_vendored_is_what_the_notice_says() -> None:
    import hashlib

    folder = ROOT / "kg" / "server" / "static"
    named = re.findall(r"sha256 (\w{64})  (\S+)", (folder / "yasgui.NOTICE.txt").read_text())
    assert {name for _, name in named} == {"yasgui.min.js", "yasgui.min.css"}
    for digest, name in named:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
