"""Grades under suppositions: other algebras, other evidence, other choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.model import EvidenceBase
from kg.scenarios.request import GradeRequest

if TYPE_CHECKING:
    from kg.model.scenarios import Plan, Sensitivity, WhatIf
    from kg.scenarios.alternatives.case import AlgebraComparison, PairAnswer
    from kg.scenarios.profile_comparison import ProfileComparison


def compare_methods(base: EvidenceBase, request: GradeRequest) -> AlgebraComparison:
    """The default beside every alternative on one pair, before and after fifty copies of one item.

    Without an exposure it is the pair with the strongest wording; the copies are added in the
    reading of the request. All of it happens in memory.

    Args:
        base: The base, sound.
        request: An outcome, maybe an exposure, and the reading in which copies are added.

    Raises:
        UsageError: nothing is said or studied about the outcome.
    """
    from kg.scenarios.compare import compare_algebras

    baseline = request.build_baseline(base)
    comparison = compare_algebras(baseline, request.reading)
    if comparison is None:
        outcome_id = baseline.outcome.id
        raise UsageError(f"nothing is said or studied about {outcome_id!r}; see kg list outcomes")
    return comparison


def compare_by_profile(
    base: EvidenceBase, request: GradeRequest, profiles: Sequence[str]
) -> ProfileComparison:
    """The pairs of a request graded by each of the profiles, and what moves between them.

    Without an outcome those of all headlines. Raises UnknownName for a profile that does not exist.

    Args:
        base: The base, sound.
        request: Outcome, exposure, source, evidence and kernel; all may be left out.
        profiles: Names or files of profiles, two or more; the first is what others differ from.
    """
    from kg.scenarios.profile_comparison import compare_profiles

    return compare_profiles(base, request, profiles)


def rate_by_algebra(
    base: EvidenceBase, algebra: str, request: GradeRequest
) -> tuple[PairAnswer, ...]:
    """Pairs of an outcome, or of all headlines, by an alternative, beside the default.

    What it says is uncalibrated and for comparison only.

    Args:
        base: The base, sound.
        algebra: A name of ALGEBRAS.
        request: Outcome, exposure, source, profile, evidence and kernel; all may be left out.

    Raises:
        UnknownName: no such algebra.
    """
    from kg.scenarios.compare import rate_pairs_by_algebra

    return tuple(
        pair
        for baseline in request.build_baselines(base)
        for pair in rate_pairs_by_algebra(algebra, baseline)
    )


def suppose_changes(
    base: EvidenceBase, request: GradeRequest, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> WhatIf:
    """Grades of an outcome before and after studies are added and things removed, in memory only.

    Args:
        base: The base, sound.
        request: An outcome, and whatever narrows it.
        add: Studies in words, as docs/how-to/whatif.md has them.
        remove: `study:ID`, `citation:ID` or `claim:ID`.
    """
    from kg.scenarios.whatif import evaluate_what_if

    return evaluate_what_if(request.build_baseline(base), add, remove)


def plan_next_evidence(base: EvidenceBase, request: GradeRequest) -> Plan:
    """The cheapest next evidence for an outcome, each move with the grade it would reach.

    Args:
        base: The base, sound.
        request: An outcome, and whatever narrows it.
    """
    from kg.scenarios.plan import plan_evidence

    return plan_evidence(request.build_baseline(base))


def measure_stability(base: EvidenceBase, request: GradeRequest) -> Sensitivity:
    """Grades of an outcome with the choices of grading set otherwise, one at a time.

    Args:
        base: The base, sound.
        request: An outcome, and whatever narrows it.
    """
    from kg.scenarios.sensitivity import measure_sensitivity

    return measure_sensitivity(request.build_baseline(base))
