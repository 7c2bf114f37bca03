"""The graph form of the model: IRIs, quads both ways, SHACL, and the graph of computed grades.

Terms and quads are those of pyoxigraph; `to_rdflib` gives an rdflib Dataset. Both libraries are
imported by the modules that need them (docs/decisions/0003-rdf-libraries.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyoxigraph import Quad
    from rdflib import Dataset
    from rdflib.term import Node

__all__ = ["rdflib_term", "to_rdflib"]


def to_rdflib(quads: Iterable[Quad]) -> Dataset:
    """An rdflib Dataset with the same named graphs and the prefixes of `kg.rdf.vocab`."""
    from pyoxigraph import NamedNode
    from rdflib import Dataset, URIRef

    from kg.rdf.vocab import PREFIXES

    dataset = Dataset(default_union=True)
    for prefix, space in PREFIXES.items():
        dataset.bind(prefix, space)
    for quad in quads:
        name = quad.graph_name
        graph = dataset.graph(URIRef(name.value)) if isinstance(name, NamedNode) else dataset
        graph.add(
            (rdflib_term(quad.subject), rdflib_term(quad.predicate), rdflib_term(quad.object))
        )
    return dataset


def rdflib_term(term: object) -> Node:
    """The rdflib term of a pyoxigraph term."""
    from pyoxigraph import BlankNode, NamedNode
    from pyoxigraph import Literal as OxigraphLiteral
    from rdflib import BNode, Literal, URIRef

    match term:
        case NamedNode():
            return URIRef(term.value)
        case BlankNode():
            return BNode(term.value)
        case OxigraphLiteral():
            if term.language:
                return Literal(term.value, lang=term.language)
            return Literal(term.value, datatype=URIRef(term.datatype.value))
    raise TypeError(f"rdflib has no term for {term}")
