"""Findings pooled, against a published meta-analysis, and what cannot be pooled."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from math import exp, log, sqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.grading.body.appraise import appraise
from kg.grading.body.pooling import PooledBody, find_obstacle, pool_body
from kg.grading.evidence import Evidence, QuestionContext, build_study_evidence
from kg.grading.profiles import list_profiles, load_profile
from kg.model import (
    SYNTHESIS_DESIGNS,
    Better,
    Bias,
    Design,
    Direction,
    Finding,
    Level,
    Scale,
    Study,
    System,
)

P = load_profile()
ROOT = Path(__file__).resolve().parents[2]
PEOPLE = QuestionContext(is_human=True)


def trial(
    work: str,
    estimate: float | None = 0.8,
    low: float | None = 0.6,
    high: float | None = 1.0,
    n: int | None = 400,
    measure: str | None = "RR",
    **more: Any,
) -> Evidence:
    direction = Direction.NO_CLEAR_EFFECT
    if estimate is not None and low is not None and high is not None:
        null = 1.0 if measure in ("RR", "OR", "HR") else 0.0
        if not low <= null <= high:
            direction = Direction.INCREASE if estimate > null else Direction.DECREASE
    sign = {Direction.INCREASE: 1, Direction.DECREASE: -1}.get(direction, 0)
    finding = Finding(
        f"{work}.1", "e", "o", more.pop("direction", direction), n=n, measure=measure,
        estimate=estimate, ci_low=low, ci_high=high, **more,
    )  # fmt: skip
    return Evidence(work, Design.RANDOMISED, System.HUMAN, sign, finding, True)


def bcg() -> tuple[Evidence, ...]:
    """The 13 trials of BCG in Colditz 1994, JAMA 271:698, as risk ratios with their intervals."""
    found = []
    with (ROOT / "tests" / "cases" / "pooling" / "bcg.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            a, n1, c, n2 = (int(row[k]) for k in [*row][1:])
            effect, error = log(a / n1 / (c / n2)), sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
            reach = 1.959964 * error
            found.append(
                trial(
                    f"trial-{row['trial']}",
                    exp(effect), exp(effect - reach), exp(effect + reach), n1 + n2,
                    events=a + c,
                )
            )  # fmt: skip
    return tuple(found)


def one(made: PooledBody) -> Finding:
    assert len(made.items) == 1
    return made.items[0].finding


@pytest.mark.slow
def test_a_published_meta_analysis_comes_out() -> None:
    """metafor's rma(method="DL") and regtest(model="lm") on dat.bcg, to the digits it prints."""
    found = one(pool_body(bcg(), P))
    assert found.estimate == pytest.approx(exp(-0.7141), abs=5e-5)
    assert found.ci_low == pytest.approx(exp(-1.0644), abs=5e-5)
    assert found.ci_high == pytest.approx(exp(-0.3638), abs=5e-5)
    assert found.tau2 == pytest.approx(0.3088, abs=5e-5)
    assert found.i2 == pytest.approx(92.12, abs=5e-3)
    assert found.p_heterogeneity is not None
    assert found.p_heterogeneity < 0.0001
    assert (found.k, found.n) == (13, sum(item.finding.n or 0 for item in bcg()))
    # by hand: the middle, and t(11) = 2.201 times the root of tau2 + se2
    reach = 2.200985 * sqrt(0.3088 + 0.1787**2)
    assert found.pi_low == pytest.approx(exp(-0.7141 - reach), abs=1e-4)
    assert found.pi_high == pytest.approx(exp(-0.7141 + reach), abs=5e-4)


def test_the_trail_tells_what_was_pooled_and_the_domains_use_it() -> None:
    rating = appraise(bcg(), PEOPLE, P).established
    texts = [reason.text for reason in rating.support.reasons]
    assert any(
        t.startswith("pooled from 13 trials: RR 0.49 (0.345 to 0.695), tau2 0.309") for t in texts
    )
    assert any("prediction interval 0.1" in t and t.startswith("inconsistency") for t in texts)
    assert any(t.startswith("publication bias: Egger p = ") for t in texts)
    assert sum(reason.change for reason in rating.support.reasons) == rating.level
    by = next(r for r in rating.support.reasons if r.text.startswith("pooled"))
    assert by.sources == ("DL", "HTS")
    assert set(by.sources) <= set(P["works"])


def test_agreement_beyond_chance_is_a_fixed_effect() -> None:
    """Q under its degrees of freedom: tau2 is cut off at 0, never below."""
    found = one(pool_body((trial("a"), trial("b"), trial("c")), P))
    assert (found.tau2, found.i2) == (0, 0)
    error = (log(1.0) - log(0.6)) / (2 * 1.959964) / sqrt(3)
    assert found.estimate == pytest.approx(0.8)
    assert found.ci_low == pytest.approx(exp(log(0.8) - 1.959964 * error), rel=1e-5)


def test_what_is_pooled_keeps_what_all_of_it_tell() -> None:
    """Sizes add up where all are told; an upgrade or a difference that matters is that of all."""
    told: dict[str, Any] = {
        "events": 30,
        "dose_response": True,
        "opposing_confounding": True,
        "large_effect": 1,
    }
    full = trial("a", n=100, mid=0.1, **told), trial("b", n=200, mid=0.1, **told)
    found = one(pool_body(full, P))
    assert (found.n, found.events, found.mid, found.large_effect) == (300, 60, 0.1, 1)
    assert found.dose_response
    assert found.opposing_confounding
    part = (full[0], trial("b", n=None, mid=0.2))
    found = one(pool_body(part, P))
    assert (found.n, found.events, found.mid, found.large_effect) == (None, None, None, 0)
    assert not found.dose_response
    assert not found.opposing_confounding
    whole = pool_body(full, P).items[0]
    assert (whole.work, whole.pooled_studies, whole.both_sides) == ("a+b", ("a", "b"), False)
    mixed = pool_body((trial("a", 0.8, 0.7, 0.9), trial("b", 1.2, 1.1, 1.3)), P).items[0]
    assert mixed.both_sides


@pytest.mark.parametrize(
    ("measures", "unit", "count"),
    [
        (("RR", "risk ratio"), None, 1),
        (("OR", "odds ratio"), None, 1),
        (("HR", "hazard ratio"), None, 1),
        (("RR", "OR"), None, 2),
        (("MD", "WMD"), "kg", 1),
        (("SMD", "SMD"), None, 1),
        (("MD", "MD"), None, 2),
        (("RD", "RD"), None, 1),
    ],
)
def test_names_of_one_measure_are_one_scale(
    measures: tuple[str, str], unit: str | None, count: int
) -> None:
    body = [trial(w, 0.8, 0.6, 0.95, measure=m, unit=unit, direction=Direction.UNSTATED)
            for w, m in zip("ab", measures, strict=True)]  # fmt: skip
    assert len(pool_body(tuple(body), P).items) == count


def test_the_trail_names_trials_only_where_people_were_allocated() -> None:
    def begin(*items: Evidence) -> str:
        reason = pool_body(items, P).reason
        assert reason is not None
        return reason.text.partition(":")[0]

    both = trial("a"), trial("b")
    assert begin(*both) == "pooled from 2 trials"
    assert begin(both[0], replace(both[1], design=Design.COHORT)) == "pooled from 2 studies"
    rats = (replace(item, system=System.ANIMAL) for item in both)
    assert begin(*rats) == "pooled from 2 studies"


def test_a_synthesis_leaves_nothing_to_pool() -> None:
    whole = replace(trial("s"), design=Design.SYNTHESIS_OF_RANDOMISED)
    body = (trial("a"), whole)
    assert pool_body(body, P) == PooledBody(body, body)


def test_one_effect_is_not_pooled_and_the_trail_says_why() -> None:
    made = pool_body((trial("a"), trial("b", None, None, None)), P)
    assert len(made.items) == 2
    assert made.reason is not None
    assert made.reason.text == "not pooled: alone on its scale (RR) (a), no effect size (b)"
    assert pool_body((trial("a"),), P).reason is None
    silent = (trial("a", None, None, None), trial("b", None, None, None))
    assert pool_body(silent, P) == PooledBody(silent, silent)


def test_scales_do_not_mix_and_what_is_left_votes() -> None:
    body = (
        trial("a"),
        trial("b", 0.7, 0.5, 0.98),
        trial("c", -3.0, -5.0, -1.0, measure="MD", unit="mmHg"),
        trial("d", 0.9, None, None),
        trial("e", -2.0, -3.0, -1.0, measure="MD"),
    )
    made = pool_body(body, P)
    assert [item.design in SYNTHESIS_DESIGNS for item in made.items] == [True, False, False, False]
    assert made.reason is not None
    assert made.reason.text.startswith("pooled from 2 trials: RR 0.762 (0.622 to 0.934)")
    for told in ("alone on its scale (MD) (c)", "no interval (d)", "no unit (e)"):
        assert told in made.reason.text
    assert made.weighted_items == body
    assert appraise(body, PEOPLE, P).established.works == ("a", "b", "c", "d", "e")


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (
            trial("a", 1.2, 1.1, 1.4, direction=Direction.DECREASE),
            "a scale that runs the other way",
        ),
        (trial("a", 0.8, 0.0, 1.0), "no usable interval"),
        (trial("a", 0.8, 0.8, 0.8), "no usable interval"),
        (trial("a", 0.1, None, 0.3), "no interval"),
        (trial("a", measure=None), "no effect size"),
    ],
)
def test_what_cannot_be_pooled(item: Evidence, why: str) -> None:
    assert find_obstacle(item) == why


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.05, 2)), min_size=2, max_size=5))
def test_the_end_that_a_scale_is_read_from_changes_no_rating(
    effects: list[tuple[float, float]],
) -> None:
    """Points of a scale that runs against its outcome, written as they are or turned by hand."""

    def rate(turned: set[int]) -> Any:
        items = []
        for number, (estimate, half) in enumerate(effects):
            turn, scale = (
                (-1, Scale.HIGHER_IS_WORSE) if number in turned else (1, Scale.HIGHER_IS_BETTER)
            )
            low, high = sorted((turn * (estimate - half), turn * (estimate + half)))
            finding = Finding(
                "f",
                "pill",
                "sleep",
                Direction.NO_CLEAR_EFFECT,
                n=200,
                measure="SMD",
                scale=scale,
                estimate=turn * estimate,
                ci_low=low,
                ci_high=high,
            )
            design, system = Design.RANDOMISED, System.HUMAN
            study = Study(f"s{number}", "T", 2020, design, system, verified=True)
            items.append(build_study_evidence(study, finding, None, Better.HIGHER))
        return appraise([item for item in items if item], PEOPLE, P)

    assert rate(set()) == rate({0}) == rate(set(range(len(effects))))


def test_a_null_on_a_scale_that_nobody_named_is_not_pooled() -> None:
    direction = Direction.NO_CLEAR_EFFECT
    item = trial("a", 0.1, -0.2, 0.4, measure="SMD", direction=direction)
    assert find_obstacle(item) == "a scale that is not told"
    named = replace(item, finding=replace(item.finding, scale=Scale.HIGHER_IS_BETTER))
    assert find_obstacle(named) is None


def test_bridges_that_turn_the_sign_are_not_pooled_with_others() -> None:
    made = pool_body((trial("a"), replace(trial("b"), increase_sign=-1)), P)
    assert len(made.items) == 2


def test_weights_of_bias_are_those_of_the_pooling() -> None:
    wide = trial("wide", 0.7, 0.3, 1.6, n=9000, risk_of_bias=Bias.HIGH)
    narrow = trial("narrow", 0.8, 0.75, 0.85, n=500, risk_of_bias=Bias.LOW)
    reasons = appraise((wide, narrow), PEOPLE, P).established.support.reasons
    bias = next(r for r in reasons if r.text.startswith("risk of bias"))
    assert bias.change == 0, "by participants it would be 95 % at high risk"


def test_a_refutation_is_read_off_the_pooled_interval() -> None:
    body = tuple(trial(w, 1.3, 0.95, 1.8, n=900, risk_of_bias=Bias.LOW) for w in "abcd")
    alone = appraise(body[:1], PEOPLE, P).established
    together = appraise(body, PEOPLE, P).established
    assert (alone.level, alone.refute) == (Level.VERY_LOW, Level.VERY_LOW)
    assert together.level > together.refute == Level.NONE
    against = appraise([replace(i, increase_sign=-1) for i in body], PEOPLE, P).established
    assert against.refute > against.level == Level.NONE


EFFECTS = st.builds(
    lambda middle, error, n: (exp(middle), exp(middle - error), exp(middle + error), n),
    st.floats(-5, 5),
    st.floats(0.01, 5),
    st.integers(1, 9000),
)


@pytest.mark.medium
@settings(deadline=None, max_examples=60)
@given(st.lists(EFFECTS, min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_order_and_names_change_nothing(
    rows: Sequence[tuple[float, float, float, int]], random: Any
) -> None:
    def rated(names: Sequence[str]) -> Any:
        body = [trial(name, *row) for name, row in zip(names, rows, strict=True)]
        random.shuffle(body)
        rating = appraise(body, PEOPLE, P).established
        return rating.level, rating.refute, rating.low, rating.high

    names = [f"w{i}" for i in range(len(rows))]
    level, refute, low, high = rated(names)
    assert low <= max(level, refute) <= high
    assert rated(names[::-1]) == (level, refute, low, high)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(*[st.floats(-1e300, 1e300, allow_nan=False)] * 3), min_size=2, max_size=4)
)
def test_hostile_numbers_never_raise(rows: Sequence[tuple[float, float, float]]) -> None:
    body = []
    for i, row in enumerate(rows):
        low, middle, high = sorted(row)
        body.append(trial(f"w{i}", middle, low, high, measure="MD", unit="x"))
        body.append(trial(f"r{i}", abs(middle), abs(middle) / 2, abs(middle) * 2))
    assert appraise(body, PEOPLE, P).established.level in Level


def test_pooling_and_grading_import_no_library_of_numbers(tmp_path: Path) -> None:
    code = (
        "import sys; import kg.grading.body.pooling; "
        "from kg.cli import main; main(['grade', '--outcome', 'acne-scars']); "
        "assert not {'statsmodels', 'scipy', 'numpy', 'pandas'} & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-P", "-c", code],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path)},
    )


def test_every_source_of_a_threshold_is_named() -> None:
    for name in list_profiles():
        rules = load_profile(name)
        keys = {key for published in rules["sources"].values() for key in published}
        assert keys | {"DL", "HTS"} <= set(rules["works"])
