"""Section 5 of the grading specification, row by row: the five domains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kg.grading.body import domains, imprecision
from kg.grading.body.appraise import appraise
from kg.grading.body.indirectness import judge_indirectness
from kg.grading.evidence import LINK_CONTEXT, Evidence, QuestionContext
from kg.grading.profiles import load_profile
from kg.model import (
    Bias,
    Concern,
    ConcernKind,
    Design,
    Dose,
    Level,
    NutrientStatus,
    Population,
    System,
)
from kg.weaklinks.settings import load_settings
from tests.support.bodies import RR, ci, item

P = load_profile()
NONE, VERY_LOW, LOW, MODERATE, HIGH = sorted(Level)
RCT, COHORT, REVIEW = Design.RANDOMISED, Design.COHORT, Design.SYNTHESIS_OF_RANDOMISED


def changes(judged: Any) -> tuple[int, int, int]:
    return judged.change, judged.worst, judged.best


# Section 5: risk of bias


@pytest.mark.parametrize(
    ("sizes", "expected", "text"),
    [
        ({Bias.LOW: 100}, (0, 0, 0), "0% of the weight at high risk, 100% at low risk"),
        ({Bias.LOW: 50, Bias.SOME: 50}, (0, 0, 0), "0% of the weight at high risk, 50% at low"),
        ({Bias.LOW: 49, Bias.SOME: 51}, (-1, -1, -1), "0% of the weight at high risk, 49% at low"),
        ({Bias.LOW: 76, Bias.HIGH: 24}, (0, 0, 0), "24% of the weight at high risk"),
        ({Bias.LOW: 75, Bias.HIGH: 25}, (-1, -1, -1), "25% of the weight at high risk"),
        ({Bias.LOW: 26, Bias.HIGH: 74}, (-1, -1, -1), "74% of the weight at high risk"),
        ({Bias.LOW: 25, Bias.HIGH: 75}, (-2, -2, -2), "75% of the weight at high risk"),
        ({Bias.LOW: 60, None: 40}, (0, -1, 0), "60% at low risk, 40% not told"),
        ({Bias.LOW: 40, None: 60}, (-1, -1, 0), "40% at low risk, 60% not told"),
        ({None: 100}, (-1, -2, 0), "not assessable"),
    ],
)
def test_risk_of_bias_by_shares_of_weight(
    sizes: dict[Bias | None, int], expected: tuple[int, int, int], text: str
) -> None:
    body = [item(str(b), n=n, risk_of_bias=b) for b, n in sizes.items()]
    judged = domains.judge_risk_of_bias(body, False, P)
    assert changes(judged) == expected
    assert text in judged.text
    assert domains.judge_risk_of_bias(body, True, P).change == expected[2]
    if None not in sizes:
        assert "not told" not in judged.text
        assert judged.basis == (
            "-1 from 25% at high or under 50% at low risk, -2 from 75% at high risk"
        )


def concern(kind: ConcernKind) -> tuple[Concern, ...]:
    return (Concern(kind, "a curator"),)


@pytest.mark.parametrize("kind", ConcernKind)
@pytest.mark.parametrize("bias", [*Bias, None])
def test_a_concern_never_raises_and_all_but_other_cost_a_sound_trial_levels(
    kind: ConcernKind, bias: Bias | None
) -> None:
    people = QuestionContext(is_human=True)
    sound = item(n=900, risk_of_bias=bias, measure="RR", estimate=0.7, ci_low=0.6, ci_high=0.8)
    doubted = replace(sound, finding=replace(sound.finding, concerns=concern(kind)))
    before, after = (appraise([one], people, P) for one in (sound, doubted))
    for reading in ("established", "as_described", "best_case"):
        assert getattr(after, reading).level <= getattr(before, reading).level
    if bias is Bias.LOW:
        assert after.best_case.level < before.best_case.level
    assert kind.value.replace("-", " ") in after.established.flags


@pytest.mark.parametrize(
    ("numbers", "doubted"),
    [
        ({"treated_n": 257, "treated_events": 257}, True),
        ({"treated_n": 99, "treated_events": 99}, False),
        ({"treated_n": 257, "treated_events": 256}, False),
        ({"treated_n": 200, "treated_events": 0, "n": 400, "events": 100}, True),
        ({"treated_n": 200, "treated_events": 0, "n": 400, "events": 99}, False),
        ({"treated_n": 200, "treated_events": 0}, False),
        ({"measure": "SMD", "estimate": -1.78}, True),
        ({"measure": "Hedges' g", "estimate": 1.78}, True),
        ({"measure": "SMD", "estimate": 1.77}, False),
        ({"measure": "MD", "estimate": 30.0}, False),
    ],
)
def test_results_too_good_to_be_true_have_high_risk_of_bias(
    numbers: dict[str, Any], doubted: bool
) -> None:
    judged = domains.judge_risk_of_bias([item(risk_of_bias=Bias.LOW, **numbers)], True, P)
    assert (judged.change == -2) == doubted
    assert ("implausible result" in judged.text) == doubted


def test_limits_of_detectors_are_those_of_grading() -> None:
    assert load_settings()["implausible"] == P["implausible"]


@pytest.mark.parametrize("design", [Design.QUASI_RANDOMISED, Design.CROSS_SECTIONAL])
def test_some_designs_have_serious_bias_at_least(design: Design) -> None:
    rated = appraise([item(design=design, risk_of_bias=Bias.LOW)], LINK_CONTEXT, P).established
    (bias,) = [r for r in rated.support.reasons if r.text.startswith("risk of bias")]
    assert bias.change == -1
    assert bias.text.endswith("100% at low risk; at least serious for this design")


# Section 5: inconsistency


HETEROGENEITY_BASIS = (
    "-1 from I2 above 50 % with p under 0.1, -2 from above 75 % with effects on both sides"
)


@pytest.mark.parametrize(
    ("numbers", "both", "expected", "text"),
    [
        ({"i2": 50, "p_heterogeneity": 0.01}, None, (0, 0, 0), "I2 50 %, p 0.01"),
        ({"i2": 51, "p_heterogeneity": 0.1}, None, (0, 0, 0), "I2 51 %, p 0.1"),
        ({"i2": 51, "p_heterogeneity": 0.09}, None, (-1, -1, -1), "I2 51 %, p 0.09"),
        ({"i2": 75, "p_heterogeneity": 0.01}, True, (-1, -1, -1), "I2 75 %, p 0.01"),
        ({"i2": 76, "p_heterogeneity": 0.01}, True, (-2, -2, -2), "I2 76 %, p 0.01"),
        ({"i2": 76, "p_heterogeneity": 0.01}, False, (-1, -1, -1), "I2 76 %, p 0.01"),
        (
            {"i2": 76, "p_heterogeneity": 0.01}, None, (-1, -2, -1),
            "I2 76 %, p 0.01; sides of the effects not reported",
        ),
        ({"i2": 60}, None, (-1, -1, 0), "I2 60 %; p not reported"),
        ({"i2": 40}, None, (0, 0, 0), "I2 40 %"),
    ],
)  # fmt: skip
def test_inconsistency_by_heterogeneity(
    numbers: dict[str, Any], both: bool | None, expected: tuple[int, int, int], text: str
) -> None:
    body = [replace(item(design=REVIEW, k=4, **numbers), both_sides=both)]
    judged = domains.judge_inconsistency(body, P)
    assert changes(judged) == expected
    assert judged.text == text
    assert (judged.domain, judged.basis) == ("inconsistency", HETEROGENEITY_BASIS)
    assert judged.sources == ("BJSM-2", "BMC-1")


def test_inconsistency_without_heterogeneity_is_open() -> None:
    judged = domains.judge_inconsistency([item(design=REVIEW, k=4)], P)
    assert (changes(judged), judged.text) == ((0, -2, 0), "heterogeneity not reported")
    assert judged.domain == "inconsistency"
    for alone in (item(), item(design=REVIEW, k=1, i2=90.0)):
        judged = domains.judge_inconsistency([alone], P)
        assert (changes(judged), judged.text) == ((0, 0, 0), "one study")


@pytest.mark.parametrize(
    ("interval", "ci", "expected"),
    [
        ((0.5, 1.6), (0.9, 1.3), -1),  # includes 1, 1.1 is more than twice 0.4
        ((0.5, 1.3), (0.9, 1.3), 0),  # 0.8 is not more than twice 0.4
        ((1.0, 2.0), (1.4, 1.5), -1),  # touches no effect
        ((1.1, 2.0), (1.4, 1.5), 0),
        ((0.5, 1.6), None, -1),
    ],
)
def test_inconsistency_by_the_prediction_interval(
    interval: tuple[float, float], ci: tuple[float, float] | None, expected: int
) -> None:
    numbers: dict[str, Any] = dict(zip(("pi_low", "pi_high"), interval, strict=True))
    numbers |= dict(zip(("ci_low", "ci_high"), ci, strict=True)) if ci else {}
    judged = domains.judge_inconsistency(
        [item(design=REVIEW, k=6, measure="RR", tau2=0.1, i2=99.0, **numbers)], P
    )
    assert changes(judged) == (expected,) * 3
    assert judged.text == f"prediction interval {interval[0]:g} to {interval[1]:g}"
    assert judged.sources == ("WHO",)
    assert judged.basis.endswith("no effect and is more than 2 times the confidence interval")


def test_inconsistency_by_votes_and_within_the_largest_synthesis() -> None:
    for n, expected in ((300, 0), (299, -1)):
        judged = domains.judge_inconsistency([item("a", n=n), item("b", sign=-1, n=100)], P)
        assert changes(judged) == (expected,) * 3
    assert judged.text == "75% of the weight agrees on the direction"
    assert (judged.basis, judged.sources) == ("consistent from 75% on", ("BJSM-3",))
    small = item("a", design=REVIEW, n=100, k=9, i2=90.0, p_heterogeneity=0.01)
    large = item("b", design=REVIEW, n=900, k=3, i2=10.0)
    judged = domains.judge_inconsistency([small, large], P)
    assert changes(judged) == (0, 0, 0)
    assert judged.text == "100% of the weight agrees on the direction; largest synthesis: I2 10 %"
    assert judged.basis == f"consistent from 75% on; {HETEROGENEITY_BASIS}"
    assert judged.sources == ("BJSM-3", "BJSM-2", "BMC-1")
    same = (replace(i, finding=replace(i.finding, n=None)) for i in (small, large))
    assert changes(domains.judge_inconsistency(list(same), P)) == (
        -1,
        -2,
        -1,
    )  # more studies: larger


# Section 5: indirectness


def facets(
    context: QuestionContext, one: Evidence, reading: str = "established"
) -> tuple[int, str]:
    judged = judge_indirectness([one], context, reading, P)
    assert judged.sources == ("G8", "BMC-2")
    return judged.change, judged.text


def dosed(low: float, high: float, unit: str = "mg") -> Evidence:
    return item(dose=Dose(low, high, unit))


def in_people(
    condition: str | None = None,
    status: NutrientStatus | None = None,
    age: str | None = None,
    sex: str | None = None,
) -> Evidence:
    return item(population=Population("p", "p", condition, status, age, sex))


ILL = QuestionContext(conditions=frozenset({"gout"}), related_conditions=frozenset({"joints"}))
REPLETE = QuestionContext(nutrient_status=NutrientStatus.REPLETE)
ANYBODY = QuestionContext(nutrient_status=NutrientStatus.ANY)
OLD_MEN = QuestionContext(age="60-80 years", sex="male")
OLD_AND_ILL = replace(ILL, age="60-80 years")
LACK = NutrientStatus.DEFICIENT
DOSE = QuestionContext(target_dose=(10.0, 20.0, "mg"))
FACETS = [
    (QuestionContext(is_human=True), item(), 0, "direct"),
    (QuestionContext(is_human=True), item(system=System.ANIMAL), -2, "system 2"),
    (QuestionContext(is_human=True), item(system=System.EX_VIVO), -3, "system 3"),
    (QuestionContext(is_human=True), item(system=None), 0, "system unknown"),
    (QuestionContext(), item(system=System.ANIMAL), 0, "direct"),
    (ILL, in_people("gout"), 0, "direct"),
    (ILL, in_people("joints"), 0, "condition 0.5"),
    (ILL, in_people("flu"), -1, "condition 1"),
    (ILL, in_people(), 0, "condition unknown"),
    (ILL, item(system=System.ANIMAL), 0, "direct"),
    (OLD_MEN, in_people(age="70-90 years", sex="male"), 0, "direct"),
    (OLD_MEN, in_people(age="18-40 years", sex="male"), -1, "age or sex 1"),
    (OLD_MEN, in_people(age="60-80 Years", sex="female"), -1, "age or sex 1"),
    (OLD_MEN, in_people(sex="female"), -1, "age or sex 1"),
    (OLD_MEN, in_people(sex="male"), 0, "age or sex unknown"),
    (OLD_MEN, in_people(age="adult", sex="male"), 0, "age or sex unknown"),
    (OLD_MEN, item(), 0, "age or sex unknown"),
    (OLD_MEN, item(system=System.ANIMAL), 0, "direct"),
    (OLD_AND_ILL, in_people("flu", age="18-40 years"), -1, "condition 1"),
    (OLD_AND_ILL, in_people("joints", age="18-40 years"), -1, "age or sex 0.5; condition 0.5"),
    (OLD_AND_ILL, in_people("gout", age="65-70 years"), 0, "direct"),
    (OLD_AND_ILL, in_people(), 0, "condition unknown"),
    (REPLETE, in_people(status=NutrientStatus.REPLETE), 0, "direct"),
    (REPLETE, in_people(status=NutrientStatus.ANY), 0, "direct"),
    (REPLETE, in_people(status=LACK), -1, "nutrient status 1"),
    (REPLETE, in_people(), 0, "nutrient status unknown"),
    (REPLETE, item(system=System.ANIMAL), 0, "direct"),
    (ANYBODY, in_people(), 0, "direct"),
    (ANYBODY, in_people(status=LACK), -1, "nutrient status 1"),
    (DOSE, dosed(15, 15), 0, "direct"),
    (DOSE, dosed(5, 5), 0, "direct"),
    (DOSE, dosed(40, 40), 0, "direct"),
    (DOSE, dosed(4.9, 4.9), 0, "dose 0.5"),
    (DOSE, dosed(80, 80), 0, "dose 0.5"),
    (DOSE, dosed(81, 90), -1, "dose 1"),
    (DOSE, dosed(200, 200), -1, "dose 1"),
    (DOSE, dosed(201, 300), -2, "dose 2"),
    (DOSE, dosed(0.5, 0.9), -2, "dose 2"),
    (DOSE, dosed(15, 15, "IU"), 0, "dose unknown"),
    (DOSE, dosed(0.015, 0.015, "g"), 0, "direct"),
    (DOSE, dosed(15, 15, "g"), -2, "dose 2"),
    (DOSE, dosed(0, 15), 0, "dose unknown"),
    (DOSE, item(), 0, "dose unknown"),
    (DOSE, item(system=System.ANIMAL), 0, "direct"),
    (DOSE, replace(item(), is_allocatable=False), 0, "direct"),
    (QuestionContext(target_weeks=8), item(weeks=4), 0, "direct"),
    (QuestionContext(target_weeks=8), item(weeks=3.9), -1, "duration 1"),
    (QuestionContext(target_weeks=8), item(), 0, "duration unknown"),
    (QuestionContext(target_weeks=8), item(system=System.IN_VITRO), 0, "direct"),
    (QuestionContext(), item(comparator="indirect"), -1, "comparison 1"),
    (QuestionContext(), item(comparator="placebo"), 0, "direct"),
    (QuestionContext(), item(charges=(("form", 0.5), ("diet", 1))), -1, "diet 1; form 0.5"),
]


@pytest.mark.parametrize(("context", "one", "change", "text"), FACETS)
def test_indirectness_facet_by_facet(
    context: QuestionContext, one: Evidence, change: int, text: str
) -> None:
    told = "; ".join(sorted(text.split("; ")))
    assert facets(context, one) == (change, told)


def test_of_several_works_the_value_at_half_of_the_weight_is_told() -> None:
    far, near = item("a", charges=(("class", 1.5),), n=300), item("b", n=200)
    context = QuestionContext(is_human=True)
    judged = judge_indirectness([far, near], context, "established", P)
    assert judged.change == -1
    assert judged.text.endswith("class 1.5; half of the weight at 1.5 or less")
    judged = judge_indirectness([far, replace(near, finding=replace(near.finding, n=400))], context,
                          "established", P)  # fmt: skip
    assert (judged.change, judged.text) == (0, "class 1.5; half of the weight at 0")


def test_facets_add_up_to_three_and_the_unknown_counts_half() -> None:
    two = QuestionContext(target_weeks=8, conditions=ILL.conditions)
    assert facets(two, in_people())[0] == -1
    assert facets(two, in_people(), "as_described")[0] == 0
    judged = judge_indirectness([in_people()], two, "established", P)
    assert changes(judged) == (-1, -2, 0)
    assert judged.basis == (
        "facets and bridges add up, whole levels count, 3 at most; an unknown facet counts 0.5; of "
        "several works the value at half of the weight"
    )
    far = item(system=System.IN_VITRO, charges=(("class", 1),))
    assert facets(QuestionContext(is_human=True), far)[0] == -3


# Section 5: imprecision and publication bias


SIZE = (
    "-1 under 300 events, or 400 participants where events are not told; -2 under 100 participants"
)
CROSSED = (
    "no effect is included: -1 for crossing 0.75 or 1.25 (SMD -0.5 or 0.5) or for too small a size,"
    " -2 for crossing both at too small a size"
)
SMD: dict[str, Any] = {"measure": "SMD"}


@pytest.mark.parametrize(
    ("numbers", "expected", "text", "basis"),
    [
        ({"n": 99, **ci(1.5, 2), **RR}, (-2, -2, -2), "99 participants", SIZE),
        ({"n": 100, **ci(1.5, 2), **RR}, (-1, -1, -1), "100 participants, interval 1.5 to 2", SIZE),
        ({"n": 399, **ci(1.5, 2), **RR}, (-1, -1, -1), "399 participants, interval 1.5 to 2", SIZE),
        ({"n": 400, **ci(1.5, 2), **RR}, (0, 0, 0), "400 participants, interval 1.5 to 2", SIZE),
        ({"events": 299, **ci(1.5, 2)}, (-1, -1, -1), "500 participants, 299 events, i", SIZE),
        ({"events": 300, **ci(1.5, 2)}, (0, 0, 0), "500 participants, 300 events, i", SIZE),
        ({"n": 400, **ci(0.75, 1.25), **RR}, (0, 0, 0), "0.75 to 1.25", CROSSED),
        ({"n": 399, **ci(0.75, 1.25), **RR}, (-1, -1, -1), "0.75 to 1.25", CROSSED),
        ({"n": 400, **ci(0.74, 1.25), **RR}, (-1, -1, -1), "0.74 to 1.25", CROSSED),
        ({"n": 400, **ci(0.74, 1.26), **RR}, (-1, -1, -1), "0.74 to 1.26", CROSSED),
        ({"n": 399, **ci(0.74, 1.26), **RR}, (-2, -2, -2), "0.74 to 1.26", CROSSED),
        ({"n": 399, **ci(0.9, 1.26), **RR}, (-1, -1, -1), "0.9 to 1.26", CROSSED),
        ({"n": 400, **ci(-0.5, 0.5), **SMD}, (0, 0, 0), "-0.5 to 0.5", CROSSED),
        ({"n": 400, **ci(-0.51, 0.5), **SMD}, (-1, -1, -1), "-0.51 to 0.5", CROSSED),
        ({"n": 400, **ci(-3, 3), "measure": "MD"}, (-1, -1, -1), "-3 to 3", CROSSED),
        ({"n": 400, **ci(-3, 3), "measure": "MD", "mid": 3.0}, (0, 0, 0), "-3 to 3", CROSSED),
        ({"n": 400, **ci(-3, 3), "measure": "MD", "mid": 2.9}, (-1, -1, -1), "-3 to 3", CROSSED),
        ({"n": None}, (-1, -2, 0), "size not reported", None),
        ({"n": 400}, (-1, -1, 0), "400 participants, one study without an interval", SIZE),
        ({"n": 399}, (-1, -2, -1), "399 participants, no interval", SIZE),
        ({"n": None, "events": 300}, (-1, -2, 0), "300 events, one study without an", SIZE),
        ({"n": None, "events": 300, **ci(1.5, 2)}, (0, -2, 0), "? participants, 300 events", SIZE),
    ],
)
def test_imprecision_by_size_and_interval(
    numbers: dict[str, Any], expected: tuple[int, int, int], text: str, basis: str | None
) -> None:
    judged = imprecision.judge_imprecision([item(**numbers)], False, P)
    assert changes(judged) == expected
    assert text in judged.text
    if basis is not None:
        known = {SIZE: ("ECAM", "BJSM-2", "BJSM-4"), CROSSED: ("G6",)}
        assert (judged.basis, judged.sources) == (basis, known[basis])


def test_the_sizes_of_several_works_add_up_and_a_synthesis_holds_its_trials() -> None:
    two = [item("a", n=250), item("b", n=250)]
    assert imprecision.judge_imprecision(two, False, P).text == "500 participants, no interval"
    part = [item("a", n=450), item("b", n=None)]
    judged = imprecision.judge_imprecision(part, False, P)
    assert judged.text == "450 or more participants, one study without an interval"
    overlapping = [item("a", design=REVIEW, n=250), item("b", design=REVIEW, n=300)]
    judged = imprecision.judge_imprecision(overlapping, False, P)
    assert (judged.change, judged.text) == (-1, "300 participants, no interval")
    apart = [replace(i, pooled_studies=(f"in-{i.work}",)) for i in overlapping]
    assert imprecision.judge_imprecision(apart, False, P).text == "550 participants, no interval"


@pytest.mark.parametrize(
    ("one", "expected", "text"),
    [
        ({"k": 9, "egger_p": 0.01}, (0, -1, 0), "9 studies, too few to test; who paid is unknown"),
        ({"k": 10, "egger_p": 0.09}, (-1, -1, -1), "Egger p = 0.09; who paid is unknown"),
        ({"k": 10, "egger_p": 0.1}, (0, -1, 0), "Egger p = 0.1; who paid is unknown"),
        ({"k": 10}, (0, -1, 0), "10 studies, not tested"),
        ({"k": 1, "n": 399}, (0, -1, 0), "1 study, too few to test; who paid is unknown"),
        ({"k": 1, "n": 400}, (0, 0, 0), "1 study, too few to test"),
    ],
)
def test_publication_bias(one: dict[str, Any], expected: tuple[int, int, int], text: str) -> None:
    body = [item(design=REVIEW, **{"n": 300, **one})]
    judged = domains.judge_publication_bias(body, body, P)
    assert changes(judged) == expected
    assert judged.text.replace("not recorded", "unknown") == text
    assert judged.basis == "tested from 10 studies on; -1 where Egger's p is under 0.1"
    assert judged.sources == ("WHO",)


def test_small_studies_of_the_seller_are_suspect() -> None:
    paid = [replace(item(n=399), seller_funded=True), replace(item("v", n=50), seller_funded=True)]
    judged = domains.judge_publication_bias(paid, paid, P)
    assert (changes(judged), judged.text) == ((-1, -1, -1), "all small and paid by the seller")
    for other in (
        replace(paid[0], seller_funded=False),
        replace(paid[0], finding=replace(paid[0].finding, n=400)),
    ):
        body = [other, paid[1]]
        judged = domains.judge_publication_bias(body, body, P)
        assert (changes(judged), judged.text) == ((0, 0, 0), "2 studies, too few to test")
