"""A real server of HTTP on the loopback address whose replies are made by hand, byte by byte."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

Send = Callable[[bytes], None]
Behaviour = Callable[[str, Send], None]


@dataclass
class Hostile:
    """Where the server is, and the text of each request so far."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def whole(body: bytes, kind: str, status: str = "200 OK", more: str = "") -> bytes:
    """A reply with a head and a body."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


@contextmanager
def hostile(behave: Behaviour) -> Iterator[Hostile]:
    """A server that answers each request as told; it ends with the block, whatever it is doing."""
    found, over = Hostile(), threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            head = b""
            while (line := self.rfile.readline()).strip():
                head += line
            length = re.search(rb"(?i)content-length: (\d+)", head)
            body = self.rfile.read(int(length[1])) if length else b""
            text = unquote_plus((head + body).decode())
            found.asked.append(text)

            def send(data: bytes) -> None:
                if over.is_set():
                    raise BrokenPipeError
                self.wfile.write(data)

            try:
                behave(text, send)
            except OSError:  # the client has gone
                return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield found
        finally:
            over.set()
            server.shutdown()
            thread.join()
