"""A SPARQL 1.1 service as a store: `sparql+https://host/query#data=/graph-store&update=/update`.

It is asked by the SPARQL Protocol and written by the Graph Store Protocol, or by SPARQL Update
where it has only that. The two addresses after `#` are relative to the first; without them the
store is for reading. `sparql+http` is for services on this machine.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, BinaryIO
from urllib.parse import parse_qs, urljoin, urlsplit

import pyoxigraph as ox

from kg.errors import LimitError, OutsideError, UsageError
from kg.rdf.parsing import parse_lines
from kg.rdf.sparql import bind_parameters
from kg.rdf.vocab import BASE, PREFIXES
from kg.request_budget import RequestBudget
from kg.stores import query_policy, run_query_in_process
from kg.stores.results import QueryResult, parse_results_table
from kg.stores.sparql_http import HttpReply, SparqlHttpClient, strip_credentials

QUADS_PER_REQUEST = 20_000
"""Quads of one request."""

MIN_TRUNCATED_ROWS = 1_000
"""A service that cuts answers short cuts them at so many rows or more."""

PAGE_QUADS = 5_000
"""Quads of one request when all are read; Virtuoso sorts at most 10,000 rows."""

_ALL_TRIPLES = "{ ?s ?p ?o }"
_LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]", "::1")
_JSON_RESULTS = "application/sparql-results+json"
_N_TRIPLES = "application/n-triples"
_SPARQL_UPDATE = "application/sparql-update"


@dataclass
class EndpointStore:
    """The service at `query`; `data_url` and `update_url` are where it is written, else empty.

    The default graph of the service is taken to be the union of its graphs.
    """

    http_client: SparqlHttpClient
    query_url: str
    data_url: str = ""
    update_url: str = ""
    min_truncated_rows: int = MIN_TRUNCATED_ROWS

    @property
    def _display_url(self) -> str:
        return self.http_client.public_url

    def load(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads, so many a request; what a service has taken it keeps if a later one fails.

        Raises:
            UsageError: the service is read only, as far as the address says.
        """
        if not (self.data_url or self.update_url):
            raise UsageError(
                f"{self._display_url} can only be read: say where it is written, as in "
                "sparql+https://host/query#data=/rdf-graph-store"
            )
        remaining = iter(quads)
        while batch := tuple(islice(remaining, QUADS_PER_REQUEST)):
            graphs: dict[ox.NamedNode | ox.DefaultGraph | ox.BlankNode, list[ox.Quad]] = {}
            for quad in batch:
                graphs.setdefault(quad.graph_name, []).append(quad)
            for graph, inside in graphs.items():
                self._add_to_graph(graph, inside)

    def _add_to_graph(
        self, graph: ox.NamedNode | ox.DefaultGraph | ox.BlankNode, quads: list[ox.Quad]
    ) -> None:
        lines = ox.serialize((q.triple for q in quads), format=ox.RdfFormat.N_TRIPLES) or b""
        is_named = isinstance(graph, ox.NamedNode)
        if self.data_url:
            url, kind, content = self.data_url, _N_TRIPLES, lines
            graph_params = (
                {"graph": graph.value} if isinstance(graph, ox.NamedNode) else {"default": ""}
            )
        else:
            inside = f"GRAPH {graph} {{ {lines.decode()} }}" if is_named else lines.decode()
            content = f"INSERT DATA {{ {inside} }}".encode()
            url, kind, graph_params = self.update_url, _SPARQL_UPDATE, {}
        request_headers = {"Content-Type": kind}
        reply = self._send_data_request(
            "POST", url, params=graph_params, content=content, headers=request_headers
        )
        if reply.status not in (200, 201, 202, 204):
            raise OutsideError(
                f"{self._display_url} does not take the data: {reply.status} {reply.reason}"
            )

    def _send_data_request(
        self, method: str, url: str, into: IO[bytes] | None = None, **request: Any
    ) -> HttpReply:
        """A reply to a request about data: it may take its time, and room where it has a file."""
        size = self.http_client.total.most_bytes if into else None
        budget = self.http_client.new_budget(5 * self.http_client.patience_seconds, size)
        try:
            return self.http_client.send_request(
                method, url, budget=budget, body_file=into, **request
            )
        except TimeoutError as fault:
            raise OutsideError(f"{fault}. The data may have gone over in part.") from None

    def iterate_quads(self) -> Iterator[ox.Quad]:
        """All quads: graph by graph where the service hands out graphs, else page by page."""
        for graph in self.list_graphs():
            name = ox.NamedNode(graph)
            for triple in self._iterate_graph(name):
                yield ox.Quad(triple.subject, triple.predicate, triple.object, name)
        for triple in self._iterate_pages(f"?s ?p ?o MINUS {{ GRAPH ?g {_ALL_TRIPLES} }}"):
            yield ox.Quad(triple.subject, triple.predicate, triple.object)

    def _iterate_graph(self, name: ox.NamedNode) -> Iterator[ox.Triple]:
        pattern = f"GRAPH {name} {_ALL_TRIPLES}"
        with tempfile.TemporaryFile() as file:
            if self.data_url and self._download_graph(name, file) == self._count_triples(pattern):
                file.seek(0)
                for quad in _parse_triples(file, self._display_url):
                    yield quad.triple
                return
        yield from self._iterate_pages(pattern)

    def _download_graph(self, name: ox.NamedNode, file: BinaryIO) -> int:
        """How many triples of a graph the service put into the file; it may have cut them short."""
        request_headers, graph_params = {"Accept": _N_TRIPLES}, {"graph": name.value}
        reply = self._send_data_request(
            "GET", self.data_url, params=graph_params, headers=request_headers, into=file
        )
        if reply.status != 200 or reply.media_type not in (_N_TRIPLES, "text/plain"):
            return -1
        file.seek(0)
        return sum(1 for line in file if line.strip())

    def _count_triples(self, pattern: str) -> int:
        text = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        try:
            with self._translate_timeout():
                return int(self._fetch_rows(text, self.http_client.new_budget()).rows[0][0])
        except (LookupError, ValueError):
            raise OutsideError(f"{self._display_url} answers a count without a number") from None

    def _iterate_pages(self, pattern: str) -> Iterator[ox.Triple]:
        triples_read = 0
        while True:
            text = (
                f"CONSTRUCT {_ALL_TRIPLES} WHERE {{ {{ SELECT ?s ?p ?o {{ {pattern} }} "
                f"ORDER BY ?s ?p ?o LIMIT {PAGE_QUADS} OFFSET {triples_read} }} }}"
            )
            page_size = 0
            for quad in _parse_triples(
                self._fetch_triples(text, self.http_client.new_budget()),
                self._display_url,
            ):
                page_size += 1
                yield quad.triple
            triples_read += page_size
            if page_size < self.min_truncated_rows:
                return

    def list_graphs(self) -> tuple[str, ...]:
        """IRIs of the named graphs, sorted."""
        with self._translate_timeout():
            return self._fetch_graphs(self.http_client.new_budget())

    def _fetch_graphs(self, budget: RequestBudget) -> tuple[str, ...]:
        rows = self._fetch_rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", budget)
        cells = rows.iterate_cells("g")
        return tuple(sorted(cell["value"] for cell in cells if cell["type"] == "uri"))

    def query(
        self,
        text: str,
        parameters: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> QueryResult:
        """The answer to a SPARQL query; see `kg.stores.Store.query`.

        An answer that the service may have cut short is asked for page by page. The time, and the
        bytes of an answer, are for all pages together.
        """
        text = bind_parameters(text, parameters or {})
        budget = self.http_client.new_budget(timeout)
        with self._translate_timeout(timeout), budget.spend():
            query_policy.check_query(
                text, self._fetch_graphs(budget) if query_policy.has_keyword(text, "FROM") else ()
            )
            run_query_in_process.refuse_calls(text, timeout)
            if query_policy.detect_query_form(text) not in ("CONSTRUCT", "DESCRIBE"):
                return self._fetch_rows(text, budget)
            lines = self._fetch_triples(text, budget).splitlines(keepends=True)
            return QueryResult("triples", b"".join(sorted(set(filter(bytes.strip, lines)))))

    @contextmanager
    def _translate_timeout(self, timeout: float | None = None) -> Iterator[None]:
        """What happens where the time is over: whose limit it was says whose fault it is."""
        try:
            yield
        except TimeoutError as fault:
            if timeout is None:
                raise OutsideError(f"{fault}. It may be down or busy.") from None
            raise LimitError(f"the query took longer than {timeout:g} s: {fault}") from None

    def _fetch_rows(self, text: str, budget: RequestBudget) -> QueryResult:
        is_ordered = query_policy.has_outermost_keyword(text, "ORDER")
        first_page = self._fetch_page(text, budget)
        if first_page.kind == "boolean" or any(
            query_policy.has_outermost_keyword(text, w) for w in ("LIMIT", "OFFSET")
        ):
            return first_page
        if first_page.count < self.min_truncated_rows:
            return first_page
        if not is_ordered:  # pages of an unordered answer may overlap
            text = f"{text}\nORDER BY {' '.join('?' + name for name in first_page.variables)}"
            first_page = self._fetch_page(text, budget)
        pages = [first_page]
        while pages[-1].count:
            rows_read = sum(page.count for page in pages)
            pages.append(self._fetch_page(f"{text}\nLIMIT {rows_read} OFFSET {rows_read}", budget))
        return QueryResult.join_pages(pages, is_ordered)

    def _fetch_page(self, text: str, budget: RequestBudget) -> QueryResult:
        reply = self._send_query(text, _JSON_RESULTS, budget)
        try:
            table = parse_results_table(reply.body, text)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise OutsideError(
                f"{self._display_url} answers {reply.media_type or 'without a type'}, "
                "not SPARQL results: "
                "is this the address for queries?"
            ) from None
        return table

    def _fetch_triples(self, text: str, budget: RequestBudget) -> bytes:
        reply = self._send_query(text, _N_TRIPLES, budget)
        if reply.media_type not in (_N_TRIPLES, "text/plain"):
            raise OutsideError(f"{self._display_url} answers {reply.media_type}, not {_N_TRIPLES}")
        return _normalise_triples(reply.body, self._display_url)

    def _send_query(self, text: str, accept: str, budget: RequestBudget) -> HttpReply:
        reply = self.http_client.send_request(
            "POST",
            self.query_url,
            data={
                "query": query_policy.declare_prefixes(strip_unbound_values(text), PREFIXES, BASE)
            },
            headers={"Accept": accept},
            budget=budget,
        )
        if reply.status == 400:
            raise UsageError(
                f"the query is not valid SPARQL for {self._display_url}: {reply.reason}"
            )
        if reply.status == 413:
            raise LimitError(f"{self._display_url} finds the query too long")
        if reply.status != 200:
            raise OutsideError(f"{self._display_url} fails: {reply.status} {reply.reason}")
        return reply

    def __len__(self) -> int:
        return self._count_triples(
            f"{{ GRAPH ?g {_ALL_TRIPLES} }} UNION "
            f"{{ ?s ?p ?o MINUS {{ GRAPH ?h {_ALL_TRIPLES} }} }}"
        )


_UNBOUND_VALUES = re.compile(r"VALUES\s+[?]\w+\s*\{\s*UNDEF\s*\}", re.IGNORECASE)


def strip_unbound_values(text: str) -> str:
    """The query without `VALUES ?x { UNDEF }`, which says nothing and which some services misread.

    >>> strip_unbound_values("SELECT * { VALUES ?x { UNDEF } ?x ?p ?o }")
    'SELECT * {  ?x ?p ?o }'
    """
    return _UNBOUND_VALUES.sub("", text)


def _normalise_triples(body: bytes, shown_url: str) -> bytes:
    triples = [quad.triple for quad in _parse_triples(body, shown_url)]
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _parse_triples(body: bytes | BinaryIO, shown_url: str) -> Iterator[ox.Quad]:
    """The statements that a service sent."""
    try:
        yield from parse_lines(body, ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as fault:
        raise OutsideError(f"{shown_url} sends broken N-Triples: {fault}") from None
    except LimitError as fault:
        raise OutsideError(f"{shown_url} sends N-Triples that cannot be read: {fault}") from None


def open_https(place: str) -> EndpointStore:
    """The service at `https:` and the place.

    Raises:
        UsageError: it is not an address.
    """
    return _open_endpoint(f"https:{place}")


def open_http(place: str) -> EndpointStore:
    """The service at `http:` and the place, which must be on this machine.

    Raises:
        UsageError: it is elsewhere, or not an address.
    """
    address = f"http:{place}"
    if urlsplit(address).hostname not in _LOOPBACK_HOSTS:
        raise UsageError(
            f"{strip_credentials(address)} would be asked in the open: use sparql+https, "
            "or a service on this machine"
        )
    return _open_endpoint(address)


def _open_endpoint(address: str) -> EndpointStore:
    parts = urlsplit(address)
    if not parts.hostname:
        raise UsageError(f"{address!r} is no address: write sparql+https://host/path")
    fragment_values = parse_qs(parts.fragment)
    unknown = sorted(set(fragment_values) - {"data", "update"})
    if unknown:
        raise UsageError(f"after # stand data= and update=, not {unknown[0]}=")
    query = strip_credentials(address)
    urls = {name: urljoin(query, values[-1]) for name, values in fragment_values.items()}
    if any(urlsplit(url).netloc != urlsplit(query).netloc for url in urls.values()):
        raise UsageError("the addresses after # must be on the same host")
    return EndpointStore(
        SparqlHttpClient(address), query, urls.get("data", ""), urls.get("update", "")
    )
