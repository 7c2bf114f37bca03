"""What a worker can do: each job takes the desk, the request and its body, and gives a frame."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.registry import Registry
from kg.server.accept import best
from kg.stores import empty_hint, guard
from kg.stores.bounded import Bounds, answer_within
from kg.stores.memory import Dataset
from kg.stores.results import QueryResult

if TYPE_CHECKING:
    from kg.server.library import Library
    from kg.stores.memory import OxigraphStore

Head = dict[str, Any]
Frame = tuple[Head, bytes]
Job = Callable[["Desk", Head, bytes], Frame]

JOBS: Registry[Job] = Registry(
    "job",
    {
        "query": "kg.server.jobs:query",
        "data": "kg.server.data:data",
        "page": "kg.server.pages:page",
        "thing": "kg.server.pages:thing",
        "picture": "kg.server.pages:picture",
        "resource": "kg.server.resources:resource",
    },
)

ROWS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/html": "html",
}
TRIPLES = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "jsonld",
    "application/x-turtle": "ttl",
    "text/plain": "nt",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/json": "jsonld",
    "text/html": "html",
}
_CHARSET = ("text/csv", "text/tab-separated-values", "text/turtle", "text/plain", "text/html")


@dataclass(frozen=True)
class Desk:
    """What a worker has before it: the snapshot, the bounds of an answer, and the base."""

    snapshot: Path
    base: str | None
    bounds: Bounds

    @classmethod
    def of(cls, given: Head) -> Desk:
        """The desk that the server described."""
        bounds = Bounds(given["rows"], given["answer"])
        return cls(Path(given["snapshot"]), given["base"], bounds)

    @cached_property
    def store(self) -> OxigraphStore:
        """The graph, opened for reading."""
        from kg.stores.oxigraph import open_oxigraph

        return open_oxigraph(str(self.snapshot))

    @cached_property
    def graphs(self) -> tuple[str, ...]:
        """IRIs of the named graphs."""
        return self.store.graphs()

    @cached_property
    def library(self) -> Library:
        """The base and what is computed from it."""
        from kg.server.library import Library

        return Library.read(self.base, self.snapshot.with_name("grades.json"))

    def open(self) -> None:
        """Open the graph, so that it can be read on when its folder is removed."""
        _ = self.store

    def warm(self) -> None:
        """Compute what most pages need, before the first client asks."""
        self.library.all_grades()


def query(desk: Desk, request: Head, body: bytes) -> Frame:
    """The answer to a SPARQL query in the form that the client likes best."""
    text = body.decode()
    dataset = _dataset(desk, request)
    guard.check(text, desk.graphs)
    result, cut = answer_within(desk.store.store, text, desk.bounds, dataset)
    hint = empty_hint(text) if result.is_empty else ""
    note = f"cut: only the first {desk.bounds.rows} rows or {desk.bounds.size} bytes are here"
    return written(result, request["accept"], hint, note if cut else "")


def _dataset(desk: Desk, request: Head) -> Dataset | None:
    """The data set that the protocol names; UsageError for a graph that is not there."""
    default, named = tuple(request["default"]), tuple(request["named"])
    for graph in (*default, *named):
        if graph not in desk.graphs:
            raise UsageError(f"the store has no graph <{graph}>; nothing is fetched from outside")
    return Dataset(default, named) if default or named else None


def written(result: QueryResult, accept: str, hint: str = "", note: str = "") -> Frame:
    """A result in the media type that fits best; 406 where none does."""
    forms = TRIPLES if result.kind == "triples" else ROWS
    kind = best(accept, list(forms))
    if kind is None:
        offered = ", ".join(forms)
        return {"status": 406, "message": f"this answer can be had as {offered}"}, b""
    if forms[kind] == "html":
        from kg.server.answers import results

        payload = results(result, hint, note).encode()
    elif result.kind == "boolean" and forms[kind] in ("csv", "tsv"):
        payload = str(result.boolean).lower().encode() + b"\n"
    elif forms[kind] == "json":
        payload = _with_notes(result.payload, hint, note)
    elif forms[kind] == "nt":
        payload = result.payload
    else:
        payload = result.serialize(forms[kind]).encode()
    if note and forms[kind] in ("ttl", "nt"):
        payload += f"# {note}\n".encode()
    head = {"status": 200, "type": kind + ("; charset=utf-8" if kind in _CHARSET else "")}
    return head | {"hint": hint, "cut": note}, payload


def _with_notes(payload: bytes, hint: str, note: str) -> bytes:
    """SPARQL JSON with members of our own for what the standard has no place for."""
    notes = {name: text for name, text in (("hint", hint), ("truncated", note)) if text}
    if not notes:
        return payload
    return payload.rstrip()[:-1] + b", " + json.dumps(notes).encode()[1:]
