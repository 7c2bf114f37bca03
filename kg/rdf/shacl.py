"""SHACL: encoded data against `ontology/shapes.ttl`, every result as a Diagnostic.

Shapes come from `ontology/` only: SHACL shapes may carry SPARQL, so shapes from elsewhere would be
code from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kg.model import Diagnostic, EvidenceBase, Location, Severity
from kg.rdf import vocab
from kg.resources import shipped

if TYPE_CHECKING:
    from pyoxigraph import Quad
    from rdflib import Graph

CODE = "KG040"
NAME = "shape-violated"
SH = "http://www.w3.org/ns/shacl#"

_SEVERITY = {
    SH + "Violation": Severity.SEVERE,
    SH + "Warning": Severity.MODERATE,
    SH + "Info": Severity.MILD,
}


def validate(base: EvidenceBase) -> tuple[Diagnostic, ...]:
    """What the shapes say against a base, worst first, with the place each thing was read from."""
    from kg.rdf.encode import encode

    return validate_quads(encode(base))


def validate_quads(quads: Iterable[Quad]) -> tuple[Diagnostic, ...]:
    """What the shapes say against quads; named graphs are read as one."""
    import pyshacl
    from rdflib import Graph

    data = _one_graph(quads)
    shapes = Graph().parse(shipped("ontology") / "shapes.ttl", format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, do_owl_imports=False)
    if not isinstance(report, Graph):
        raise TypeError(f"pySHACL gave no report: {report!r}")
    found = {_diagnostic(report, result, data) for result in _results(report)}
    return tuple(sorted(found, key=lambda diagnostic: diagnostic.order))


def _one_graph(quads: Iterable[Quad]) -> Graph:
    """The quads as one rdflib graph, with the types of the words of the vocabulary."""
    from pyoxigraph import RdfFormat, parse
    from rdflib import Graph

    from kg.rdf import rdflib_term

    graph = Graph()
    for quad in quads:
        graph.add(tuple(map(rdflib_term, (quad.subject, quad.predicate, quad.object))))  # type: ignore[arg-type]
    for quad in parse(path=shipped("ontology") / "kg.ttl", format=RdfFormat.TURTLE):
        if quad.predicate.value == vocab.TYPE and str(quad.object).startswith(f"<{vocab.KG}"):
            graph.add(tuple(map(rdflib_term, (quad.subject, quad.predicate, quad.object))))  # type: ignore[arg-type]
    return graph


def _results(report: Graph) -> Iterable[Any]:
    from rdflib import URIRef

    return report.objects(None, URIRef(SH + "result"))


def _diagnostic(report: Graph, result: Any, data: Graph) -> Diagnostic:
    """The diagnostic of one sh:ValidationResult."""
    from rdflib import URIRef

    def one(name: str) -> Any:
        return report.value(result, URIRef(SH + name))

    focus = one("focusNode")
    message, remedy = _split(str(one("resultMessage") or ""))
    value, path = one("value"), one("resultPath")
    shown = f" Found {_short(value)}." if value is not None and path is not None else ""
    return Diagnostic(
        CODE,
        NAME,
        _SEVERITY.get(str(one("resultSeverity")), Severity.SEVERE),
        f"{_short(focus)}: {message}{shown}",
        subject=_subject(str(focus)),
        location=_location(str(focus), data),
        remedy=remedy,
    )


def _split(message: str) -> tuple[str, str]:
    """What is wrong, and the remedy: everything after the first sentence."""
    first, _, rest = message.partition(". ")
    return (f"{first}.", rest) if rest else (first, "")


def _short(term: Any) -> str:
    text = vocab.compact(str(term))
    text = text if len(text) <= 80 else text[:77] + "..."
    return text if text.isprintable() else ascii(text)


def _subject(iri: str) -> str:
    """Id of the thing, or of the thing that a part belongs to."""
    parsed = vocab.parse_iri(_whole(iri))
    return parsed[1] if parsed else iri


def _whole(iri: str) -> str:
    """IRI of the thing that a part belongs to: colons of an id are percent-encoded."""
    if not iri.startswith(vocab.BASE):
        return iri
    return vocab.BASE + iri[len(vocab.BASE) :].partition(":")[0]


def _location(iri: str, data: Graph) -> Location | None:
    from rdflib import URIRef

    from kg.rdf.decode import place

    for candidate in (iri, _whole(iri)):
        found = data.value(URIRef(candidate), URIRef(vocab.term("definedAt")))
        if found is not None:
            return place(str(found))
    return None
