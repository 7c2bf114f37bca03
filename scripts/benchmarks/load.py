"""`kg serve` under load: 32 clients, beside a bare Starlette and a plain Oxigraph in one run."""

import asyncio
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote

import psutil

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = 32
HELLO = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("hello"))])
uvicorn.run(app, port={port}, log_level="error")
"""


def measured(quick: bool) -> dict:
    """Throughput and times of each mix, with the memory of the server before and after."""
    seconds = 1 if quick else 60
    queries = _queries()
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (port, process):
        pages = _pages()
        _drive(port, pages, 1 if quick else 4)  # each page is made once before it counts
        before = _memory(process)
        mix = [*pages, *(f"/sparql?query={quote(text)}" for text in queries)]
        mixed = _drive(port, mix, seconds)
        alone = _drive(port, mix[len(pages) :], max(1, seconds // 6))
        after = _memory(process)
    return {
        "clients": CLIENTS,
        "seconds": seconds,
        "mixed": mixed,
        "sparql": alone,
        "hello": _hello(max(1, seconds // 12)),
        "oxigraph_per_second": _oxigraph(queries, 1 if quick else 5),
        "memory_mb": [before, after],
    }


def _pages() -> list:
    from kg import api

    base = api.load().base
    chance = random.Random(7)
    claims = [f"/claim/{c.id}" for c in chance.sample(base.claims, 6)]
    return [
        *("/", "/entity/acne-scars", "/entity/muscle-cramps", "/search?q=scars", "/studies"),
        *("/api/grades?outcome=acne-scars", "/api/grades?outcome=muscle-cramps", "/api/claims"),
        *claims,
    ]


def _queries() -> list:
    """Short queries, no two alike in their texts, so that nothing is answered from a cache."""
    chance = random.Random(7)
    return [
        f"SELECT ?c ?o {{ ?c a kg:Claim ; kg:line {chance.randrange(90)} ; kg:proposition ?o }}"
        f" # {n}"
        for n in range(200)
    ]


class _server:  # noqa: N801  a context manager that reads like a function
    def __init__(self, folder: Path) -> None:
        self.log = folder / "serve.log"

    def __enter__(self) -> tuple:
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        env.pop("KG_BASE", None)
        command = [sys.executable, "-P", "-m", "kg", "serve", "--port", "0"]
        with self.log.open("w") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=env)
        for _ in range(1200):
            if found := re.search(r"serving http://127.0.0.1:(\d+)", self.log.read_text()):
                return int(found[1]), self.process
            time.sleep(0.1)
        raise SystemExit("bench: kg serve did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)


def _drive(port: int, paths: list, seconds: float) -> dict:
    """What so many clients get who each ask again as soon as they are answered."""
    return asyncio.run(_driven(port, paths, seconds))


async def _driven(port: int, paths: list, seconds: float) -> dict:
    times: list = []
    errors: list = []
    end = time.perf_counter() + seconds
    clients = (_client(port, paths, end, seed, times, errors) for seed in range(CLIENTS))
    began = time.perf_counter()
    await asyncio.gather(*clients)
    spent = time.perf_counter() - began
    cuts = quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    return {
        "requests": len(times),
        "errors": len(errors),
        "per_second": round(len(times) / spent, 1),
        "p50_ms": round(median(times) * 1000, 1),
        "p99_ms": round(cuts[98] * 1000, 1),
    }


async def _client(port: int, paths: list, end: float, seed: int, times: list, errors: list) -> None:
    chance = random.Random(seed)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    while time.perf_counter() < end:
        path = chance.choice(paths)
        began = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        times.append(time.perf_counter() - began)
        if not head.startswith(b"HTTP/1.1 200"):
            errors.append(head[:40])
    writer.close()


def _hello(seconds: float) -> dict:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-P", "-c", HELLO.format(port=port)])
    try:
        for _ in range(300):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        return _drive(port, ["/"], seconds)
    finally:
        process.terminate()
        process.wait(20)


def _oxigraph(queries: list, seconds: float) -> float:
    """Queries a second of Oxigraph in this process, one after the other."""
    from kg.api.graphs import open_graph
    from kg.rdf.vocab import PREFIXES

    store = open_graph().raw_store
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        text = queries[count % len(queries)]
        found = store.query(text, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
        sum(1 for _ in found)
        count += 1
    return round(count / seconds, 1)


def _memory(process: subprocess.Popen) -> float:
    """Megabytes of the server and its workers together."""
    whole = psutil.Process(process.pid)
    return round(sum(p.memory_info().rss for p in [whole, *whole.children()]) / 1024**2, 1)


def table(found: dict) -> list:
    """The measurements as lines of Markdown."""
    lines = ["", f"| {found['clients']} clients, {found['seconds']} s | per s | p50 ms | p99 ms |"]
    lines[-1] += " errors |"
    lines.append("|-|-:|-:|-:|-:|")
    for name, key in (
        ("pages, grades, SPARQL", "mixed"),
        ("SPARQL alone", "sparql"),
        ("bare Starlette", "hello"),
    ):
        row = found[key]
        cells = (row["per_second"], row["p50_ms"], row["p99_ms"], row["errors"])
        lines.append(f"| {name} | {' | '.join(f'{c:g}' for c in cells)} |")
    lines.append(f"| plain Oxigraph, one at a time | {found['oxigraph_per_second']:g} | | | |")
    before, after = found["memory_mb"]
    return [*lines, "", f"memory of the server and its workers: {before:g} MB, then {after:g} MB"]
