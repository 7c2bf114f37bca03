"""What a base offers to every question: claimed edges, and evidence by what it measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from kg.grading.bridges import is_allocatable
from kg.grading.evidence import Evidence, build_citation_evidence, build_study_evidence
from kg.grading.same_work import map_canonical_work_ids
from kg.model import (
    ArgumentChain,
    Better,
    Claim,
    Direction,
    EvidenceBase,
    Identification,
    LinkKind,
    LinkStatus,
    Population,
    Predicate,
    StepKind,
    find_effect_sign,
)

Item = TypeVar("Item")


class EvidenceChoice(StrEnum):
    """Which works a grade may use: those the sources cite, the literature, or all."""

    ALL = "all"
    CITED = "cited"
    LITERATURE = "literature"


@dataclass(slots=True)
class CandidateLink:
    """A signed link that someone puts forward, before any question is asked of it."""

    subject: str
    predicate: Predicate
    object: str
    sign: int
    kind: LinkKind
    claim_ids: list[str] = field(default_factory=list)
    note: str = ""
    is_definitional: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """Evidence as it was reported: on `subject`, with the sign of the change it saw."""

    subject: str
    object: str
    sign: int | None
    evidence: Evidence


class EvidenceIndex:
    """Edges and evidence of a base, for some sources and a choice of evidence.

    `excluded_works` are works left out, which is how fragility is measured.
    """

    def __init__(
        self,
        base: EvidenceBase,
        sources: frozenset[str] | None = None,
        choice: EvidenceChoice = EvidenceChoice.ALL,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self.base, self.sources, self.choice, self.excluded_works = base, sources, choice, without
        self.claims = tuple(c for c in base.assertions if sources is None or c.source in sources)
        self.chains = tuple(c for c in base.chains if sources is None or c.source in sources)
        source_citations = (c for c in base.citations if sources is None or c.source in sources)
        self.work_id_by_record = map_canonical_work_ids(base.studies, source_citations)
        self.claims_by_subject = group_by(self.claims, lambda c: c.proposition.subject)
        self.claims_by_object = group_by(self.claims, lambda c: c.proposition.object)
        items = (*self._iterate_study_items(), *self._iterate_described_items())
        kept_items = [item for item in items if item.evidence.work not in without]
        self.items_by_object = group_by(kept_items, lambda item: item.object)
        self._items_by_work = group_by(kept_items, lambda item: item.evidence.work)
        self.links_by_subject = group_by(self._merge_links(), lambda link: link.subject)

    def exclude_work(self, work: str) -> EvidenceIndex:
        """The same index without one work: nothing else is looked at again.

        Links that only this work reported go with it.
        """
        reduced = copy(self)
        reduced.excluded_works = self.excluded_works | {work}
        reduced.items_by_object, reduced.links_by_subject = (
            dict(self.items_by_object),
            dict(self.links_by_subject),
        )
        excluded_items = self._items_by_work.get(work, [])
        for object in {item.object for item in excluded_items}:
            items = self.items_by_object[object]
            reduced.items_by_object[object] = [i for i in items if i.evidence.work != work]
        for subject in {item.subject for item in excluded_items}:
            links = self.links_by_subject.get(subject, [])
            reduced.links_by_subject[subject] = [
                remaining_link for link in links if (remaining_link := reduced._cut_link(link))
            ]
        return reduced

    def _cut_link(self, link: CandidateLink) -> CandidateLink | None:
        """What is left of a link; None where only works that were excluded reported it."""
        is_reported = link.kind is not LinkKind.LITERATURE or any(
            item.subject == link.subject and self._find_reported_sign(item) == link.sign
            for item in self.items_by_object.get(link.object, ())
        )
        if is_reported:
            return link
        if not link.is_definitional:
            return None
        return replace(link, kind=LinkKind.DEFINITIONAL, predicate=Predicate.INCREASES)

    @property
    def candidate_links(self) -> tuple[CandidateLink, ...]:
        """All links that someone puts forward, sorted by their ends."""
        links = (link for group in self.links_by_subject.values() for link in group)
        return tuple(sorted(links, key=lambda link: (link.subject, link.object, link.sign)))

    def find_sign(self, predicate: Predicate, object: str) -> int | None:
        """Sign of the change that a predicate claims in an entity."""
        entity = self.base.entity.get(object)
        return find_effect_sign(predicate, entity.better) if entity else None

    def _find_population(self, id: str | None) -> Population | None:
        return self.base.population.get(id) if id else None

    def _find_cited_studies(self) -> frozenset[str]:
        citation_ids = {c for claim in self.claims for c in claim.citations}
        works = (self.base.citation[id] for id in citation_ids if id in self.base.citation)
        return frozenset(work.study for work in works if work.study and _is_identified(work.status))

    def _iterate_study_items(self) -> Iterator[EvidenceItem]:
        study_ids = self._find_cited_studies()
        for study in self.base.studies:
            if self.choice is EvidenceChoice.CITED and study.id not in study_ids:
                continue
            for finding in study.findings:
                population = self._find_population(finding.population or study.population)
                outcome = self.base.entity.get(finding.outcome)
                better = outcome.better if outcome else Better.NEITHER
                item = build_study_evidence(study, finding, population, better)
                if item:
                    yield self._build_item(finding.exposure, finding.outcome, item.sign, item)

    def _iterate_described_items(self) -> Iterator[EvidenceItem]:
        if self.choice is EvidenceChoice.LITERATURE:
            return
        for claim in self.claims:
            proposition = claim.proposition
            sign = self.find_sign(proposition.predicate, proposition.object)
            if sign is None:
                continue
            for id in claim.citations:
                citation = self.base.citation.get(id)
                if citation is None:
                    continue
                population_id = citation.described.population if citation.described else None
                population = self._find_population(population_id or claim.population)
                item = build_citation_evidence(citation, claim, sign, population)
                if item:
                    yield self._build_item(proposition.subject, proposition.object, sign, item)

    def resolve_work(self, record_id: str) -> str:
        """The id of the work that a study or citation stands for."""
        return self.work_id_by_record.get(record_id, record_id)

    def _build_item(
        self, subject: str, object: str, sign: int | None, evidence: Evidence
    ) -> EvidenceItem:
        work = self.resolve_work(evidence.work)
        work_evidence = replace(
            evidence,
            work=work,
            pooled_studies=tuple(
                sorted(
                    {self.resolve_work(record_id) for record_id in evidence.pooled_studies} - {work}
                )
            ),
            is_allocatable=is_allocatable(self.base.exposure.get(subject)),
        )
        return EvidenceItem(subject, object, sign, work_evidence)

    def _merge_links(self) -> Iterator[CandidateLink]:
        edges: dict[tuple[str, str, int], CandidateLink] = {}
        for candidate in (
            *self._iterate_claimed_links(),
            *self._iterate_argued_links(),
            *self._iterate_studied_links(),
            *self._iterate_definitional_links(),
        ):
            link_ends = (candidate.subject, candidate.object, candidate.sign)
            merged_link = edges.setdefault(link_ends, candidate)
            if merged_link is not candidate:
                merged_link.claim_ids.extend(
                    c for c in candidate.claim_ids if c not in merged_link.claim_ids
                )
                merged_link.is_definitional = (
                    merged_link.is_definitional or candidate.is_definitional
                )
        return iter([edges[link_ends] for link_ends in sorted(edges)])

    def _iterate_claimed_links(self) -> Iterator[CandidateLink]:
        for claim in self.claims:
            if not is_conclusion(claim):
                edge = self._build_link(
                    claim.proposition.subject,
                    claim.proposition.predicate,
                    claim.proposition.object,
                    LinkKind.ASSERTED,
                    [claim.id],
                )
                if edge:
                    edge.is_definitional = claim.definitional
                    yield edge

    def _iterate_argued_links(self) -> Iterator[CandidateLink]:
        for chain in self.chains:
            for step in chain.steps:
                if step.kind is StepKind.BRIDGE:
                    continue
                implicit = step.kind is StepKind.IMPLICIT
                kind = LinkKind.IMPLICIT if implicit else LinkKind.ASSERTED
                edge = self._build_link(
                    step.subject, step.predicate, step.object, kind, [*step.claims]
                )
                if edge:
                    edge.note = step.note
                    yield edge

    def _iterate_studied_links(self) -> Iterator[CandidateLink]:
        for items in self.items_by_object.values():
            for item in items:
                if sign := self._find_reported_sign(item):
                    predicate = Predicate.INCREASES if sign > 0 else Predicate.DECREASES
                    yield CandidateLink(
                        item.subject, predicate, item.object, sign, LinkKind.LITERATURE
                    )

    def _find_reported_sign(self, item: EvidenceItem) -> int | None:
        """Sign of the link that a study's finding is; None where it is none."""
        reported = item.evidence.finding.direction in (Direction.INCREASE, Direction.DECREASE)
        return item.sign if reported and item.evidence.work in self.base.study else None

    def _iterate_definitional_links(self) -> Iterator[CandidateLink]:
        for entity in self.base.entities:
            for whole_id in (*entity.broader, *entity.part_of):
                yield CandidateLink(
                    entity.id,
                    Predicate.INCREASES,
                    whole_id,
                    1,
                    LinkKind.DEFINITIONAL,
                    is_definitional=True,
                )

    def _build_link(
        self, subject: str, predicate: Predicate, object: str, kind: LinkKind, claim_ids: list[str]
    ) -> CandidateLink | None:
        sign = self.find_sign(predicate, object)
        if sign is None or subject == object:
            return None
        return CandidateLink(subject, predicate, object, sign, kind, claim_ids)

    def classify_status(self, edge: CandidateLink) -> LinkStatus:
        """How an edge is backed in its sources."""
        if edge.is_definitional:
            return LinkStatus.DEFINITIONAL
        if edge.kind is LinkKind.LITERATURE:
            return LinkStatus.STUDIED
        if not edge.claim_ids:
            return LinkStatus.IMPLICIT
        link_citations = [
            self.base.citation.get(c)
            for claim_id in edge.claim_ids
            for c in self.base.claim[claim_id].citations
        ]
        if any(c and c.status is not Identification.VAGUE for c in link_citations):
            return LinkStatus.CITED
        return LinkStatus.VAGUE if link_citations else LinkStatus.UNCITED

    def iterate_items_on(self, objects: Iterable[str]) -> Iterator[EvidenceItem]:
        """All evidence that measured one of these."""
        for object in sorted(objects):
            yield from self.items_by_object.get(object, ())

    def find_arguments(self, exposure: str, targets: frozenset[str]) -> tuple[ArgumentChain, ...]:
        """The chains by which sources argue from an exposure to one of the targets."""
        return tuple(c for c in self.chains if c.exposure == exposure and c.outcome in targets)


def group_by(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, list[Item]]:
    """Items by a key, in their order.

    >>> group_by(["a", "b", "aa"], lambda word: word[0])
    {'a': ['a', 'aa'], 'b': ['b']}
    """
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def is_conclusion(claim: Claim) -> bool:
    """Whether a claim rests on others: its support is theirs, it gives no link of its own."""
    return bool(claim.leans_on) or claim.restates is not None


def _is_identified(status: Identification) -> bool:
    return status is Identification.IDENTIFIED
