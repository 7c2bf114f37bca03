"""P13-P15, P21-P24, P26, P28, P31, P36: bodies of evidence."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.grading.body.appraise import appraise, classify_stream
from kg.grading.body.weights import compute_shares
from kg.grading.evidence import Evidence, QuestionContext, build_study_evidence
from kg.grading.profiles import list_profiles, load_profile
from kg.grading.wording import compute_wording_gap, rate_gap
from kg.model import (
    BENCH_SYSTEMS,
    SYNTHESIS_DESIGNS,
    Bias,
    Design,
    Direction,
    DomainJudgement,
    Dose,
    Finding,
    Level,
    NutrientStatus,
    Population,
    Reading,
    Status,
    Study,
    System,
)

P = load_profile()
HUMAN = QuestionContext(
    is_human=True,
    conditions=frozenset({"scars"}),
    related_conditions=frozenset({"skin"}),
    nutrient_status=NutrientStatus.REPLETE,
)
PRIMARY = sorted(set(Design) - SYNTHESIS_DESIGNS - {Design.NARRATIVE_REVIEW, Design.OPINION})
CONDITIONS = (None, "scars", "skin", "ulcer")


@st.composite
def evidence(draw: st.DrawFn, systems: tuple[System | None, ...] = (*System, None)) -> Evidence:
    """One finding with much left unknown."""
    low = draw(st.none() | st.floats(0.2, 3))
    finding = Finding(
        id="f",
        exposure="e",
        outcome="o",
        direction=Direction.INCREASE,
        n=draw(st.none() | st.integers(1, 3000)),
        k=None,
        measure="RR" if low is not None else None,
        ci_low=low,
        ci_high=None if low is None else low + draw(st.floats(0.01, 2)),
        risk_of_bias=draw(st.none() | st.sampled_from(Bias)),
    )
    return Evidence(
        work=draw(st.sampled_from("abcdefgh")),
        design=draw(st.sampled_from(PRIMARY)),
        system=draw(st.sampled_from(systems)),
        sign=draw(st.sampled_from((1, 1, 1, -1, 0, None))),
        finding=finding,
        is_identified=draw(st.booleans()),
        population=Population("p", "p", draw(st.sampled_from(CONDITIONS))),
        charges=draw(st.sampled_from(((), (("form", 0.5),), (("class", 1.0),)))),
    )


def levels(body: object, context: QuestionContext = HUMAN) -> tuple[Level, ...]:
    return tuple(r.level for r in appraise(body, context, P))  # type: ignore[arg-type]


bodies = st.lists(evidence(), max_size=6, unique_by=lambda e: e.work)


@pytest.mark.medium
@pytest.mark.law("P23")
@given(bodies)
def test_p23_readings_are_ordered_and_intervals_hold_the_level(body: list[Evidence]) -> None:
    ratings = appraise(body, HUMAN, P)
    established, described, best = ratings
    assert established.level <= described.level <= best.level
    assert best.refute == established.refute
    for rating in ratings:
        assert rating.low <= rating.level <= rating.high


@pytest.mark.slow
@pytest.mark.law("P13")
@given(bodies, st.data())
def test_p13_a_second_report_changes_nothing(body: list[Evidence], data: st.DataObject) -> None:
    assume(body)
    again = data.draw(st.sampled_from(body))
    assert levels([*body, again]) == levels(body)


@pytest.mark.medium
@pytest.mark.law("P12", "P36")
@given(bodies, st.randoms(use_true_random=False))
def test_p12_p36_order_changes_nothing(body: list[Evidence], random: Random) -> None:
    shuffled = list(body)
    random.shuffle(shuffled)
    assert appraise(shuffled, HUMAN, P) == appraise(body, HUMAN, P)


@pytest.mark.medium
@pytest.mark.law("P14")
@given(bodies)
def test_p14_a_synthesis_with_its_own_trials_is_the_synthesis(body: list[Evidence]) -> None:
    review = Evidence(
        "review",
        Design.SYNTHESIS_OF_RANDOMISED,
        System.HUMAN,
        1,
        Finding("r", "e", "o", Direction.INCREASE, n=900, k=len(body), i2=20),
        True,
        pooled_studies=tuple(e.work for e in body),
    )
    assert appraise([review, *body], HUMAN, P) == appraise([review], HUMAN, P)


@pytest.mark.medium
@pytest.mark.law("P15")
@given(evidence())
def test_p15_worsening_a_domain_never_raises(item: Evidence) -> None:
    """For supporting findings: a refutation that gets weaker may well leave more support."""
    item = replace(item, sign=1, finding=replace(item.finding, ci_low=None, ci_high=None))
    worse = {None: Bias.HIGH, Bias.LOW: Bias.SOME, Bias.SOME: Bias.HIGH, Bias.HIGH: Bias.HIGH}
    bias = worse[item.finding.risk_of_bias] if item.finding.risk_of_bias else Bias.HIGH
    smaller = max(1, (item.finding.n or 1) // 2)
    for finding in (
        replace(item.finding, risk_of_bias=bias),
        replace(item.finding, n=smaller),
    ):
        if item.finding.n is None and finding.n is not None:
            continue
        for now, then in zip(levels([item]), levels([replace(item, finding=finding)]), strict=True):
            assert then <= now


@pytest.mark.medium
@pytest.mark.law("P15")
@given(
    st.lists(
        st.tuples(
            st.integers(1, 1000), st.sampled_from((1, 1, -1, 0, None)), st.sampled_from(Bias)
        ),
        min_size=2,
        max_size=5,
    )
)
def test_halving_the_size_of_a_mixed_body_never_raises(
    rows: list[tuple[int, int | None, Bias]],
) -> None:
    """Of a whole body, so that no share changes; what says the opposite must shrink as well."""

    def body(times: int) -> list[Evidence]:
        return [
            Evidence(
                f"w{n}", Design.RANDOMISED, System.HUMAN, sign,
                Finding("f", "e", "o", Direction.INCREASE, n=size * times, risk_of_bias=bias), True,
            )
            for n, (size, sign, bias) in enumerate(rows)
        ]  # fmt: skip

    whole, half = (appraise(body(times), HUMAN, P) for times in (2, 1))
    for reading in Reading:
        assert half[reading].level <= whole[reading].level
        assert half[reading].refute <= whole[reading].refute


@pytest.mark.medium
@pytest.mark.law("P17")
@given(bodies)
def test_p17_removing_all_evidence_is_none(body: list[Evidence]) -> None:
    del body[:]
    ratings = appraise(body, HUMAN, P)
    assert all((r.level, r.refute) == (Level.NONE, Level.NONE) for r in ratings)


@pytest.mark.law("P21")
def test_p21_retraction_is_deletion() -> None:
    finding = Finding("s.f", "e", "o", Direction.INCREASE, n=500)
    study = Study("s", "t", 2020, Design.RANDOMISED, System.HUMAN, findings=(finding,))
    assert build_study_evidence(study, finding, None) is not None
    assert build_study_evidence(replace(study, status=Status.RETRACTED), finding, None) is None


@pytest.mark.medium
@pytest.mark.law("P22")
@given(st.lists(evidence(), min_size=1, max_size=5, unique_by=lambda e: e.work), st.data())
def test_p22_moving_towards_the_target_never_lowers(
    body: list[Evidence], data: st.DataObject
) -> None:
    body = [replace(item, sign=1) for item in body]
    moved = data.draw(st.sampled_from(body))
    closer = replace(moved, population=Population("p", "p", "scars"), charges=())
    after = [closer if item is moved else item for item in body]
    for now, then in zip(levels(body), levels(after), strict=True):
        assert then >= now


@pytest.mark.medium
@pytest.mark.law("P24")
@given(st.lists(evidence(systems=tuple(BENCH_SYSTEMS)), max_size=6, unique_by=lambda e: e.work))
def test_p24_bench_work_reaches_very_low_at_most(body: list[Evidence]) -> None:
    assert all(level <= Level.VERY_LOW for level in levels(body))


@pytest.mark.medium
@pytest.mark.law("P24")
@given(
    st.lists(
        evidence(systems=(System.ANIMAL, *BENCH_SYSTEMS)), max_size=6, unique_by=lambda e: e.work
    )
)
def test_p24_animal_work_reaches_low_at_most(body: list[Evidence]) -> None:
    assert all(level <= Level.LOW for level in levels(body))


@pytest.mark.slow
@pytest.mark.law("no-volume")
@given(
    bodies,
    st.lists(evidence(systems=tuple(BENCH_SYSTEMS)), max_size=40, unique_by=lambda e: e.finding.n),
)
def test_no_volume_of_bench_work_raises_a_grade_above_its_ceiling(
    body: list[Evidence], bench: list[Evidence]
) -> None:
    """First law: any number of bench findings adds very low at most."""
    weak = [replace(item, work=f"bench{i}") for i, item in enumerate(bench)]
    for now, then in zip(levels(body), levels([*body, *weak]), strict=True):
        assert then <= max(now, Level.VERY_LOW)


@pytest.mark.medium
@pytest.mark.law("P23")
@given(evidence(), st.sampled_from(Bias), st.integers(1, 3000), st.sampled_from(CONDITIONS[1:]))
def test_p23_narrowing_an_unknown_narrows_the_interval(
    item: Evidence, bias: Bias, n: int, condition: str
) -> None:
    item = replace(
        item, sign=1, is_identified=True, finding=replace(item.finding, ci_low=None, ci_high=None)
    )
    finding = item.finding
    known = (
        replace(item, finding=replace(finding, risk_of_bias=finding.risk_of_bias or bias)),
        replace(item, finding=replace(finding, n=finding.n or n)),
        item
        if item.population and item.population.condition
        else replace(item, population=Population("p", "p", condition)),
    )
    for reading in Reading:
        before = appraise([item], HUMAN, P)[reading]
        for narrower in known:
            after = appraise([narrower], HUMAN, P)[reading]
            assert before.low <= after.low
            assert after.high <= before.high


@pytest.mark.law("P23")
@pytest.mark.parametrize("size", [None, 5000])
def test_p23_ends_are_the_extreme_assignments(size: int | None) -> None:
    item = Evidence(
        "w", Design.RANDOMISED, System.HUMAN, 1,
        Finding("f", "e", "o", Direction.INCREASE, n=size), True, Population("p", "p", "scars"),
    )  # fmt: skip
    context = replace(HUMAN, nutrient_status=None)
    rating = appraise([item], context, P).established
    intervals = ((1.2, 1.1, 1.3), (1.0, 0.5, 1.5))
    assigned = [
        levels(
            [
                replace(
                    item,
                    finding=replace(
                        item.finding, risk_of_bias=b, n=n,
                        measure="RR", estimate=estimate, ci_low=low, ci_high=high,
                    ),
                    seller_funded=paid,
                )
            ],
            context,
        )[0]
        for b in Bias
        for n in ((size,) if size else (1, 150, 5000))
        for estimate, low, high in intervals
        for paid in (True, False)
    ]  # fmt: skip
    assert (rating.low, rating.high) == (min(assigned), max(assigned))


def ratio(low: float, high: float, n: int) -> Evidence:
    finding = Finding(
        "f", "e", "o", Direction.NO_CLEAR_EFFECT, n=n, events=n, measure="RR",
        ci_low=low, ci_high=high, risk_of_bias=Bias.LOW,
    )  # fmt: skip
    return Evidence(
        "w", Design.RANDOMISED, System.HUMAN, 0, finding, True, Population("p", "p", "scars")
    )


@pytest.mark.law("P26")
@given(st.floats(0.75, 0.99), st.floats(1.0, 1.25), st.integers(400, 9000))
def test_p26_a_precise_null_refutes(low: float, high: float, n: int) -> None:
    rating = appraise([ratio(low, high, n)], HUMAN, P).established
    assert rating.refute > rating.level


@pytest.mark.law("P26")
@given(st.floats(0.1, 0.74), st.floats(1.0, 3), st.integers(1, 9000))
def test_p26_an_imprecise_null_never_refutes(low: float, high: float, n: int) -> None:
    rating = appraise([ratio(low, high, n)], HUMAN, P).established
    assert not rating.refute > rating.level


@pytest.mark.medium
@pytest.mark.law("P28")
@given(bodies)
def test_p28_randomised_evidence_is_never_upgraded(body: list[Evidence]) -> None:
    trials = [
        replace(
            item,
            design=Design.RANDOMISED,
            system=System.HUMAN,
            finding=replace(item.finding, large_effect=2, dose_response=True),
        )
        for item in body
    ]
    plain = [
        replace(i, finding=replace(i.finding, large_effect=0, dose_response=False)) for i in trials
    ]
    assert levels(trials) == levels(plain)


@pytest.mark.law("P31")
@given(st.integers(0, 4), st.integers(0, 3), st.sampled_from(Level), st.sampled_from(Level))
def test_p31_the_gap_is_monotone(sigma: int, more: int, a: Level, b: Level) -> None:
    low, high = sorted((a, b))
    assert compute_wording_gap(sigma + more, a, P) >= compute_wording_gap(sigma, a, P)
    assert compute_wording_gap(sigma, high, P) <= compute_wording_gap(sigma, low, P)
    assert rate_gap(sigma + more, P) >= rate_gap(sigma, P)


@pytest.mark.medium
@pytest.mark.law("P23")
@pytest.mark.parametrize("name", list_profiles())
@given(body=bodies)
def test_every_profile_keeps_the_order_of_readings(name: str, body: list[Evidence]) -> None:
    ratings = appraise(body, HUMAN, load_profile(name))
    assert ratings.established.level <= ratings.as_described.level <= ratings.best_case.level


def stream_ceiling(name: str, design: Design, system: System) -> Level:
    """The most that works of a design reach in a profile, however many they are.

    From the tables of the profile alone: the start, less what system and design take away; a large
    effect and the other upgrades count where nothing was taken.
    """
    rules = load_profile(name)
    if system is not System.HUMAN:
        charge = rules["indirectness"]["system"]["bench" if system in BENCH_SYSTEMS else "animal"]
        start = rules["start"]["bench" if system in BENCH_SYSTEMS else "animal"]
        return Level(max(1, start - charge))
    item = Evidence("w", design, system, 1, Finding("f", "e", "o", Direction.INCREASE), True)
    row = classify_stream(item)[1]
    if row in rules["at_least_serious_bias"]["designs"]:
        return Level(max(1, rules["start"][row] - 1))
    return Level(rules["start"][row])


@pytest.mark.slow
@pytest.mark.law("no-volume")
@pytest.mark.parametrize("name", list_profiles())
@given(bodies, st.data(), st.sampled_from(PRIMARY), st.sampled_from(System), st.integers(1, 30))
def test_no_number_of_works_of_a_design_lifts_a_grade_above_its_start(
    name: str,
    body: list[Evidence],
    data: st.DataObject,
    design: Design,
    system: System,
    count: int,
) -> None:
    """Without upgrades, which a work has to earn; with works admitted, so not in the best case."""
    drawn = data.draw(st.lists(evidence((system,)), min_size=1, max_size=3))
    more = [
        replace(drawn[n % len(drawn)], work=f"more{n}", design=design, system=system)
        for n in range(count)
    ]
    most = stream_ceiling(name, design, system)
    before, after = (appraise(b, HUMAN, load_profile(name)) for b in (body, [*body, *more]))
    for reading in (Reading.ESTABLISHED, Reading.AS_DESCRIBED):
        assert after[reading].level <= max(before[reading].level, most)


@pytest.mark.medium
@pytest.mark.law("P22")
@pytest.mark.parametrize("name", list_profiles())
@given(item=evidence(), weeks=st.sampled_from((None, 2.0, 12.0)), low=st.sampled_from((1.0, 100.0)))
def test_every_facet_that_comes_nearer_lowers_nothing(
    name: str, item: Evidence, weeks: float | None, low: float
) -> None:
    asked = replace(HUMAN, target_weeks=12.0, target_dose=(100.0, 200.0, "mg"))
    far = replace(
        item, sign=1, finding=replace(item.finding, weeks=weeks, dose=Dose(low, low, "mg"))
    )
    people = Population("p", "p", "scars", NutrientStatus.REPLETE)
    nearer = (
        replace(far, system=System.HUMAN),
        replace(far, population=people),
        replace(far, finding=replace(far.finding, weeks=52.0)),
        replace(far, finding=replace(far.finding, dose=Dose(150.0, 150.0, "mg"))),
        replace(far, charges=()),
    )
    now = appraise([far], asked, load_profile(name))
    for near in nearer:
        then = appraise([near], asked, load_profile(name))
        if classify_stream(near) == classify_stream(far):
            assert all(then[r].level >= now[r].level for r in Reading)


@pytest.mark.law("P36")
@given(st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=7), st.randoms(use_true_random=False))
def test_shares_of_weight_do_not_depend_on_the_order_of_adding(
    weight: list[float], random: Random
) -> None:
    finding = Finding("f", "e", "o", Direction.INCREASE)
    body = [
        Evidence(f"w{n}", Design.COHORT, System.HUMAN, 1 - 2 * (n % 2), finding, True, weight=w)
        for n, w in enumerate(weight)
    ]
    other = random.sample(body, len(body))
    mine, theirs = (compute_shares(b, [item.sign for item in b]) for b in (body, other))
    assert mine == theirs


@pytest.mark.law("P28")
@pytest.mark.parametrize("name", list_profiles())
def test_what_was_rated_down_is_not_rated_up_in_any_profile(name: str) -> None:
    """Every combination of judgements, upgrades and streams that a synthesis can be given."""
    domains = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")
    designs = (Design.SYNTHESIS_OF_OBSERVATIONAL, Design.SYNTHESIS_OF_RANDOMISED)
    for downs in product((0, 1), repeat=5):
        judged = tuple(DomainJudgement(d, n, "s") for d, n in zip(domains, downs, strict=True))
        for design, large, gradient in product(designs, (0, 2), (False, True)):
            plain = Finding("f", "e", "o", Direction.INCREASE, k=3, n=900, judgements=judged)
            earned = replace(plain, large_effect=large, dose_response=gradient)
            before, after = (
                appraise(
                    [Evidence("w", design, System.HUMAN, 1, finding, True)],
                    HUMAN,
                    load_profile(name),
                ).established.level
                for finding in (plain, earned)
            )
            if any(downs) or design is Design.SYNTHESIS_OF_RANDOMISED:
                assert after == before
            else:
                assert after == min(4, before + large + gradient)


@pytest.mark.parametrize(
    ("ratio", "levels_up"),
    [(1.0, 0), (1.99, 0), (0.51, 0), (2.0, 1), (0.5, 1), (4.99, 1), (5.0, 2), (0.2, 2), (9.0, 2)],
)
def test_an_effect_is_large_from_two_on_and_very_large_from_five(
    ratio: float, levels_up: int
) -> None:
    """G9: and no smaller one raises anything."""
    finding = Finding(
        "f", "e", "o", Direction.INCREASE, n=900, k=3, measure="RR", estimate=ratio,
        judgements=tuple(DomainJudgement(d, 0, "s") for d in ("risk_of_bias", "inconsistency")),
    )  # fmt: skip
    people = Population("p", "p", "scars", NutrientStatus.REPLETE)
    item = Evidence("w", Design.SYNTHESIS_OF_OBSERVATIONAL, System.HUMAN, 1, finding, True, people)
    assert appraise([item], HUMAN, P).established.level == 2 + levels_up
