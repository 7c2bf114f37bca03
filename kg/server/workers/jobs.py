"""What a worker can do: each job takes the state of the worker and a request."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.registry import Registry
from kg.server.media_types import choose_media_type
from kg.server.workers.frames import JobRequest, JobResponse, WorkerOptions
from kg.stores import hint_for_empty, query_policy
from kg.stores.oxigraph_store import QueryDataset
from kg.stores.result_limits import ResultLimits, run_query_within
from kg.stores.results import QueryResult

if TYPE_CHECKING:
    from kg.server.grade_library import GradeLibrary
    from kg.stores.oxigraph_store import OxigraphStore

JobFunction = Callable[["WorkerState", JobRequest], JobResponse]

WORKER_JOBS: Registry[JobFunction] = Registry(
    "job",
    {
        "query": "kg.server.workers.jobs:run_query_job",
        "data": "kg.server.workers.api_job:run_api_job",
        "page": "kg.server.workers.page_jobs:render_page",
        "thing": "kg.server.workers.page_jobs:render_thing_page",
        "picture": "kg.server.workers.page_jobs:draw_outcome_picture",
        "resource": "kg.server.workers.rdf_jobs:describe_resource",
    },
)

ROW_MEDIA_TYPES = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/html": "html",
}
TRIPLE_MEDIA_TYPES = {
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
_TEXT_TYPES = ("text/csv", "text/tab-separated-values", "text/turtle", "text/plain", "text/html")


@dataclass(frozen=True)
class WorkerState:
    """What a worker has: its options, and what it opens or computes once."""

    options: WorkerOptions

    @cached_property
    def result_limits(self) -> ResultLimits:
        """The most rows and bytes of an answer."""
        return ResultLimits(self.options.max_rows, self.options.max_answer_bytes)

    @cached_property
    def graph_store(self) -> OxigraphStore:
        """The graph, opened for reading."""
        from kg.stores.oxigraph_disk import open_oxigraph

        return open_oxigraph(self.options.snapshot)

    @cached_property
    def graph_iris(self) -> tuple[str, ...]:
        """IRIs of the named graphs."""
        return self.graph_store.list_graphs()

    @cached_property
    def grade_library(self) -> GradeLibrary:
        """The base and what is computed from it."""
        from kg.server.grade_library import GradeLibrary

        grades_file = Path(self.options.snapshot).with_name("grades.json")
        return GradeLibrary.read(self.options.base, grades_file)

    def open(self) -> None:
        """Open the graph, so that it can be read on when its folder is removed."""
        _ = self.graph_store

    def compute_ahead(self) -> None:
        """Compute what most pages need, before the first client asks."""
        self.grade_library.grade_all_pairs()


def run_query_job(worker_state: WorkerState, request: JobRequest) -> JobResponse:
    """The answer to a SPARQL query in the form that the client likes best."""
    text = request.payload.decode()
    dataset = _read_dataset(worker_state, request)
    query_policy.check_query(text, worker_state.graph_iris)
    result, is_cut = run_query_within(
        worker_state.graph_store.raw_store, text, worker_state.result_limits, dataset
    )
    hint = hint_for_empty(text) if result.is_empty else ""
    note = (
        f"cut: only the first {worker_state.result_limits.max_rows} rows or "
        f"{worker_state.result_limits.max_bytes} bytes are here"
    )
    return serialize_result(result, request.accept, hint, note if is_cut else "")


def _read_dataset(worker_state: WorkerState, request: JobRequest) -> QueryDataset | None:
    """The data set that the protocol names; UsageError for a graph that is not there."""
    default, named_graphs = tuple(request.default_graphs), tuple(request.named_graphs)
    for graph in (*default, *named_graphs):
        if graph not in worker_state.graph_iris:
            raise UsageError(f"the store has no graph <{graph}>; nothing is fetched from outside")
    return QueryDataset(default, named_graphs) if default or named_graphs else None


def serialize_result(
    result: QueryResult, accept: str, hint: str = "", note: str = ""
) -> JobResponse:
    """A result in the media type that fits best; 406 where none does."""
    forms = TRIPLE_MEDIA_TYPES if result.kind == "triples" else ROW_MEDIA_TYPES
    kind = choose_media_type(accept, list(forms))
    if kind is None:
        offered = ", ".join(forms)
        return JobResponse(406, message=f"this answer can be had as {offered}")
    if forms[kind] == "html":
        from kg.server.views.query_results import render_results

        payload = render_results(result, hint, note).encode()
    elif result.kind == "boolean" and forms[kind] in ("csv", "tsv"):
        payload = str(result.boolean).lower().encode() + b"\n"
    elif forms[kind] == "json":
        payload = _add_notes(result.payload, hint, note)
    elif forms[kind] == "nt":
        payload = result.payload
    else:
        payload = result.serialize(forms[kind]).encode()
    if note and forms[kind] in ("ttl", "nt"):
        payload += f"# {note}\n".encode()
    media_type = kind + ("; charset=utf-8" if kind in _TEXT_TYPES else "")
    return JobResponse(media_type=media_type, hint=hint, cut=note, payload=payload)


def _add_notes(payload: bytes, hint: str, note: str) -> bytes:
    """SPARQL JSON with members of our own for what the standard has no place for."""
    notes = {name: text for name, text in (("hint", hint), ("truncated", note)) if text}
    if not notes:
        return payload
    return payload.rstrip()[:-1] + b", " + json.dumps(notes).encode()[1:]
