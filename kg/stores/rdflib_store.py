"""The graph as an rdflib Dataset in memory, for those whose tools speak rdflib.

It answers what the Oxigraph stores answer, far more slowly: docs/decisions/0016-stores.md says when
it is worth it. A query reaches no file and no network.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import LimitError, UsageError
from kg.rdf.sparql import bind_parameters
from kg.rdf.vocab import BASE, PREFIXES
from kg.stores import query_policy
from kg.stores.results import QueryResult, parse_results_table

if TYPE_CHECKING:
    from rdflib import Dataset


def _build_empty_dataset() -> Dataset:
    from kg.rdf import convert_to_rdflib

    return convert_to_rdflib(())


@dataclass
class RdflibStore:
    """A store that is an rdflib Dataset, which `dataset` gives to other code."""

    dataset: Dataset = field(default_factory=_build_empty_dataset)

    def load(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads."""
        from kg.rdf import add_quads

        add_quads(self.dataset, quads)

    def iterate_quads(self) -> Iterable[ox.Quad]:
        """All quads."""
        from kg.rdf import list_quads

        yield from list_quads(self.dataset)

    def list_graphs(self) -> tuple[str, ...]:
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
        text = bind_parameters(text, parameters or {})
        query_policy.check_query(
            text, self.list_graphs() if query_policy.has_keyword(text, "FROM") else ()
        )
        if timeout is None:
            return self._run_query(text)
        from kg.stores.run_query_in_process import run_query_on_copy

        return run_query_on_copy(text, timeout, self.iterate_quads(), engine="rdflib")

    def _run_query(self, text: str) -> QueryResult:
        import rdflib.plugins.sparql
        from pyparsing import ParseException
        from rdflib.plugins.sparql.algebra import traverse
        from rdflib.plugins.sparql.parser import parseQuery
        from rdflib.plugins.sparql.sparql import SPARQLError

        query_policy.refuse_calls(text)
        rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False  # FROM must not fetch what it names
        try:
            query = _translate_query(parseQuery(text))
            traverse(query.algebra, visitPre=_refuse_service)
            return _build_result(self.dataset.query(query), text)
        except ParseException as fault:
            place = f"{fault.lineno}:{fault.column}"
            raise UsageError(f"the query is not valid SPARQL: {fault.msg} at {place}") from None
        except RecursionError:
            raise LimitError("the query is too deep for rdflib; use memory: or oxigraph:") from None
        except (SPARQLError, TypeError, ValueError, AttributeError, LookupError) as fault:
            raise UsageError(f"rdflib cannot answer the query: {fault}") from None

    def __len__(self) -> int:
        return sum(1 for _ in self.dataset.quads())


def _translate_query(parsed_query: Any) -> Any:
    """The algebra of a parsed query; UsageError where rdflib knows none for it."""
    from rdflib.plugins.sparql.algebra import translateQuery

    try:
        return translateQuery(parsed_query, base=BASE, initNs=dict(PREFIXES))
    except RecursionError:
        raise
    except Exception as fault:  # noqa: BLE001  rdflib raises a plain one, as for a prefix that is not declared
        raise UsageError(f"the query is not valid SPARQL: {fault}") from None


def _refuse_service(part: Any) -> None:
    """Nothing; UsageError where a part of the algebra calls a service."""
    if getattr(part, "name", "") == "ServiceGraphPattern":
        raise UsageError("SERVICE is refused: a query reads this store and no other")


def _build_result(rdflib_result: Any, text: str) -> QueryResult:
    if rdflib_result.type in ("CONSTRUCT", "DESCRIBE"):
        lines = (rdflib_result.graph.serialize(format="nt", encoding="utf-8")).splitlines(
            keepends=True
        )
        return QueryResult("triples", b"".join(sorted(filter(bytes.strip, lines))))
    data = rdflib_result.serialize(format="json", encoding="utf-8")
    return parse_results_table(data, text)


def open_rdflib(place: str) -> RdflibStore:
    """An empty Dataset.

    Raises:
        UsageError: a path was given.
    """
    if place:
        raise UsageError(f"rdflib: takes no path, got {place!r}")
    return RdflibStore()
