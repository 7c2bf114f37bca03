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
from kg.rdf.encode import Term, literal, named, node
from kg.rdf.table import SECTION_OF
from kg.resources import source_date

LEVEL_OF = {
    Reading.ESTABLISHED: "established",
    Reading.AS_DESCRIBED: "asDescribed",
    Reading.BEST_CASE: "bestCase",
}
"""Properties that carry the level of a grade, chain or link in each reading."""

_GRAPH = NamedNode(vocab.GRADES_GRAPH)


def encode_grades(grades: Iterable[OutcomeGrade], base: EvidenceBase) -> Iterator[Quad]:
    """Quads of the grades, all in one named graph; the same input gives the same quads.

    A time is recorded only where `SOURCE_DATE_EPOCH` sets one, so that a build can be repeated.
    """
    encoder = _Encoder(base, [])
    for grade in grades:
        encoder.outcome(grade)
    yield from dict.fromkeys(encoder.quads)


@dataclass(frozen=True, slots=True)
class _Encoder:
    base: EvidenceBase
    quads: list[Quad]

    def say(self, subject: NamedNode, name: str, *values: Any) -> None:
        """Add a triple for each value that is not None; plain values become literals."""
        for value in values:
            if value is not None:
                term = value if isinstance(value, NamedNode | Literal) else _plain(value)
                self.quads.append(Quad(subject, named(name), term, _GRAPH))

    def outcome(self, grade: OutcomeGrade) -> None:
        """The pairs and diagnostics of one outcome."""
        activity = self.activity(grade)
        for pair in grade.pairs:
            self.pair(pair, activity)
        for diagnostic in grade.diagnostics:
            self.diagnostic(diagnostic, activity)

    def activity(self, grade: OutcomeGrade) -> NamedNode:
        """The computation: profile, versions and inputs."""
        summary = grade.base
        subject = node(vocab.iri("activity", "grading", summary.profile))
        self.say(subject, "rdf:type", named("prov:Activity"))
        self.say(subject, "rdfs:label", f"grading by profile {summary.profile}")
        self.say(subject, "profile", summary.profile)
        self.say(subject, "profileVersion", summary.profile_version)
        self.say(subject, "softwareVersion", summary.version)
        self.say(subject, "inputDigest", summary.digest or None)
        used = [vocab.VOCABULARY_GRAPH, vocab.STUDIES_GRAPH]
        used += [vocab.source_graph(source) for source in summary.sources]
        self.say(subject, "prov:used", *(node(graph) for graph in used))
        if moment := source_date():
            when = moment.isoformat()
            self.say(subject, "prov:endedAtTime", Literal(when, datatype=named("xsd:dateTime")))
        return subject

    def pair(self, pair: PairGrade, activity: NamedNode) -> None:
        """One exposure, one outcome, one sense."""
        key = (pair.exposure, pair.outcome, str(pair.sense))
        subject = node(vocab.iri("grade", *key))
        self.say(subject, "rdf:type", named("Grade"))
        self.say(subject, "prov:wasGeneratedBy", activity)
        self.say(subject, "exposure", self.node(pair.exposure))
        self.say(subject, "outcome", self.node(pair.outcome))
        self.say(subject, "sense", pair.sense)
        self.say(subject, "sign", pair.sign)
        self.levels(subject, pair.certainty.map(lambda certainty: certainty.level))
        self.say(subject, "refutation", pair.refuted_by)
        self.say(subject, "mechanisticSupport", pair.mechanistic)
        self.say(subject, "verdict", pair.verdict)
        self.say(subject, "indirect", pair.indirect)
        self.say(subject, "wordingTier", pair.wording.sigma)
        self.say(subject, "claim", *(self.thing("claim", c) for c in pair.wording.claims))
        if pair.wording.strongest:
            self.say(subject, "strongestClaim", self.thing("claim", pair.wording.strongest))
        self.say(subject, "unhedgedClaims", pair.wording.unhedged)
        self.say(subject, "gap", pair.gap)
        self.say(subject, "gapBest", pair.gap_best)
        self.say(subject, "severity", pair.severity)
        self.say(subject, "worksCited", pair.direct.works_cited)
        self.say(subject, "worksMeasured", pair.direct.works_measured)
        self.say(subject, "humanWorks", pair.direct.human_works)
        self.say(subject, "studiesMeasured", pair.direct.studies_measured)
        self.say(subject, "humanStudies", pair.direct.human_studies)
        self.say(subject, "rewrite", pair.rewrite or None)
        self.say(subject, "flag", *pair.flags)
        self.say(subject, "fragileTo", *(self.work(work) for work in pair.fragility))
        for reading in Reading:
            self.reasons(subject, key, reading, pair.certainty[reading].reasons)
            self.rating(subject, (*key, "direct"), reading, pair.direct.ratings[reading])
        for name, chains in (("chainGrade", pair.chains), ("counterChain", pair.counter_chains)):
            for chain in chains:
                self.chain(subject, name, key, chain)
        self.raising(subject, key, pair)

    def raising(self, subject: NamedNode, key: tuple[str, ...], pair: PairGrade) -> None:
        """What would raise a grade: repair sets and gains."""
        for reading in Reading:
            for repair in pair.repair[reading]:
                part = node(vocab.iri("grade", *key, "repair", reading, repair.level.key))
                self.say(subject, "repairSet", part)
                self.say(part, "rdf:type", named("RepairSet"))
                self.say(part, "reading", reading)
                self.say(part, "level", repair.level)
                self.say(part, "reachable", repair.links is not None)
                self.say(part, "size", repair.size)
                self.say(part, "linkName", *(repair.links or ()))
            for gain in pair.gain[reading]:
                part = node(vocab.iri("grade", *key, "gain", reading, gain.link))
                self.say(subject, "gain", part)
                self.say(part, "rdf:type", named("Gain"))
                self.say(part, "reading", reading)
                self.say(part, "linkName", gain.link)
                self.say(part, "steps", gain.steps)

    def chain(self, grade: NamedNode, name: str, key: tuple[str, ...], chain: ChainGrade) -> None:
        """One chain of a pair with its links."""
        here = (*key, "chain", chain.id)
        subject = node(vocab.iri("grade", *here))
        self.say(grade, name, subject)
        self.say(subject, "rdf:type", named("ChainGrade"))
        self.say(subject, "rdfs:label", chain.label)
        if chain.id in self.base.chain:
            self.say(subject, "ofChain", node(vocab.iri("chain", chain.id)))
        if chain.source:
            self.say(subject, "source", self.thing("source", chain.source))
        self.say(subject, "sign", chain.sign)
        self.levels(subject, chain.certainty)
        self.say(subject, "distance", chain.distance)
        self.say(subject, "ceiling", chain.ceiling)
        self.say(subject, "mechanisticSupport", chain.mechanistic)
        self.say(subject, "counter", chain.counter)
        self.say(subject, "found", chain.found)
        self.say(subject, "feedback", chain.feedback)
        for index, link in enumerate(chain.links):
            self.link(subject, here, index, link, index in chain.weakest)

    def link(
        self, chain: NamedNode, key: tuple[str, ...], index: int, link: Link, weakest: bool
    ) -> None:
        """One link of a chain."""
        here = (*key, "link", f"{index + 1:02}")
        subject = node(vocab.iri("grade", *here))
        self.say(chain, "link", subject)
        self.say(subject, "rdf:type", named("Link"))
        self.say(subject, "position", index + 1)
        self.say(subject, "linkName", link.id)
        self.say(subject, "subject", self.node(link.subject))
        self.say(subject, "predicate", link.predicate)
        self.say(subject, "object", self.node(link.object))
        self.say(subject, "sign", link.sign)
        self.say(subject, "linkKind", link.kind)
        self.say(subject, "linkStatus", link.status)
        self.say(subject, "claim", *(self.thing("claim", claim) for claim in link.claims))
        self.levels(subject, link.effective)
        self.say(subject, "mechanisticSupport", link.mechanistic)
        self.say(subject, "delta", link.delta)
        self.say(subject, "wordingTier", link.tier)
        self.say(subject, "system", *(_system(system) for system in link.systems))
        self.say(subject, "weakest", weakest)
        self.say(subject, "skos:editorialNote", link.note or None)
        if link.evidence_from:
            self.say(subject, "evidenceFrom", self.node(link.evidence_from))
        for reading in Reading:
            self.rating(subject, here, reading, link.ratings[reading])

    def rating(
        self, subject: NamedNode, key: tuple[str, ...], reading: Reading, rating: Rating
    ) -> None:
        """Support and refutation in one reading, with the trail."""
        here = (*key, reading)
        part = node(vocab.iri("grade", *here))
        self.say(subject, "rating", part)
        self.say(part, "rdf:type", named("Rating"))
        self.say(part, "reading", reading)
        self.say(part, "support", rating.level)
        self.say(part, "refutation", rating.refute)
        self.say(part, "lowestLevel", rating.low)
        self.say(part, "highestLevel", rating.high)
        self.say(part, "stream", rating.stream)
        self.say(part, "admittedWork", *(self.work(work) for work in rating.works))
        self.say(part, "flag", *rating.flags)
        self.reasons(part, here, reading, rating.support.reasons)

    def reasons(
        self,
        subject: NamedNode,
        key: tuple[str, ...],
        reading: Reading,
        reasons: tuple[Reason, ...],
    ) -> None:
        """The audit trail of a level, in order."""
        for position, reason in enumerate(reasons, start=1):
            part = node(vocab.iri("grade", *key, "reason", reading, position))
            self.say(subject, "reason", part)
            self.say(part, "rdf:type", named("Reason"))
            self.say(part, "position", position)
            self.say(part, "reading", reading)
            self.say(part, "rule", reason.rule)
            self.say(part, "text", reason.text)
            self.say(part, "change", reason.change)
            self.say(part, "concerns", reason.subject or None)
            self.say(part, "basis", reason.basis or None)
            self.say(part, "basisPublished", *reason.sources)

    def diagnostic(self, diagnostic: Diagnostic, activity: NamedNode) -> None:
        """One weak link or fault."""
        key = (diagnostic.code, diagnostic.source, diagnostic.subject, str(diagnostic.result))
        subject = node(vocab.iri("grade", "diagnostic", *key))
        self.say(subject, "rdf:type", named("Diagnostic"))
        self.say(subject, "prov:wasGeneratedBy", activity)
        self.say(subject, "code", diagnostic.code)
        self.say(subject, "rdfs:label", diagnostic.name)
        self.say(subject, "severity", diagnostic.severity)
        self.say(subject, "result", diagnostic.result)
        self.say(subject, "text", diagnostic.message)
        self.say(subject, "concerns", diagnostic.subject or None)
        thing = self.base.find(diagnostic.subject)
        if thing is not None:
            self.say(subject, "about", node(vocab.iri(SECTION_OF[type(thing)], thing.id)))

    def levels(self, subject: NamedNode, levels: Readings[Level]) -> None:
        """One level in each reading."""
        for reading, name in LEVEL_OF.items():
            self.say(subject, name, levels[reading])

    def node(self, id: str) -> NamedNode:
        """The term of an entity or exposure."""
        exposure = id in self.base.exposure and id not in self.base.entity
        return self.thing("exposure" if exposure else "entity", id)

    def work(self, id: str) -> NamedNode:
        """The term of a work: a study where one has this id, else the citation."""
        return self.thing("study" if id in self.base.study else "citation", id)

    def thing(self, section: str, id: str) -> NamedNode:
        """The term of a thing with an id."""
        return node(vocab.iri(section, id))


def _plain(value: Any) -> Term:
    """A concept for a member of an enum, a literal for anything else."""
    from enum import Enum

    return node(vocab.concept(value)) if isinstance(value, Enum) else literal(value)


def _system(word: str) -> Term:
    """The concept of a system, or the word itself where it is not one of ours."""
    return node(vocab.concept(System(word))) if word in list(System) else literal(word)
