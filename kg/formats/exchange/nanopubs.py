"""Nanopublications as TriG, one for each statement, named by trusty URIs of the nanopub library.

They are unsigned: a signature says who publishes, and that is not for kg to say. Each can be signed
and published with the nanopub library and a profile of one's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pyoxigraph as ox

from kg.extras import import_extra
from kg.formats.exchange import common
from kg.formats.exchange.statement import ExchangeFormat, Statement, SupportItem, TrailStep
from kg.model import Level, Mechanistic, Sense, Tier, Verdict
from kg.rdf import vocab
from kg.rdf.encode import make_literal, make_node, make_term
from kg.rdf.trig import format_trig

NANOPUB_BASE = f"{vocab.BASE}np/"
DRAFT_IRI = f"{NANOPUB_BASE}draft"
"""The name until its code is known, and what its parts begin with before their `#`."""
NANOPUB_SCHEMA = "http://www.nanopub.org/nschema#"
LICENSE_IRI = "https://creativecommons.org/licenses/by/4.0/"
PROVENANCE_KEYS = ("profile", "softwareVersion", "inputDigest")
"""What belongs to the provenance, not to the assertion."""


def write_nanopubs(statements: tuple[Statement, ...]) -> str:
    """All nanopublications in one TriG document.

    Raises:
        MissingExtra: the nanopub library is not there.
    """
    drafts = (list(_build_draft(statement)) for statement in statements)
    return format_trig(quad for draft in drafts for quad in _apply_trusty_name(draft))


def _apply_trusty_name(draft: list[ox.Quad]) -> Iterator[ox.Quad]:
    """The quads under the name that proves their content."""
    code = _compute_artifact_code(draft)

    def rename_term(term: Any) -> Any:
        if not isinstance(term, ox.NamedNode) or not term.value.startswith(DRAFT_IRI):
            return term
        return make_node(f"{NANOPUB_BASE}{code}{term.value.removeprefix(DRAFT_IRI)}")

    for q in draft:
        subject, object, graph = map(rename_term, (q.subject, q.object, q.graph_name))
        yield ox.Quad(subject, q.predicate, object, graph)


def _compute_artifact_code(draft: list[ox.Quad]) -> str:
    """The artifact code of the trusty URI: a hash over all quads."""
    module = "nanopub.trustyuri.rdf.RdfHasher"
    hasher = import_extra("nanopub", "a nanopublication", module)
    quads = ((q.graph_name, q.subject, q.predicate, q.object) for q in draft)
    terms = [tuple(map(_convert_to_rdflib, quad)) for quad in quads]
    code: str = hasher.make_hash(terms, baseuri=f"{DRAFT_IRI}#", hashstr=" ")
    return code


def _convert_to_rdflib(term: Any) -> Any:
    """The term as rdflib has it, which the nanopub library works on."""
    from rdflib import Literal, URIRef

    if isinstance(term, ox.Literal):
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    return URIRef(term.value)


def _build_draft(statement: Statement) -> Iterator[ox.Quad]:
    """The four graphs of a nanopublication under a name that is not yet fixed."""
    nanopub_node, activity = make_node(DRAFT_IRI), make_node(f"{DRAFT_IRI}#grading")
    head_graph, assertion_graph, proven, info = (
        make_node(f"{DRAFT_IRI}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo")
    )
    kind = make_node(NANOPUB_SCHEMA + "Nanopublication")
    yield ox.Quad(nanopub_node, make_term("rdf:type"), kind, head_graph)
    parts = (("Assertion", assertion_graph), ("Provenance", proven), ("PublicationInfo", info))
    for name, part_graph in parts:
        predicate = make_node(f"{NANOPUB_SCHEMA}has{name}")
        yield ox.Quad(nanopub_node, predicate, part_graph, head_graph)
    for subject, predicate, value in _list_assertion_triples(statement):
        yield ox.Quad(subject, predicate, value, assertion_graph)
    yield ox.Quad(assertion_graph, make_term("prov:wasGeneratedBy"), activity, proven)
    for work in statement.works:
        study = make_node(vocab.build_iri("study", work.id))
        yield ox.Quad(activity, make_term("prov:used"), study, proven)
    kg_values = common.list_kg_values(statement)
    for name in PROVENANCE_KEYS:
        yield ox.Quad(activity, make_term(name), make_literal(kg_values[name]), proven)
    yield ox.Quad(nanopub_node, make_term("dcterms:license"), make_node(LICENSE_IRI), info)


def _list_assertion_triples(statement: Statement) -> Iterator[tuple[Any, Any, Any]]:
    grade, label = make_node(statement.iri), make_term("rdfs:label")
    yield grade, make_term("rdf:type"), make_term("Grade")
    yield grade, label, make_literal(statement.text)
    for name, value in common.KG_VALUES.items():
        if name not in PROVENANCE_KEYS:
            yield grade, make_term(name), _make_value_term(value(statement))
    yield grade, make_term("rewrite"), make_literal(statement.rewrite)
    for name, node_iri, words in (
        ("exposure", statement.exposure, statement.exposure_label),
        ("outcome", statement.outcome, statement.outcome_label),
    ):
        yield grade, make_term(name), make_node(node_iri)
        yield make_node(node_iri), label, make_literal(words)
    part_rows: list[tuple[str, str, tuple[str | int, ...]]] = [
        *(("reason", j.text, (j.name, j.change, j.text)) for j in statement.trail),
        *(("admittedWork", w.text, (w.id, w.text, w.address)) for w in statement.works),
        *(("claim", c.text, (c.id, c.text, c.address)) for c in statement.claims),
    ]
    for position, (name, words, part_row) in enumerate(part_rows):
        part_node = make_node(f"{DRAFT_IRI}#{name}-{position:04}")
        yield grade, make_term(name), part_node
        yield part_node, label, make_literal(words)
        row_literal = make_literal(json.dumps(part_row, ensure_ascii=False))
        yield part_node, make_term("rdf:value"), row_literal


def _make_value_term(value: Enum | str | int) -> Any:
    if isinstance(value, Enum):
        return make_node(vocab.build_concept_iri(value))
    return make_literal(value)


def _read_plain_value(term: Any) -> Any:
    """What a term stands for: the word of a concept, or the value of a literal."""
    if isinstance(term, ox.NamedNode):
        members = (m for words in (Sense, Verdict, Level, Mechanistic, Tier) for m in words)
        member = next(m for m in members if vocab.build_concept_iri(m) == term.value)
        return common.convert_to_plain(member)
    return term.value


def read_nanopubs(text: str) -> tuple[Statement, ...]:
    """The statements of such a document, by the names of their grades."""
    with common.convert_read_errors("document of nanopublications"):
        graphs: dict[Any, list[ox.Quad]] = {}
        for quad in ox.parse(text.encode(), format=ox.RdfFormat.TRIG):
            graphs.setdefault(quad.graph_name, []).append(quad)
        statements = [
            _read_statement(quad.subject, quads, graphs)
            for graph, quads in graphs.items()
            for quad in quads
            if (quad.predicate, quad.object) == (make_term("rdf:type"), make_term("Grade"))
        ]
        return common.require_statements(sorted(statements, key=lambda s: s.iri))


def _read_statement(
    grade: Any, assertion_quads: list[ox.Quad], graphs: dict[Any, list[ox.Quad]]
) -> Statement:
    name = str(assertion_quads[0].graph_name).strip("<>").removesuffix("assertion")
    proven = graphs[make_node(f"{name}provenance")]

    def list_objects(key: str, subject: Any = grade, quads: Any = assertion_quads) -> list[Any]:
        return [q.object for q in quads if (q.subject, q.predicate) == (subject, make_term(key))]

    def list_rows(key: str) -> list[list[Any]]:
        nodes = sorted(list_objects(key), key=lambda term: term.value)
        return [json.loads(list_objects("rdf:value", node)[0].value) for node in nodes]

    asserted_keys = (key for key in common.KG_VALUES if key not in PROVENANCE_KEYS)
    kg_values = {key: _read_plain_value(list_objects(key)[0]) for key in asserted_keys}
    activity = make_node(f"{name}grading")
    kg_values |= {key: list_objects(key, activity, proven)[0].value for key in PROVENANCE_KEYS}
    (exposure,), (outcome,) = list_objects("exposure"), list_objects("outcome")
    text, exposure_label, outcome_label = (
        list_objects("rdfs:label", node)[0].value for node in (grade, exposure, outcome)
    )
    return Statement(
        iri=grade.value,
        exposure=exposure.value,
        exposure_label=exposure_label,
        outcome=outcome.value,
        outcome_label=outcome_label,
        verb=common.extract_verb(text, exposure_label, outcome_label),
        rewrite=list_objects("rewrite")[0].value,
        trail=tuple(TrailStep(*row) for row in list_rows("reason")),
        works=tuple(SupportItem(*row) for row in list_rows("admittedWork")),
        claims=tuple(SupportItem(*row) for row in list_rows("claim")),
        **common.restore_fields(kg_values),
    )


FORMAT = ExchangeFormat(write_nanopubs, read_nanopubs)
