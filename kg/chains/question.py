"""One question: may this exposure be said to change this outcome? Its links, rated, and its graph.

The links of a question are those of the base seen from its exposure: exposures that can be bridged
at a charge are merged into it, exposures that need evidence of their own hang on a bridge link.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.chains.graph import Arc, Graph
from kg.chains.material import Edge, Item, Material
from kg.grading.appraise import appraise
from kg.grading.bridges import Bridge, bridge, stated_bridge
from kg.grading.evidence import Context, Evidence
from kg.grading.profiles import Profile
from kg.model import (
    BENCH,
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
from kg.model.record import dataclass, replace

LABORATORY = frozenset({EntityKind.CELLULAR, EntityKind.MOLECULAR})

Charges = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """How an exposure of the base is reached from the question's: the node it becomes."""

    node: str
    sign: int
    charges: Charges


class Question:
    """The rated links of (exposure, outcome) and the graph for each reading."""

    def __init__(
        self, material: Material, exposure: Exposure, outcome: Entity, profile: Profile
    ) -> None:
        self.material, self.base = material, material.base
        self.exposure, self.outcome, self.profile = exposure, outcome, profile
        self.targets = self.base.descendants(outcome.id)
        self.itself = self.targets | self.base.ancestors(outcome.id)
        self.context = _context(self.base, exposure, outcome)
        self.credits_form = any(
            c.credits_form and c.proposition.subject == exposure.id
            for c in material.claims
            if c.proposition.object in self.targets
        )
        self._graphs: dict[Reading, Graph] = {}
        self.bridges = self._bridges()
        self.links = self._links()
        self.index = {
            (link.subject, link.object, link.sign): i for i, link in enumerate(self.links)
        }

    # Exposures seen from the question

    def _bridges(self) -> dict[str, Bridge]:
        """Bridge from every exposure that has something in common, or that a source declares."""
        deficient = self.context.nutrient_status is NutrientStatus.DEFICIENT
        found: dict[str, Bridge] = {}
        for other in self.base.exposures:
            crossed = bridge(
                other, self.exposure, self.base, self.profile, deficient, self.credits_form
            )
            if crossed:
                found[other.id] = crossed
        for chain in self.material.chains:
            for step in chain.steps:
                if step.kind is StepKind.BRIDGE and chain.exposure == self.exposure.id:
                    other = self.base.exposure[step.object]
                    found.setdefault(other.id, stated_bridge(other, self.exposure))
        return found

    def _way(self, subject: str) -> _Way | None:
        """The node that a subject becomes in this question; None: not part of it."""
        if subject not in self.base.exposure:
            return _Way(subject, 1, ())
        crossed = self.bridges.get(subject)
        if crossed is None:
            return None
        if crossed.requires:
            return _Way(subject, 1, crossed.charges)
        return _Way(self.exposure.id, crossed.sign, crossed.charges)

    # Links

    def _links(self) -> tuple[Link, ...]:
        ways = {subject: self._way(subject) for subject in self.material.subjects}
        seen = [
            ((way.node, edge.object, edge.sign * way.sign), edge)
            for edge in self.material.edges
            if (way := ways[edge.subject]) and edge.object not in self.base.exposure
        ]
        reachable = self._reachable({key for key, _ in seen})
        merged: dict[tuple[str, str, int], tuple[Edge, list[str]]] = {}
        for key, edge in seen:
            if key not in reachable:
                continue
            kept, origins = merged.setdefault(key, (_seen(edge, key), []))
            origins.append(edge.subject)
            if kept.claims is not edge.claims:
                kept.claims.extend(c for c in edge.claims if c not in kept.claims)
                if kept.kind is not LinkKind.ASSERTED and edge.kind is LinkKind.ASSERTED:
                    kept.kind, kept.predicate = edge.kind, kept.predicate
        links = [self._link(edge, origins) for _, (edge, origins) in sorted(merged.items())]
        crossed = {link.subject for link in links} & set(self.bridges) - {self.exposure.id}
        return (*(self._bridge_link(self.bridges[id]) for id in sorted(crossed)), *links)

    def _reachable(self, merged: Iterable[tuple[str, str, int]]) -> set[tuple[str, str, int]]:
        """Keys of the links that lie on some way from the exposure to the outcome."""
        keys = list(merged)
        starts = {self.exposure.id, *self.bridges}
        after = _spread(starts, ((k[0], k[1]) for k in keys))
        before = _spread({self.outcome.id}, ((k[1], k[0]) for k in keys))
        return {k for k in keys if k[0] in after and k[1] in before and k[1] not in starts}

    def _link(self, edge: Edge, origins: list[str]) -> Link:
        evidence = tuple(self.evidence(edge.subject, edge.object, edge.sign))
        if edge.definitional:
            ratings = _DEFINITIONAL
        else:
            ratings = appraise(evidence, self.context, self.profile)
            if all(not rating.works for rating in ratings):
                ratings = self._unworked(edge)
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
            status=self.material.status(edge),
            claims=tuple(edge.claims),
            ratings=ratings,
            effective=effective,
            mechanistic=self._mechanistic(self.material.status(edge), evidence),
            delta=0 if edge.definitional else self.delta(edge.subject),
            tier=max((self.base.claim[c].tier for c in edge.claims), default=Tier.NO_CLAIM),
            systems=systems,
            evidence_from=borrowed,
            note=_note(edge, self.material.status(edge), evidence, ratings.established),
        )

    def _unworked(self, edge: Edge) -> Readings[Rating]:
        """A link without an admitted work: NONE, and granted in best_case unless self-support."""
        none = _nothing(f"no admitted work on {edge.subject} -> {edge.object}")
        if self.own(edge):
            return Readings(none, none, _nothing("a claim cannot vouch for itself"))
        granted = _rating(Level.HIGH, Reason("1", "granted in best_case: no work to judge", 4))
        return Readings(none, none, granted)

    def _bridge_link(self, crossed: Bridge) -> Link:
        what = " and ".join(crossed.requires)
        none = _nothing(f"bridge requires evidence: {what}", rule="7")
        best = _rating(Level.VERY_LOW, Reason("7", f"bridge without evidence: {what}", 1))
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
            mechanistic=self._strength("bridge", 0),
            note=crossed.requires[0].replace(" for ", " ≠ "),
        )

    def evidence(self, node: str, object: str, sign: int) -> Iterable[Evidence]:
        """Evidence on node -> object, with the charges that bring it into this question."""
        asked = self.base.exposure.get(node)
        extra = self.bridges[node].charges if node in self.bridges and asked else ()
        for item in self.material.on(self.base.descendants(object)):
            charges: Charges = ()
            turn = 1
            if item.subject != node:
                crossed = self._crossing(item, asked)
                if crossed is None or crossed.requires:
                    continue
                charges, turn = crossed.charges, crossed.sign
            held = None if item.sign is None else item.sign * turn * sign
            total = tuple(dict((*extra, *charges)).items())
            yield replace(item.evidence, sign=held, charges=total, turn=turn * sign)

    def _crossing(self, item: Item, asked: Exposure | None) -> Bridge | None:
        given = self.base.exposure.get(item.subject)
        if asked is None or given is None:
            return None
        if asked.id == self.exposure.id:
            return self.bridges.get(given.id)
        return bridge(given, asked, self.base, self.profile)

    def delta(self, tail: str) -> int:
        """1 for an intermediate that is no accepted surrogate for, nor part of, the outcome."""
        entity = self.base.entity.get(tail)
        if entity is None or tail in self.targets:
            return 0
        family = self.targets | self.base.ancestors(self.outcome.id)
        if any(s.outcome in family for s in entity.surrogate_for):
            return 0
        return 0 if any(whole in self.targets for whole in entity.part_of) else 1

    def _mechanistic(self, status: LinkStatus, evidence: tuple[Evidence, ...]) -> Mechanistic:
        rule = self.profile["mechanism"]
        support = 0
        if evidence:
            found = any(item.identified for item in evidence)
            support = rule["support_identified" if found else "support_described"]
        return self._strength(status.value, support)

    def _strength(self, status: str, support: int) -> Mechanistic:
        """KER = min(p, e + 1) if p > 0 else min(e, 1); grading.md section 8."""
        plausible = self.profile["mechanism"]["plausibility"][status]
        return Mechanistic(min(plausible, support + 1) if plausible else min(support, 1))

    # Views

    def direct(self, sign: int) -> tuple[Readings[Rating], tuple[Evidence, ...]]:
        """The body of exposure -> outcome itself, and its evidence."""
        evidence = tuple(self.evidence(self.exposure.id, self.outcome.id, sign))
        return appraise(evidence, self.context, self.profile), evidence

    def graph(self, reading: Reading, raised: int | None = None) -> Graph:
        """The graph of one reading; `raised` is the index of a link to take as HIGH."""
        if reading not in self._graphs:
            arcs = tuple(self._arc(i, link, reading) for i, link in enumerate(self.links))
            self._graphs[reading] = Graph(arcs, self.exposure.id, self.outcome.id)
        graph = self._graphs[reading]
        if raised is None:
            return graph
        better = replace(graph.arcs[raised], m=int(Level.HIGH))
        return replace(graph, arcs=(*graph.arcs[:raised], better, *graph.arcs[raised + 1 :]))

    def _arc(self, key: int, link: Link, reading: Reading) -> Arc:
        m, raisable = int(link.effective[reading]), not self.own(link)
        return Arc(link.subject, link.object, link.sign, m, link.delta, key, raisable)

    def own(self, link: Link | Edge) -> bool:
        """Whether a link is the claim itself, or that of a broader outcome: neither may vouch."""
        return link.subject == self.exposure.id and link.object in self.itself


def _seen(edge: Edge, key: tuple[str, str, int]) -> Edge:
    """The edge as it looks from the question: its own claims list, subject and sign."""
    return replace(edge, subject=key[0], sign=key[2], claims=list(edge.claims))


def _context(base: EvidenceBase, exposure: Exposure, outcome: Entity) -> Context:
    human = outcome.kind not in LABORATORY
    dose = exposure.dose
    who = base.population.get(outcome.population) if outcome.population else None
    conditions: frozenset[str] = frozenset()
    related: frozenset[str] = frozenset()
    if who and who.condition:
        conditions = frozenset({who.condition})
        entity = base.entity.get(who.condition)
        near = base.ancestors(who.condition) | base.descendants(who.condition)
        related = near | frozenset(entity.related if entity else ())
    return Context(
        human=human,
        conditions=conditions,
        related=related,
        nutrient_status=who.nutrient_status if who else None,
        dose=(dose.low, dose.high, dose.unit) if dose and human else None,
    )


def _spread(starts: Iterable[str], pairs: Iterable[tuple[str, str]]) -> set[str]:
    out: dict[str, list[str]] = {}
    for tail, head in pairs:
        out.setdefault(tail, []).append(head)
    seen, todo = set(starts), list(starts)
    while todo:
        for head in out.get(todo.pop(), ()):
            if head not in seen:
                seen.add(head)
                todo.append(head)
    return seen


def _rating(level: Level, reason: Reason) -> Rating:
    return Rating(Certainty(level, (reason,)), Level.NONE, level, level)


def _nothing(text: str, rule: str = "1") -> Rating:
    return _rating(Level.NONE, Reason(rule, text))


_HELD = _rating(Level.HIGH, Reason("9", "definitional or part-of: transparent", 4))
_DEFINITIONAL = Readings(_HELD, _HELD, _HELD)


def _note(edge: Edge, status: LinkStatus, evidence: tuple[Evidence, ...], rating: Rating) -> str:
    """Why a link is weak, in two or three words."""
    if rating.refute > rating.level:
        return "evidence against it"
    if rating.refute:
        return "works disagree" if rating.level > Level.VERY_LOW else "no clear effect"
    if status is LinkStatus.IMPLICIT:
        return "no source at all"
    if evidence and all(e.system in BENCH for e in evidence):
        return "cell culture only"
    if evidence and all(e.system is System.ANIMAL for e in evidence):
        return "animals only"
    if evidence and not any(e.identified for e in evidence):
        return "works not found"
    if not evidence:
        words = {LinkStatus.VAGUE: "vague source", LinkStatus.DEFINITIONAL: "by definition"}
        return words.get(status, "no citation")
    return ""
