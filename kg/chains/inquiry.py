"""An inquiry: one outcome of some material, graded again and again under suppositions."""

from __future__ import annotations

from typing import TypedDict

from kg.chains.graph import Graph, Kernel
from kg.chains.material import Material
from kg.chains.outcome import default_sign, raised
from kg.chains.pair import claim_certainty, sense_of, verdict_word
from kg.chains.question import Question
from kg.grading.algebra import ZERO, value
from kg.grading.profiles import Profile
from kg.model import BaseSummary, Entity, Exposure, Level, Readings, Sense, is_benefit
from kg.model.record import dataclass, replace
from kg.model.shifts import Standing


class Choices(TypedDict, total=False):
    """What may be chosen of an inquiry, as for `kg.api.grade`."""

    exposure: str | None
    source: str | None
    profile: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked: an outcome, of one exposure or of all that are said to change it.

    `about` says what is graded.
    """

    material: Material
    outcome: Entity
    exposure: Exposure | None
    profile: Profile
    kernel: Kernel
    about: BaseSummary

    def pairs(self, *others: Material) -> tuple[tuple[Exposure, int], ...]:
        """(exposure, sign) of every pair that the material, or another, brings up; sorted."""
        found = set[tuple[str, int]]()
        for material in (self.material, *others):
            found |= raised(material, self.outcome)
        if self.exposure is not None:
            asked = self.exposure.id
            found = {p for p in found if p[0] == asked} or {(asked, default_sign(self.outcome))}
        exposure = self.material.base.exposure
        return tuple((exposure[id], sign) for id, sign in sorted(found))

    def question(self, exposure: Exposure, material: Material | None = None) -> Question:
        """The question of an exposure, asked of the material or of another."""
        return Question(material or self.material, exposure, self.outcome, self.profile)

    def sense(self, sign: int) -> Sense:
        """Benefit, harm, or a change that is neither."""
        return sense_of(is_benefit(sign, self.outcome.better), sign)


def standing(
    question: Question, sign: int, kernel: Kernel, lifted: frozenset[int] = frozenset()
) -> Standing:
    """Where a pair stands, with the links at the indices `lifted` taken as HIGH."""
    direct, _ = question.direct(sign)
    refuted = direct.established.refute
    chain = Readings.of(
        lambda r: value(kernel.frontiers(_lifted(question.graph(r), lifted)).get(sign, ZERO))
    )
    certainty = Readings.of(
        lambda r: claim_certainty(direct[r].level, chain[r], refuted, direct[r].support)
    )
    last = certainty.established.reasons[-1]
    return Standing(
        levels=certainty.map(lambda c: c.level),
        refuted_by=refuted,
        verdict=verdict_word(certainty.established.level, refuted, direct.established.flags),
        why=last.text if last.rule == "10" else "direct evidence carries it",
    )


def _lifted(graph: Graph, lifted: frozenset[int]) -> Graph:
    if not lifted:
        return graph
    high = int(Level.HIGH)
    arcs = tuple(replace(arc, m=high) if arc.key in lifted else arc for arc in graph.arcs)
    return replace(graph, arcs=arcs)
