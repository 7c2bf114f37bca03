"""How a grade depends on the choices of grading: each choice set otherwise, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kg.grading.profiles import Profile, list_profiles, load_profile
from kg.model import Exposure
from kg.model.scenarios import PairSensitivity, Sensitivity, Variation
from kg.scenarios.request import Baseline, evaluate_standing
from kg.search.algebra import CAP
from kg.search.graph import Kernel
from kg.search.kernels.plain import PlainKernel

SCALED_FACETS = (
    "system",
    "condition",
    "nutrient_status",
    "dose",
    "duration",
    "outcome",
    "comparison",
)
LEAP_CAPS = (1, 2, 3)
FACTOR_BY_WORD = {"halved": 0.5, "doubled": 2.0}


@dataclass(frozen=True, slots=True)
class GradingVariant:
    """One choice set otherwise: the profile and the kernel to grade with."""

    choice: str
    word: str
    profile: Profile
    kernel: Kernel


def measure_sensitivity(inquiry: Baseline) -> Sensitivity:
    """Where each pair of an outcome stands under every choice."""
    settings = tuple(list_grading_variants(inquiry.profile, inquiry.kernel))
    return Sensitivity(
        outcome=inquiry.outcome.id,
        pairs=tuple(
            _compare_variants(inquiry, exposure, sign, settings)
            for exposure, sign in inquiry.list_pairs()
        ),
        base=inquiry.base_summary,
    )


def list_grading_variants(base_profile: Profile, kernel: Kernel) -> Iterator[GradingVariant]:
    """Every choice set otherwise than in a profile: start levels, cap, weights, upgrades.

    >>> from kg.search.kernels import KERNELS
    >>> len({s.choice for s in list_grading_variants(load_profile("grade"), KERNELS["embedded"])})
    5
    """
    for name in list_profiles():
        if name != base_profile.name:
            yield GradingVariant("start profile", name, load_profile(name), kernel)
    for cap in LEAP_CAPS:
        if cap != CAP:
            yield GradingVariant("cap of leaps", str(cap), base_profile, PlainKernel(cap))
    for word, factor in FACTOR_BY_WORD.items():
        yield GradingVariant("facet weights", word, _scale_facets(base_profile, factor), kernel)
    for word, factor in FACTOR_BY_WORD.items():
        charges = {name: factor * charge for name, charge in base_profile["bridge"].items()}
        yield GradingVariant(
            "bridge charges", word, _replace_sections(base_profile, bridge=charges), kernel
        )
    other = "lenient" if base_profile["upgrade"] == "strict" else "strict"
    yield GradingVariant("upgrades", other, _replace_sections(base_profile, upgrade=other), kernel)


def _scale_facets(base_profile: Profile, factor: float) -> Profile:
    """The profile with the weights of all indirectness facets, known and unknown, multiplied."""
    rule: Mapping[str, Any] = base_profile["indirectness"]
    scaled = {
        facet: {word: factor * weight for word, weight in rule[facet].items()}
        for facet in SCALED_FACETS
        if facet in rule
    }
    unknown = factor * rule["unknown_established"]
    return _replace_sections(
        base_profile, indirectness={**rule, **scaled, "unknown_established": unknown}
    )


def _replace_sections(base_profile: Profile, **sections: Any) -> Profile:
    return Profile(
        base_profile.name,
        base_profile.version,
        base_profile.title,
        {**base_profile.table, **sections},
    )


def _compare_variants(
    inquiry: Baseline, exposure: Exposure, sign: int, settings: tuple[GradingVariant, ...]
) -> PairSensitivity:
    return PairSensitivity(
        exposure=exposure.id,
        outcome=inquiry.outcome.id,
        sense=inquiry.classify_sense(sign),
        now=evaluate_standing(inquiry.build_question(exposure), sign),
        variations=tuple(_try_variant(inquiry, exposure, sign, s) for s in settings),
    )


def _try_variant(
    inquiry: Baseline, exposure: Exposure, sign: int, setting: GradingVariant
) -> Variation:
    variant_baseline = replace(inquiry, profile=setting.profile, kernel=setting.kernel)
    stands = evaluate_standing(variant_baseline.build_question(exposure), sign)
    return Variation(setting.choice, setting.word, stands)
