"""Computed grades -> the named graph of grades, with where they come from (PROV-O)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg.model import (
    ChainGrade,
    Diagnostic,
    EvidenceBase,
    Level,
    Link,
    OutcomeGrade,
    PairGrade,
    Rating,
    Reading,
    Readings,
    Reason,
    System,
)
from kg.rdf import vocab
from kg.rdf.encode import Term, make_literal, make_node, make_term
from kg.rdf.table import SECTION_OF
from kg.resources import source_date

LEVEL_PROPERTIES = {
    Reading.ESTABLISHED: "established",
    Reading.AS_DESCRIBED: "asDescribed",
    Reading.BEST_CASE: "bestCase",
}
"""Properties that carry the level of a grade, chain or link in each reading."""

_GRADES_GRAPH_NODE = NamedNode(vocab.GRADES_GRAPH)


def encode_grades(grades: Iterable[OutcomeGrade], base: EvidenceBase) -> Iterator[Quad]:
    """Quads of the grades, all in one named graph; the same input gives the same quads.

    A time is recorded only where `SOURCE_DATE_EPOCH` sets one, so that a build can be repeated.
    """
    encoder = _GradeEncoder(base, [])
    for grade in grades:
        encoder.encode_outcome(grade)
    yield from dict.fromkeys(encoder.quads)


@dataclass(frozen=True, slots=True)
class _GradeEncoder:
    base: EvidenceBase
    quads: list[Quad]

    def add_triples(self, subject: NamedNode, name: str, *values: Any) -> None:
        """Add a triple for each value that is not None; plain values become literals."""
        for value in values:
            if value is not None:
                term = value if isinstance(value, NamedNode | Literal) else _make_plain_term(value)
                self.quads.append(Quad(subject, make_term(name), term, _GRADES_GRAPH_NODE))

    def encode_outcome(self, grade: OutcomeGrade) -> None:
        """The pairs and diagnostics of one outcome."""
        activity = self.encode_activity(grade)
        for pair in grade.pairs:
            self.encode_pair(pair, activity)
        for diagnostic in grade.diagnostics:
            self.encode_diagnostic(diagnostic, activity)

    def encode_activity(self, grade: OutcomeGrade) -> NamedNode:
        """The computation: profile, versions and inputs."""
        summary = grade.base
        subject = make_node(vocab.build_iri("activity", "grading", summary.profile))
        self.add_triples(subject, "rdf:type", make_term("prov:Activity"))
        self.add_triples(subject, "rdfs:label", f"grading by profile {summary.profile}")
        self.add_triples(subject, "profile", summary.profile)
        self.add_triples(subject, "profileVersion", summary.profile_version)
        self.add_triples(subject, "softwareVersion", summary.version)
        self.add_triples(subject, "inputDigest", summary.digest or None)
        used_graphs = [vocab.VOCABULARY_GRAPH, vocab.STUDIES_GRAPH]
        used_graphs += [vocab.build_source_graph_iri(source) for source in summary.sources]
        self.add_triples(subject, "prov:used", *(make_node(graph_iri) for graph_iri in used_graphs))
        if moment := source_date():
            end_time = moment.isoformat()
            self.add_triples(
                subject, "prov:endedAtTime", Literal(end_time, datatype=make_term("xsd:dateTime"))
            )
        return subject

    def encode_pair(self, pair: PairGrade, activity: NamedNode) -> None:
        """One exposure, one outcome, one sense."""
        pair_key = (pair.exposure, pair.outcome, str(pair.sense))
        subject = make_node(vocab.build_iri("grade", *pair_key))
        self.add_triples(subject, "rdf:type", make_term("Grade"))
        self.add_triples(subject, "prov:wasGeneratedBy", activity)
        self.add_triples(subject, "exposure", self.make_node_term(pair.exposure))
        self.add_triples(subject, "outcome", self.make_node_term(pair.outcome))
        self.add_triples(subject, "sense", pair.sense)
        self.add_triples(subject, "sign", pair.sign)
        self.encode_levels(subject, pair.certainty.map(lambda certainty: certainty.level))
        self.add_triples(subject, "refutation", pair.refuted_by)
        self.add_triples(subject, "mechanisticSupport", pair.mechanistic)
        self.add_triples(subject, "verdict", pair.verdict)
        self.add_triples(subject, "effectDirection", pair.conclusion.direction)
        self.add_triples(subject, "indirect", pair.indirect)
        self.add_triples(subject, "wordingTier", pair.wording.sigma)
        self.add_triples(
            subject, "claim", *(self.make_thing_term("claim", c) for c in pair.wording.claims)
        )
        if pair.wording.strongest:
            self.add_triples(
                subject, "strongestClaim", self.make_thing_term("claim", pair.wording.strongest)
            )
        self.add_triples(subject, "unhedgedClaims", pair.wording.unhedged)
        self.add_triples(subject, "gap", pair.gap)
        self.add_triples(subject, "gapBest", pair.gap_best)
        self.add_triples(subject, "severity", pair.severity)
        self.add_triples(subject, "worksCited", pair.direct.works_cited)
        self.add_triples(subject, "worksMeasured", pair.direct.works_measured)
        self.add_triples(subject, "humanWorks", pair.direct.human_works)
        self.add_triples(subject, "studiesMeasured", pair.direct.studies_measured)
        self.add_triples(subject, "humanStudies", pair.direct.human_studies)
        self.add_triples(subject, "rewrite", pair.rewrite or None)
        self.add_triples(subject, "flag", *pair.flags)
        self.add_triples(
            subject, "fragileTo", *(self.make_work_term(work_id) for work_id in pair.fragility)
        )
        for reading in Reading:
            self.encode_reasons(subject, pair_key, reading, pair.certainty[reading].reasons)
            self.encode_rating(
                subject, (*pair_key, "direct"), reading, pair.direct.ratings[reading]
            )
        for name, chains in (("chainGrade", pair.chains), ("counterChain", pair.counter_chains)):
            for chain in chains:
                self.encode_chain(subject, name, pair_key, chain)
        self.encode_improvements(subject, pair_key, pair)

    def encode_improvements(
        self, subject: NamedNode, pair_key: tuple[str, ...], pair: PairGrade
    ) -> None:
        """What would raise a grade: repair sets and gains."""
        for reading in Reading:
            for repair in pair.repair[reading]:
                part_node = make_node(
                    vocab.build_iri("grade", *pair_key, "repair", reading, repair.level.key)
                )
                self.add_triples(subject, "repairSet", part_node)
                self.add_triples(part_node, "rdf:type", make_term("RepairSet"))
                self.add_triples(part_node, "reading", reading)
                self.add_triples(part_node, "level", repair.level)
                self.add_triples(part_node, "reachable", repair.links is not None)
                self.add_triples(part_node, "size", repair.size)
                self.add_triples(part_node, "linkName", *(repair.links or ()))
            for gain in pair.gain[reading]:
                part_node = make_node(
                    vocab.build_iri("grade", *pair_key, "gain", reading, gain.link)
                )
                self.add_triples(subject, "gain", part_node)
                self.add_triples(part_node, "rdf:type", make_term("Gain"))
                self.add_triples(part_node, "reading", reading)
                self.add_triples(part_node, "linkName", gain.link)
                self.add_triples(part_node, "steps", gain.steps)

    def encode_chain(
        self, grade: NamedNode, name: str, pair_key: tuple[str, ...], chain: ChainGrade
    ) -> None:
        """One chain of a pair with its links."""
        chain_key = (*pair_key, "chain", chain.id)
        subject = make_node(vocab.build_iri("grade", *chain_key))
        self.add_triples(grade, name, subject)
        self.add_triples(subject, "rdf:type", make_term("ChainGrade"))
        self.add_triples(subject, "rdfs:label", chain.label)
        if chain.id in self.base.chain:
            self.add_triples(subject, "ofChain", make_node(vocab.build_iri("chain", chain.id)))
        if chain.source:
            self.add_triples(subject, "source", self.make_thing_term("source", chain.source))
        self.add_triples(subject, "sign", chain.sign)
        self.encode_levels(subject, chain.certainty)
        self.add_triples(subject, "distance", chain.distance)
        self.add_triples(subject, "ceiling", chain.ceiling)
        self.add_triples(subject, "mechanisticSupport", chain.mechanistic)
        self.add_triples(subject, "counter", chain.counter)
        self.add_triples(subject, "found", chain.found)
        self.add_triples(subject, "feedback", chain.feedback)
        for index, link in enumerate(chain.links):
            self.encode_link(subject, chain_key, index, link, index in chain.weakest)

    def encode_link(
        self, chain: NamedNode, chain_key: tuple[str, ...], index: int, link: Link, weakest: bool
    ) -> None:
        """One link of a chain."""
        link_key = (*chain_key, "link", f"{index + 1:02}")
        subject = make_node(vocab.build_iri("grade", *link_key))
        self.add_triples(chain, "link", subject)
        self.add_triples(subject, "rdf:type", make_term("Link"))
        self.add_triples(subject, "position", index + 1)
        self.add_triples(subject, "linkName", link.id)
        self.add_triples(subject, "subject", self.make_node_term(link.subject))
        self.add_triples(subject, "predicate", link.predicate)
        self.add_triples(subject, "object", self.make_node_term(link.object))
        self.add_triples(subject, "sign", link.sign)
        self.add_triples(subject, "linkKind", link.kind)
        self.add_triples(subject, "linkStatus", link.status)
        self.add_triples(
            subject, "claim", *(self.make_thing_term("claim", claim_id) for claim_id in link.claims)
        )
        self.encode_levels(subject, link.effective)
        self.add_triples(subject, "mechanisticSupport", link.mechanistic)
        self.add_triples(subject, "delta", link.delta)
        self.add_triples(subject, "wordingTier", link.tier)
        self.add_triples(subject, "system", *(_make_system_term(system) for system in link.systems))
        self.add_triples(subject, "weakest", weakest)
        self.add_triples(subject, "skos:editorialNote", link.note or None)
        if link.evidence_from:
            self.add_triples(subject, "evidenceFrom", self.make_node_term(link.evidence_from))
        for reading in Reading:
            self.encode_rating(subject, link_key, reading, link.ratings[reading])

    def encode_rating(
        self, subject: NamedNode, key: tuple[str, ...], reading: Reading, rating: Rating
    ) -> None:
        """Support and refutation in one reading, with the trail."""
        rating_key = (*key, reading)
        part = make_node(vocab.build_iri("grade", *rating_key))
        self.add_triples(subject, "rating", part)
        self.add_triples(part, "rdf:type", make_term("Rating"))
        self.add_triples(part, "reading", reading)
        self.add_triples(part, "support", rating.level)
        self.add_triples(part, "refutation", rating.refute)
        self.add_triples(part, "lowestLevel", rating.low)
        self.add_triples(part, "highestLevel", rating.high)
        self.add_triples(part, "stream", rating.stream)
        self.add_triples(
            part, "admittedWork", *(self.make_work_term(work_id) for work_id in rating.works)
        )
        self.add_triples(part, "flag", *rating.flags)
        self.encode_reasons(part, rating_key, reading, rating.support.reasons)

    def encode_reasons(
        self,
        subject: NamedNode,
        key: tuple[str, ...],
        reading: Reading,
        reasons: tuple[Reason, ...],
    ) -> None:
        """The audit trail of a level, in order."""
        for position, reason in enumerate(reasons, start=1):
            part = make_node(vocab.build_iri("grade", *key, "reason", reading, position))
            self.add_triples(subject, "reason", part)
            self.add_triples(part, "rdf:type", make_term("Reason"))
            self.add_triples(part, "position", position)
            self.add_triples(part, "reading", reading)
            self.add_triples(part, "rule", reason.rule)
            self.add_triples(part, "text", reason.text)
            self.add_triples(part, "change", reason.change)
            self.add_triples(part, "concerns", reason.subject or None)
            self.add_triples(part, "basis", reason.basis or None)
            self.add_triples(part, "basisPublished", *reason.sources)

    def encode_diagnostic(self, diagnostic: Diagnostic, activity: NamedNode) -> None:
        """One weak link or fault."""
        key = (diagnostic.code, diagnostic.source, diagnostic.subject, str(diagnostic.result))
        subject = make_node(vocab.build_iri("grade", "diagnostic", *key))
        self.add_triples(subject, "rdf:type", make_term("Diagnostic"))
        self.add_triples(subject, "prov:wasGeneratedBy", activity)
        self.add_triples(subject, "code", diagnostic.code)
        self.add_triples(subject, "rdfs:label", diagnostic.name)
        self.add_triples(subject, "severity", diagnostic.severity)
        self.add_triples(subject, "result", diagnostic.result)
        self.add_triples(subject, "text", diagnostic.message)
        self.add_triples(subject, "concerns", diagnostic.subject or None)
        thing = self.base.find_record(diagnostic.subject)
        if thing is not None:
            self.add_triples(
                subject, "about", make_node(vocab.build_iri(SECTION_OF[type(thing)], thing.id))
            )

    def encode_levels(self, subject: NamedNode, levels: Readings[Level]) -> None:
        """One level in each reading."""
        for reading, name in LEVEL_PROPERTIES.items():
            self.add_triples(subject, name, levels[reading])

    def make_node_term(self, node_id: str) -> NamedNode:
        """The term of an entity or exposure."""
        exposure = node_id in self.base.exposure and node_id not in self.base.entity
        return self.make_thing_term("exposure" if exposure else "entity", node_id)

    def make_work_term(self, work_id: str) -> NamedNode:
        """The term of a work: a study where one has this id, else the citation."""
        return self.make_thing_term("study" if work_id in self.base.study else "citation", work_id)

    def make_thing_term(self, section: str, thing_id: str) -> NamedNode:
        """The term of a thing with an id."""
        return make_node(vocab.build_iri(section, thing_id))


def _make_plain_term(value: Any) -> Term:
    """A concept for a member of an enum, a literal for anything else."""
    from enum import Enum

    return (
        make_node(vocab.build_concept_iri(value))
        if isinstance(value, Enum)
        else make_literal(value)
    )


def _make_system_term(word: str) -> Term:
    """The concept of a system, or the word itself where it is not one of ours."""
    return (
        make_node(vocab.build_concept_iri(System(word)))
        if word in list(System)
        else make_literal(word)
    )
