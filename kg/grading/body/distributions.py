"""Tails of the chi-squared and of Student's t distribution, for whole degrees of freedom.

Every sum here has only positive terms, so that a small tail keeps all its digits. The tests hold
them to scipy.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from math import erfc, exp, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

NORMAL_QUANTILE = NormalDist().inv_cdf(0.975)
"""Quantile of 97.5 % of the standard normal distribution: an interval of 95 % reaches so far."""


def compute_chi_squared_tail(statistic: float, degrees: int) -> float:
    """The chance of a chi-squared value of at least `statistic`.

    Args:
        statistic: a value of at least 0.
        degrees: degrees of freedom, at least 1.

    Source: Abramowitz and Stegun 1964, 26.4.4 and 26.4.5, finite for whole degrees of freedom.
    """
    half = statistic / 2
    if not half:
        return 1.0
    is_odd = degrees % 2
    orders = (is_odd / 2 + n for n in range(degrees // 2))
    tail = sum(exp(order * log(half) - half - lgamma(order + 1)) for order in orders)
    return min(1.0, tail + erfc(sqrt(half)) * is_odd)


def compute_t_tails(statistic: float, degrees: int) -> float:
    """The chance of a value of Student's t at least so far from 0, to either side.

    Args:
        statistic: a value of t.
        degrees: degrees of freedom, at least 1.

    Source: Abramowitz and Stegun 1964, 26.5.27: the incomplete beta function of degrees / 2 and
    1/2 at degrees / (degrees + t2).
    """
    square = statistic * statistic / degrees
    if not square:
        return 1.0
    a, log_share, log_rest = degrees / 2, -log1p(square), -log1p(1 / square)
    if log_share < log((a + 1) / (a + 2.5)):
        return _sum_beta_series(a, 0.5, log_share, log_rest)
    return 1 - _sum_beta_series(0.5, a, log_rest, log_share)


def _sum_beta_series(a: float, b: float, log_x: float, log_rest: float) -> float:
    """The incomplete beta function at x, where `log_rest` is the logarithm of 1 - x.

    Source: Abramowitz and Stegun 1964, 26.5.4.
    """
    front = exp(a * log_x + b * log_rest + lgamma(a + b) - lgamma(a + 1) - lgamma(b))
    x = exp(log_x)
    total = term = 1.0
    n = 0
    while term > total * sys.float_info.epsilon:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return front * total


@lru_cache(maxsize=256)
def find_t_quantile(degrees: int) -> float:
    """The quantile of 97.5 % of Student's t: an interval of 95 % reaches so far.

    Newton's method from the normal quantile: a tail of t is convex and the quantile of t is the
    greater one, so no step goes too far.

    Args:
        degrees: degrees of freedom, at least 1.
    """
    log_scale = lgamma((degrees + 1) / 2) - lgamma(degrees / 2) - log(degrees * pi) / 2
    quantile, step = NORMAL_QUANTILE, 1.0
    while step > quantile * 1e-14:
        density = exp(log_scale - (degrees + 1) / 2 * log1p(quantile * quantile / degrees))
        step = (compute_t_tails(quantile, degrees) / 2 - 0.025) / density
        quantile += step
    return quantile
