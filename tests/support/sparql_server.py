"""A small real SPARQL 1.1 service for tests: protocol, update and graph store over Oxigraph.

It can also be made to misbehave as services do: cut answers, be busy, hang, drip, want a password.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox


@dataclass
class Service:
    """What the service holds, how it misbehaves, and what it was asked."""

    store: ox.Store = field(default_factory=ox.Store)
    cut: int | None = None
    busy: int = 0
    retry_after: str = ""
    hang: float = 0
    drip: float = 0
    password: str = ""
    page: bytes = b""
    kind: str = "text/html"
    move: str = ""
    union: bool = True
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def spec(self) -> str:
        """How `open_store` names the service."""
        return f"sparql+http://127.0.0.1:{self.port}/query#data=/data"


class _Handler(BaseHTTPRequestHandler):
    service: Service
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        service = self.service
        path = urlsplit(self.path)
        fields = parse_qs(path.query, keep_blank_values=True)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get_content_type() == "application/x-www-form-urlencoded":
            fields |= parse_qs(body.decode())
        service.asked.append(fields.get("query", [self.path])[0])
        if service.hang:
            time.sleep(service.hang)
        if service.busy:
            service.busy -= 1
            head = {"Retry-After": service.retry_after} if service.retry_after else {}
            return self._reply(503, b"busy", "text/plain", head)
        if service.move:
            return self._reply(302, b"", "text/plain", {"Location": service.move})
        wanted = "Basic " + base64.b64encode(service.password.encode()).decode()
        if service.password and self.headers.get("authorization") != wanted:
            return self._reply(401, b"", "text/plain", {"WWW-Authenticate": 'Basic realm="x"'})
        if service.page:
            return self._reply(200, service.page, service.kind)
        try:
            return self._reply(200, *self._answer(path.path, fields, body))
        except SyntaxError as fault:
            return self._reply(400, str(fault).encode(), "text/plain")
        except LookupError:
            return self._reply(404, b"nothing here", "text/plain")

    def _answer(self, path: str, fields: dict[str, list[str]], body: bytes) -> tuple[bytes, str]:
        store = self.service.store
        if path == "/data":
            graph = ox.NamedNode(fields["graph"][0]) if "graph" in fields else ox.DefaultGraph()
            if self.command == "GET":
                triples = (q.triple for q in store.quads_for_pattern(None, None, None, graph))
                lines = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
                return lines, "application/n-triples"
            store.load(body, format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
            return b"", "text/plain"
        if path == "/update":
            store.update(body.decode())
            return b"", "text/plain"
        text = fields["query"][0]
        union = self.service.union and " FROM " not in text
        found = store.query(text, use_default_graph_as_union=union)
        if isinstance(found, ox.QueryTriples):
            return found.serialize(format=ox.RdfFormat.N_TRIPLES) or b"", "application/n-triples"
        if self.service.cut is not None and isinstance(found, ox.QuerySolutions):
            tsv = found.serialize(format=ox.QueryResultsFormat.TSV) or b""
            kept = b"".join(tsv.splitlines(keepends=True)[: self.service.cut + 1])
            found = ox.parse_query_results(kept, format=ox.QueryResultsFormat.TSV)
            assert isinstance(found, ox.QuerySolutions)
        kind = "application/sparql-results+json"
        return found.serialize(format=ox.QueryResultsFormat.JSON) or b"", kind

    def _reply(
        self, status: int, body: bytes, kind: str, head: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(head or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        for at in range(0, len(body), 1 if self.service.drip else max(1, len(body))):
            step = 1 if self.service.drip else len(body)
            try:
                self.wfile.write(body[at : at + step])
                self.wfile.flush()
            except OSError:  # the client has gone
                return
            time.sleep(self.service.drip)

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def serving(**behaviour: object) -> Iterator[Service]:
    """A service on a free port of this machine, for as long as the block runs."""
    service = Service(**behaviour)  # type: ignore[arg-type]
    handler = type("Handler", (_Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
