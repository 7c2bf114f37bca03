"""The graph form of the model: IRIs, quads both ways, SHACL, and the graph of computed grades.

Terms and quads are those of pyoxigraph; `to_rdflib` gives an rdflib Dataset. Both libraries are
imported by the modules that need them (docs/decisions/0003-rdf-libraries.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyoxigraph import Quad
    from rdflib import Dataset
    from rdflib.term import Node

__all__ = ["add_quads", "convert_term_to_rdflib", "convert_to_rdflib", "list_quads"]


def convert_to_rdflib(quads: Iterable[Quad]) -> Dataset:
    """An rdflib Dataset with the same named graphs and the prefixes of `kg.rdf.vocab`."""
    from rdflib import Dataset

    from kg.rdf.vocab import PREFIXES

    dataset = Dataset(default_union=True)
    for prefix, space in PREFIXES.items():
        dataset.bind(prefix, space)
    add_quads(dataset, quads)
    return dataset


def add_quads(dataset: Dataset, quads: Iterable[Quad]) -> None:
    """Add quads to an rdflib Dataset, each to the graph of its name."""
    from pyoxigraph import NamedNode
    from rdflib import URIRef
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    for quad in quads:
        name = quad.graph_name
        graph_name = URIRef(name.value) if isinstance(name, NamedNode) else DATASET_DEFAULT_GRAPH_ID
        dataset.graph(graph_name).add(
            (
                convert_term_to_rdflib(quad.subject),
                convert_term_to_rdflib(quad.predicate),
                convert_term_to_rdflib(quad.object),
            )
        )


def convert_term_to_rdflib(term: object) -> Node:
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
            kind = term.datatype.value
            # For rdflib plain text and xsd:string differ; a literal stays as it was written.
            datatype = None if kind == _STRING_DATATYPE else URIRef(kind)
            return Literal(term.value, datatype=datatype, normalize=False)
    raise TypeError(f"rdflib has no term for {term}")


_STRING_DATATYPE = "http://www.w3.org/2001/XMLSchema#string"


def list_quads(dataset: Dataset) -> Iterator[Quad]:
    """The quads of an rdflib Dataset."""
    from pyoxigraph import DefaultGraph, NamedNode, Quad
    from rdflib import URIRef
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    for subject, predicate, object, name in dataset.quads():
        is_named = isinstance(name, URIRef) and name != DATASET_DEFAULT_GRAPH_ID
        graph = NamedNode(str(name)) if is_named else DefaultGraph()
        s, p, o = map(_convert_term_to_oxigraph, (subject, predicate, object))
        yield Quad(s, p, o, graph)


def _convert_term_to_oxigraph(term: object) -> Any:
    from pyoxigraph import BlankNode, NamedNode
    from pyoxigraph import Literal as OxigraphLiteral
    from rdflib import BNode, Literal

    if isinstance(term, Literal):
        if term.language:
            return OxigraphLiteral(str(term), language=term.language)
        kind = str(term.datatype) if term.datatype else _STRING_DATATYPE
        return OxigraphLiteral(str(term), datatype=NamedNode(kind))
    return BlankNode(str(term)) if isinstance(term, BNode) else NamedNode(str(term))
