"""What a certainty is about: an important effect, little or no effect, or any effect at all.

Core GRADE chooses this target before it rates (Guyatt et al. 2025, doi:10.1136/bmj-2024-081904):
where a smallest important difference is known, the point estimate lies beyond it (an important
effect) or within it (little or no effect); where none is known the target is any effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from math import inf, log, sqrt
from typing import Any

from kg.grading.body.absolute_effect import compute_absolute_effect
from kg.grading.evidence import get_null_value, is_ratio
from kg.model import Finding
from kg.model.vocabulary import EffectMeasure, fold_spelling, parse_measure
from kg.resources import load_toml_table, locate_shipped_folder


class TargetKind(StrEnum):
    """What the certainty is a certainty of."""

    IMPORTANT_EFFECT = "an important effect"
    LITTLE_OR_NO_EFFECT = "little or no effect"
    ANY_EFFECT = "any effect"


@dataclass(frozen=True, slots=True)
class CertaintyTarget:
    """A target with the effect on the scale that it is judged on.

    `low` to `high` is the 95 % interval. `thresholds` are the smallest important differences on
    both sides of no effect, `null` is no effect itself; all in `scale`. `source` says who set the
    thresholds.
    """

    kind: TargetKind
    low: float
    high: float
    null: float
    thresholds: tuple[float, float] | None
    scale: str
    source: str = ""

    def count_crossed(self) -> int:
        """How many of the two thresholds the interval crosses; without them, of no effect."""
        marks = self.thresholds or (self.null,)
        return sum(self.low < mark < self.high for mark in marks)


@dataclass(frozen=True, slots=True)
class ImportantDifference:
    """The smallest important difference of an instrument, in its points, and who published it."""

    instrument: str
    value: float
    source: str


def choose_target(finding: Finding) -> CertaintyTarget | None:
    """The target of a finding with an interval; None where it has no interval.

    A difference in risk is judged on risks where the baseline risk is known, as people feel it.
    """
    if finding.ci_low is None or finding.ci_high is None:
        return None
    absolute = compute_absolute_effect(finding)
    if finding.risk_mid is not None and absolute is not None and absolute.low is not None:
        low, high = sorted((absolute.low, absolute.high or 0.0))
        ends = (absolute.difference, low, high)
        return _build_target(ends, 0.0, finding.risk_mid, "risk difference", finding.mid_source)
    difference, source = find_important_difference(finding)
    scale = finding.measure or ""
    ends = (finding.estimate, finding.ci_low, finding.ci_high)
    return _build_target(ends, get_null_value(finding), difference, scale, source)


def count_crossed_marks(finding: Finding, low: float, high: float) -> int:
    """How many thresholds of the target an interval on the scale of the measure crosses.

    Such as a prediction interval; without thresholds it is whether no effect is included.
    """
    target = choose_target(replace(finding, ci_low=low, ci_high=high))
    return 0 if target is None else target.count_crossed()


def _build_target(
    ends: tuple[float | None, float, float],
    null: float,
    difference: float | None,
    scale: str,
    source: str | None,
) -> CertaintyTarget:
    estimate, low, high = ends
    if difference is None:
        return CertaintyTarget(TargetKind.ANY_EFFECT, low, high, null, None, scale)
    thresholds = (null - difference, null + difference)
    if estimate is None:
        estimate = (low + high) / 2
    is_important = not thresholds[0] < estimate < thresholds[1]
    kind = TargetKind.IMPORTANT_EFFECT if is_important else TargetKind.LITTLE_OR_NO_EFFECT
    return CertaintyTarget(kind, low, high, null, thresholds, scale, source or "")


def find_important_difference(finding: Finding) -> tuple[float | None, str | None]:
    """The smallest important difference on the scale of the measure, and who set it.

    That of the finding stands above that of its instrument, which holds for mean differences.
    """
    if finding.mid is not None:
        return finding.mid, finding.mid_source
    is_mean_difference = parse_measure(finding.measure) is EffectMeasure.MEAN_DIFFERENCE
    if finding.instrument and is_mean_difference:
        shipped = load_important_differences().get(fold_spelling(finding.instrument))
        if shipped is not None:
            return shipped.value, shipped.source
    return None, None


@cache
def load_important_differences() -> dict[str, ImportantDifference]:
    """The shipped differences by the names of their instruments, as `fold_spelling` folds them."""
    path = locate_shipped_folder("data") / "important-differences.toml"
    table: dict[str, Any] = load_toml_table(path)
    return {
        fold_spelling(name): ImportantDifference(entry["name"], entry["value"], entry["source"])
        for entry in table["instrument"]
        for name in (entry["name"], *entry.get("also", ()))
    }


def measure_interval_width(finding: Finding) -> float | None:
    """Width of the interval: of the logarithms of a ratio, else in the unit of the effect."""
    low, high = finding.ci_low, finding.ci_high
    if low is None or high is None:
        return None
    if is_ratio(finding):
        return log(high / low) if low > 0 else float("inf")
    return high - low


def estimate_standard_deviation(finding: Finding) -> float | None:
    """The standard deviation of an outcome, in the unit of the effect; 1 for standardised effects.

    The standard error of a difference between two equal arms is 2 SD / sqrt(n) (Cochrane Handbook
    6.5.2.3), so that interval and participants give the deviation. None where one is not known, and
    for effects that are no mean difference.
    """
    measure, width = parse_measure(finding.measure), measure_interval_width(finding)
    if measure is EffectMeasure.STANDARDISED_MEAN_DIFFERENCE:
        return 1.0
    if measure is not EffectMeasure.MEAN_DIFFERENCE or width is None or not finding.n:
        return None
    return width / (2 * 1.96) * sqrt(finding.n) / 2


def estimate_people(width: float) -> float:
    """People in two equal arms whose standardised mean difference has a 95 % interval this wide.

    Its variance is about 4 / n (Cochrane Handbook 6.5.2.3 with a deviation of 1), n the people of
    both arms.

    >>> round(estimate_people(0.392))
    400
    """
    return 4 * (2 * 1.96 / width) ** 2 if width else inf
