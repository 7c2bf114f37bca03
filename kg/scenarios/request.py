"""An inquiry: one outcome of some material, graded again and again under suppositions."""

from __future__ import annotations

from typing import TypedDict

from kg.grading.evidence_index import EvidenceIndex
from kg.grading.outcome import find_benefit_sign, list_claimed_or_studied_pairs
from kg.grading.pair import choose_pair_verdict, classify_sense
from kg.grading.profiles import Profile
from kg.grading.question import Question
from kg.model import BaseSummary, Entity, Exposure, Readings, Sense, is_benefit
from kg.model.record import dataclass
from kg.model.scenarios import Standing
from kg.search.graph import Kernel


class GradeRequest(TypedDict, total=False):
    """What may be chosen of an inquiry, as for `kg.api.grade`."""

    exposure: str | None
    source: str | None
    profile: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is asked: an outcome, of one exposure or of all that are said to change it.

    `base_summary` says what is graded.
    """

    evidence_index: EvidenceIndex
    outcome: Entity
    exposure: Exposure | None
    profile: Profile
    kernel: Kernel
    base_summary: BaseSummary

    def list_pairs(self, *others: EvidenceIndex) -> tuple[tuple[Exposure, int], ...]:
        """(exposure, sign) of every pair that the material, or another, brings up; sorted."""
        signed_exposures = set[tuple[str, int]]()
        for material in (self.evidence_index, *others):
            signed_exposures |= list_claimed_or_studied_pairs(material, self.outcome)
        if self.exposure is not None:
            exposure_id = self.exposure.id
            signed_exposures = {p for p in signed_exposures if p[0] == exposure_id} or {
                (exposure_id, find_benefit_sign(self.outcome))
            }
        exposure = self.evidence_index.base.exposure
        return tuple((exposure[id], sign) for id, sign in sorted(signed_exposures))

    def build_question(self, exposure: Exposure, material: EvidenceIndex | None = None) -> Question:
        """The question of an exposure, asked of the material or of another."""
        index = material or self.evidence_index
        return Question(index, exposure, self.outcome, self.profile, self.kernel)

    def classify_sense(self, sign: int) -> Sense:
        """Benefit, harm, or a change that is neither."""
        return classify_sense(is_benefit(sign, self.outcome.better), sign)


def evaluate_standing(
    question: Question, sign: int, raised_links: frozenset[int] = frozenset()
) -> Standing:
    """Where a pair stands, with the links at the indices `raised_links` taken as HIGH."""
    body = question.rate_direct_evidence(sign)[0].established
    certainty = Readings.compute(lambda r: question.judge_standing(sign, r, raised_links))
    last = certainty.established.reasons[-1]
    return Standing(
        levels=certainty.map(lambda c: c.level),
        refuted_by=body.refute,
        verdict=choose_pair_verdict(certainty.established.level, body.refute, body.flags),
        why=last.text if last.rule == "10" else "direct evidence carries it",
    )
