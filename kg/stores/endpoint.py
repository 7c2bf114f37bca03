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
from kg.rdf.sparql import bind
from kg.rdf.vocab import BASE, PREFIXES
from kg.request_budget import RequestBudget
from kg.stores import guard, limited
from kg.stores.results import QueryResult, of_table
from kg.stores.wire import Reply, Wire, without_password

LOADED_AT_ONCE = 20_000
"""Quads of one request."""

SMALLEST_CUT = 1_000
"""A service that cuts answers short cuts them at so many rows or more."""

PAGE = 5_000
"""Quads of one request when all are read; Virtuoso sorts at most 10,000 rows."""

_ALL = "{ ?s ?p ?o }"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_ROWS = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_UPDATE = "application/sparql-update"


@dataclass
class EndpointStore:
    """The service at `query`; `data` and `update` are where it is written, empty where it is not.

    The default graph of the service is taken to be the union of its graphs.
    """

    wire: Wire
    query_url: str
    data: str = ""
    update: str = ""
    smallest_cut: int = SMALLEST_CUT

    def load(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads, so many a request; what a service has taken it keeps if a later one fails.

        Raises:
            UsageError: the service is read only, as far as the address says.
        """
        if not (self.data or self.update):
            raise UsageError(
                f"{self.wire.shown} can only be read: say where it is written, as in "
                "sparql+https://host/query#data=/rdf-graph-store"
            )
        remaining = iter(quads)
        while batch := tuple(islice(remaining, LOADED_AT_ONCE)):
            graphs: dict[ox.NamedNode | ox.DefaultGraph | ox.BlankNode, list[ox.Quad]] = {}
            for quad in batch:
                graphs.setdefault(quad.graph_name, []).append(quad)
            for graph, inside in graphs.items():
                self._add(graph, inside)

    def _add(
        self, graph: ox.NamedNode | ox.DefaultGraph | ox.BlankNode, quads: list[ox.Quad]
    ) -> None:
        lines = ox.serialize((q.triple for q in quads), format=ox.RdfFormat.N_TRIPLES) or b""
        named = isinstance(graph, ox.NamedNode)
        if self.data:
            url, kind, content = self.data, _TRIPLES, lines
            where = {"graph": graph.value} if isinstance(graph, ox.NamedNode) else {"default": ""}
        else:
            inside = f"GRAPH {graph} {{ {lines.decode()} }}" if named else lines.decode()
            url, kind, content = self.update, _UPDATE, f"INSERT DATA {{ {inside} }}".encode()
            where = {}
        head = {"Content-Type": kind}
        reply = self._patient("POST", url, params=where, content=content, headers=head)
        if reply.status not in (200, 201, 202, 204):
            raise OutsideError(
                f"{self.wire.shown} does not take the data: {reply.status} {reply.reason}"
            )

    def _patient(
        self, method: str, url: str, into: IO[bytes] | None = None, **request: Any
    ) -> Reply:
        """A reply to a request about data: it may take its time, and room where it has a file."""
        size = self.wire.total.most_bytes if into else None
        budget = self.wire.new_budget(5 * self.wire.patience, size)
        try:
            return self.wire.send(method, url, budget=budget, into=into, **request)
        except TimeoutError as fault:
            raise OutsideError(f"{fault}. The data may have gone over in part.") from None

    def quads(self) -> Iterator[ox.Quad]:
        """All quads: graph by graph where the service hands out graphs, else page by page."""
        for graph in self.graphs():
            name = ox.NamedNode(graph)
            for triple in self._graph(name):
                yield ox.Quad(triple.subject, triple.predicate, triple.object, name)
        for triple in self._pages(f"?s ?p ?o MINUS {{ GRAPH ?g {_ALL} }}"):
            yield ox.Quad(triple.subject, triple.predicate, triple.object)

    def _graph(self, name: ox.NamedNode) -> Iterator[ox.Triple]:
        pattern = f"GRAPH {name} {_ALL}"
        with tempfile.TemporaryFile() as file:
            if self.data and self._handed_out(name, file) == self._count(pattern):
                file.seek(0)
                for quad in _parsed(file, self.wire.shown):
                    yield quad.triple
                return
        yield from self._pages(pattern)

    def _handed_out(self, name: ox.NamedNode, file: BinaryIO) -> int:
        """How many triples of a graph the service put into the file; it may have cut them short."""
        head, where = {"Accept": _TRIPLES}, {"graph": name.value}
        reply = self._patient("GET", self.data, params=where, headers=head, into=file)
        if reply.status != 200 or reply.kind not in (_TRIPLES, "text/plain"):
            return -1
        file.seek(0)
        return sum(1 for line in file if line.strip())

    def _count(self, pattern: str) -> int:
        text = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        try:
            with self._in_time():
                return int(self._rows(text, self.wire.new_budget()).rows[0][0])
        except (LookupError, ValueError):
            raise OutsideError(f"{self.wire.shown} answers a count without a number") from None

    def _pages(self, pattern: str) -> Iterator[ox.Triple]:
        seen = 0
        while True:
            text = (
                f"CONSTRUCT {_ALL} WHERE {{ {{ SELECT ?s ?p ?o {{ {pattern} }} "
                f"ORDER BY ?s ?p ?o LIMIT {PAGE} OFFSET {seen} }} }}"
            )
            found = 0
            for quad in _parsed(self._triples(text, self.wire.new_budget()), self.wire.shown):
                found += 1
                yield quad.triple
            seen += found
            if found < self.smallest_cut:
                return

    def graphs(self) -> tuple[str, ...]:
        """IRIs of the named graphs, sorted."""
        with self._in_time():
            return self._graphs(self.wire.new_budget())

    def _graphs(self, budget: RequestBudget) -> tuple[str, ...]:
        found = self._rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", budget)
        return tuple(sorted(self._iris(found)))

    def _iris(self, found: QueryResult) -> Iterator[str]:
        for cell in found.cells("g"):
            if cell["type"] == "uri":
                yield cell["value"]

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
        text = bind(text, parameters or {})
        budget = self.wire.new_budget(timeout)
        with self._in_time(timeout), budget.spend():
            guard.check(text, self._graphs(budget) if guard.uses(text, "FROM") else ())
            limited.refuse_calls(text, timeout)
            if guard.form_of(text) not in ("CONSTRUCT", "DESCRIBE"):
                return self._rows(text, budget)
            lines = self._triples(text, budget).splitlines(keepends=True)
            return QueryResult("triples", b"".join(sorted(set(filter(bytes.strip, lines)))))

    @contextmanager
    def _in_time(self, timeout: float | None = None) -> Iterator[None]:
        """What happens where the time is over: whose limit it was says whose fault it is."""
        try:
            yield
        except TimeoutError as fault:
            if timeout is None:
                raise OutsideError(f"{fault}. It may be down or busy.") from None
            raise LimitError(f"the query took longer than {timeout:g} s: {fault}") from None

    def _rows(self, text: str, budget: RequestBudget) -> QueryResult:
        ordered = guard.outermost(text, "ORDER")
        found = self._page(text, budget)
        if found.kind == "boolean" or any(guard.outermost(text, w) for w in ("LIMIT", "OFFSET")):
            return found
        if found.count < self.smallest_cut:
            return found
        if not ordered:  # pages of an unordered answer may overlap
            text = f"{text}\nORDER BY {' '.join('?' + name for name in found.variables)}"
            found = self._page(text, budget)
        pages = [found]
        while pages[-1].count:
            seen = sum(page.count for page in pages)
            pages.append(self._page(f"{text}\nLIMIT {seen} OFFSET {seen}", budget))
        return QueryResult.joined(pages, ordered)

    def _page(self, text: str, budget: RequestBudget) -> QueryResult:
        reply = self._ask(text, _ROWS, budget)
        try:
            table = of_table(reply.body, text)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise OutsideError(
                f"{self.wire.shown} answers {reply.kind or 'without a type'}, not SPARQL results: "
                "is this the address for queries?"
            ) from None
        return table

    def _triples(self, text: str, budget: RequestBudget) -> bytes:
        reply = self._ask(text, _TRIPLES, budget)
        if reply.kind not in (_TRIPLES, "text/plain"):
            raise OutsideError(f"{self.wire.shown} answers {reply.kind}, not {_TRIPLES}")
        return _canonical(reply.body, self.wire.shown)

    def _ask(self, text: str, accept: str, budget: RequestBudget) -> Reply:
        reply = self.wire.send(
            "POST",
            self.query_url,
            data={"query": guard.with_prefixes(plain(text), PREFIXES, BASE)},
            headers={"Accept": accept},
            budget=budget,
        )
        if reply.status == 400:
            raise UsageError(f"the query is not valid SPARQL for {self.wire.shown}: {reply.reason}")
        if reply.status == 413:
            raise LimitError(f"{self.wire.shown} finds the query too long")
        if reply.status != 200:
            raise OutsideError(f"{self.wire.shown} fails: {reply.status} {reply.reason}")
        return reply

    def __len__(self) -> int:
        return self._count(
            f"{{ GRAPH ?g {_ALL} }} UNION {{ ?s ?p ?o MINUS {{ GRAPH ?h {_ALL} }} }}"
        )


_ANY = re.compile(r"VALUES\s+[?]\w+\s*\{\s*UNDEF\s*\}", re.IGNORECASE)


def plain(text: str) -> str:
    """The query without `VALUES ?x { UNDEF }`, which says nothing and which some services misread.

    >>> plain("SELECT * { VALUES ?x { UNDEF } ?x ?p ?o }")
    'SELECT * {  ?x ?p ?o }'
    """
    return _ANY.sub("", text)


def _canonical(body: bytes, shown: str) -> bytes:
    triples = [quad.triple for quad in _parsed(body, shown)]
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _parsed(body: bytes | BinaryIO, shown: str) -> Iterator[ox.Quad]:
    """The statements that a service sent."""
    try:
        yield from parse_lines(body, ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as fault:
        raise OutsideError(f"{shown} sends broken N-Triples: {fault}") from None
    except LimitError as fault:
        raise OutsideError(f"{shown} sends N-Triples that cannot be read: {fault}") from None


def open_https(place: str) -> EndpointStore:
    """The service at `https:` and the place.

    Raises:
        UsageError: it is not an address.
    """
    return _open(f"https:{place}")


def open_http(place: str) -> EndpointStore:
    """The service at `http:` and the place, which must be on this machine.

    Raises:
        UsageError: it is elsewhere, or not an address.
    """
    address = f"http:{place}"
    if urlsplit(address).hostname not in _LOOPBACK:
        raise UsageError(
            f"{without_password(address)} would be asked in the open: use sparql+https, "
            "or a service on this machine"
        )
    return _open(address)


def _open(address: str) -> EndpointStore:
    parts = urlsplit(address)
    if not parts.hostname:
        raise UsageError(f"{address!r} is no address: write sparql+https://host/path")
    said = parse_qs(parts.fragment)
    unknown = sorted(set(said) - {"data", "update"})
    if unknown:
        raise UsageError(f"after # stand data= and update=, not {unknown[0]}=")
    query = without_password(address)
    urls = {name: urljoin(query, values[-1]) for name, values in said.items()}
    if any(urlsplit(url).netloc != urlsplit(query).netloc for url in urls.values()):
        raise UsageError("the addresses after # must be on the same host")
    return EndpointStore(Wire(address), query, urls.get("data", ""), urls.get("update", ""))
