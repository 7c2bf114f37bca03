"""Queries of death, floods and kills: a clear status, in time, and all others are answered."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import pytest

from kg.server.http.response_cache import JobResponseCache
from kg.server.run import copy_snapshot
from kg.server.settings import ServerSettings
from kg.server.workers.frames import JobRequest, WorkerOptions
from kg.server.workers.pool import HttpRefusal, WorkerPool
from tests.server.conftest import CASES
from tests.server.serving import Server, serving

WIDE = " ".join(f"VALUES ?v{i} {{ {' '.join('123456789')} }}" for i in range(14))
DOUBLING = "BIND('xxxxxxxx' AS ?s0) " + " ".join(
    f"BIND(CONCAT(?s{i}, ?s{i}) AS ?s{i + 1})" for i in range(40)
)
DEATHS = {
    "cross product": (f"SELECT (COUNT(*) AS ?n) {{ {WIDE} }}", {504}),
    "order by of one": (f"SELECT * {{ {WIDE} }} ORDER BY ?v3 LIMIT 1", {503, 504}),
    "distinct": (f"SELECT DISTINCT * {{ {WIDE} }}", {200, 503, 504}),
    "every pair of triples": ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", {504}),
    "long path": (f"ASK {{ ?s {'/'.join(['<a:p>'] * 250)} ?o }}", {200, 503, 504}),
    "longer path": (f"ASK {{ ?s {'/'.join(['<a:p>'] * 2000)} ?o }}", {400}),
    "alternatives": (f"ASK {{ ?s ({'|'.join(['<a:p>'] * 250)})* ?o }}", {200, 503, 504}),
    "stars": ("SELECT (COUNT(*) AS ?n) { ?a (!<a:x>)* ?b . ?b (!<a:y>)* ?c }", {200, 503, 504}),
    "doubling": (f"SELECT (STRLEN(?s40) AS ?n) {{ {DOUBLING} }}", {200, 400, 503, 504}),
    "regex": ("SELECT * { BIND(REGEX('aaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '(a+)+$') AS ?x) }", {200}),
    "nested groups": ("SELECT * " + "{" * 20_000 + "}" * 20_000, {400}),
    "nested parentheses": ("SELECT * { FILTER" + "(" * 20_000 + "1" + ")" * 20_000 + "}", {400}),
    "nested lists": ("SELECT * { ?s ?p " + "(" * 20_000 + ")" * 20_000 + " }", {400}),
    "nested blanks": ("SELECT * { " + "[ <a:p> " * 6_000 + "] " * 6_000 + "}", {400}),
    "nested triple terms": ("SELECT * { " + "<< " * 9_000 + "}", {400}),
    "nested not": ("ASK { FILTER(" + "!" * 20_000 + "true) }", {400}),
    "nested optional": ("SELECT * { " + "OPTIONAL { " * 5_000 + "}" * 5_000 + "}", {400}),
    "many unions": ("SELECT * { {} " + "UNION {} " * 3_000 + "}", {400}),
    "many ors": ("ASK { FILTER(true" + " || true" * 3_000 + ") }", {400}),
    "too long": ("ASK { # " + "x" * 70_000 + "\n}", {400}),
    "many values": ("SELECT * { VALUES ?x { " + "1 " * 30_000 + "} }", {200}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DEATHS)
def test_a_query_of_death_ends_in_time_and_the_next_is_answered(small: Server, name: str) -> None:
    """Limit of the server: 3 s. `ASK {}` is answered within a second after each."""
    text, statuses = DEATHS[name]
    began = time.monotonic()
    kind = {"content-type": "application/sparql-query", "accept": "*/*"}
    reply = small.ask("/sparql", kind, "POST", text.encode())
    assert reply.status in statuses, (reply.status, reply.text[:200])
    assert time.monotonic() - began < 3 + 3  # the machine of a test may be busy
    _answers_within_a_second(small)


def _answers_within_a_second(server: Server) -> None:
    spent = []
    for _ in range(3):  # another process may have both cores for a moment
        began = time.monotonic()
        reply = server.query("ASK {}")
        spent.append(time.monotonic() - began)
        assert (reply.status, json.loads(reply.body)["boolean"]) == (200, True)
        if spent[-1] < 1:
            return
    raise AssertionError(f"ASK took {spent} s")


@pytest.mark.slow
def test_a_cut_answer_says_so(shipped: Server) -> None:
    wide = " ".join(f"VALUES ?v{i} {{ {' '.join('0123456789')} }}" for i in range(6))
    reply = shipped.query(f"SELECT * {{ {wide} }}")
    assert reply.status == 200
    assert reply.headers["x-kg-truncated"].startswith("cut: only the first 100000 rows")
    table = json.loads(reply.body)
    assert table["truncated"] == reply.headers["x-kg-truncated"]
    assert len(table["results"]["bindings"]) <= 100_000
    made = shipped.query(f"CONSTRUCT {{ [] <a:p> ?v0, ?v1, ?v2 }} {{ {wide} }}", "text/turtle")
    assert made.status == 200
    assert made.text.rstrip().splitlines()[-1].startswith("# cut:")


def test_a_body_of_300_megabytes_is_refused_before_it_is_read(small: Server) -> None:
    process = psutil.Process(small.process.pid)
    before = process.memory_info().rss
    with contextlib.closing(socket.create_connection(("127.0.0.1", small.port), 30)) as line:
        line.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 314572800\r\n"
            b"Content-Type: application/sparql-query\r\n\r\n"
        )
        assert b" 413 " in line.recv(200)
    with contextlib.closing(socket.create_connection(("127.0.0.1", small.port), 30)) as line:
        line.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: application/sparql-query\r\n\r\n"
        )
        chunk = b"10000\r\n" + b"#" * 0x10000 + b"\r\n"
        with contextlib.suppress(ConnectionError):
            for _ in range(4_800):
                line.sendall(chunk)
        with contextlib.suppress(ConnectionError):
            assert b" 413 " in line.recv(200)
    assert process.memory_info().rss - before < 40 * 1024**2
    _answers_within_a_second(small)


@pytest.mark.medium
def test_a_client_that_leaves_takes_its_query_along(small: Server) -> None:
    text = f"SELECT (COUNT(*) AS ?n) {{ {WIDE} }}".encode()
    for _ in range(4):
        line = socket.create_connection(("127.0.0.1", small.port), 30)
        head = f"Content-Length: {len(text)}\r\nContent-Type: application/sparql-query\r\n\r\n"
        line.sendall(b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n" + head.encode() + text)
        time.sleep(0.3)
        line.close()
    _answers_within_a_second(small)
    said = small.ask("/metrics").text
    gone = [row for row in said.splitlines() if 'queries",why="client left"' in row]
    assert float(gone[0].split()[-1]) >= 4


@pytest.mark.slow
def test_a_client_that_leaves_takes_its_page_along(small: Server) -> None:
    """Workers of pages are stopped, so that a page takes forever; the last client leaves."""
    _until(lambda: all(map(_given, psutil.Process(small.process.pid).children())), 20)
    workers = [w for w in psutil.Process(small.process.pid).children() if _given(w).get("warm")]
    for worker in workers:
        worker.suspend()
    for left in reversed(range(len(workers))):
        with contextlib.closing(socket.create_connection(("127.0.0.1", small.port), 30)) as line:
            line.sendall(b"GET /studies?leaves=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(0.3)
        _until(partial(_at_most, left, workers), 10)
    row = 'kg_workers_replaced_total{pool="pages",why="client left"}'
    (said,) = [x for x in small.ask("/metrics").text.splitlines() if x.startswith(row)]
    assert float(said.split()[-1]) >= 2
    assert small.ask("/studies?leaves=1").status == 200


@pytest.mark.medium
def test_one_client_that_leaves_does_not_take_the_answer_from_another(store: Path) -> None:
    async def work(pool: WorkerPool) -> None:
        cache = JobResponseCache(10**6, abandoned_timeout=0.1)
        slow = build_job(b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }")
        clients = [
            asyncio.create_task(cache.fetch_or_run(slow, lambda: pool.run_job(slow)))
            for _ in range(2)
        ]
        await asyncio.sleep(0.01)
        clients[0].cancel()
        assert b'"n"' in (await clients[1]).payload
        assert pool.replacement_counts["client left"] == 0
        alone = asyncio.create_task(cache.fetch_or_run(LONG, lambda: pool.run_job(LONG)))
        while pool.running_jobs == 0:
            await asyncio.sleep(0.01)
        alone.cancel()
        await asyncio.sleep(0.3)
        assert (pool.replacement_counts["client left"], pool.running_jobs) == (1, 0)
        assert (await cache.fetch_or_run(ASK, lambda: pool.run_job(ASK))).payload

    _pooled(store, work)


SLOW = {
    "nothing at all": (b"", b""),
    "a head, byte by byte": (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"x"),
    "a head, line by line": (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"a: b\r\n"),
    "a second head": (b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n", b"G"),
    "a body nobody asked for": (
        b"POST /robots.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n",
        b"x",
    ),
    "a body": (
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n"
        b"Content-Type: application/sparql-query\r\n\r\n",
        b"x",
    ),
}
"""What a slow client sends at once, and then again and again."""


@pytest.mark.slow
def test_a_client_that_sends_slowly_is_cut_off(small: Server) -> None:
    """Limits of the server: 10 s for a head, 10 s for a body; all are tried at the same time."""
    lines = {name: socket.create_connection(("127.0.0.1", small.port), 30) for name in SLOW}
    told = dict.fromkeys(SLOW, b"")
    spent: dict[str, float] = {}
    began = time.monotonic()
    for name, line in lines.items():
        line.sendall(SLOW[name][0])
        line.settimeout(0.05)
    while len(spent) < len(SLOW) and time.monotonic() - began < 25:
        for name in SLOW.keys() - spent.keys():
            try:
                lines[name].sendall(SLOW[name][1])
                while got := lines[name].recv(4096):
                    told[name] += got
                spent[name] = time.monotonic() - began
            except TimeoutError:
                pass
            except ConnectionError:
                spent[name] = time.monotonic() - began
        time.sleep(0.3)
    for line in lines.values():
        line.close()
    assert {name: t for name, t in spent.items() if not 9 < t < 15} == {}
    assert spent.keys() == SLOW.keys()
    for name in ("a body", "a head, byte by byte", "a head, line by line"):
        assert b" 408 " in told[name], (name, told[name])
    _answers_within_a_second(small)


@pytest.mark.slow
def test_a_connection_that_is_used_is_not_cut(small: Server) -> None:
    """Many requests on one connection, over longer than a head may take."""
    line = http.client.HTTPConnection("127.0.0.1", small.port, timeout=20)
    with contextlib.closing(line):
        for pause in (0, 4, 4, 4):
            time.sleep(pause)
            line.request("GET", "/robots.txt")
            assert line.getresponse().read()
            assert line.sock is not None


@pytest.mark.slow
def test_health_tells_of_workers_that_died_and_has_them_replaced(folder: Path) -> None:
    with serving(folder, base=CASES / "cli" / "base") as server:
        first = server.ask("/healthz")
        health = json.loads(first.body)
        assert (first.status, health["status"]) == (200, "ok")
        assert first.headers["cache-control"] == "no-store"
        assert set(health["workers"]) == {"queries", "pages"}
        assert min(health["workers"].values()) >= 2
        assert "memory" in health["restrictions"]
        for worker in psutil.Process(server.process.pid).children():
            if not _given(worker).get("warm", True):
                worker.kill()
        _until(lambda: server.ask("/healthz").status == 503, 5)
        _until(lambda: json.loads(server.ask("/healthz").body) == health, 20)


def _given(worker: psutil.Process) -> dict[str, Any]:
    """What a worker was started with; nothing where it is starting or has just ended."""
    try:
        words = worker.cmdline()
    except psutil.NoSuchProcess:
        return {}
    return {k: v for word in words if word.startswith("{") for k, v in json.loads(word).items()}


def _at_most(count: int, workers: list[psutil.Process]) -> bool:
    return sum(worker.is_running() for worker in workers) <= count


def _until(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(scope="module")
def store() -> Iterator[Path]:
    with copy_snapshot(str(CASES / "cli" / "base")) as place:
        yield place


def _pooled(store: Path, work: Callable[[WorkerPool], Awaitable[None]], **limits: Any) -> None:
    """Run the work with a pool of real workers."""

    async def run() -> None:
        settings = ServerSettings(**{"worker_count": 2, "job_timeout": 20.0, **limits})
        options = WorkerOptions(str(store), None, str(store.parent), 1000, 10**6, 2 * 1024**3)
        pool = WorkerPool("test", options, settings, settings.job_timeout)
        try:
            await pool.start_workers()
            await work(pool)
        finally:
            await pool.stop_workers()

    asyncio.run(run())


def build_job(text: bytes) -> JobRequest:
    return JobRequest("query", accept="*/*", payload=text)


ASK, LONG = build_job(b"ASK {}"), build_job(f"SELECT (COUNT(*) AS ?n) {{ {WIDE} }}".encode())


@pytest.mark.medium
def test_a_killed_worker_loses_no_request_but_its_own(store: Path) -> None:
    async def work(pool: WorkerPool) -> None:
        busy = asyncio.create_task(pool.run_job(LONG))
        while pool.running_jobs == 0:
            await asyncio.sleep(0.01)
        others = [asyncio.create_task(pool.run_job(ASK)) for _ in range(40)]
        await asyncio.sleep(0.05)
        for pid in pool.process_ids:
            cpu = psutil.Process(pid).cpu_times()
            if cpu.user > 0.03 and not busy.done():
                os.kill(pid, signal.SIGKILL)
                break
        with contextlib.suppress(HttpRefusal):
            await busy
        answers = await asyncio.gather(*others, return_exceptions=True)
        lost = [a for a in answers if isinstance(a, BaseException)]
        assert len(lost) <= 1  # its own, where it was at a short query just then
        assert (await pool.run_job(ASK)).payload == b'{"head":{},"boolean":true}'

    _pooled(store, work)


@pytest.mark.medium
def test_idle_workers_that_are_killed_are_replaced_before_they_are_used(store: Path) -> None:
    async def work(pool: WorkerPool) -> None:
        for _ in range(3):
            for pid in pool.process_ids:
                os.kill(pid, signal.SIGKILL)
            answers = await asyncio.gather(*(pool.run_job(ASK) for _ in range(10)))
            assert len(answers) == 10

    _pooled(store, work)


@pytest.mark.medium
def test_too_much_at_once_is_refused_with_a_time_to_come_back(store: Path) -> None:
    async def work(pool: WorkerPool) -> None:
        first = [asyncio.create_task(pool.run_job(LONG, "a")) for _ in range(2)]
        await asyncio.sleep(0.2)
        with pytest.raises(HttpRefusal) as told:
            await pool.run_job(ASK, "a")
        assert (told.value.status_code, told.value.retry_seconds) == (429, 2)
        waiting = [asyncio.create_task(pool.run_job(ASK, f"{n}")) for n in range(3)]
        await asyncio.sleep(0.05)
        with pytest.raises(HttpRefusal) as told:
            await pool.run_job(ASK, "z")
        assert (told.value.status_code, told.value.retry_seconds) == (503, 2)
        for task in first:
            task.cancel()
        assert len(await asyncio.gather(*waiting)) == 3

    _pooled(store, work, max_queued_jobs=3, max_jobs_per_client=2)


@pytest.mark.medium
def test_a_job_over_its_time_is_ended(store: Path) -> None:
    async def work(pool: WorkerPool) -> None:
        with pytest.raises(HttpRefusal) as told:
            await pool.run_job(LONG)
        assert told.value.status_code == 504
        assert (await pool.run_job(ASK)).payload

    _pooled(store, work, job_timeout=1.0)


def test_workers_have_no_network_and_little_memory(store: Path) -> None:
    async def work(pool: WorkerPool) -> None:
        assert "memory" in pool.active_restrictions
        for pid in pool.process_ids:
            limit = psutil.Process(pid).rlimit(psutil.RLIMIT_AS)
            assert limit[0] == pool.worker_options.max_memory_bytes
            if "network" in pool.active_restrictions:
                devices = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
                assert [d.split(":")[0].strip() for d in devices] == ["lo"]
                assert Path(f"/proc/{pid}/net/route").read_text().count("\n") <= 1

    _pooled(store, work)


@pytest.mark.slow
def test_a_signal_ends_the_server_its_workers_and_its_files(folder: Path) -> None:
    with serving(folder, "--timeout", "30", base=CASES / "cli" / "base") as server:
        process = psutil.Process(server.process.pid)
        workers = process.children()
        assert len(workers) >= 4
        stores = {f for w in workers for f in _folders(w)}
        assert stores
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(15) == 0
        psutil.wait_procs(workers, timeout=5)
        assert not any(w.is_running() for w in workers)
        assert not any(Path(s).exists() for s in stores)


@pytest.mark.medium
def test_workers_end_with_a_server_that_was_killed(folder: Path) -> None:
    with serving(folder, base=CASES / "cli" / "base") as server:
        workers = psutil.Process(server.process.pid).children()
        server.process.kill()
        gone, left = psutil.wait_procs(workers, timeout=10)
        assert (len(gone) >= 4, left) == (True, [])


def _folders(worker: psutil.Process) -> set[str]:
    """The snapshot that a worker was started with."""
    return {str(Path(_given(worker)["snapshot"]).parent)}


def test_an_answer_on_a_connection_that_stays_open_waits_for_nothing(small: Server) -> None:
    """Where small writes wait for an acknowledgement the ratio is 80, else under 1."""

    def seconds(line: http.client.HTTPConnection, **headers: str) -> float:
        begin = time.perf_counter()
        line.request("GET", "/healthz", headers=headers)
        line.getresponse().read()
        return time.perf_counter() - begin

    one = http.client.HTTPConnection("127.0.0.1", small.port)
    kept = median(seconds(one) for _ in range(20))
    one.close()
    anew = median(
        seconds(http.client.HTTPConnection("127.0.0.1", small.port), connection="close")
        for _ in range(20)
    )
    assert kept < 20 * anew
