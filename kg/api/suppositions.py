"""Grades under suppositions: other algebras, other evidence, other choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.api.bases import exposure_of, material, summary
from kg.api.grades import outcomes_asked
from kg.errors import UsageError
from kg.grading.profiles import profile as grading_profile
from kg.model import EvidenceBase, Reading

if TYPE_CHECKING:
    from typing import Unpack

    from kg.chains.inquiry import Choices, Inquiry
    from kg.grading.alternatives.case import Comparison, PairAnswer
    from kg.model.shifts import Plan, Sensitivity, WhatIf


def compare(
    base: EvidenceBase,
    outcome: str,
    exposure: str | None = None,
    source: str | None = None,
    reading: str = "best_case",
) -> Comparison:
    """The default beside every alternative on one pair, before and after fifty copies of one item.

    Without an exposure it is the pair with the strongest wording. All of it happens in memory.
    """
    from kg.chains import KERNELS
    from kg.chains.comparison import compare as compared

    given, target = material(base, source), base.outcome(outcome)
    agent = exposure_of(base, exposure) if exposure else None
    rules, by = grading_profile("grade"), KERNELS["embedded"]
    found = compared(given, target, agent, rules, by, Reading(reading))
    if found is None:
        raise UsageError(f"nothing is said or studied about {target.id!r}; see kg list outcomes")
    return found


def rate_by(
    base: EvidenceBase,
    algebra: str,
    outcome: str | None = None,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> tuple[PairAnswer, ...]:
    """Pairs of an outcome, or of all headlines, by an alternative, beside the default.

    What it says is uncalibrated and for comparison only. Raises UnknownName for a name that does
    not exist.
    """
    from kg.chains import KERNELS
    from kg.chains.comparison import rate_by as rated

    given, rules, by = (
        material(base, source, evidence),
        grading_profile(profile),
        KERNELS["embedded"],
    )
    agent = exposure_of(base, exposure) if exposure else None
    targets = outcomes_asked(given, outcome, agent)
    return tuple(
        pair for target in targets for pair in rated(algebra, given, target, agent, rules, by)
    )


def inquiry(
    base: EvidenceBase,
    outcome: str,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> Inquiry:
    """An outcome to be graded under suppositions: what whatif, plan and sensitivity start from."""
    from kg.chains import KERNELS
    from kg.chains.inquiry import Inquiry

    given, rules = material(base, source, evidence), grading_profile(profile)
    agent = exposure_of(base, exposure) if exposure else None
    about = summary(base, given, rules.name, rules.version)
    return Inquiry(given, base.outcome(outcome), agent, rules, KERNELS["embedded"], about)


def whatif(
    base: EvidenceBase,
    outcome: str,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    **choices: Unpack[Choices],
) -> WhatIf:
    """Grades of an outcome before and after studies are added and things removed, in memory only.

    `add` are studies in words, `remove` names such as `study:ID`; docs/how-to/whatif.md has both.
    """
    from kg.chains.whatif import what_if

    return what_if(inquiry(base, outcome, **choices), add, remove)


def plan(base: EvidenceBase, outcome: str, **choices: Unpack[Choices]) -> Plan:
    """The cheapest next evidence for an outcome, each move with the grade it would reach."""
    from kg.chains.plan import plan as made

    return made(inquiry(base, outcome, **choices))


def sensitivity(base: EvidenceBase, outcome: str, **choices: Unpack[Choices]) -> Sensitivity:
    """Grades of an outcome with the choices of grading set otherwise, one at a time."""
    from kg.chains.sensitivity import sensitivity as found

    return found(inquiry(base, outcome, **choices))
