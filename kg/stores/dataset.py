"""The graph as an rdflib Dataset in memory, for those whose tools speak rdflib.

It answers what the Oxigraph stores answer, far more slowly: docs/decisions/0013-stores.md says when
it is worth it. A query reaches no file and no network.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import LimitError, UsageError
from kg.rdf.sparql import bind
from kg.rdf.vocab import BASE, PREFIXES
from kg.stores import guard
from kg.stores.results import QueryResult, of_table

if TYPE_CHECKING:
    from rdflib import Dataset


def _empty() -> Dataset:
    from kg.rdf import to_rdflib

    return to_rdflib(())


@dataclass
class RdflibStore:
    """A store that is an rdflib Dataset, which `dataset` gives to other code."""

    dataset: Dataset = field(default_factory=_empty)

    def load(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads."""
        from kg.rdf import add_quads

        add_quads(self.dataset, quads)

    def quads(self) -> Iterable[ox.Quad]:
        """All quads."""
        from kg.rdf import quads_of

        yield from quads_of(self.dataset)

    def graphs(self) -> tuple[str, ...]:
        """IRIs of the named graphs, sorted."""
        from rdflib import URIRef
        from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

        names = (graph.identifier for graph in self.dataset.graphs() if len(graph))
        return tuple(
            sorted(
                str(name)
                for name in names
                if isinstance(name, URIRef) and name != DATASET_DEFAULT_GRAPH_ID
            )
        )

    def query(
        self,
        text: str,
        parameters: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> QueryResult:
        """The answer to a SPARQL query; see `kg.stores.Store.query`."""
        text = bind(text, parameters or {})
        guard.check(text, self.graphs() if guard.uses(text, "FROM") else ())
        if timeout is None:
            return self._answer(text)
        from kg.stores.limited import run

        with tempfile.TemporaryDirectory(prefix="kg-query-") as directory:
            dump = Path(directory) / "data.nq"
            ox.serialize(self.quads(), output=dump, format=ox.RdfFormat.N_QUADS)
            return run(text, timeout, quads=dump, engine="rdflib")

    def _answer(self, text: str) -> QueryResult:
        import rdflib.plugins.sparql
        from pyparsing import ParseException
        from rdflib.plugins.sparql.algebra import traverse
        from rdflib.plugins.sparql.parser import parseQuery
        from rdflib.plugins.sparql.sparql import SPARQLError

        guard.refuse_calls(text)
        rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False  # FROM must not fetch what it names
        try:
            query = _translated(parseQuery(text))
            traverse(query.algebra, visitPre=_refuse_service)
            return _result(self.dataset.query(query), text)
        except ParseException as fault:
            place = f"{fault.lineno}:{fault.column}"
            raise UsageError(f"the query is not valid SPARQL: {fault.msg} at {place}") from None
        except RecursionError:
            raise LimitError("the query is too deep for rdflib; use memory: or oxigraph:") from None
        except (SPARQLError, TypeError, ValueError, AttributeError, LookupError) as fault:
            raise UsageError(f"rdflib cannot answer the query: {fault}") from None

    def __len__(self) -> int:
        return sum(1 for _ in self.dataset.quads())


def _translated(parsed: Any) -> Any:
    """The algebra of a parsed query; UsageError where rdflib knows none for it."""
    from rdflib.plugins.sparql.algebra import translateQuery

    try:
        return translateQuery(parsed, base=BASE, initNs=dict(PREFIXES))
    except RecursionError:
        raise
    except Exception as fault:  # noqa: BLE001  rdflib raises a plain one, as for a prefix that is not declared
        raise UsageError(f"the query is not valid SPARQL: {fault}") from None


def _refuse_service(part: Any) -> None:
    """Nothing; UsageError where a part of the algebra calls a service."""
    if getattr(part, "name", "") == "ServiceGraphPattern":
        raise UsageError("SERVICE is refused: a query reads this store and no other")


def _result(found: Any, text: str) -> QueryResult:
    if found.type in ("CONSTRUCT", "DESCRIBE"):
        lines = (found.graph.serialize(format="nt", encoding="utf-8")).splitlines(keepends=True)
        return QueryResult("triples", b"".join(sorted(filter(bytes.strip, lines))))
    data = found.serialize(format="json", encoding="utf-8")
    return of_table(data, text)


def open_rdflib(place: str) -> RdflibStore:
    """An empty Dataset.

    Raises:
        UsageError: a path was given.
    """
    if place:
        raise UsageError(f"rdflib: takes no path, got {place!r}")
    return RdflibStore()
