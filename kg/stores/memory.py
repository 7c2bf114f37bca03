"""A store in memory, and the way in which every Oxigraph store answers a query."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg.errors import LimitError, OutsideError, UsageError
from kg.rdf.sparql import bind
from kg.rdf.vocab import BASE, PREFIXES
from kg.stores import guard
from kg.stores.results import QueryResult, of_answer
from kg.stores.sandbox import with_large_stack


@dataclass
class OxigraphStore:
    """An Oxigraph store; `path` is its directory, None for memory."""

    store: ox.Store = field(default_factory=ox.Store)
    path: Path | None = None

    def load(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads in one transaction: all of them or, on a fault, none."""
        self.store.extend(quads)

    def quads(self) -> Iterable[ox.Quad]:
        """All quads."""
        yield from self.store

    def graphs(self) -> tuple[str, ...]:
        """IRIs of the named graphs, sorted."""
        return tuple(
            sorted(g.value for g in self.store.named_graphs() if isinstance(g, ox.NamedNode))
        )

    def query(
        self,
        text: str,
        parameters: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> QueryResult:
        """The answer to a SPARQL query; see `kg.stores.Store.query`."""
        text = bind(text, parameters or {})
        guard.check(text, self.graphs())
        if timeout is None:
            return with_large_stack(lambda: answer(self.store, text))
        from kg.stores.limited import run

        if self.path is not None:
            return run(text, timeout, store=self.path)
        with tempfile.TemporaryDirectory(prefix="kg-query-") as directory:
            dump = Path(directory) / "data.nq"
            ox.serialize(self.store, output=dump, format=ox.RdfFormat.N_QUADS)
            return run(text, timeout, quads=dump)

    def __len__(self) -> int:
        return len(self.store)


def answer(store: ox.Store, text: str) -> QueryResult:
    """The answer of a pyoxigraph store to a text that the guard has let pass."""
    with told():
        return of_answer(asked(store, text), ordered=guard.uses(text, "ORDER"))


def asked(
    store: ox.Store, text: str, dataset: Dataset | None = None
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """What pyoxigraph finds; a `dataset` stands above what the text says with FROM.

    Raises:
        UsageError: the text calls a service.
    """
    guard.refuse_calls(text)
    if dataset is None:
        return store.query(
            text,
            base_iri=BASE,
            prefixes=dict(PREFIXES),
            use_default_graph_as_union=not guard.uses(text, "FROM"),
        )
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]
    named: list[ox.NamedNode | ox.BlankNode]
    default, named = [*map(ox.NamedNode, dataset.default)], [*map(ox.NamedNode, dataset.named)]
    return store.query(
        text,
        base_iri=BASE,
        prefixes=dict(PREFIXES),
        default_graph=default,
        named_graphs=named,
    )


@dataclass(frozen=True)
class Dataset:
    """IRIs of the graphs that make up the default graph, and of the named graphs."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@contextmanager
def told() -> Iterator[None]:
    """Faults of pyoxigraph as errors of kg."""
    try:
        yield
    except SyntaxError as fault:
        raise UsageError(f"the query is not valid SPARQL: {guard.describe_fault(fault)}") from None
    except (OSError, RuntimeError) as fault:
        raise OutsideError(f"the store cannot be read: {fault}") from fault
    except MemoryError:
        raise LimitError("the query needs more memory than it may use") from None


def open_memory(place: str = "") -> OxigraphStore:
    """An empty store in memory; `place` is not used."""
    return OxigraphStore()
