"""A real `kg serve` in a process of its own, for tests to talk to."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
SPARQL_JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    port: int
    log: Path
    lines: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: bytes | None = None,
        timeout: float = 60,
    ) -> Reply:
        """One request on a connection of its own."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(line):
            line.request(method, path, body, dict(headers or {}))
            reply = line.getresponse()
            found = {name.lower(): value for name, value in reply.getheaders()}
            return Reply(reply.status, found, reply.read())

    def query(self, text: str, accept: str = SPARQL_JSON, **fields: list[str]) -> Reply:
        """A query by GET."""
        named = {name.replace("_", "-"): values for name, values in fields.items()}
        address = urlencode({"query": [text], **named}, doseq=True)
        return self.ask(f"/sparql?{address}", {"accept": accept})


@contextlib.contextmanager
def serving(
    folder: Path, *options: str, base: Path | None = None, before: tuple[str, ...] = ()
) -> Iterator[Server]:
    """A server on a free port of the loopback; `folder` takes its log, `before` starts it."""
    log = folder / "serve.log"
    command = [*before, sys.executable, "-P", "-m", "kg", "serve", "--port", "0", *options]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    env.pop("KG_BASE", None)
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, *(["--base", str(base)] if base else [])],
            stderr=out,
            stdout=out,
            text=True,
            env=env,
            cwd=folder,
        )
    try:
        yield Server(process, _port(process, log), log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _port(process: subprocess.Popen[str], log: Path) -> int:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if found := re.search(r"serving http://127\.0\.0\.1:(\d+)/", log.read_text()):
            return int(found[1])
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the server did not start: {log.read_text()}")
