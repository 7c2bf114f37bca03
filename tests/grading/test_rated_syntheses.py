"""Choices 12 to 15 of docs/decisions/0002-grading-choices.md.

Rated syntheses, differences that matter, sellers.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.grading.body.appraise import appraise
from kg.grading.evidence import LINK_CONTEXT, Evidence
from kg.grading.profiles import load_profile
from kg.model import Bias, Design, Direction, DomainJudgement, Finding, Level, Rating, System

P = load_profile()
DOMAINS = ("risk_of_bias", "inconsistency", "imprecision")


def judged(*levels: int) -> tuple[DomainJudgement, ...]:
    return tuple(DomainJudgement(d, n, "panel") for d, n in zip(DOMAINS, levels, strict=True))


REVIEW = Evidence(
    work="review",
    design=Design.SYNTHESIS_OF_RANDOMISED,
    system=System.HUMAN,
    sign=0,
    finding=Finding(
        *("review.f", "e", "o", Direction.NO_CLEAR_EFFECT),
        n=177,
        k=3,
        measure="MD",
        estimate=-9.6,
        ci_low=-23.1,
        ci_high=4.0,
        mid=25,
        mid_source="panel",
        judgements=judged(0, 0, 1),
    ),
    is_identified=True,
)
TRIAL = Evidence(
    work="trial",
    design=Design.RANDOMISED,
    system=System.HUMAN,
    sign=1,
    finding=Finding("trial.f", "e", "o", Direction.DECREASE, n=175),
    is_identified=True,
)


def rated(*body: Evidence) -> Rating:
    return appraise(body, LINK_CONTEXT, P).established


def with_finding(item: Evidence, **changes: object) -> Evidence:
    return replace(item, finding=replace(item.finding, **changes))  # type: ignore[arg-type]


def test_an_interval_without_a_difference_that_matters_is_a_null() -> None:
    rating = rated(REVIEW)
    assert (rating.level, rating.refute) == (Level.NONE, Level.MODERATE)
    assert "precise null" in rating.flags


@pytest.mark.parametrize(
    "changes",
    [
        {"mid": None},  # nobody says what matters
        {"mid": 20},  # the interval holds a difference that matters
        {"judgements": judged(0, 0, 2)},  # the authors hold it to be far too small
        {"judgements": ()},  # nobody judged the size, and 177 people are few
    ],
)
def test_otherwise_it_is_left_open(changes: dict[str, object]) -> None:
    rating = rated(with_finding(REVIEW, **changes))
    assert not rating.refute > rating.level
    assert "inconclusive" in rating.flags


def test_a_difference_too_small_to_matter_is_no_support() -> None:
    small = with_finding(TRIAL, measure="MD", estimate=-0.3, mid=1, mid_source="panel")
    assert rated(small).flags == ("inconclusive",)
    assert rated(with_finding(small, estimate=-1.3)).level is Level.LOW
    ratio = {"measure": "RR", "estimate": 0.9, "mid": 0.05}
    assert rated(with_finding(small, **ratio)).refute is Level.NONE


def test_a_trial_beside_a_rated_review_does_not_undo_its_judgements() -> None:
    """Alone the trial is low: within one level of moderate, so it costs the review one."""
    rating = rated(REVIEW, TRIAL)
    assert (rating.level, rating.refute) == (Level.NONE, Level.LOW)
    assert "contested between streams" in rating.flags


def test_a_trial_that_the_seller_paid_for_comes_too_far_behind() -> None:
    paid = replace(TRIAL, seller_funded=True)
    assert rated(paid).level is Level.VERY_LOW
    assert rated(REVIEW, paid).refute is Level.MODERATE
    assert rated(with_finding(paid, n=500)).level is Level.LOW, "no interval"


def test_more_of_the_same_trials_never_outvote_a_rated_review() -> None:
    many = [replace(TRIAL, work=f"trial-{n}", seller_funded=True) for n in range(2)]
    assert rated(REVIEW, *many).refute is Level.MODERATE


def test_a_review_contains_its_trials_rated_or_not() -> None:
    assert rated(replace(REVIEW, pooled_studies=("trial",)), TRIAL) == rated(
        replace(REVIEW, pooled_studies=("trial",))
    )


def test_a_work_of_unknown_size_does_not_mend_one_without_an_interval() -> None:
    alone = with_finding(TRIAL, n=900, risk_of_bias=Bias.LOW)
    unsized = replace(with_finding(alone, n=None), work="unsized")
    assert rated(alone).level is rated(alone, unsized).level is Level.MODERATE


def test_works_of_unknown_size_do_not_make_a_large_body_small() -> None:
    interval = {"measure": "RR", "estimate": 0.7, "ci_low": 0.6, "ci_high": 0.8}
    large = with_finding(TRIAL, n=900, risk_of_bias=Bias.LOW, **interval)
    no_interval = {"ci_low": None, "ci_high": None}
    unsized = replace(with_finding(large, n=None, **no_interval), work="unsized")
    assert rated(large).level is rated(large, unsized).level is Level.HIGH
    assert rated(unsized).level is Level.MODERATE
    (text,) = [r.text for r in rated(large, unsized).support.reasons if "imprecision" in r.text]
    assert "900 or more participants" in text


def test_a_synthesis_of_unknown_size_weighs_as_its_studies_do() -> None:
    pooled = replace(
        with_finding(TRIAL, n=None, k=10, risk_of_bias=Bias.LOW),
        work="pooled",
        design=Design.SYNTHESIS_OF_RANDOMISED,
    )
    nulls = [replace(with_finding(TRIAL, n=50), work=f"null-{n}", sign=0) for n in range(2)]
    assert rated(pooled, *nulls).refute is Level.NONE
    assert rated(with_finding(pooled, k=1), *nulls).refute is not Level.NONE


def test_a_group_of_the_people_does_not_speak_for_all_of_them() -> None:
    whole = with_finding(TRIAL, n=900, risk_of_bias=Bias.LOW)
    group = replace(with_finding(whole, n=400, p_value=0.01, population="half"), sign=0)
    assert rated(whole, group) == rated(whole)
    assert rated(group).flags == ("inconclusive",)
