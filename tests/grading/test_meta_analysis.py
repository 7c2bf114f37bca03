"""Pooled effects and the distributions behind them, held to statsmodels, scipy and metafor."""

from __future__ import annotations

import csv
from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.meta_analysis import combine_effects as combine_by_statsmodels
from statsmodels.tools import add_constant

from kg.grading.body.distributions import (
    compute_chi_squared_tail,
    compute_t_tails,
    find_t_quantile,
)
from kg.grading.body.meta_analysis import (
    EffectWithError,
    MetaAnalysis,
    combine_effects,
    compute_egger_p,
)

CASES = Path(__file__).resolve().parents[1] / "cases" / "pooling"
DEGREES = st.integers(1, 400)
EFFECTS = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 10)), min_size=2, max_size=40).map(
    lambda rows: tuple(sorted(rows))
)


def _read_bcg_effects() -> tuple[EffectWithError, ...]:
    """Log risk ratios of the 13 trials of BCG in Colditz 1994, JAMA 271:698."""
    effects = []
    with (CASES / "bcg.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            a, n1, c, n2 = (int(row[k]) for k in [*row][1:])
            effects.append((log(a / n1 / (c / n2)), sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)))
    return tuple(effects)


def _pool(effects: tuple[EffectWithError, ...]) -> MetaAnalysis:
    pooled = combine_effects(effects, 5, 10)
    assert pooled is not None
    return pooled


@given(st.floats(0, 1000), DEGREES)
def test_the_tail_of_chi_squared_is_that_of_scipy(statistic: float, degrees: int) -> None:
    expected = stats.chi2.sf(statistic, degrees)
    assert compute_chi_squared_tail(statistic, degrees) == pytest.approx(expected, rel=1e-9)


@given(st.floats(-1e6, 1e6), DEGREES)
def test_the_tails_of_t_are_those_of_scipy(statistic: float, degrees: int) -> None:
    expected = 2 * stats.t.sf(abs(statistic), degrees)
    assert compute_t_tails(statistic, degrees) == pytest.approx(expected, rel=1e-9)


@given(DEGREES)
def test_the_quantile_of_t_is_that_of_scipy(degrees: int) -> None:
    assert find_t_quantile(degrees) == pytest.approx(stats.t.isf(0.025, degrees), rel=1e-11)


@given(EFFECTS)
def test_the_pooled_effect_is_that_of_statsmodels(effects: tuple[EffectWithError, ...]) -> None:
    """statsmodels leaves a negative tau2 as it is; there its fixed effect is the answer.

    It takes Q as a difference of sums, which is rounding where effects agree.
    """
    values, errors = np.array(effects).T
    with np.errstate(all="ignore"):
        oracle = combine_by_statsmodels(values, errors**2, method_re="dl")
        fixed, random = oracle.conf_int()[:2]
    tau2 = max(0.0, float(oracle.tau2))
    assume(oracle.q > 1e-9)
    assume(abs(oracle.tau2) > 1e-9)
    pooled = _pool(effects)
    assert pooled.tau2 == pytest.approx(tau2, rel=1e-6, abs=1e-6)
    assert pooled.interval == pytest.approx(random if tau2 else fixed, rel=1e-6, abs=1e-6)
    assert pooled.i2 == pytest.approx(max(0.0, 100 * float(oracle.i2)), rel=1e-6, abs=1e-5)
    chance = float(oracle.test_homogeneity().pvalue)
    assert pooled.p_heterogeneity == pytest.approx(chance, rel=1e-5, abs=1e-280)
    shares = oracle.weights_rel_re if tau2 else oracle.weights_rel_fe
    assert pooled.weights == pytest.approx(tuple(shares), rel=1e-6)


@given(EFFECTS)
def test_the_test_of_egger_is_that_of_statsmodels(effects: tuple[EffectWithError, ...]) -> None:
    values, errors = np.array(effects).T
    assume(len(effects) > 2)
    assume(np.ptp(1 / errors) > 1e-3 * np.mean(1 / errors))
    oracle = OLS(values / errors, add_constant(1 / errors)).fit()
    assume(oracle.ssr > 1e-16 * np.sum((values / errors) ** 2))
    assert compute_egger_p(effects) == pytest.approx(float(oracle.pvalues[0]), rel=1e-4)


def test_metafor_on_the_trials_of_bcg() -> None:
    """rma(method="DL") and the regression of Egger on dat.bcg, to the digits that are printed."""
    pooled = _pool(_read_bcg_effects())
    assert pooled.effect == pytest.approx(-0.7141, abs=5e-5)
    assert pooled.interval == pytest.approx((-1.0644, -0.3638), abs=5e-5)
    assert pooled.tau2 == pytest.approx(0.3088, abs=5e-5)
    assert pooled.i2 == pytest.approx(92.12, abs=5e-3)


def test_metafor_on_the_lengths_of_stay_in_normand_1999() -> None:
    """Mean differences of table VIII and their DerSimonian-Laird row in table IX.

    Normand 1999, Statistics in Medicine 18:321, which metafor's own tests reproduce.
    """
    differences = (-20, -2, -55, -71, -4, 1, 11, -10, 7)
    variances = (40.59, 2.05, 15.28, 150.22, 20.19, 1.22, 95.38, 8.03, 20.69)
    pooled = _pool(tuple((y, sqrt(v)) for y, v in zip(differences, variances, strict=True)))
    assert pooled.effect == pytest.approx(-14.10, abs=0.01)
    assert pooled.interval == pytest.approx((-24.45, -3.75), abs=0.01)
    assert pooled.tau2 == pytest.approx(218.72, abs=0.1)


def test_metafor_on_the_trials_of_lidocaine_in_normand_1999() -> None:
    """Less spread than chance: tau2 is 0, and random effects are fixed effects (table VII)."""
    differences = (2.8026, 0.0, 1.9711, 1.7961, 3.5334, 4.4031)
    variances = (17.7575, 37.5657, 8.1323, 10.8998, 8.0114, 6.1320)
    pooled = _pool(tuple((y, sqrt(v)) for y, v in zip(differences, variances, strict=True)))
    assert pooled.effect == pytest.approx(2.94, abs=0.005)
    assert pooled.interval == pytest.approx((0.4, 5.5), abs=0.05)
    assert (pooled.tau2, pooled.i2, pooled.prediction) == (0, 0, None)


@pytest.mark.parametrize("count", [2, 3, 12])
def test_trials_that_agree_have_no_spread_and_no_sign_of_bias(count: int) -> None:
    pooled = _pool(tuple((0.8, 0.1 * n) for n in range(1, count + 1)))
    assert pooled.effect == pytest.approx(0.8)
    assert (pooled.tau2, pooled.i2, pooled.egger_p) == (0, 0, None)
    assert pooled.p_heterogeneity == pytest.approx(1)


@pytest.mark.parametrize("error", [1e-69, 1e-12, 1e12, 1e69])
def test_one_weight_beside_which_the_others_vanish(error: float) -> None:
    """Two trials a distance apart: tau2 is half its square, less the mean of their variances."""
    pooled = _pool(((0.0, error), (1.0, 1.0)))
    assert pooled.tau2 == pytest.approx(max(0.0, (1 - 1 - error * error) / 2), abs=1e-9)
    wide = _pool(((0.0, error), (5.0, 1.0)))
    assert wide.tau2 == pytest.approx(max(0.0, (25 - 1 - error * error) / 2))


@given(st.lists(st.tuples(st.floats(-1e70, 1e70), st.floats(1e-70, 1e70)), min_size=2, max_size=12))
def test_the_greatest_and_the_least_figures_give_a_sound_answer_or_none(
    effects: list[EffectWithError],
) -> None:
    pooled = combine_effects(tuple(effects), 5, 10)
    if pooled is None:
        return
    low, high = pooled.interval
    assert low <= pooled.effect <= high
    assert 0 <= pooled.i2 <= 100
    assert 0 <= pooled.p_heterogeneity <= 1
    assert sum(pooled.weights) == pytest.approx(1)
    if pooled.prediction:
        assert pooled.prediction[0] <= low
        assert pooled.prediction[1] >= high
