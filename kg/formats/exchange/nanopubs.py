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

from kg.errors import OutsideError
from kg.formats.exchange import parts
from kg.formats.exchange.statement import Backing, Exchange, Judged, Statement
from kg.model import Level, Mechanistic, Sense, Tier, Verdict
from kg.rdf import vocab
from kg.rdf.encode import literal, named, node
from kg.rdf.trig import trig

BASE = f"{vocab.BASE}np/"
DRAFT = f"{BASE}draft"
"""The name until its code is known, and what its parts begin with before their `#`."""
NP = "http://www.nanopub.org/nschema#"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
MADE_BY = ("profile", "softwareVersion", "inputDigest")
"""What belongs to the provenance, not to the assertion."""


def write(statements: tuple[Statement, ...]) -> str:
    """All nanopublications in one TriG document.

    Raises:
        OutsideError: the nanopub library is not there.
    """
    return trig(quad for statement in statements for quad in _named(list(_draft(statement))))


def _named(draft: list[ox.Quad]) -> Iterator[ox.Quad]:
    """The quads under the name that proves their content."""
    code = _code(draft)

    def rename(term: Any) -> Any:
        if not isinstance(term, ox.NamedNode) or not term.value.startswith(DRAFT):
            return term
        return node(f"{BASE}{code}{term.value.removeprefix(DRAFT)}")

    for q in draft:
        yield ox.Quad(rename(q.subject), q.predicate, rename(q.object), rename(q.graph_name))


def _code(draft: list[ox.Quad]) -> str:
    """The artifact code of the trusty URI: a hash over all quads."""
    try:
        from nanopub.trustyuri.rdf import RdfHasher
    except ImportError as fault:
        message = "nanopublications need the nanopub library: pip install 'evidence-kg[nanopub]'"
        raise OutsideError(message) from fault
    quads = [tuple(map(_older, (q.graph_name, q.subject, q.predicate, q.object))) for q in draft]
    code: str = RdfHasher.make_hash(quads, baseuri=f"{DRAFT}#", hashstr=" ")
    return code


def _older(term: Any) -> Any:
    """The term as rdflib has it, which the nanopub library works on."""
    from rdflib import Literal, URIRef

    if isinstance(term, ox.Literal):
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    return URIRef(term.value)


def _draft(s: Statement) -> Iterator[ox.Quad]:
    """The four graphs of a nanopublication under a name that is not yet fixed."""
    this, activity = node(DRAFT), node(f"{DRAFT}#grading")
    head, said, proven, info = (
        node(f"{DRAFT}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo")
    )
    yield ox.Quad(this, named("rdf:type"), node(NP + "Nanopublication"), head)
    yield ox.Quad(this, node(NP + "hasAssertion"), said, head)
    yield ox.Quad(this, node(NP + "hasProvenance"), proven, head)
    yield ox.Quad(this, node(NP + "hasPublicationInfo"), info, head)
    for subject, predicate, value in _assertion(s):
        yield ox.Quad(subject, predicate, value, said)
    yield ox.Quad(said, named("prov:wasGeneratedBy"), activity, proven)
    for work in s.works:
        yield ox.Quad(activity, named("prov:used"), node(vocab.iri("study", work.id)), proven)
    for name in MADE_BY:
        yield ox.Quad(activity, named(name), literal(parts.own(s)[name]), proven)
    yield ox.Quad(this, named("dcterms:license"), node(LICENSE), info)


def _assertion(s: Statement) -> Iterator[tuple[ox.NamedNode, ox.NamedNode, Any]]:
    grade, label = node(s.iri), named("rdfs:label")
    yield grade, named("rdf:type"), named("Grade")
    yield grade, label, literal(s.text)
    for name, value in parts.OWN.items():
        if name not in MADE_BY:
            yield grade, named(name), _term(value(s))
    yield grade, named("rewrite"), literal(s.rewrite)
    for name, iri, words in (
        ("exposure", s.exposure, s.exposure_label),
        ("outcome", s.outcome, s.outcome_label),
    ):
        yield grade, named(name), node(iri)
        yield node(iri), label, literal(words)
    rows: list[tuple[str, str, tuple[str | int, ...]]] = [
        *(("reason", j.text, (j.name, j.change, j.text)) for j in s.trail),
        *(("admittedWork", w.text, (w.id, w.text, w.address)) for w in s.works),
        *(("claim", c.text, (c.id, c.text, c.address)) for c in s.claims),
    ]
    for position, (name, words, row) in enumerate(rows):
        part = node(f"{DRAFT}#{name}-{position:04}")
        yield grade, named(name), part
        yield part, label, literal(words)
        yield part, named("rdf:value"), literal(json.dumps(row, ensure_ascii=False))


def _term(value: Enum | str | int) -> Any:
    return node(vocab.concept(value)) if isinstance(value, Enum) else literal(value)


def _plain(term: Any) -> Any:
    """What a term stands for: the word of a concept, or the value of a literal."""
    if isinstance(term, ox.NamedNode):
        members = (m for words in (Sense, Verdict, Level, Mechanistic, Tier) for m in words)
        return next(parts.plain(m) for m in members if vocab.concept(m) == term.value)
    return term.value


def read(text: str) -> tuple[Statement, ...]:
    """The statements of such a document, by the names of their grades."""
    with parts.reading("document of nanopublications"):
        graphs: dict[Any, list[ox.Quad]] = {}
        for quad in ox.parse(text.encode(), format=ox.RdfFormat.TRIG):
            graphs.setdefault(quad.graph_name, []).append(quad)
        found = [
            _statement(quad.subject, quads, graphs)
            for graph, quads in graphs.items()
            for quad in quads
            if (quad.predicate, quad.object) == (named("rdf:type"), named("Grade"))
        ]
        return parts.some(sorted(found, key=lambda s: s.iri))


def _statement(grade: Any, said: list[ox.Quad], graphs: dict[Any, list[ox.Quad]]) -> Statement:
    name = str(said[0].graph_name).strip("<>").removesuffix("assertion")
    proven = graphs[node(f"{name}provenance")]

    def all_of(quads: list[ox.Quad], key: str, subject: Any) -> list[Any]:
        return [q.object for q in quads if (q.subject, q.predicate) == (subject, named(key))]

    def rows(key: str) -> list[list[Any]]:
        nodes = sorted(all_of(said, key, grade), key=lambda term: term.value)
        return [json.loads(all_of(said, "rdf:value", part)[0].value) for part in nodes]

    values = {key: _plain(all_of(said, key, grade)[0]) for key in parts.OWN if key not in MADE_BY}
    activity = node(f"{name}grading")
    values |= {key: all_of(proven, key, activity)[0].value for key in MADE_BY}
    (exposure,), (outcome,) = all_of(said, "exposure", grade), all_of(said, "outcome", grade)
    text, taken, changed = (
        all_of(said, "rdfs:label", thing)[0].value for thing in (grade, exposure, outcome)
    )
    return Statement(
        iri=grade.value,
        exposure=exposure.value,
        exposure_label=taken,
        outcome=outcome.value,
        outcome_label=changed,
        does=parts.verb_of(text, taken, changed),
        rewrite=all_of(said, "rewrite", grade)[0].value,
        trail=tuple(Judged(*row) for row in rows("reason")),
        works=tuple(Backing(*row) for row in rows("admittedWork")),
        claims=tuple(Backing(*row) for row in rows("claim")),
        **parts.restored(values),
    )


FORMAT = Exchange(write, read)
