"""A hostile SPARQL service costs so many seconds and bytes, and one sentence that names them."""

from __future__ import annotations

import gzip
import json
import re
import time
from pathlib import Path

import pytest
import zstandard

from kg.errors import LimitError, OutsideError
from kg.request_budget import RequestBudget
from kg.stores import open_store
from kg.stores.evidence_source import StoreEvidenceSource
from kg.stores.sparql_endpoint import EndpointStore
from kg.stores.sparql_http import SparqlHttpClient
from tests.support.cli import kg
from tests.support.hostile_server import Behaviour, Hostile, Send, hostile, whole

ROWS = "application/sparql-results+json"


def _drip(data: bytes, send: Send) -> None:
    for at in range(len(data)):
        send(data[at : at + 1])
        time.sleep(0.1)


def _table(rows: int, first: int = 0) -> bytes:
    cells = [{"s": {"type": "uri", "value": f"urn:{first + n}"}} for n in range(rows)]
    return json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": cells}}).encode()


def _endless(asked: str, send: Send) -> None:
    """Answer each page with as many new rows as it asks for."""
    limit, offset = re.search(r"LIMIT (\d+)", asked), re.search(r"OFFSET (\d+)", asked)
    rows = min(int(limit[1]), 20_000) if limit else 1000
    send(whole(_table(rows, int(offset[1]) if offset else 0), ROWS))


SLOW: dict[str, Behaviour] = {
    "a head that drips": lambda _, send: _drip(whole(b"{}", ROWS, more="X: y\r\n" * 200), send),
    "a body that drips": lambda _, send: _drip(whole(b" " * 1000, ROWS), send),
    "a body without a length": lambda _, send: _drip(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 999, send),
    "heads of 100 Continue": lambda _, send: _drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 99, send),
    "nothing at all": lambda _, send: time.sleep(20),
}


@pytest.mark.medium
@pytest.mark.parametrize("name", SLOW)
def test_one_deadline_holds_for_a_whole_query(name: str) -> None:
    with hostile(SLOW[name]) as service:
        store = _store(service)
        began = time.monotonic()
        with pytest.raises(LimitError, match=r"longer than 1 s: .* more than 1 s \(1 request\)"):
            store.query("ASK {}", timeout=1)
        assert time.monotonic() - began < 2
        store.http_client.patience_seconds = 1
        with pytest.raises(OutsideError, match="more than 1 s"):
            len(store)
        assert time.monotonic() - began < 4


@pytest.mark.medium
@pytest.mark.parametrize("wait", ["30", "1", "999999999999", "0", "soon"])
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_service_that_is_busy_for_ever_is_left(status: str, wait: str) -> None:
    reply = whole(b"busy", "text/plain", status, f"Retry-After: {wait}\r\n")
    with hostile(lambda _, send: send(reply)) as service:
        began = time.monotonic()
        with pytest.raises((OutsideError, LimitError), match=status[:3]) as told:
            _store(service).query("ASK {}", timeout=2)
        assert time.monotonic() - began < 2.5
        assert len(service.asked) <= 4
        assert ("asks to wait" in str(told.value)) is (wait in ("30", "1", "999999999999"))


@pytest.mark.slow
def test_pages_without_end_end_by_bytes_and_by_time() -> None:
    with hostile(_endless) as service:
        store = _store(service)
        store.http_client.max_bytes = 2_000_000
        with pytest.raises(LimitError, match=r"sends more than 2,000,000 bytes \(\d+ requests\)"):
            store.query("SELECT * { ?s ?p ?o }")
        store.http_client.max_bytes = 10**12
        began = time.monotonic()
        with pytest.raises(LimitError, match=r"longer than 1.5 s: .* \(\d+ requests\)"):
            store.query("SELECT * { ?s ?p ?o }", timeout=1.5)
        assert time.monotonic() - began < 4


@pytest.mark.slow
def test_no_operation_is_without_end(tmp_path: Path) -> None:
    """What asks for parts of a graph for as long as there are some draws on one budget."""

    def behave(asked: str, send: Send) -> None:
        if "CONSTRUCT" in asked:
            body = b"".join(b"<urn:%d> <urn:p> <urn:o> .\n" % n for n in range(5000))
            send(whole(body, "application/n-triples"))
        else:
            _endless(asked, send)

    with hostile(behave) as service:
        for ask in (
            lambda store: list(store.iterate_quads()),
            lambda store: StoreEvidenceSource(store).load_around("scar"),
            lambda store: [store.query("SELECT * { ?s ?p ?o } LIMIT 500") for _ in range(1000)],
        ):
            store = _store(service)
            store.http_client.total = RequestBudget(60, 5_000_000)
            with pytest.raises(LimitError, match=r"sends more than 5,000,000 bytes"):
                ask(store)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"head":{"vars":["s"]},"results":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"a":' * 200_000,
        b'{"boolean": "no"}',
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":7}}]}}',
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":"x"}]}}',
        b'{"head":{"vars":[["s"]]},"results":{"bindings":[]}}',
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"triple","value":'
        + b'{"subject":{"type":"triple","value":' * 400
        + b"0"
        + b"}}" * 401
        + b"}]}}",
        b"\xff\xfe",
        b"9" * 100_000,
        b"null",
    ],
    ids=lambda body: repr(body[:24]),
)
@pytest.mark.parametrize("text", ["SELECT ?s { ?s ?p ?o }", "ASK {}"])
def test_what_is_no_table_is_one_sentence(body: bytes, text: str) -> None:
    with (
        hostile(lambda _, send: send(whole(body, ROWS))) as service,
        pytest.raises(OutsideError, match="not SPARQL results"),
    ):
        _store(service).query(text)


@pytest.mark.parametrize(
    ("encoding", "body", "words"),
    [
        ("gzip", gzip.compress(bytes(50_000_000)), "more than 10,000,000 bytes"),
        ("zstd", zstandard.compress(bytes(50_000_000)), "packs its answer"),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(50_000_000))), "packs its answer"),
    ],
)
def test_an_answer_that_swells(encoding: str, body: bytes, words: str) -> None:
    reply = whole(body, ROWS, more=f"Content-Encoding: {encoding}\r\n")
    with hostile(lambda _, send: send(reply)) as service:
        store = _store(service)
        store.http_client.max_bytes = 10_000_000
        with pytest.raises((LimitError, OutsideError), match=words):
            store.query("ASK {}")


@pytest.mark.medium
def test_the_command_ends_in_time_and_says_so() -> None:
    with hostile(SLOW["a head that drips"]) as service:
        began = time.monotonic()
        done = kg(
            "query", "--base", f"sparql+{service.address}/q", "--timeout", "2", "-e", "ASK {}"
        )
        assert time.monotonic() - began < 8
        assert done.returncode == 4
        assert "more than 2 s (1 request)" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.alone
def test_a_budget_is_counted_in_requests_alone() -> None:
    whole_budget = RequestBudget(1, 100)
    part = RequestBudget(0.5, 100, whole_budget)
    time.sleep(0.6)
    assert part.seconds_left == 0.5
    with part.spend(), part.spend():
        time.sleep(0.2)
    assert 0.2 < part.seconds_left < 0.35
    assert 0.7 < whole_budget.seconds_left < 0.85


def _store(service: Hostile) -> EndpointStore:
    store = open_store(f"sparql+{service.address}/query")
    assert isinstance(store, EndpointStore)
    assert isinstance(store.http_client, SparqlHttpClient)
    return store


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
