"""Stores: where quads are kept and SPARQL is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kg.errors import UsageError
from kg.registry import Registry

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from kg.stores.results import QueryResult


class Store(Protocol):
    """Quads that can be queried; the default graph of a query is the union of all graphs."""

    def load(self, quads: Iterable[Quad]) -> None:
        """Add quads."""

    def iterate_quads(self) -> Iterable[Quad]:
        """All quads."""

    def list_graphs(self) -> tuple[str, ...]:
        """IRIs of the named graphs, sorted."""

    def query(
        self,
        text: str,
        parameters: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> QueryResult:
        """The answer to a SPARQL query.

        `parameters` are SPARQL terms for `VALUES ?name { ... }` blocks. With a `timeout` in seconds
        the query runs in a process of its own, which is ended when the time is over.

        Raises:
            UsageError: the query is not SPARQL, not a query, or reaches outside the store.
            LimitError: a limit on size, depth, memory or time was reached.
        """

    def __len__(self) -> int: ...


class StoreFactory(Protocol):
    """What a registry entry is: makes a store of the part after the colon."""

    def __call__(self, place: str) -> Store: ...


STORES: Registry[StoreFactory] = Registry(
    "store",
    {
        "memory": "kg.stores.oxigraph_store:open_memory",
        "oxigraph": "kg.stores.oxigraph_disk:open_oxigraph",
        "rdflib": "kg.stores.rdflib_store:open_rdflib",
        "sparql+https": "kg.stores.sparql_endpoint:open_https",
        "sparql+http": "kg.stores.sparql_endpoint:open_http",
    },
    group="kg.stores",
)


def open_store(spec: str | Path) -> Store:
    """The store of `memory:`, `rdflib:`, `oxigraph:PATH`, `sparql+https://...` or a plain path.

    A plain path is that of an Oxigraph store. docs/how-to/stores.md says which to use when.

    >>> len(open_store("memory:"))
    0

    Raises:
        UnknownName: no store of this name.
        OutsideError: the store cannot be opened.
    """
    name, colon, place = str(spec).partition(":")
    if isinstance(spec, Path) or not colon or (Path(spec).exists() and name not in STORES):
        return STORES["oxigraph"](str(spec))
    if name == "memory" and place:
        raise UsageError(f"memory: takes no path, got {place!r}")
    return STORES[name](place)


def is_store_spec(text: object) -> bool:
    """Whether a text names a store as `open_store` does, and is not the path of a file.

    >>> is_store_spec("sparql+https://example.org/sparql"), is_store_spec("data/claims")
    (True, False)
    """
    name, colon, _ = str(text).partition(":")
    return bool(colon) and name in STORES and not Path(str(text)).exists()


def hint_for_empty(text: str) -> str:
    """One sentence that helps where a query found nothing."""
    if "GRAPH" in text.upper():
        return (
            "Nothing was found. The query names a graph: kg query -e "
            "'SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }' lists those that there are."
        )
    return (
        "Nothing was found. IRIs are case-sensitive: kg list shows the ids, and kg query -e "
        "'SELECT ?type (COUNT(*) AS ?n) { ?s a ?type } GROUP BY ?type' shows what is there."
    )
