"""A store as the source of evidence for a grade: only what bears on a question is fetched.

`around` gives everything that lies on some way to an outcome, as a base of its own; graded, it
gives the same pairs as the whole (tests/api/test_store_evidence.py holds this for every shipped
outcome), but for the counts of all works that the base cites.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

from pyoxigraph import NamedNode, Quad, Triple

from kg.errors import LimitError, UnknownName
from kg.model import (
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
)
from kg.model.base import Node
from kg.rdf import vocab
from kg.rdf.decode import KNOWN_BY_ID, add_nodes_known_by_id, decode_base
from kg.rdf.sparql import format_text_term
from kg.stores import Store
from kg.stores.oxigraph_store import OxigraphStore

THINGS_PER_QUERY = 200
"""Things that one query asks about."""

THINGS_PER_PART = 2_000
"""Things of one part of a store."""

MAX_UPSTREAM_NODES = 200_000
"""Nodes on ways to one outcome; beyond, columns are the form to grade."""

_UPSTREAM_QUERY = """
SELECT DISTINCT ?from WHERE {
  VALUES ?to { %s }
  { ?proposition kg:object ?to ; kg:subject ?from }
  UNION { ?finding kg:outcome ?to ; kg:exposure ?from . ?study kg:finding ?finding }
  UNION { ?from skos:broader ?to }
  UNION { ?from kg:partOf ?to }
  UNION { ?step kg:subject ?to ; kg:stepKind kg:step-kind-bridge ; kg:object ?from }
}
"""
_ABOUT_QUERY = """
SELECT DISTINCT ?thing WHERE {
  VALUES ?to { %s }
  { ?thing a kg:Claim ; kg:proposition/kg:object ?to }
  UNION { ?thing a kg:ArgumentChain ; kg:step/kg:object ?to }
  UNION { ?thing a kg:Study ; kg:finding/kg:outcome ?to }
}
"""
_NAME_QUERY = """
SELECT DISTINCT ?node WHERE {
  VALUES ?name { %s }
  VALUES ?type { kg:Entity kg:Exposure }
  ?node a ?type ; (rdfs:label|skos:altLabel) ?name
}
"""
_REFERENCE_PREDICATES = tuple(
    vocab.expand_term(predicate_name)
    for predicate_name in (
        *("citation", "source", "work", "population", "substance", "form", "component"),
        *("contains", "reports", "matches"),
        *("skos:broader", "condition", "exposure", "outcome", "subject", "object", "claim"),
    )
)
"""What a thing refers to and a grade may look at."""

_PART_PREDICATES = (vocab.expand_term("finding"), vocab.expand_term("proposition"))


@dataclass
class StoreEvidenceSource:
    """The evidence of a store, asked for piece by piece."""

    store: Store

    def resolve_node(self, name: str) -> Node:
        """The node of this id, label or synonym as written; `UnknownName` where there is none."""
        exact = self.load_things(
            vocab.build_iri(section, name) for section in ("entity", "exposure")
        )
        if node_by_id := exact.find_node(name):
            return node_by_id
        spellings = dict.fromkeys((name, name.lower(), name.capitalize(), name.replace("-", " ")))
        rows = self._fetch_iris(_NAME_QUERY % " ".join(map(format_text_term, spellings)), "node")
        for iri in sorted(rows):
            node_base = self.load_things([iri])
            nodes: tuple[Node, ...] = (*node_base.entities, *node_base.exposures)
            if nodes:
                return nodes[0]
        iri = vocab.build_iri("entity", name)
        if self.store.query(f"ASK {{ ?said kg:subject|kg:object <{iri}> }}").boolean:
            return Entity(name, name, EntityKind.PROPERTY, note=KNOWN_BY_ID)
        raise UnknownName("entity or exposure", name)

    def load_around(self, outcome: str) -> EvidenceBase:
        """Everything that bears on an outcome: all ways to it, and what they lean on.

        A substance that says something of the outcome, and that nobody describes as an exposure, is
        taken as given, route and form unstated.

        Raises:
            UnknownName: there is no such outcome.
            LimitError: more nodes lie on ways to it than a base in memory should hold.
        """
        target = self.resolve_node(outcome)
        nodes = self._collect_upstream_nodes({vocab.build_iri("entity", target.id)})
        things: set[str] = set()
        for batch in _split_batches(sorted(nodes)):
            things |= self._fetch_iris(_ABOUT_QUERY % _format_terms(batch), "thing")
        base = self.load_things([*nodes, *things], follow=_REFERENCE_PREDICATES)
        return _add_implied_exposures(add_nodes_known_by_id(base), target.id)

    def _collect_upstream_nodes(self, targets: set[str]) -> set[str]:
        reached_iris, open_iris = set(targets), set(targets)
        while open_iris:
            next_iris: set[str] = set()
            for batch in _split_batches(sorted(open_iris)):
                next_iris |= self._fetch_iris(_UPSTREAM_QUERY % _format_terms(batch), "from")
            open_iris = next_iris - reached_iris
            reached_iris |= open_iris
            if len(reached_iris) > MAX_UPSTREAM_NODES:
                raise LimitError(
                    f"more than {MAX_UPSTREAM_NODES:,} nodes lie on ways to "
                    f"{_parse_id(min(targets))}: "
                    "make columns of the graph and grade those"
                )
        return reached_iris

    def iterate_parts(self, type: str, *follow: str) -> Iterator[EvidenceBase]:
        """The things of a type, some at a time, with their parts and what these names refer to.

        Memory is that of a part where the store is Oxigraph's, else that of all their IRIs.
        """
        predicates = tuple(map(vocab.expand_term, follow))
        iris = self._iterate_iris_of_type(type)
        while part_iris := tuple(islice(iris, THINGS_PER_PART)):
            yield self.load_things(part_iris, predicates)

    def _iterate_iris_of_type(self, type: str) -> Iterator[str]:
        if isinstance(self.store, OxigraphStore):
            kind = NamedNode(vocab.expand_term(type))
            typed = NamedNode(vocab.expand_term("rdf:type"))
            typed_quads = self.store.raw_store.quads_for_pattern(None, typed, kind)
            for subject, _ in groupby(quad.subject for quad in typed_quads):  # one for each graph
                if isinstance(subject, NamedNode):
                    yield subject.value
        else:
            yield from sorted(self._fetch_iris(f"SELECT ?thing {{ ?thing a kg:{type} }}", "thing"))

    def load_things(self, iris: Iterable[str], follow: Sequence[str] = ()) -> EvidenceBase:
        """A base of the things of these IRIs with their parts, and with what they refer to.

        `follow` are the predicates whose objects are taken in as well, and theirs.
        """
        fetched_iris: set[str] = set()
        open_iris = set(iris)
        quads: list[Quad] = []
        while open_iris:
            fetched_iris |= open_iris
            triples = [
                t for batch in _split_batches(sorted(open_iris)) for t in self._fetch_triples(batch)
            ]
            quads += [Quad(t.subject, t.predicate, t.object) for t in triples]
            open_iris = set(_iterate_followed_iris(triples, follow)) - fetched_iris
        return decode_base(quads).base

    def _fetch_triples(self, batch: Sequence[str]) -> Iterator[Triple]:
        text = "CONSTRUCT { ?thing ?p ?o } WHERE { VALUES ?thing { %s } ?thing ?p ?o }"
        yield from self.store.query(text % _format_terms(batch)).triples

    def _fetch_iris(self, text: str, name: str) -> set[str]:
        query_result = self.store.query(text)
        return {cell["value"] for cell in query_result.iterate_cells(name) if cell["type"] == "uri"}


def _iterate_followed_iris(triples: Iterable[Triple], follow: Sequence[str]) -> Iterator[str]:
    """IRIs of the parts of things, and of what they refer to where that is followed."""
    for triple in triples:
        object = getattr(triple.object, "value", "")
        if not object.startswith(vocab.BASE):
            continue
        predicate = triple.predicate.value
        subject = getattr(triple.subject, "value", "")
        is_part = object.startswith(f"{subject}:") or predicate in _PART_PREDICATES
        if is_part or predicate in follow:
            yield object


def _add_implied_exposures(base: EvidenceBase, outcome: str) -> EvidenceBase:
    """The base with substances that act on the outcome as exposures, where nobody describes one."""
    if base.exposures:  # curated, or described otherwise: then whoever is no exposure is none
        return base
    targets = base.find_descendants(outcome)
    acting = {
        claim.proposition.subject for claim in base.claims if claim.proposition.object in targets
    }
    kinds = (EntityKind.SUBSTANCE, EntityKind.INTERVENTION)
    implied_entities = [
        entity for entity in base.entities if entity.id in acting and entity.kind in kinds
    ]
    if not implied_entities:
        return base
    ids = {entity.id for entity in implied_entities}
    implied_exposures = [_build_exposure(entity) for entity in implied_entities]
    return replace(
        base,
        entities=tuple(entity for entity in base.entities if entity.id not in ids),
        exposures=tuple(
            sorted((*base.exposures, *implied_exposures), key=lambda exposure: exposure.id)
        ),
    )


def _build_exposure(entity: Entity) -> Exposure:
    return Exposure(
        entity.id, entity.label, entity.id, ExposureKind.UNKNOWN, synonyms=entity.synonyms
    )


def _split_batches(all_iris: Sequence[str]) -> Iterator[Sequence[str]]:
    remaining = iter(all_iris)
    while batch := tuple(islice(remaining, THINGS_PER_QUERY)):
        yield batch


def _format_terms(node_iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in node_iris)


def _parse_id(iri: str) -> str:
    parsed = vocab.parse_iri(iri)
    return parsed[1] if parsed else iri
