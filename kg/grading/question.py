"""One question: may this exposure be said to change this outcome? Its links, rated, and its graph.

The links of a question are those of the base seen from its exposure: exposures that can be bridged
at a charge are merged into it, exposures that need evidence of their own hang on a bridge link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from copy import copy
from dataclasses import dataclass, replace

from kg.closure import collect_reachable, follow_pairs
from kg.grading.body.appraise import appraise
from kg.grading.bridges import Bridge, build_stated_bridge, find_bridge
from kg.grading.evidence import Evidence, QuestionContext
from kg.grading.evidence_index import CandidateLink, EvidenceIndex, EvidenceItem
from kg.grading.profiles import Profile
from kg.model import (
    BENCH_SYSTEMS,
    Certainty,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    Level,
    Link,
    LinkKind,
    LinkStatus,
    Mechanistic,
    NutrientStatus,
    Predicate,
    Rating,
    Reading,
    Readings,
    Reason,
    StepKind,
    System,
    Tier,
)
from kg.search.algebra import ZERO, Frontier, value
from kg.search.graph import Arc, Graph, Kernel

LABORATORY_KINDS = frozenset({EntityKind.CELLULAR, EntityKind.MOLECULAR})

Charges = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class _ExposureMapping:
    """How an exposure of the base is reached from the question's: the node it becomes."""

    node: str
    sign: int
    charges: Charges


class Question:
    """The rated links of (exposure, outcome), their graph in each reading, and where it stands.

    Args:
        material: claims, chains and evidence that may be used.
        exposure: what is said to act.
        outcome: what it is said to change; its narrower entities count as the outcome too.
        profile: the rules of appraisal, as `load_profile` gives them.
        kernel: what searches the graph for chains.
    """

    def __init__(
        self,
        material: EvidenceIndex,
        exposure: Exposure,
        outcome: Entity,
        profile: Profile,
        kernel: Kernel,
    ) -> None:
        self.evidence_index, self.base = material, material.base
        self.exposure, self.outcome, self.profile = exposure, outcome, profile
        self.kernel = kernel
        self.target_ids = self.base.find_descendants(outcome.id)
        self.claim_object_ids = self.target_ids | self.base.find_ancestors(outcome.id)
        self.context = _build_context(self.base, exposure, outcome)
        self.credits_form = any(
            claim.credits_form
            for claim in material.claims_by_subject.get(exposure.id, ())
            if claim.proposition.object in self.target_ids
        )
        self._graph_by_reading: dict[Reading, Graph] = {}
        self._frontiers_by_reading: dict[Reading, Mapping[int, Frontier]] = {}
        self._direct_by_sign: dict[int, tuple[Readings[Rating], tuple[Evidence, ...]]] = {}
        self.bridge_by_exposure = self._find_bridges()
        self._rated_links: dict[tuple[str, str, int], tuple[Link, frozenset[str]]] = {}
        self._link_up()

    def _link_up(self) -> None:
        self.links = self._build_links()
        self.link_index_by_key = {
            (link.subject, link.object, link.sign): link_index
            for link_index, link in enumerate(self.links)
        }

    def ask_again(self, material: EvidenceIndex) -> Question:
        """The same question of other material."""
        return Question(material, self.exposure, self.outcome, self.profile, self.kernel)

    def exclude_work(self, work: str) -> Question:
        """The same question without one work; links that it did not measure stay as rated."""
        reduced = copy(self)
        reduced.evidence_index = self.evidence_index.exclude_work(work)
        reduced._graph_by_reading, reduced._frontiers_by_reading = {}, {}
        reduced._direct_by_sign = {
            sign: rated
            for sign, rated in self._direct_by_sign.items()
            if all(item.work != work for item in rated[1])
        }
        reduced._rated_links = {
            key: rated for key, rated in self._rated_links.items() if work not in rated[1]
        }
        reduced._link_up()
        return reduced

    # Exposures seen from the question

    def _find_bridges(self) -> dict[str, Bridge]:
        """Bridge from every exposure that has something in common, or that a source declares."""
        deficient = self.context.nutrient_status is NutrientStatus.DEFICIENT
        bridge_by_exposure: dict[str, Bridge] = {}
        for other in self.base.exposures:
            crossed = find_bridge(
                other, self.exposure, self.base, self.profile, deficient, self.credits_form
            )
            if crossed:
                bridge_by_exposure[other.id] = crossed
        for chain in self.evidence_index.chains:
            for step in chain.steps:
                if step.kind is StepKind.BRIDGE and chain.exposure == self.exposure.id:
                    other = self.base.exposure[step.object]
                    bridge_by_exposure.setdefault(
                        other.id, build_stated_bridge(other, self.exposure)
                    )
        return bridge_by_exposure

    def _map_subject(self, subject: str) -> _ExposureMapping | None:
        """The node that a subject becomes in this question; None: not part of it."""
        if subject not in self.base.exposure:
            return _ExposureMapping(subject, 1, ())
        crossed = self.bridge_by_exposure.get(subject)
        if crossed is None:
            return None
        if crossed.required_links:
            return _ExposureMapping(subject, 1, crossed.charges)
        return _ExposureMapping(self.exposure.id, crossed.sign, crossed.charges)

    # Links

    def _build_links(self) -> tuple[Link, ...]:
        links_by_subject = self.evidence_index.links_by_subject
        exposures = self.base.exposure
        subjects = collect_reachable(
            {self.exposure.id, *self.bridge_by_exposure},
            lambda node: (link.object for link in links_by_subject.get(node, ())),
        )
        mapped_links = [
            ((subject_mapping.node, edge.object, edge.sign * subject_mapping.sign), edge)
            for subject in sorted(subjects)
            if (subject_mapping := self._map_subject(subject))
            for edge in links_by_subject.get(subject, ())
            if edge.object not in exposures
        ]
        reachable = self._select_reachable_links({key for key, _ in mapped_links})
        merged: dict[tuple[str, str, int], tuple[CandidateLink, list[str]]] = {}
        for key, edge in mapped_links:
            if key not in reachable:
                continue
            merged_link, origins = merged.setdefault(key, (_copy_for_question(edge, key), []))
            origins.append(edge.subject)
            if merged_link.claim_ids is not edge.claim_ids:
                merged_link.claim_ids.extend(
                    c for c in edge.claim_ids if c not in merged_link.claim_ids
                )
                if merged_link.kind is not LinkKind.ASSERTED and edge.kind is LinkKind.ASSERTED:
                    merged_link.kind, merged_link.predicate = edge.kind, edge.predicate
        links = [self._rate_link(edge, origins) for _, (edge, origins) in sorted(merged.items())]
        crossed = {link.subject for link in links} & set(self.bridge_by_exposure) - {
            self.exposure.id
        }
        return (
            *(self._build_bridge_link(self.bridge_by_exposure[id]) for id in sorted(crossed)),
            *links,
        )

    def _select_reachable_links(
        self, link_keys: Iterable[tuple[str, str, int]]
    ) -> set[tuple[str, str, int]]:
        """Keys of the links that lie on some way from the exposure to the outcome."""
        keys = list(link_keys)
        starts = {self.exposure.id, *self.bridge_by_exposure}
        nodes_after_start = follow_pairs(starts, ((k[0], k[1]) for k in keys))
        nodes_before_outcome = follow_pairs({self.outcome.id}, ((k[1], k[0]) for k in keys))
        return {
            k
            for k in keys
            if k[0] in nodes_after_start and k[1] in nodes_before_outcome and k[1] not in starts
        }

    def _rate_link(self, edge: CandidateLink, origins: list[str]) -> Link:
        """The link with its ratings; one that was rated before on the same evidence is that one."""
        key = (edge.subject, edge.object, edge.sign)
        known_link, _ = self._rated_links.get(key, (None, None))
        if known_link and known_link.kind is edge.kind and known_link.claims == (*edge.claim_ids,):
            return known_link
        evidence = tuple(self.iterate_evidence(*key))
        link = self._rate_link_evidence(edge, origins, evidence)
        self._rated_links[key] = link, frozenset(item.work for item in evidence)
        return link

    def _rate_link_evidence(
        self, edge: CandidateLink, origins: list[str], evidence: tuple[Evidence, ...]
    ) -> Link:
        if edge.is_definitional:
            ratings = _DEFINITIONAL_RATINGS
        else:
            ratings = appraise(evidence, self.context, self.profile)
            if all(not rating.works for rating in ratings):
                ratings = self._rate_without_works(edge)
        defeat = ratings.established.refute
        effective = ratings.map(lambda r: r.level if r.level > defeat else Level.NONE)
        systems = tuple(sorted({str(e.system) for e in evidence if e.system}))
        borrowed = next((o for o in sorted(origins) if o != edge.subject), None)
        return Link(
            subject=edge.subject,
            predicate=edge.predicate,
            object=edge.object,
            sign=edge.sign,
            kind=edge.kind,
            status=self.evidence_index.classify_status(edge),
            claims=tuple(edge.claim_ids),
            ratings=ratings,
            effective=effective,
            mechanistic=self._rate_mechanism(self.evidence_index.classify_status(edge), evidence),
            delta=0 if edge.is_definitional else self.count_leap(edge.subject),
            tier=max((self.base.claim[c].tier for c in edge.claim_ids), default=Tier.NO_CLAIM),
            systems=systems,
            evidence_from=borrowed,
            note=_explain_weakness(
                edge, self.evidence_index.classify_status(edge), evidence, ratings.established
            ),
        )

    def _rate_without_works(self, edge: CandidateLink) -> Readings[Rating]:
        """A link without an admitted work: NONE, and granted in best_case unless self-support."""
        none = _build_empty_rating(f"no admitted work on {edge.subject} -> {edge.object}")
        if self.is_own_link(edge):
            return Readings(none, none, _build_empty_rating("a claim cannot vouch for itself"))
        granted_rating = _build_rating(
            Level.HIGH, Reason("1", "granted in best_case: no work to judge", 4)
        )
        return Readings(none, none, granted_rating)

    def _build_bridge_link(self, crossed: Bridge) -> Link:
        required_evidence = " and ".join(crossed.required_links)
        none = _build_empty_rating(f"bridge requires evidence: {required_evidence}", rule="7")
        best = _build_rating(
            Level.VERY_LOW, Reason("7", f"bridge without evidence: {required_evidence}", 1)
        )
        return Link(
            subject=crossed.claim,
            predicate=Predicate.INCREASES if crossed.sign > 0 else Predicate.DECREASES,
            object=crossed.evidence,
            sign=crossed.sign,
            kind=LinkKind.BRIDGE,
            status=LinkStatus.IMPLICIT,
            claims=(),
            ratings=Readings(none, none, best),
            effective=Readings(Level.NONE, Level.NONE, Level.VERY_LOW),
            mechanistic=self._compute_mechanism_level("bridge", 0),
            note=crossed.required_links[0].replace(" for ", " ≠ "),
        )

    def iterate_evidence(self, node: str, object: str, sign: int) -> Iterable[Evidence]:
        """Evidence on node -> object, with the charges that bring it into this question."""
        node_exposure = self.base.exposure.get(node)
        extra = (
            self.bridge_by_exposure[node].charges
            if node in self.bridge_by_exposure and node_exposure
            else ()
        )
        for item in self.evidence_index.iterate_items_on(self.base.find_descendants(object)):
            charges: Charges = ()
            turn = 1
            if item.subject != node:
                crossed = self._find_crossing(item, node_exposure)
                if crossed is None or crossed.required_links:
                    continue
                charges, turn = crossed.charges, crossed.sign
            effect_sign = None if item.sign is None else item.sign * turn * sign
            total = tuple(dict((*extra, *charges)).items())
            yield replace(item.evidence, sign=effect_sign, charges=total, increase_sign=turn * sign)

    def _find_crossing(self, item: EvidenceItem, node_exposure: Exposure | None) -> Bridge | None:
        item_exposure = self.base.exposure.get(item.subject)
        if node_exposure is None or item_exposure is None:
            return None
        if node_exposure.id == self.exposure.id:
            return self.bridge_by_exposure.get(item_exposure.id)
        return find_bridge(item_exposure, node_exposure, self.base, self.profile)

    def count_leap(self, tail: str) -> int:
        """1 for an intermediate that is no accepted surrogate for, nor part of, the outcome."""
        entity = self.base.entity.get(tail)
        if entity is None or tail in self.target_ids:
            return 0
        family = self.target_ids | self.base.find_ancestors(self.outcome.id)
        if any(s.outcome in family for s in entity.surrogate_for):
            return 0
        return 0 if any(whole_id in self.target_ids for whole_id in entity.part_of) else 1

    def _rate_mechanism(self, status: LinkStatus, evidence: tuple[Evidence, ...]) -> Mechanistic:
        rule = self.profile["mechanism"]
        support = 0
        if evidence:
            is_any_identified = any(item.is_identified for item in evidence)
            support = rule["support_identified" if is_any_identified else "support_described"]
        return self._compute_mechanism_level(status.value, support)

    def _compute_mechanism_level(self, status: str, support: int) -> Mechanistic:
        """KER = min(p, e + 1) if p > 0 else min(e, 1); grading.md section 8."""
        plausible = self.profile["mechanism"]["plausibility"][status]
        return Mechanistic(min(plausible, support + 1) if plausible else min(support, 1))

    # Answers

    def rate_direct_evidence(self, sign: int) -> tuple[Readings[Rating], tuple[Evidence, ...]]:
        """The body of exposure -> outcome itself, rated in each reading, and its evidence."""
        if sign not in self._direct_by_sign:
            evidence = tuple(self.iterate_evidence(self.exposure.id, self.outcome.id, sign))
            ratings = appraise(evidence, self.context, self.profile)
            self._direct_by_sign[sign] = ratings, evidence
        return self._direct_by_sign[sign]

    def build_graph(self, reading: Reading, raised_links: Set[int] = frozenset()) -> Graph:
        """The graph of one reading, with the links at the indices `raised_links` taken as HIGH."""
        if reading not in self._graph_by_reading:
            arcs = tuple(self._build_arc(i, link, reading) for i, link in enumerate(self.links))
            self._graph_by_reading[reading] = Graph(arcs, self.exposure.id, self.outcome.id)
        graph = self._graph_by_reading[reading]
        if not raised_links:
            return graph
        high = int(Level.HIGH)
        arcs = tuple(replace(arc, m=high) if arc.key in raised_links else arc for arc in graph.arcs)
        return replace(graph, arcs=arcs)

    def find_chain_level(
        self, sign: int, reading: Reading, raised_links: Set[int] = frozenset()
    ) -> Level:
        """The level of the best chains of a sign, NONE where none is unbroken.

        Args:
            sign: +1 for chains that raise the outcome, -1 for those that lower it.
            reading: the reading whose effective levels the links have.
            raised_links: indices into `links` of those to take as HIGH.
        """
        if raised_links:
            frontiers = self.kernel.find_frontiers(self.build_graph(reading, raised_links))
        else:
            if reading not in self._frontiers_by_reading:
                found = self.kernel.find_frontiers(self.build_graph(reading))
                self._frontiers_by_reading[reading] = found
            frontiers = self._frontiers_by_reading[reading]
        return Level(value(frontiers.get(sign, ZERO)))

    def judge_standing(
        self, sign: int, reading: Reading, raised_links: Set[int] = frozenset()
    ) -> Certainty:
        """How sure the claim is in a reading, by direct evidence and chains; grading.md section 10.

        Args:
            sign: +1 where the claim is that the exposure raises the outcome, -1 that it lowers it.
            reading: how generously works are admitted. What refutes is always established.
            raised_links: indices into `links` of those to take as HIGH, as a scenario does.

        Returns:
            S of the claim with its reasons; rule 10 says so where chains carry or are kept out.
        """
        direct, _ = self.rate_direct_evidence(sign)
        chain_level = self.find_chain_level(sign, reading, raised_links)
        return combine_certainty(direct[reading].support, chain_level, direct.established.refute)

    def _build_arc(self, key: int, link: Link, reading: Reading) -> Arc:
        m, raisable = int(link.effective[reading]), not self.is_own_link(link)
        return Arc(link.subject, link.object, link.sign, m, link.delta, key, raisable)

    def is_own_link(self, link: Link | CandidateLink) -> bool:
        """Whether a link is the claim itself, or that of a broader outcome: neither may vouch."""
        return link.subject == self.exposure.id and link.object in self.claim_object_ids


def combine_certainty(direct: Certainty, chain: Level, refuted: Level) -> Certainty:
    """S of a claim: direct evidence beats chains; if it refutes at all, chains do not count.

    Args:
        direct: support by studies of the claim itself, in the reading asked about.
        chain: level of the best unbroken chain in that reading.
        refuted: R of the claim itself, established.

    Source: grading.md section 10.

    >>> combine_certainty(_build_empty_rating("no work").support, Level.LOW, Level.NONE).level.word
    'low'
    """
    basis = (
        f"S is the higher of direct evidence, {direct.level.word}, and the best chain, "
        f"{chain.word}, where R established is none; else that of direct evidence"
    )
    if refuted is not Level.NONE:
        text = "direct evidence refutes: chains are shown and do not count"
        return Certainty(direct.level, (*direct.reasons, Reason("10", text, basis=basis)))
    if chain > direct.level:
        text = f"indirect: the best chain reaches {chain.word}"
        return Certainty(chain, (Reason("10", text, int(chain), basis=basis),))
    if direct.level is Level.NONE:
        text = "no direct evidence and no unbroken chain"
        return Certainty(direct.level, (Reason("10", text, basis=basis),))
    return direct


def _copy_for_question(edge: CandidateLink, key: tuple[str, str, int]) -> CandidateLink:
    """The edge as it looks from the question: its own claims list, subject and sign."""
    return replace(edge, subject=key[0], sign=key[2], claim_ids=list(edge.claim_ids))


def _build_context(base: EvidenceBase, exposure: Exposure, outcome: Entity) -> QuestionContext:
    is_human = outcome.kind not in LABORATORY_KINDS
    dose = exposure.dose
    population = base.population.get(outcome.population) if outcome.population else None
    conditions: frozenset[str] = frozenset()
    related: frozenset[str] = frozenset()
    if population and population.condition:
        conditions = frozenset({population.condition})
        entity = base.entity.get(population.condition)
        condition_family = base.find_ancestors(population.condition) | base.find_descendants(
            population.condition
        )
        related = condition_family | frozenset(entity.related if entity else ())
    return QuestionContext(
        is_human=is_human,
        conditions=conditions,
        related_conditions=related,
        nutrient_status=population.nutrient_status if population else None,
        age=population.age if population else None,
        sex=population.sex if population else None,
        target_dose=(dose.low, dose.high, dose.unit) if dose and is_human else None,
    )


def _build_rating(level: Level, reason: Reason) -> Rating:
    return Rating(Certainty(level, (reason,)), Level.NONE, level, level)


def _build_empty_rating(text: str, rule: str = "1") -> Rating:
    return _build_rating(Level.NONE, Reason(rule, text))


_DEFINITIONAL_RATING = _build_rating(
    Level.HIGH, Reason("9", "definitional or part-of: transparent", 4)
)
_DEFINITIONAL_RATINGS = Readings(_DEFINITIONAL_RATING, _DEFINITIONAL_RATING, _DEFINITIONAL_RATING)


def _explain_weakness(
    edge: CandidateLink, status: LinkStatus, evidence: tuple[Evidence, ...], rating: Rating
) -> str:
    """Why a link is weak, in two or three words."""
    if rating.refute > rating.level:
        return "evidence against it"
    if rating.refute:
        return "works disagree" if rating.level > Level.VERY_LOW else "no clear effect"
    if status is LinkStatus.IMPLICIT:
        return "no source at all"
    if evidence and all(e.system in BENCH_SYSTEMS for e in evidence):
        return "cell culture only"
    if evidence and all(e.system is System.ANIMAL for e in evidence):
        return "animals only"
    if evidence and not any(e.is_identified for e in evidence):
        return "works not found"
    if not evidence:
        words = {LinkStatus.VAGUE: "vague source", LinkStatus.DEFINITIONAL: "by definition"}
        return words.get(status, "no citation")
    return ""
