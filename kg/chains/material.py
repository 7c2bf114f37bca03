"""What a base offers to every question: claimed edges, and evidence by what it measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from kg.chains.works import works
from kg.grading.bridges import allocatable
from kg.grading.evidence import Evidence, from_citation, from_study
from kg.model import (
    ArgumentChain,
    Claim,
    Direction,
    EvidenceBase,
    Identification,
    LinkKind,
    LinkStatus,
    Population,
    Predicate,
    StepKind,
    effect_sign,
)
from kg.model.record import dataclass as record
from kg.model.record import replace


class EvidenceChoice(StrEnum):
    """Which works a grade may use: those the sources cite, the literature, or all."""

    ALL = "all"
    CITED = "cited"
    LITERATURE = "literature"


@dataclass(slots=True)
class Edge:
    """A signed link that someone puts forward, before any question is asked of it."""

    subject: str
    predicate: Predicate
    object: str
    sign: int
    kind: LinkKind
    claims: list[str] = field(default_factory=list)
    note: str = ""
    definitional: bool = False


@record(frozen=True, slots=True)
class Item:
    """Evidence as it was reported: on `subject`, with the sign of the change it saw."""

    subject: str
    object: str
    sign: int | None
    evidence: Evidence


class Material:
    """Edges and evidence of a base, for some sources and a choice of evidence.

    `without` are works left out, which is how fragility is measured.
    """

    def __init__(
        self,
        base: EvidenceBase,
        sources: frozenset[str] | None = None,
        choice: EvidenceChoice = EvidenceChoice.ALL,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self.base, self.sources, self.choice, self.without = base, sources, choice, without
        self.claims = tuple(c for c in base.assertions if sources is None or c.source in sources)
        self.chains = tuple(c for c in base.chains if sources is None or c.source in sources)
        cited = (c for c in base.citations if sources is None or c.source in sources)
        self.works = works(base.studies, cited)
        self.items: dict[str, list[Item]] = {}
        for item in (*self._studied(), *self._described()):
            if item.evidence.work not in without:
                self.items.setdefault(item.object, []).append(item)
        self.edges = tuple(self._edges())
        self.subjects = frozenset(edge.subject for edge in self.edges)

    def sign(self, predicate: Predicate, object: str) -> int | None:
        """Sign of the change that a predicate claims in an entity."""
        entity = self.base.entity.get(object)
        return effect_sign(predicate, entity.better) if entity else None

    def _population(self, id: str | None) -> Population | None:
        return self.base.population.get(id) if id else None

    def _cited_studies(self) -> frozenset[str]:
        cited = {c for claim in self.claims for c in claim.citations}
        works = (self.base.citation[id] for id in cited if id in self.base.citation)
        return frozenset(work.study for work in works if work.study and _found(work.status))

    def _studied(self) -> Iterator[Item]:
        cited = self._cited_studies()
        for study in self.base.studies:
            if self.choice is EvidenceChoice.CITED and study.id not in cited:
                continue
            for finding in study.findings:
                who = self._population(finding.population or study.population)
                item = from_study(study, finding, who)
                if item:
                    yield self._item(finding.exposure, finding.outcome, item.sign, item)

    def _described(self) -> Iterator[Item]:
        if self.choice is EvidenceChoice.LITERATURE:
            return
        for claim in self.claims:
            about = claim.proposition
            sign = self.sign(about.predicate, about.object)
            if sign is None:
                continue
            for id in claim.citations:
                citation = self.base.citation.get(id)
                if citation is None:
                    continue
                named = citation.described.population if citation.described else None
                who = self._population(named or claim.population)
                item = from_citation(citation, claim, sign, who)
                if item:
                    yield self._item(about.subject, about.object, sign, item)

    def work(self, id: str) -> str:
        """The id of the work that a study or citation stands for."""
        return self.works.get(id, id)

    def _item(self, subject: str, object: str, sign: int | None, evidence: Evidence) -> Item:
        work = self.work(evidence.work)
        about = replace(
            evidence,
            work=work,
            contains=tuple(sorted({self.work(id) for id in evidence.contains} - {work})),
            allocatable=allocatable(self.base.exposure.get(subject)),
        )
        return Item(subject, object, sign, about)

    def _edges(self) -> Iterator[Edge]:
        edges: dict[tuple[str, str, int], Edge] = {}
        for found in (*self._claimed(), *self._argued(), *self._reported(), *self._defined()):
            key = (found.subject, found.object, found.sign)
            kept = edges.setdefault(key, found)
            if kept is not found:
                kept.claims.extend(c for c in found.claims if c not in kept.claims)
                kept.definitional = kept.definitional or found.definitional
        return iter([edges[key] for key in sorted(edges)])

    def _claimed(self) -> Iterator[Edge]:
        for claim in self.claims:
            if not is_conclusion(claim):
                edge = self._edge(
                    claim.proposition.subject,
                    claim.proposition.predicate,
                    claim.proposition.object,
                    LinkKind.ASSERTED,
                    [claim.id],
                )
                if edge:
                    edge.definitional = claim.definitional
                    yield edge

    def _argued(self) -> Iterator[Edge]:
        for chain in self.chains:
            for step in chain.steps:
                if step.kind is StepKind.BRIDGE:
                    continue
                implicit = step.kind is StepKind.IMPLICIT
                kind = LinkKind.IMPLICIT if implicit else LinkKind.ASSERTED
                edge = self._edge(step.subject, step.predicate, step.object, kind, [*step.claims])
                if edge:
                    edge.note = step.note
                    yield edge

    def _reported(self) -> Iterator[Edge]:
        for items in self.items.values():
            for item in items:
                reported = item.evidence.finding.direction in (
                    Direction.INCREASE,
                    Direction.DECREASE,
                )
                if reported and item.sign and item.evidence.work in self.base.study:
                    predicate = Predicate.INCREASES if item.sign > 0 else Predicate.DECREASES
                    yield Edge(item.subject, predicate, item.object, item.sign, LinkKind.LITERATURE)

    def _defined(self) -> Iterator[Edge]:
        for entity in self.base.entities:
            for whole in (*entity.broader, *entity.part_of):
                yield Edge(
                    entity.id,
                    Predicate.INCREASES,
                    whole,
                    1,
                    LinkKind.DEFINITIONAL,
                    definitional=True,
                )

    def _edge(
        self, subject: str, predicate: Predicate, object: str, kind: LinkKind, claims: list[str]
    ) -> Edge | None:
        sign = self.sign(predicate, object)
        if sign is None or subject == object:
            return None
        return Edge(subject, predicate, object, sign, kind, claims)

    def status(self, edge: Edge) -> LinkStatus:
        """How an edge is backed in its sources."""
        if edge.definitional:
            return LinkStatus.DEFINITIONAL
        if edge.kind is LinkKind.LITERATURE:
            return LinkStatus.STUDIED
        if not edge.claims:
            return LinkStatus.IMPLICIT
        cited = [
            self.base.citation.get(c) for id in edge.claims for c in self.base.claim[id].citations
        ]
        if any(c and c.status is not Identification.VAGUE for c in cited):
            return LinkStatus.CITED
        return LinkStatus.VAGUE if cited else LinkStatus.UNCITED

    def on(self, objects: Iterable[str]) -> Iterator[Item]:
        """All evidence that measured one of these."""
        for object in sorted(objects):
            yield from self.items.get(object, ())

    def arguments(self, exposure: str, targets: frozenset[str]) -> tuple[ArgumentChain, ...]:
        """The chains by which sources argue from an exposure to one of the targets."""
        return tuple(c for c in self.chains if c.exposure == exposure and c.outcome in targets)


def is_conclusion(claim: Claim) -> bool:
    """Whether a claim rests on others: its support is theirs, it gives no link of its own."""
    return bool(claim.leans_on) or claim.restates is not None


def _found(status: Identification) -> bool:
    return status is Identification.IDENTIFIED
