"""What the cited works carry alone, and what the literature carries alone.

An article stands on what it cites; what is known is in the literature. Where the two come to
different grades a reader must see both.
"""

from __future__ import annotations

from kg.chains.graph import Kernel
from kg.chains.material import EvidenceChoice, Material
from kg.chains.pair import claim_certainty, verdict_word
from kg.chains.question import Question
from kg.grading.algebra import ZERO, value
from kg.grading.profiles import Profile
from kg.model import Apart, Entity, Exposure, Reading, Readings


def halves(material: Material) -> tuple[Material, ...]:
    """The same base with the cited works only and with the literature only.

    Nothing where not both are there and admitted: then the grade is that of one of them already.
    """
    base = material.base
    if material.choice is not EvidenceChoice.ALL or not (base.studies and base.citations):
        return ()
    return tuple(
        Material(base, material.sources, choice, material.without)
        for choice in (EvidenceChoice.CITED, EvidenceChoice.LITERATURE)
    )


def grade_apart(
    material: Material,
    exposure: Exposure,
    outcome: Entity,
    sign: int,
    profile: Profile,
    kernel: Kernel,
) -> Apart:
    """The verdict and levels of a pair, without its chains and reports."""
    question = Question(material, exposure, outcome, profile)
    direct, evidence = question.direct(sign)
    body = direct.established
    levels = Readings.of(
        lambda r: (
            claim_certainty(
                direct[r].level,
                value(kernel.frontiers(question.graph(r)).get(sign, ZERO)),
                body.refute,
                direct[r].support,
            ).level
        )
    )
    return Apart(
        evidence=material.choice.value,
        verdict=verdict_word(levels[Reading.ESTABLISHED], body.refute, body.flags),
        certainty=levels,
        refuted_by=body.refute,
        works=len({item.work for item in evidence}),
        flags=body.flags,
    )
