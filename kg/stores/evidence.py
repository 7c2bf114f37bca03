"""A store as the source of evidence for a grade: only what bears on a question is fetched.

`around` gives everything that lies on some way to an outcome, as a base of its own; graded, it
gives the same pairs as the whole (tests/test_store_evidence.py holds this for every shipped
outcome), but for the counts of all works that the base cites.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from pyoxigraph import NamedNode, Quad, Triple

from kg.errors import DataError, LimitError, UnknownName
from kg.model import (
    EdgeBatch,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Finding,
    Study,
)
from kg.model.base import Node
from kg.model.record import replace
from kg.rdf import vocab
from kg.rdf.decode import decode
from kg.rdf.sparql import text_term
from kg.stores import Store
from kg.stores.memory import OxigraphStore

BATCH = 200
"""Things that one query asks about."""

PART = 2_000
"""Things of one part of a store."""

PAGE = 20_000
"""Links of one batch."""

MOST_NODES = 200_000
"""Nodes on ways to one outcome; beyond, columns are the form to grade."""

_INTO = """
SELECT DISTINCT ?from WHERE {
  VALUES ?to { %s }
  { ?proposition kg:object ?to ; kg:subject ?from }
  UNION { ?finding kg:outcome ?to ; kg:exposure ?from . ?study kg:finding ?finding }
  UNION { ?from skos:broader ?to }
  UNION { ?from kg:partOf ?to }
  UNION { ?step kg:subject ?to ; kg:stepKind kg:step-kind-bridge ; kg:object ?from }
}
"""
_ABOUT = """
SELECT DISTINCT ?thing WHERE {
  VALUES ?to { %s }
  { ?thing a kg:Claim ; kg:proposition/kg:object ?to }
  UNION { ?thing a kg:ArgumentChain ; kg:step/kg:object ?to }
  UNION { ?thing a kg:Study ; kg:finding/kg:outcome ?to }
}
"""
_NAMED = """
SELECT DISTINCT ?node WHERE {
  VALUES ?name { %s }
  VALUES ?type { kg:Entity kg:Exposure }
  ?node a ?type ; (rdfs:label|skos:altLabel) ?name
}
"""
_LINKS = """
SELECT ?claim ?subject ?object ?sign WHERE {
  ?claim a kg:Claim ; kg:role ?role ; kg:proposition ?proposition .
  FILTER (?role != kg:role-reference-title)
  ?proposition kg:subject ?subject ; kg:object ?object ; kg:sign ?sign
}
ORDER BY STR(?claim) LIMIT %d OFFSET %d
"""
_TESTED = """
SELECT DISTINCT ?study WHERE {
  ?study kg:finding ?finding .
  ?finding kg:exposure %s ; kg:outcome %s
}
"""
_REFERENCES = tuple(
    vocab.term(name)
    for name in (
        *("citation", "source", "work", "population", "substance", "form", "component"),
        *("contains", "reports", "matches"),
        *("skos:broader", "condition", "exposure", "outcome", "subject", "object", "claim"),
    )
)
"""What a thing refers to and a grade may look at."""

_PARTS = (vocab.term("finding"), vocab.term("proposition"))


@dataclass
class StoreSource:
    """The evidence of a store, asked for piece by piece."""

    store: Store

    def resolve(self, name: str) -> Node:
        """The node of this id, label or synonym as written; `UnknownName` where there is none."""
        exact = self.things(vocab.iri(section, name) for section in ("entity", "exposure"))
        if named := exact.node(name):
            return named
        spellings = dict.fromkeys((name, name.lower(), name.capitalize(), name.replace("-", " ")))
        rows = self._iris(_NAMED % " ".join(map(text_term, spellings)), "node")
        for iri in sorted(rows):
            base = self.things([iri])
            nodes: tuple[Node, ...] = (*base.entities, *base.exposures)
            if nodes:
                return nodes[0]
        raise UnknownName("entity or exposure", name)

    def edges(self) -> Iterator[EdgeBatch]:
        """All signed links that claims put forward, a batch at a time."""
        seen = 0
        while True:
            found = self.store.query(_LINKS % (PAGE, seen))
            if not found.count:
                return
            seen += found.count
            claims, subjects, objects = (
                tuple(_id(cell["value"]) for cell in found.cells(name))
                for name in ("claim", "subject", "object")
            )
            try:
                signs = tuple(int(cell["value"]) for cell in found.cells("sign"))
            except ValueError:
                raise DataError("the store holds a sign of a link that is no number") from None
            yield EdgeBatch(subjects, objects, signs, claims)

    def evidence(self, subject: str, object: str) -> tuple[tuple[Study, Finding], ...]:
        """Findings on exactly subject -> object, with their studies."""
        exposure, outcome = vocab.iri("exposure", subject), vocab.iri("entity", object)
        base = self.things(self._iris(_TESTED % (f"<{exposure}>", f"<{outcome}>"), "study"))
        return base.evidence(subject, object)

    def around(self, outcome: str) -> EvidenceBase:
        """Everything that bears on an outcome: all ways to it, and what they lean on.

        A substance that says something of the outcome, and that nobody describes as an exposure, is
        taken as given, route and form unstated.

        Raises:
            UnknownName: there is no such outcome.
            LimitError: more nodes lie on ways to it than a base in memory should hold.
        """
        target = self.resolve(outcome)
        nodes = self._leading_to({vocab.iri("entity", target.id)})
        things: set[str] = set()
        for batch in _batches(sorted(nodes)):
            things |= self._iris(_ABOUT % _terms(batch), "thing")
        return _given(self.things([*nodes, *things], follow=_REFERENCES), target.id)

    def _leading_to(self, targets: set[str]) -> set[str]:
        seen, todo = set(targets), set(targets)
        while todo:
            found: set[str] = set()
            for batch in _batches(sorted(todo)):
                found |= self._iris(_INTO % _terms(batch), "from")
            todo = found - seen
            seen |= todo
            if len(seen) > MOST_NODES:
                raise LimitError(
                    f"more than {MOST_NODES:,} nodes lie on ways to {_id(min(targets))}: "
                    "make columns of the graph and grade those"
                )
        return seen

    def parts(self, type: str, *follow: str) -> Iterator[EvidenceBase]:
        """The things of a type, some at a time, with their parts and what these names refer to.

        Memory is that of a part where the store is Oxigraph's, else that of all their IRIs.
        """
        predicates = tuple(map(vocab.term, follow))
        iris = self._of_type(type)
        while some := tuple(islice(iris, PART)):
            yield self.things(some, predicates)

    def _of_type(self, type: str) -> Iterator[str]:
        if isinstance(self.store, OxigraphStore):
            kind = NamedNode(vocab.term(type))
            typed = NamedNode(vocab.term("rdf:type"))
            found = self.store.store.quads_for_pattern(None, typed, kind)
            for subject, _ in groupby(quad.subject for quad in found):  # one for each graph
                if isinstance(subject, NamedNode):
                    yield subject.value
        else:
            yield from sorted(self._iris(f"SELECT ?thing {{ ?thing a kg:{type} }}", "thing"))

    def things(self, iris: Iterable[str], follow: Sequence[str] = ()) -> EvidenceBase:
        """A base of the things of these IRIs with their parts, and with what they refer to.

        `follow` are the predicates whose objects are taken in as well, and theirs.
        """
        seen: set[str] = set()
        todo = set(iris)
        quads: list[Quad] = []
        while todo:
            seen |= todo
            triples = [t for batch in _batches(sorted(todo)) for t in self._described(batch)]
            quads += [Quad(t.subject, t.predicate, t.object) for t in triples]
            todo = set(_next(triples, follow)) - seen
        return decode(quads).base

    def _described(self, batch: Sequence[str]) -> Iterator[Triple]:
        text = "CONSTRUCT { ?thing ?p ?o } WHERE { VALUES ?thing { %s } ?thing ?p ?o }"
        yield from self.store.query(text % _terms(batch)).triples

    def _iris(self, text: str, name: str) -> set[str]:
        found = self.store.query(text)
        return {cell["value"] for cell in found.cells(name) if cell["type"] == "uri"}


def _next(triples: Iterable[Triple], follow: Sequence[str]) -> Iterator[str]:
    """IRIs of the parts of things, and of what they refer to where that is followed."""
    for triple in triples:
        object = getattr(triple.object, "value", "")
        if not object.startswith(vocab.BASE):
            continue
        predicate = triple.predicate.value
        subject = getattr(triple.subject, "value", "")
        part = object.startswith(f"{subject}:") or predicate in _PARTS
        if part or predicate in follow:
            yield object


def _given(base: EvidenceBase, outcome: str) -> EvidenceBase:
    """The base with substances that act on the outcome as exposures, where nobody describes one."""
    if base.exposures:  # curated, or described otherwise: then whoever is no exposure is none
        return base
    targets = base.descendants(outcome)
    acting = {
        claim.proposition.subject for claim in base.claims if claim.proposition.object in targets
    }
    kinds = (EntityKind.SUBSTANCE, EntityKind.INTERVENTION)
    taken = [entity for entity in base.entities if entity.id in acting and entity.kind in kinds]
    if not taken:
        return base
    ids = {entity.id for entity in taken}
    made = [_exposure(entity) for entity in taken]
    return replace(
        base,
        entities=tuple(entity for entity in base.entities if entity.id not in ids),
        exposures=tuple(sorted((*base.exposures, *made), key=lambda exposure: exposure.id)),
    )


def _exposure(entity: Entity) -> Exposure:
    return Exposure(
        entity.id, entity.label, entity.id, ExposureKind.UNKNOWN, synonyms=entity.synonyms
    )


def _batches(iris: Sequence[str]) -> Iterator[Sequence[str]]:
    remaining = iter(iris)
    while batch := tuple(islice(remaining, BATCH)):
        yield batch


def _terms(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris)


def _id(iri: str) -> str:
    parsed = vocab.parse_iri(iri)
    return parsed[1] if parsed else iri
