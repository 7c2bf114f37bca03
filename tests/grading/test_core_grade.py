"""Core GRADE: the target of a rating, and imprecision by what the interval crosses of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.formats.summary_tables.reader import read_bodies
from kg.grading.body.absolute_effect import compute_absolute_effect, compute_risk_difference
from kg.grading.body.imprecision import judge_imprecision
from kg.grading.body.target import TargetKind, choose_target
from kg.grading.evidence import Evidence
from kg.grading.profiles import load_profile
from kg.grading.published import PublishedBody
from kg.model import Design, Direction, Finding, System
from kg.model.vocabulary import EffectMeasure

CORE = load_profile("core-grade")
RATIOS = ("RR", "OR", "HR", "IRR")
DIFFERENCES = ("MD", "SMD")


def trial(finding: Finding) -> Evidence:
    return Evidence("w", Design.RANDOMISED, System.HUMAN, 1, finding, True)


def levels(finding: Finding) -> int:
    """Levels down for imprecision."""
    return -judge_imprecision((trial(finding),), False, CORE).change


def effect(measure: str, low: float, estimate: float, high: float, **more: object) -> Finding:
    numbers = {"measure": measure, "ci_low": low, "estimate": estimate, "ci_high": high, **more}
    return Finding("f", "e", "o", Direction.INCREASE, **numbers)  # type: ignore[arg-type]


@st.composite
def effects(draw: st.DrawFn) -> Finding:
    """A finding with an interval, with and without what makes a target of it."""
    measure = draw(st.sampled_from((*RATIOS, *DIFFERENCES)))
    ends = st.floats(0.01, 30) if measure in RATIOS else st.floats(-5, 5)
    low, estimate, high = sorted(draw(st.tuples(ends, ends, ends)))
    return effect(
        *(measure, low, estimate, high),
        n=draw(st.none() | st.integers(1, 10**5)),
        mid=draw(st.none() | st.floats(0.05, 2)),
        mid_source="a panel",
        risk_mid=draw(st.none() | st.floats(0.001, 0.2)),
        baseline_risk=draw(st.none() | st.floats(0.001, 0.999)),
        baseline_risk_source="control group",
    )


TABLES = sorted(Path(__file__).parents[1].glob("cases/appraise/imprecision/*.csv"))


def test_every_opened_row_is_rated_and_names_its_target() -> None:
    """What authors printed is compared in decision 29; here nothing is refused or left open."""
    rated = 0
    for table in TABLES:
        with table.open(encoding="utf-8", newline="") as lines:
            for body in read_bodies(lines, table.name):
                assert isinstance(body, PublishedBody), body
                judged = judge_imprecision(body.rows, False, CORE)
                rated += 1
                if body.evidence.finding.ci_low is not None:
                    assert judged.text.startswith("target: ")
                    assert judged.sources[0] == "CG2"
    assert rated == 145


@given(effects(), st.floats(0, 5), st.floats(0, 1))
def test_a_wider_interval_never_raises(finding: Finding, more: float, share: float) -> None:
    low, high = finding.ci_low or 0.0, finding.ci_high or 0.0
    down = share * low if finding.measure in RATIOS else low - more
    wider = replace(finding, ci_low=max(down, 1e-6) if finding.measure in RATIOS else down)
    wider = replace(wider, ci_high=high + more)
    assert levels(wider) >= levels(finding)


@given(effects(), st.integers(1, 10**6), st.none() | st.integers(0, 10**6))
def test_people_and_events_change_nothing_beside_an_interval(
    finding: Finding, n: int, events: int | None
) -> None:
    """But for a mean difference, whose people say whether it is large."""
    more = levels(replace(finding, n=(finding.n or 0) + n, events=events))
    if finding.measure == "MD":
        assert more <= levels(finding) or finding.n is None
    else:
        assert more == levels(finding)


@given(effects())
def test_an_interval_that_is_not_known_may_cost_what_it_would_have_cost(finding: Finding) -> None:
    bare = replace(finding, ci_low=None, ci_high=None)
    judged = judge_imprecision((trial(bare),), False, CORE)
    assert judged.worst <= -min(2, levels(finding))


@given(effects(), st.floats(0.01, 3))
def test_the_target_is_where_the_estimate_lies(finding: Finding, mid: float) -> None:
    target = choose_target(replace(finding, mid=mid, risk_mid=None))
    null = 1.0 if finding.measure in RATIOS else 0.0
    assert target is not None
    beyond = abs((finding.estimate or 0.0) - null) >= mid
    important = target.kind is TargetKind.IMPORTANT_EFFECT
    assert important is beyond or abs(abs((finding.estimate or 0.0) - null) - mid) < 1e-9
    without = choose_target(replace(finding, mid=None, risk_mid=None))
    assert without is not None
    assert without.kind is TargetKind.ANY_EFFECT


@pytest.mark.parametrize(
    ("low", "high", "mid", "expected"),
    [
        (-8.0, -2.0, 1.0, 0),  # an important effect, and no threshold within
        (-8.0, -2.0, 3.0, 1),  # a threshold between the estimate and the limit decides
        (-8.0, -2.0, 6.0, 1),  # the estimate is within: little or no effect, one threshold crossed
        (-8.0, 8.0, 6.0, 2),  # benefit and harm that matter
        (-2.0, 2.0, 6.0, 0),  # little or no effect, for certain
    ],
)
def test_a_threshold_between_estimate_and_limit_decides(
    low: float, high: float, mid: float, expected: int
) -> None:
    finding = effect("MD", low, (low + high) / 2, high, mid=mid, mid_source="a panel", n=2000)
    assert levels(finding) == expected


@given(
    st.sampled_from(("RR", "OR", "HR", "IRR")),
    st.floats(0.05, 20),
    st.floats(0.05, 20),
    st.floats(0, 1),
)
def test_a_difference_in_risk_goes_the_way_of_its_ratio(
    measure: str, ratio: float, other: float, baseline: float
) -> None:
    kind = EffectMeasure(measure)
    low, high = sorted((ratio, other))
    differences = [compute_risk_difference(kind, r, baseline) for r in (low, high)]
    assert differences == sorted(differences)
    assert all(-baseline - 1e-9 <= d <= 1 - baseline + 1e-9 for d in differences)
    assert abs(compute_risk_difference(kind, 1.0, baseline)) < 1e-9


def test_risks_are_those_of_the_handbook() -> None:
    """RR 0.75 and OR 0.5 at 200 and 800 in 1000, worked out by hand."""
    assert compute_risk_difference(EffectMeasure.RISK_RATIO, 0.75, 0.2) == pytest.approx(-0.05)
    assert compute_risk_difference(EffectMeasure.ODDS_RATIO, 0.5, 0.8) == pytest.approx(
        -0.13333, 1e-3
    )
    assert compute_risk_difference(EffectMeasure.HAZARD_RATIO, 2, 0.1) == pytest.approx(0.09)
    risks = effect("RD", -5, -2, 1, unit="%")
    absolute = compute_absolute_effect(risks)
    assert absolute is not None
    assert str(absolute) == "20 fewer (50 fewer to 10 more) per 1000"
    assert compute_absolute_effect(effect("RD", -5, -2, 1)) is None  # of which unit nobody knows
    assert compute_absolute_effect(effect("MD", -5, -2, 1)) is None
    assert compute_absolute_effect(effect("RR", 0.5, 0.7, 1)) is None


def test_the_threshold_of_a_risk_is_judged_on_risks() -> None:
    """RR 0.8 (0.7 to 0.95): at 20 in 1000 not one in a hundred people is spared, at 300 many."""
    finding = effect(
        *("RR", 0.7, 0.8, 0.95),
        risk_mid=0.01,
        mid_source="a panel",
        baseline_risk_source="control group",
    )
    rare, common = (replace(finding, baseline_risk=risk) for risk in (0.02, 0.3))
    kinds = [target.kind for f in (rare, common) if (target := choose_target(f))]
    assert kinds == [TargetKind.LITTLE_OR_NO_EFFECT, TargetKind.IMPORTANT_EFFECT]
    assert (levels(rare), levels(common)) == (0, 0)
    assert levels(replace(common, baseline_risk=0.15)) == 1
