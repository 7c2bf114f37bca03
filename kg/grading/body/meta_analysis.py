"""A meta-analysis by inverse variance with random effects, and Egger's test.

The tests hold it to statsmodels, and to what metafor prints for published trials.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum, isfinite, sqrt

from kg.grading.body.distributions import (
    NORMAL_QUANTILE,
    compute_chi_squared_tail,
    compute_t_tails,
    find_t_quantile,
)

EffectWithError = tuple[float, float]
"""An effect, as a logarithm where it is a ratio, and its standard error."""


@dataclass(frozen=True, slots=True)
class MetaAnalysis:
    """A random-effects meta-analysis; `weights` in the order of the effects, summing to 1."""

    effect: float
    interval: tuple[float, float]
    tau2: float
    i2: float
    p_heterogeneity: float
    prediction: tuple[float, float] | None
    egger_p: float | None
    weights: tuple[float, ...]

    @property
    def interval_ends(self) -> tuple[float, ...]:
        """The ends of all intervals."""
        return (*self.interval, *(self.prediction or ()))


@lru_cache(maxsize=4096)
def combine_effects(
    effects: tuple[EffectWithError, ...], prediction_studies: int, egger_studies: int
) -> MetaAnalysis | None:
    """The meta-analysis of two or more effects; None where it has no finite answer.

    Args:
        effects: effects with their standard errors.
        prediction_studies: from how many studies on there is a prediction interval.
        egger_studies: from how many studies on Egger's test is done.

    Source: DerSimonian and Laird 1986 for tau2 and the pooled effect, Higgins and Thompson 2002 for
    I2, Higgins, Thompson and Spiegelhalter 2009 for the prediction interval.
    """
    weights = [1 / (error * error) for _, error in effects]
    fixed_effect = _weigh_effects(effects, weights)[0]
    q = fsum(
        weight * (effect - fixed_effect) * (effect - fixed_effect)
        for weight, (effect, _) in zip(weights, effects, strict=True)
    )
    degrees = len(effects) - 1
    excess = max(0.0, q - degrees)
    tau2 = excess / _scale_excess(weights)
    effect, error, shares = _weigh_effects(effects, [1 / (e * e + tau2) for _, e in effects])
    has_prediction = tau2 > 0 and len(effects) >= max(3, prediction_studies)
    meta_analysis = MetaAnalysis(
        effect=effect,
        interval=_build_interval(effect, NORMAL_QUANTILE * error),
        tau2=tau2,
        i2=100 * (excess / q) if excess else 0.0,
        p_heterogeneity=compute_chi_squared_tail(q, degrees),
        prediction=_build_interval(
            effect, find_t_quantile(len(effects) - 2) * sqrt(tau2 + error * error)
        )
        if has_prediction
        else None,
        egger_p=compute_egger_p(effects) if len(effects) >= egger_studies else None,
        weights=shares,
    )
    numbers = (meta_analysis.tau2, meta_analysis.i2, meta_analysis.p_heterogeneity, effect)
    ends = meta_analysis.interval_ends
    return meta_analysis if all(map(isfinite, (*numbers, *ends, *shares))) else None


def _weigh_effects(
    effects: Sequence[EffectWithError], weights: Sequence[float]
) -> tuple[float, float, tuple[float, ...]]:
    """The weighted mean, its standard error, and the shares of the weights, which sum to 1."""
    total = fsum(weights)
    shares = tuple(weight / total for weight in weights)
    mean = fsum(share * effect for share, (effect, _) in zip(shares, effects, strict=True))
    return mean, sqrt(1 / total), shares


def _scale_excess(weights: Sequence[float]) -> float:
    """How much Q grows by each unit of tau2: the weights, less their squares over their sum."""
    total = fsum(weights)
    *rest, largest = sorted(weights)
    # The largest apart, for 1 less its share may be nothing but rounding.
    others = fsum(weight * (1 - weight / total) for weight in rest)
    return largest * (fsum(rest) / total) + others


def _build_interval(middle: float, reach: float) -> tuple[float, float]:
    return middle - reach, middle + reach


def compute_egger_p(effects: Sequence[EffectWithError]) -> float | None:
    """P of the intercept in the regression of effect / error on 1 / error.

    None where there is no test: fewer than three studies, one standard error for all, or effects
    that lie on the line to the last digit.

    Source: Egger, Davey Smith, Schneider and Minder 1997.
    """
    count = len(effects)
    if count < 3 or len({error for _, error in effects}) < 2:
        return None
    xs, ys = [1 / error for _, error in effects], [effect / error for effect, error in effects]
    x_mean, y_mean = fsum(xs) / count, fsum(ys) / count
    x_spread = fsum((x - x_mean) * (x - x_mean) for x in xs)
    if not x_spread:
        return None
    products = ((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    slope = fsum(products) / x_spread
    intercept = y_mean - slope * x_mean
    residuals = [y - intercept - slope * x for x, y in zip(xs, ys, strict=True)]
    if max(map(abs, residuals)) <= 8 * sys.float_info.epsilon * max(map(abs, ys)):
        return None
    variance = fsum(residual * residual for residual in residuals) / (count - 2)
    deviation = sqrt(variance * (1 / count + x_mean * x_mean / x_spread))
    statistic = intercept / deviation
    return compute_t_tails(statistic, count - 2) if isfinite(statistic) else None
