"""Grades under suppositions: other algebras, other evidence, other choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.api.base import build_evidence_index, resolve_exposure, summarise_base
from kg.api.grades import resolve_outcomes
from kg.errors import UsageError
from kg.grading.profiles import load_profile as grading_profile
from kg.model import EvidenceBase, Reading

if TYPE_CHECKING:
    from typing import Unpack

    from kg.model.scenarios import Plan, Sensitivity, WhatIf
    from kg.scenarios.alternatives.case import AlgebraComparison, PairAnswer
    from kg.scenarios.request import Baseline, GradeRequest


def compare_methods(
    base: EvidenceBase,
    outcome: str,
    exposure: str | None = None,
    source: str | None = None,
    reading: str = "best_case",
) -> AlgebraComparison:
    """The default beside every alternative on one pair, before and after fifty copies of one item.

    Without an exposure it is the pair with the strongest wording. All of it happens in memory.
    """
    from kg.scenarios.compare import compare_algebras as compared
    from kg.search.kernels import KERNELS

    evidence_index, target = build_evidence_index(base, source), base.resolve_outcome(outcome)
    agent = resolve_exposure(base, exposure) if exposure else None
    rules, search_kernel = grading_profile("grade"), KERNELS["embedded"]
    comparison = compared(evidence_index, target, agent, rules, search_kernel, Reading(reading))
    if comparison is None:
        raise UsageError(f"nothing is said or studied about {target.id!r}; see kg list outcomes")
    return comparison


def rate_by_algebra(
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
    from kg.scenarios.compare import rate_pairs_by_algebra as rated
    from kg.search.kernels import KERNELS

    evidence_index, rules, search_kernel = (
        build_evidence_index(base, source, evidence),
        grading_profile(profile),
        KERNELS["embedded"],
    )
    agent = resolve_exposure(base, exposure) if exposure else None
    targets = resolve_outcomes(evidence_index, outcome, agent)
    return tuple(
        pair
        for target in targets
        for pair in rated(algebra, evidence_index, target, agent, rules, search_kernel)
    )


def build_inquiry(
    base: EvidenceBase,
    outcome: str,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> Baseline:
    """An outcome to be graded under suppositions: what whatif, plan and sensitivity start from."""
    from kg.scenarios.request import Baseline
    from kg.search.kernels import KERNELS

    evidence_index, rules = build_evidence_index(base, source, evidence), grading_profile(profile)
    agent = resolve_exposure(base, exposure) if exposure else None
    base_summary = summarise_base(base, evidence_index, rules.name, rules.version)
    return Baseline(
        evidence_index,
        base.resolve_outcome(outcome),
        agent,
        rules,
        KERNELS["embedded"],
        base_summary,
    )


def whatif(
    base: EvidenceBase,
    outcome: str,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    **choices: Unpack[GradeRequest],
) -> WhatIf:
    """Grades of an outcome before and after studies are added and things removed, in memory only.

    `add` are studies in words, `remove` names such as `study:ID`; docs/how-to/whatif.md has both.
    """
    from kg.scenarios.whatif import evaluate_what_if

    return evaluate_what_if(build_inquiry(base, outcome, **choices), add, remove)


def plan(base: EvidenceBase, outcome: str, **choices: Unpack[GradeRequest]) -> Plan:
    """The cheapest next evidence for an outcome, each move with the grade it would reach."""
    from kg.scenarios.plan import plan_evidence as made

    return made(build_inquiry(base, outcome, **choices))


def measure_sensitivity(
    base: EvidenceBase, outcome: str, **choices: Unpack[GradeRequest]
) -> Sensitivity:
    """Grades of an outcome with the choices of grading set otherwise, one at a time."""
    from kg.scenarios.sensitivity import measure_sensitivity as found

    return found(build_inquiry(base, outcome, **choices))
