"""What the cited works carry alone, and what the literature carries alone.

An article stands on what it cites; what is known is in the literature. Where the two come to
different grades a reader must see both.
"""

from __future__ import annotations

from kg.grading.chain import conclude_question
from kg.grading.evidence_index import EvidenceChoice, EvidenceIndex
from kg.grading.profiles import Profile
from kg.grading.question import Question
from kg.model import Entity, Exposure, OriginGrade, Reading, Readings
from kg.search.graph import Kernel


def split_by_origin(material: EvidenceIndex) -> tuple[EvidenceIndex, ...]:
    """The same base with the cited works only and with the literature only.

    Nothing where not both are there and admitted: then the grade is that of one of them already.
    """
    base = material.base
    if material.choice is not EvidenceChoice.ALL or not (base.studies and base.citations):
        return ()
    return tuple(
        EvidenceIndex(base, material.sources, choice, material.excluded_works)
        for choice in (EvidenceChoice.CITED, EvidenceChoice.LITERATURE)
    )


def grade_by_origin(
    material: EvidenceIndex,
    exposure: Exposure,
    outcome: Entity,
    sign: int,
    profile: Profile,
    kernel: Kernel,
) -> OriginGrade:
    """The verdict and levels of a pair, without its chains and reports."""
    question = Question(material, exposure, outcome, profile, kernel)
    direct, evidence = question.rate_direct_evidence(sign)
    body = direct.established
    levels = Readings.compute(lambda r: question.judge_standing(sign, r).level)
    return OriginGrade(
        evidence=material.choice.value,
        conclusion=conclude_question(question, sign, levels[Reading.ESTABLISHED]),
        certainty=levels,
        refuted_by=body.refute,
        works=len({item.work for item in evidence}),
        flags=body.flags,
    )
