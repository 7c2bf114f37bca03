"""SHACL: encoded data against `ontology/shapes.ttl`, every result as a Diagnostic.

Shapes come from `ontology/` only: SHACL shapes may carry SPARQL, so shapes from elsewhere would be
code from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kg.model import Diagnostic, EvidenceBase, Location, Severity
from kg.rdf import vocab
from kg.resources import locate_shipped_folder

if TYPE_CHECKING:
    from pyoxigraph import Quad
    from rdflib import Graph

SHAPE_VIOLATED_CODE = "KG040"
SHAPE_VIOLATED_NAME = "shape-violated"
SHACL_NAMESPACE = "http://www.w3.org/ns/shacl#"

_SEVERITY_BY_IRI = {
    SHACL_NAMESPACE + "Violation": Severity.SEVERE,
    SHACL_NAMESPACE + "Warning": Severity.MODERATE,
    SHACL_NAMESPACE + "Info": Severity.MILD,
}


def validate_base(base: EvidenceBase) -> tuple[Diagnostic, ...]:
    """What the shapes say against a base, worst first, with the place each thing was read from."""
    from kg.rdf.encode import encode_base

    return validate_quads(encode_base(base))


def validate_quads(quads: Iterable[Quad]) -> tuple[Diagnostic, ...]:
    """What the shapes say against quads; named graphs are read as one."""
    import pyshacl
    from rdflib import Graph

    data = _merge_graphs(quads)
    shapes = Graph().parse(locate_shipped_folder("ontology") / "shapes.ttl", format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, do_owl_imports=False)
    if not isinstance(report, Graph):
        raise TypeError(f"pySHACL gave no report: {report!r}")
    diagnostics = {_build_diagnostic(report, result, data) for result in _list_results(report)}
    return tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.sort_key))


def _merge_graphs(quads: Iterable[Quad]) -> Graph:
    """The quads as one rdflib graph, with the types of the words of the vocabulary."""
    from pyoxigraph import RdfFormat, parse
    from rdflib import Graph

    graph = Graph()
    for quad in quads:
        _add_quad(graph, quad)
    for quad in parse(path=locate_shipped_folder("ontology") / "kg.ttl", format=RdfFormat.TURTLE):
        if quad.predicate.value == vocab.RDF_TYPE and str(quad.object).startswith(
            f"<{vocab.KG_VOCABULARY}"
        ):
            _add_quad(graph, quad)
    return graph


def _add_quad(graph: Graph, quad: Quad) -> None:
    from kg.rdf import convert_term_to_rdflib

    subject, predicate, object = map(
        convert_term_to_rdflib, (quad.subject, quad.predicate, quad.object)
    )
    graph.add((subject, predicate, object))


def _list_results(report: Graph) -> Iterable[Any]:
    from rdflib import URIRef

    return report.objects(None, URIRef(SHACL_NAMESPACE + "result"))


def _build_diagnostic(report: Graph, result: Any, data: Graph) -> Diagnostic:
    """The diagnostic of one sh:ValidationResult."""
    from rdflib import URIRef

    def find_value(name: str) -> Any:
        return report.value(result, URIRef(SHACL_NAMESPACE + name))

    focus = find_value("focusNode")
    message, remedy = _split_message(str(find_value("resultMessage") or ""))
    value, path = find_value("value"), find_value("resultPath")
    value_text = f" Found {_format_term(value)}." if value is not None and path is not None else ""
    return Diagnostic(
        SHAPE_VIOLATED_CODE,
        SHAPE_VIOLATED_NAME,
        _SEVERITY_BY_IRI.get(str(find_value("resultSeverity")), Severity.SEVERE),
        f"{_format_term(focus)}: {message}{value_text}",
        subject=_find_subject_id(str(focus)),
        location=_find_location(str(focus), data),
        remedy=remedy,
    )


def _split_message(message: str) -> tuple[str, str]:
    """What is wrong, and the remedy: everything after the first sentence."""
    first, _, other_sentences = message.partition(". ")
    return (f"{first}.", other_sentences) if other_sentences else (first, "")


def _format_term(term: Any) -> str:
    text = vocab.format_curie(str(term))
    text = text if len(text) <= 80 else text[:77] + "..."
    return text if text.isprintable() else ascii(text)


def _find_subject_id(focus_iri: str) -> str:
    """Id of the thing, or of the thing that a part belongs to."""
    parsed = vocab.parse_iri(_find_whole_iri(focus_iri))
    return parsed[1] if parsed else focus_iri


def _find_whole_iri(part_iri: str) -> str:
    """IRI of the thing that a part belongs to: colons of an id are percent-encoded."""
    if not part_iri.startswith(vocab.BASE):
        return part_iri
    return vocab.BASE + part_iri[len(vocab.BASE) :].partition(":")[0]


def _find_location(focus_iri: str, data: Graph) -> Location | None:
    from rdflib import URIRef

    from kg.rdf.decode import parse_location

    for candidate in (focus_iri, _find_whole_iri(focus_iri)):
        location_literal = data.value(URIRef(candidate), URIRef(vocab.expand_term("definedAt")))
        if location_literal is not None:
            return parse_location(str(location_literal))
    return None
