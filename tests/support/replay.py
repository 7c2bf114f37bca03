"""A real HTTP server on the loopback address that replays answers in the shapes of the services."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parents[1] / "cases" / "look-ups"
SERVICES = ("crossref", "europepmc", "ncbi")


@dataclass(frozen=True)
class Reply:
    """One answer; `pause` seconds before the head, `drip` before each further piece of the body."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    drip: float = 0.0
    pieces: int = 1


@dataclass
class Replay:
    """Scripted replies by what a path must hold; each list is used up, its last reply stays."""

    address: str
    script: list[tuple[tuple[str, ...], list[Reply]]] = field(default_factory=list)
    seen: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)

    def on(self, *words: str, replies: Sequence[Reply]) -> None:
        """Answer requests that hold the words with these replies, before all that was said."""
        self.script.insert(0, (words, list(replies)))

    def endpoints(self) -> dict[str, str]:
        return {name: f"{self.address}/{name}" for name in SERVICES}

    def paths(self, *words: str) -> list[str]:
        return [path for _, path, _ in self.seen if all(word in path for word in words)]

    def reply(self, path: str) -> Reply:
        for words, replies in self.script:
            if all(word in path for word in words):
                return replies.pop(0) if len(replies) > 1 else replies[0]
        return Reply(b"Resource not found.", 404)


def recorded() -> list[tuple[tuple[str, ...], list[Reply]]]:
    """The replies of the case file."""
    rows: list[dict[str, Any]] = yaml.safe_load((CASES / "answers.yaml").read_text("utf-8"))
    return [(tuple(row["when"]), [Reply(json.dumps(row["body"]).encode())]) for row in rows]


@contextmanager
def serving() -> Iterator[Replay]:
    """A server that answers as recorded, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            replay.seen.append((time.monotonic(), self.path, dict(self.headers)))
            reply = replay.reply(self.path)
            time.sleep(reply.pause)
            try:
                self.send_response(reply.status)
                self.send_header("Content-Length", str(len(reply.body) * reply.pieces))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for _ in range(reply.pieces):
                    time.sleep(reply.drip)
                    self.wfile.write(reply.body)
            except OSError:  # the client had enough
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    replay = Replay(f"http://127.0.0.1:{server.server_address[1]}", recorded())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield replay
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
