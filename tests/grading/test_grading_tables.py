"""The tables of the grading specification, row by row: verdicts, bridges, wordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from kg.errors import UnknownName
from kg.grading.body.appraise import appraise
from kg.grading.body.verdict import body_verdict
from kg.grading.bridges import build_stated_bridge, find_bridge
from kg.grading.evidence import LINK_CONTEXT, Evidence
from kg.grading.profiles import load_profile
from kg.grading.published import ReplayResult, replay_certainty
from kg.grading.wording import (
    choose_verb,
    compute_wording_gap,
    rate_gap,
)
from kg.model import (
    Better,
    Bias,
    Design,
    Direction,
    DomainJudgement,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Level,
    Rating,
    Reading,
    Route,
    System,
)
from tests.support.bodies import RR, ci, item

P = load_profile()
NONE, VERY_LOW, LOW, MODERATE, HIGH = sorted(Level)
UP, DOWN = Direction.INCREASE, Direction.DECREASE
RCT, COHORT, REVIEW = Design.RANDOMISED, Design.COHORT, Design.SYNTHESIS_OF_RANDOMISED


# Section 6: upgrades and the verdict


@pytest.mark.parametrize(
    ("numbers", "design", "level", "told"),
    [
        ({}, COHORT, LOW, ()),
        ({"estimate": 1.9, **RR}, COHORT, LOW, ()),
        ({"estimate": 2.0, **RR}, COHORT, MODERATE, ("large effect",)),
        ({"estimate": 0.5, **RR}, COHORT, MODERATE, ("large effect",)),
        ({"estimate": 5.0, **RR}, COHORT, HIGH, ("large effect",)),
        ({"estimate": 0.2, **RR}, COHORT, HIGH, ("large effect",)),
        ({"estimate": 5.0, "measure": "MD"}, COHORT, LOW, ()),
        ({"large_effect": 1}, COHORT, MODERATE, ("large effect",)),
        ({"dose_response": True}, COHORT, MODERATE, ("dose-response gradient",)),
        ({"opposing_confounding": True}, COHORT, MODERATE, ("opposing residual confounding",)),
        (
            {"dose_response": True, "opposing_confounding": True}, COHORT, HIGH,
            ("dose-response gradient", "opposing residual confounding"),
        ),
        ({"dose_response": True, "risk_of_bias": Bias.HIGH}, COHORT, VERY_LOW, ()),
        ({"dose_response": True}, RCT, HIGH, ()),
        ({"dose_response": True}, Design.NON_RANDOMISED, MODERATE, ("dose-response gradient",)),
        ({"dose_response": True}, Design.CASE_REPORT, VERY_LOW, ()),
    ],
)  # fmt: skip
def test_upgrades(
    numbers: dict[str, Any], design: Design, level: Level, told: tuple[str, ...]
) -> None:
    interval = ci(1.2, 6) if numbers.get("estimate", 2) > 1 else ci(0.1, 0.9)
    known = {"risk_of_bias": Bias.LOW, "p_value": 0.01, **RR, **interval}
    one = item(design=design, **{**known, **numbers})
    rated = appraise([one], LINK_CONTEXT, P).established
    assert rated.level is level
    ups = [r for r in rated.support.reasons if r.basis.startswith("strict upgrades")]
    assert tuple(r.text for r in ups) == told
    for up in ups:
        assert up.sources == ("G9",)
        assert up.basis.endswith("is large from a ratio of 2 or 0.5, very large from 5 or 0.2")


@pytest.mark.parametrize(
    ("body", "expected", "text", "flags"),
    [
        ([item(**ci(1.1, 2), **RR)], (3, 0), "the interval excludes no effect, the result", ()),
        ([item(sign=-1, **ci(0.5, 0.9), **RR)], (0, 3), "the interval excludes no effect, the", ()),
        ([item()], (3, 0), "the result is for the link", ()),
        ([item(sign=-1)], (0, 3), "the result is against the link", ()),
        ([item(**ci(0.75, 1.25), **RR)], (0, 3), "precise null: the interval", ("precise null",)),
        ([item(n=399, **ci(0.75, 1.25), **RR)], (1, 1), "no clear effect", ("inconclusive",)),
        ([item(events=299, **ci(0.8, 1.2), **RR)], (1, 1), "no clear effect", ("inconclusive",)),
        ([item(events=300, **ci(0.8, 1.2), **RR)], (0, 3), "precise null", ("precise null",)),
        ([item(**ci(0.74, 1.1), **RR)], (1, 1), "no clear effect", ("inconclusive",)),
        ([item(**ci(0.5, 1.0), **RR)], (1, 1), "no clear effect", ("inconclusive",)),
        ([item(**ci(1.0, 2.0), **RR)], (1, 1), "no clear effect", ("inconclusive",)),
        ([item(**ci(0.0, 2.0))], (1, 1), "no clear effect", ("inconclusive",)),
        ([item(sign=0)], (1, 1), "no clear effect and no precise null: inco", ("inconclusive",)),
        ([item(sign=None)], (1, 1), "a mixed result supports neither", ("inconclusive",)),
        (
            [item(estimate=1.0, mid=2.0, measure="MD", **ci(0.5, 1.5))], (0, 3),
            "precise null", ("precise null",),
        ),
        (
            [item(estimate=1.0, mid=2.0, measure="MD", **ci(0.5, 3))], (1, 1),
            "the effect is smaller than one that matters and no precise null", ("inconclusive",),
        ),
        ([item("a", n=300), item("b", sign=-1, n=100)], (3, 0), "75% of the weight is for", ()),
        ([item("a", n=100), item("b", sign=-1, n=300)], (0, 3), "75% of the weight is against", ()),
        (
            [item("a", n=299), item("b", sign=-1, n=100)], (2, 2),
            "75% of the weight is for the link, 25% against it: contested", ("contested",),
        ),
        (
            [item("a", n=200), item("b", sign=None, n=100)], (1, 1),
            "67% of the weight is for the link, 0% against it, the rest", ("inconclusive",),
        ),
        (
            [item("a", sign=-1, n=200), item("b", sign=None, n=100)], (1, 1),
            "0% of the weight is for the link, 67% against it, the rest", ("inconclusive",),
        ),
        (
            [item("a", sign=-1, n=200), item("b", sign=0, n=100)], (1, 2),
            "0% of the weight is for the link, 67% against it, no work for it", (),
        ),
        (
            [item("a", n=200), item("b", sign=0, n=100)], (2, 2),
            "67% of the weight is for the link, 0% against it: contested", ("contested",),
        ),
        (
            [item("a", sign=0, n=300), item("b", n=100)], (1, 1),
            "75% of the weight shows no clear effect", ("inconclusive",),
        ),
        (
            [item("a", n=600, **ci(0.8, 1.2), **RR), item("b", n=100)], (0, 3),
            "86% of the weight is a precise null", ("precise null",),
        ),
    ],
)  # fmt: skip
def test_what_a_body_says_at_moderate(
    body: list[Evidence], expected: tuple[int, int], text: str, flags: tuple[str, ...]
) -> None:
    found = body_verdict(body, 3, P)
    assert (found.support_level, found.refute_level) == expected
    assert found.text.startswith(text)
    assert found.flags == flags


def test_streams_never_add_and_contest_each_other_within_one_level() -> None:
    trial = item("a", risk_of_bias=Bias.LOW, **ci(1.2, 1.6), **RR)
    against = item(
        "b", COHORT, sign=-1, dose_response=True, risk_of_bias=Bias.LOW, **ci(0.6, 0.8), **RR
    )
    rated = appraise([trial, against], LINK_CONTEXT, P).established
    assert (rated.level, rated.refute, rated.stream) == (MODERATE, NONE, "HR")
    assert rated.flags == ("contested between streams",)
    told = [r.text for r in rated.support.reasons]
    assert any(text.startswith("another stream within one level says") for text in told)
    weak = replace(against, finding=replace(against.finding, dose_response=False))
    rated = appraise([trial, weak], LINK_CONTEXT, P).established
    assert (rated.level, rated.flags) == (HIGH, ())
    (beside,) = [r for r in rated.support.reasons if r.text.startswith("beside it")]
    assert beside.text == (
        "beside it cohort: starts low, support none, refutation low: bodies never add"
    )
    animal = item("c", sign=-1, system=System.ANIMAL, risk_of_bias=Bias.LOW)
    assert appraise([trial, animal], LINK_CONTEXT, P).established.level is HIGH


def test_a_reading_is_never_below_the_one_before_and_says_so() -> None:
    good = item("a", risk_of_bias=Bias.LOW, **ci(1.2, 1.6), **RR)
    text = replace(item("b", sign=-1, n=5000, risk_of_bias=Bias.LOW), is_identified=False)
    found = appraise([good, text], LINK_CONTEXT, P)
    assert [r.level for r in found] == [HIGH, HIGH, HIGH]
    notes = {r: [n.text for n in _notes(found[r])] for r in Reading}
    assert notes[Reading.ESTABLISHED] == []
    assert notes[Reading.AS_DESCRIBED] == [
        "never below the reading before it, which gives high; the larger body alone gives none",
        f"refutation is the larger body's: {found.as_described.refute.word}",
    ]
    assert notes[Reading.BEST_CASE][-1] == "refutation is the larger body's: none"
    assert len(notes[Reading.BEST_CASE]) == 4
    alone = appraise([good], LINK_CONTEXT, P)
    assert all(not _notes(rating) for rating in alone)


def _notes(rating: Rating) -> list[Any]:
    told = ("never below the reading", "refutation is")
    return [r for r in rating.support.reasons if r.rule == "1" and r.text.startswith(told)]


# Section 7: bridges


TIN, SALT, ACID = "tin", "tin-salt", "tin-acid"


def exposure(
    id: str,
    kind: ExposureKind = ExposureKind.SUPPLEMENTATION,
    route: Route = Route.ORAL,
    form: str | None = None,
    substance: str = TIN,
    components: tuple[str, ...] = (),
) -> Exposure:
    return Exposure(id, id, substance, kind, route, form, components=components)


PILL, SALTY = exposure("pill"), exposure("salty", form=SALT)
LACKING = exposure("lack", ExposureKind.DEFICIENCY, Route.NONE)
CREAM = exposure("cream", ExposureKind.TOPICAL, Route.TOPICAL)
PATCH = exposure("patch", ExposureKind.DEVICE, Route.DEVICE)
FOOD = exposure("food", ExposureKind.DIETARY)
CELLS = exposure("cells", ExposureKind.IN_VITRO, Route.MEDIUM)
DRIP = exposure("drip", route=Route.INTRAVENOUS)
SHOT = exposure("shot", route=Route.INTRAMUSCULAR)
NEEDLE = exposure("needle", route=Route.INJECTION)
LEAD = exposure("lead", substance="lead")
GOLD = exposure("gold", substance="gold")
MIX = exposure("mix", substance="gold", components=("pill",))
HOLDS = exposure("holds", substance="gold", components=(TIN,))
METALS = EvidenceBase(
    entities=(
        Entity("gold", "gold", EntityKind.SUBSTANCE),
        Entity("lead", "lead", EntityKind.SUBSTANCE, exchange_class="metal"),
        Entity(TIN, "tin", EntityKind.SUBSTANCE, exchange_class="metal"),
    )
)


@pytest.mark.parametrize(
    ("evidence", "claim", "sign", "charges", "requires"),
    [
        (PILL, PILL, 1, (), ()),
        (PILL, SALTY, 1, (("form", 0.5),), ()),
        (SALTY, PILL, 1, (("form", 0.5),), ()),
        (LEAD, PILL, 1, (("other member of the class", 1),), ()),
        (FOOD, PILL, 1, (("diet for supplement", 1),), ()),
        (DRIP, PILL, 1, (("intravenous for oral", 2),), ()),
        (PILL, SHOT, 1, (("oral for intramuscular", 2),), ()),
        (LACKING, PILL, -1, (), ("deficiency for supplementation",)),
        (CREAM, PILL, 1, (), ("topical for supplementation",)),
        (PILL, CREAM, 1, (), ("supplementation for topical",)),
        (PATCH, PILL, 1, (), ("device for supplementation",)),
        (CELLS, PILL, 1, (), ()),
        (CELLS, SALTY, 1, (("form", 0.5),), ()),
        (MIX, PILL, 1, (), ("combination for product",)),
        (PILL, MIX, 1, (), ("component for product",)),
        (HOLDS, PILL, 1, (), ("combination for product",)),
        (PILL, HOLDS, 1, (), ("component for product",)),
    ],
)
def test_bridges_that_are_listed(
    evidence: Exposure,
    claim: Exposure,
    sign: int,
    charges: tuple[tuple[str, float], ...],
    requires: tuple[str, ...],
) -> None:
    found = find_bridge(evidence, claim, METALS, P)
    assert found is not None
    assert (found.evidence, found.claim) == (evidence.id, claim.id)
    assert (found.sign, found.charges, found.required_links) == (sign, charges, requires)
    assert found.total_charge == sum(amount for _, amount in charges)


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [(GOLD, PILL), (PILL, GOLD), (PILL, LACKING), (PILL, FOOD), (CREAM, FOOD), (NEEDLE, PILL),
     (PILL, PATCH), (MIX, LACKING), (HOLDS, LACKING), (LACKING, HOLDS)],
)  # fmt: skip
def test_bridges_that_nobody_lists(evidence: Exposure, claim: Exposure) -> None:
    assert find_bridge(evidence, claim, METALS, P) is None


def test_deficient_people_and_a_credited_form_change_the_charge() -> None:
    found = find_bridge(LACKING, PILL, METALS, P, deficient=True)
    assert found is not None
    assert (found.sign, found.required_links) == (-1, ())
    assert found.charges == (("deficiency in deficient people", 1),)
    found = find_bridge(PILL, SALTY, METALS, P, credits_form=True)
    assert found is not None
    assert found.charges == (("form", 1),)


def test_what_a_source_argues_across_needs_evidence() -> None:
    assert build_stated_bridge(LACKING, PILL).sign == -1
    assert build_stated_bridge(PILL, LACKING).sign == -1
    assert build_stated_bridge(LACKING, LACKING).sign == 1
    found = build_stated_bridge(CREAM, FOOD)
    assert (found.evidence, found.claim, found.sign) == ("cream", "food", 1)
    assert found.required_links == ("topical for dietary",)


# Section 13: wordings


def test_the_gap_of_every_wording_at_every_level() -> None:
    rows = {level: [compute_wording_gap(sigma, level, P) for sigma in range(5)] for level in Level}
    assert rows == {
        NONE: [0, 0, 2, 3, 4],  # a theory marked as one is allowed
        VERY_LOW: [-1, 0, 1, 2, 3],
        LOW: [-2, -1, 0, 1, 2],
        MODERATE: [-3, -2, -1, 0, 1],
        HIGH: [-4, -3, -2, -1, 0],
    }
    words = [rate_gap(gap, P).word for gap in (-1, 0, 1, 2, 3, 4)]
    assert words == ["none", "none", "mild", "moderate", "severe", "severe"]


PAIN = Entity("pain", "pain", EntityKind.CLINICAL_OUTCOME, better=Better.LOWER)
CRP = Entity("crp", "CRP", EntityKind.BIOMARKER, better=Better.LOWER)
RASH = Entity("rash", "rash", EntityKind.ADVERSE_EVENT, better=Better.LOWER)
WEIGHT = Entity("weight", "weight", EntityKind.CLINICAL_OUTCOME, better=Better.NEITHER)


@pytest.mark.parametrize(
    ("outcome", "down", "up"),
    [(PAIN, "improve", "worsen"), (CRP, "lower", "raise"), (RASH, "improve", "worsen"),
     (WEIGHT, "lower", "raise")],
)  # fmt: skip
def test_verbs(outcome: Entity, down: str, up: str) -> None:
    assert (choose_verb(outcome, -1), choose_verb(outcome, 1)) == (down, up)


# Section 17: published certainties and the step that they hide


def row(
    judged: Mapping[str, int],
    design: Design = COHORT,
    gradient: bool = False,
    against: bool = False,
) -> Evidence:
    made = item(design=design, dose_response=gradient, opposing_confounding=against)
    judgements = tuple(DomainJudgement(name, rating, "t") for name, rating in judged.items())
    finding = replace(made.finding, judgements=judgements)
    return replace(made, finding=finding, is_summary=True)


CLEAN = dict.fromkeys(("risk_of_bias", "inconsistency", "indirectness", "imprecision",
                                   "publication_bias", "large_effect", "dose_response",
                                   "opposing_confounding"), 0)  # fmt: skip


def test_a_profile_that_is_not_there_is_told_with_near_names() -> None:
    with pytest.raises(UnknownName, match=r"'grades'; did you mean 'grade'"):
        load_profile("grades")


@pytest.mark.parametrize(
    ("one", "published", "follows", "step"),
    [
        (row(CLEAN, RCT), HIGH, ReplayResult.YES, ""),
        (
            row(CLEAN, RCT), LOW, ReplayResult.NO,
            "two levels more taken off for risk of bias or inconsistency or indirectness or "
            "imprecision or publication bias; or a start at low instead of high",
        ),
        (
            row({**CLEAN, "imprecision": 1}, RCT), HIGH, ReplayResult.NO,
            "one level less taken off for imprecision",
        ),
        (
            row({**CLEAN, "dose_response": 1}, gradient=True), LOW, ReplayResult.NO,
            "no upgrade for dose-response gradient; or a start at very low instead of low",
        ),
        (
            row({**CLEAN, "dose_response": 1, "imprecision": 1}, gradient=True), LOW,
            ReplayResult.NO,
            "an upgrade of evidence that was rated down, which only --upgrade lenient allows; or a "
            "start at moderate instead of low",
        ),
        (
            row({**CLEAN, "dose_response": 1, "imprecision": 1}, RCT, gradient=True), HIGH,
            ReplayResult.NO,
            "an upgrade of evidence of this design, which only --upgrade lenient allows; or one "
            "level less taken off for imprecision",
        ),
        (
            row({**CLEAN, "dose_response": 1, "opposing_confounding": 1}, gradient=True,
                against=True), MODERATE, ReplayResult.NO,
            "no upgrade for dose-response gradient; or no upgrade for opposing residual "
            "confounding; or a start at very low instead of low",
        ),
        (
            row({**CLEAN, "dose_response": 1, "imprecision": 1}, Design.NON_RANDOMISED,
                gradient=True), LOW, ReplayResult.NO,
            "an upgrade of evidence that was rated down, which only --upgrade lenient allows; or a "
            "start at moderate instead of low",
        ),
        (
            row({**CLEAN, "imprecision": 2, "indirectness": 3}, RCT), HIGH, ReplayResult.NO,
            "no single step gives it",
        ),
        (row({k: v for k, v in CLEAN.items() if k != "imprecision"}, RCT), MODERATE,
         ReplayResult.MAY, ""),
    ],
)  # fmt: skip
def test_a_published_certainty_follows_or_the_step_is_named(
    one: Evidence, published: Level, follows: ReplayResult, step: str
) -> None:
    found = replay_certainty(one, published, P)
    assert (found.follows, found.step) == (follows, step)


def test_a_domain_that_nobody_judged_is_no_step() -> None:
    judged = {name: rating for name, rating in CLEAN.items() if name != "risk_of_bias"}
    found = replay_certainty(row(judged, COHORT), HIGH, P)
    assert found.follows is ReplayResult.NO
    assert "risk of bias" not in found.step
    found = replay_certainty(row({**judged, "imprecision": 2}, RCT), HIGH, P)
    assert found.step == "two levels less taken off for imprecision"
