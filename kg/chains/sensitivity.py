"""How a grade depends on the choices of grading: each choice set otherwise, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kg.chains.embedded import EmbeddedKernel
from kg.chains.graph import Kernel
from kg.chains.inquiry import Inquiry, standing
from kg.grading.algebra import CAP
from kg.grading.profiles import Profile, profile, profile_names
from kg.model import Exposure
from kg.model.record import dataclass, replace
from kg.model.shifts import PairSensitivity, Sensitivity, Variation

FACETS = ("system", "condition", "nutrient_status", "dose", "duration", "outcome", "comparison")
CAPS = (1, 2, 3)
FACTORS = {"halved": 0.5, "doubled": 2.0}


@dataclass(frozen=True, slots=True)
class Setting:
    """One choice set otherwise: the profile and the kernel to grade with."""

    choice: str
    word: str
    profile: Profile
    kernel: Kernel


def sensitivity(inquiry: Inquiry) -> Sensitivity:
    """Where each pair of an outcome stands under every choice."""
    settings = tuple(variations(inquiry.profile, inquiry.kernel))
    return Sensitivity(
        outcome=inquiry.outcome.id,
        pairs=tuple(_pair(inquiry, exposure, sign, settings) for exposure, sign in inquiry.pairs()),
        base=inquiry.about,
    )


def variations(given: Profile, kernel: Kernel) -> Iterator[Setting]:
    """Every choice set otherwise than in a profile: start levels, cap, weights, upgrades.

    >>> from kg.chains import KERNELS
    >>> len({s.choice for s in variations(profile("grade"), KERNELS["embedded"])})
    5
    """
    for name in profile_names():
        if name != given.name:
            yield Setting("start profile", name, profile(name), kernel)
    for cap in CAPS:
        if cap != CAP:
            yield Setting("cap of leaps", str(cap), given, EmbeddedKernel(cap))
    for word, factor in FACTORS.items():
        yield Setting("facet weights", word, _facets(given, factor), kernel)
    for word, factor in FACTORS.items():
        charges = {name: factor * charge for name, charge in given["bridge"].items()}
        yield Setting("bridge charges", word, _with(given, bridge=charges), kernel)
    other = "lenient" if given["upgrade"] == "strict" else "strict"
    yield Setting("upgrades", other, _with(given, upgrade=other), kernel)


def _facets(given: Profile, factor: float) -> Profile:
    """The profile with the weights of all indirectness facets, known and unknown, multiplied."""
    rule: Mapping[str, Any] = given["indirectness"]
    scaled = {
        facet: {word: factor * weight for word, weight in rule[facet].items()}
        for facet in FACETS
        if facet in rule
    }
    unknown = factor * rule["unknown_established"]
    return _with(given, indirectness={**rule, **scaled, "unknown_established": unknown})


def _with(given: Profile, **sections: Any) -> Profile:
    return Profile(given.name, given.version, given.title, {**given.table, **sections})


def _pair(
    inquiry: Inquiry, exposure: Exposure, sign: int, settings: tuple[Setting, ...]
) -> PairSensitivity:
    return PairSensitivity(
        exposure=exposure.id,
        outcome=inquiry.outcome.id,
        sense=inquiry.sense(sign),
        now=standing(inquiry.question(exposure), sign, inquiry.kernel),
        variations=tuple(_variation(inquiry, exposure, sign, s) for s in settings),
    )


def _variation(inquiry: Inquiry, exposure: Exposure, sign: int, setting: Setting) -> Variation:
    asked = replace(inquiry, profile=setting.profile, kernel=setting.kernel)
    stands = standing(asked.question(exposure), sign, setting.kernel)
    return Variation(setting.choice, setting.word, stands)
