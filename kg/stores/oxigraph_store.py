"""A store in memory, and the way in which every Oxigraph store answers a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg.errors import LimitError, OutsideError, UsageError
from kg.rdf.sparql import bind_parameters
from kg.rdf.vocab import BASE, PREFIXES
from kg.stores import query_policy
from kg.stores.results import QueryResult, convert_answer
from kg.stores.sandbox import run_with_large_stack


@dataclass
class OxigraphStore:
    """An Oxigraph store; `path` is its directory, None for memory."""

    raw_store: ox.Store = field(default_factory=ox.Store)
    path: Path | None = None

    def load(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads in one transaction: all of them or, on a fault, none."""
        self.raw_store.extend(quads)

    def iterate_quads(self) -> Iterable[ox.Quad]:
        """All quads."""
        yield from self.raw_store

    def list_graphs(self) -> tuple[str, ...]:
        """IRIs of the named graphs, sorted."""
        return tuple(
            sorted(g.value for g in self.raw_store.named_graphs() if isinstance(g, ox.NamedNode))
        )

    def query(
        self,
        text: str,
        parameters: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> QueryResult:
        """The answer to a SPARQL query; see `kg.stores.Store.query`."""
        text = bind_parameters(text, parameters or {})
        query_policy.check_query(text, self.list_graphs())
        if timeout is None:
            return run_with_large_stack(lambda: run_query(self.raw_store, text))
        from kg.stores.run_query_in_process import run_query_in_process, run_query_on_copy

        if self.path is not None:
            return run_query_in_process(text, timeout, store=self.path)
        return run_query_on_copy(text, timeout, self.raw_store)

    def __len__(self) -> int:
        return len(self.raw_store)


def run_query(store: ox.Store, text: str) -> QueryResult:
    """The answer of a pyoxigraph store to a text that the guard has let pass."""
    with translate_store_errors():
        return convert_answer(
            query_oxigraph(store, text), is_ordered=query_policy.has_keyword(text, "ORDER")
        )


def query_oxigraph(
    store: ox.Store, text: str, dataset: QueryDataset | None = None
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """What pyoxigraph finds; a `dataset` stands above what the text says with FROM.

    Raises:
        UsageError: the text calls a service.
    """
    query_policy.refuse_calls(text)
    if dataset is None:
        return store.query(
            text,
            base_iri=BASE,
            prefixes=dict(PREFIXES),
            use_default_graph_as_union=not query_policy.has_keyword(text, "FROM"),
        )
    return store.query(
        text,
        base_iri=BASE,
        prefixes=dict(PREFIXES),
        default_graph=[*map(ox.NamedNode, dataset.default_graphs)],
        named_graphs=[*map(ox.NamedNode, dataset.named_graphs)],
    )


@dataclass(frozen=True)
class QueryDataset:
    """IRIs of the graphs that make up the default graph, and of the named graphs."""

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@contextmanager
def translate_store_errors() -> Iterator[None]:
    """Faults of pyoxigraph as errors of kg."""
    try:
        yield
    except SyntaxError as fault:
        raise UsageError(
            f"the query is not valid SPARQL: {query_policy.describe_fault(fault)}"
        ) from None
    except (OSError, RuntimeError) as fault:
        raise OutsideError(f"the store cannot be read: {fault}") from fault
    except MemoryError:
        raise LimitError("the query needs more memory than it may use") from None


def open_memory(place: str = "") -> OxigraphStore:
    """An empty store in memory; `place` is not used."""
    return OxigraphStore()
