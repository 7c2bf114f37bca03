"""`kg whatif`: grades under a supposition, in a process of its own, and the language of --add."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from kg import api
from kg.api.base import require_sound
from kg.errors import UsageError
from kg.model import Bias, Design, Direction, EvidenceBase, Level, System
from kg.model.scenarios import WhatIf
from kg.scenarios.study_phrase import DESIGN_BY_WORDS, _normalise_words, parse_study_phrase
from tests.support.cli import kg

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = "magnesium-glycinate-oral"
DIRECT = f"{PRODUCT} -> acne-scars"


@pytest.fixture(scope="module")
def base() -> EvidenceBase:
    return require_sound(api.load())


def levels(found: WhatIf, exposure: str = PRODUCT, sense: str = "benefit") -> tuple[Level, ...]:
    at = next(
        p.standings
        for p in found.pairs
        if p.standings.exposure == exposure and p.standings.sense == sense
    )
    return tuple(at.after.levels)


@pytest.mark.slow
def test_a_sound_trial_lifts_the_pair_and_the_text_says_by_which_link() -> None:
    done = kg(
        *("whatif", "--outcome", "acne-scars"),
        *("--add", f"rct, n=400, low bias, benefit: {DIRECT}"),
        COLUMNS="200",
    )
    assert done.returncode == 0, done.stderr
    assert "[none / none / very low] -> [moderate / moderate / high]" in done.stdout
    assert "the argument breaks -> probably improves (moderate certainty)" in done.stdout
    assert "(direct): [none / none / none] -> [moderate / moderate / high]" in done.stdout
    assert "hypothetical-1 (not a real study)" in done.stdout
    assert "nothing is written" in done.stdout
    assert "GRADE was not validated" in done.stdout


@pytest.mark.slow
def test_json_and_csv_say_the_same() -> None:
    call = ("--outcome", "acne-scars", "--add", f"rct, n=200, low bias, benefit: {DIRECT}")
    value: dict[str, Any] = json.loads(kg("whatif", *call, "--format", "json").stdout)
    rows = list(csv.DictReader(io.StringIO(kg("whatif", *call, "--format", "csv").stdout)))
    assert value["added"][0]["hypothetical"] is True
    assert value["added"][0]["population"] == "people-with-acne-scars"
    assert len(rows) == len(value["pairs"])
    for row, pair in zip(rows, value["pairs"], strict=True):
        assert row["exposure"] == pair["exposure"]
        for side in ("before", "after"):
            told = row[f"established_{side}"].replace(" ", "_")
            assert told == pair[side]["certainty"]["established"]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("rct, n=400, low bias, benefit, effect=RR 0.6 [0.5, 0.7]", "high"),
        ("rct, n=400, low bias, benefit", "moderate"),
        ("rct, n=200, low bias, benefit", "moderate"),
        ("rct, n=50, low bias, benefit", "low"),
        ("rct, n=400, benefit", "low"),
        ("rct, n=400, high bias, benefit", "very low"),
        ("cohort study, n=1000, low bias, benefit", "very low"),
        ("case series, n=30, high bias, benefit", "very low"),
        ("animal, n=400, low bias, benefit", "very low"),
        ("in vitro, n=400, low bias, benefit", "very low"),
        ("rct, n=400, low bias, null", "very low"),
        ("rct, n=400, low bias, harm", "none"),
        ("opinion, benefit", "none"),
    ],
)
def test_what_a_direct_work_reaches(terms: str, expected: str, base: EvidenceBase) -> None:
    found = api.whatif(base, "acne-scars", [f"{terms}: {DIRECT}"], exposure=PRODUCT)
    assert levels(found)[0].word == expected


def test_a_harm_is_a_pair_of_its_own_and_refutes_the_benefit(base: EvidenceBase) -> None:
    found = api.whatif(base, "acne-scars", [f"rct, n=400, low bias, harm: {DIRECT}"])
    assert levels(found, sense="harm")[0] is Level.MODERATE  # its interval is not known
    benefit = next(p.standings for p in found.pairs if p.standings.sense == "benefit")
    assert benefit.exposure == PRODUCT or benefit.after == benefit.before
    mine = [p.standings for p in found.pairs if p.standings.exposure == PRODUCT]
    assert {(s.sense.value, s.after.verdict.value) for s in mine} == {
        ("benefit", "refuted"),
        ("harm", "supported"),
    }


@pytest.mark.medium
def test_removing_what_was_added_before_gives_the_grade_of_today(base: EvidenceBase) -> None:
    for study in ("garrison-2020", "mah-2021", "mazidi-2018"):
        outcome = base.study[study].findings[0].outcome
        found = api.whatif(base, outcome, remove=[f"study:{study}"])
        now = api.grade(base, outcome, diagnostics=False)[0]
        by_id = {(p.exposure, p.sign): p for p in now.pairs}
        for pair in found.pairs:
            at = pair.standings
            graded = by_id[at.exposure, at.sign]
            assert at.before.levels == graded.certainty.map(lambda c: c.level)
            assert at.before.verdict is graded.verdict


@pytest.mark.medium
def test_a_removed_claim_makes_its_step_implicit_and_never_raises(base: EvidenceBase) -> None:
    for claim in sorted({c for step in base.chain["as3"].steps for c in step.claims}):
        found = api.whatif(base, "acne-scars", remove=[f"claim:{claim}"], exposure=PRODUCT)
        for pair in found.pairs:
            before, after = pair.standings.before.levels, pair.standings.after.levels
            assert after.established <= before.established
            assert after.as_described <= before.as_described


def test_a_removed_citation_takes_its_work_along(base: EvidenceBase) -> None:
    found = api.whatif(base, "acne-scars", remove=["citation:a1-wounds-2018"], exposure=PRODUCT)
    link = next(k for p in found.pairs for k in p.links if "skin-ulcer-closure" in k.link)
    assert link.before is not None
    assert link.after is not None
    assert link.after.as_described < link.before.as_described
    assert "no admitted work" in link.why


def test_the_base_is_left_as_it_was(base: EvidenceBase) -> None:
    studies, claims = base.studies, base.claims
    api.whatif(
        base, "acne-scars", [f"rct, n=400, benefit: {DIRECT}"], ["claim:" + base.claims[0].id]
    )
    assert base.studies is studies
    assert base.claims is claims


@pytest.mark.parametrize(
    ("text", "design", "system"),
    [
        ("RCT", Design.RANDOMISED, System.HUMAN),
        ("randomized controlled trials", Design.RANDOMISED, System.HUMAN),
        ("Meta-analysis of RCTs", Design.SYNTHESIS_OF_RANDOMISED, System.HUMAN),
        ("meta-analyses of cohort studies", Design.SYNTHESIS_OF_OBSERVATIONAL, System.HUMAN),
        ("non-randomised trial", Design.NON_RANDOMISED, System.HUMAN),
        ("clinical trial", Design.TRIAL_ALLOCATION_UNSTATED, System.HUMAN),
        ("Case-Control", Design.CASE_CONTROL, System.HUMAN),
        ("case series", Design.CASE_REPORT, System.HUMAN),
        ("mice", Design.EXPERIMENT, System.ANIMAL),
        ("in-vitro", Design.EXPERIMENT, System.IN_VITRO),
    ],
)
def test_design_words_are_read_leniently(
    text: str, design: Design, system: System, base: EvidenceBase
) -> None:
    study = parse_study_phrase(f"{text}, benefit: {DIRECT}", base, 1)
    assert (study.design, study.system) == (design, system)


def test_every_known_design_word_is_in_the_form_it_is_looked_up_in() -> None:
    assert [word for word in DESIGN_BY_WORDS if _normalise_words(word) != word] == []


def test_all_terms_are_read(base: EvidenceBase) -> None:
    text = (
        "rct, n = 200, events=40, weeks=12, dose=200-400 mg/day, high risk of bias, "
        f"in people with acne scars, effect=rr 0.7 [0.5, 0.9]: {DIRECT}"
    )
    study = parse_study_phrase(text, base, 3)
    finding = study.findings[0]
    assert (study.id, study.n, study.population) == (
        "hypothetical-3",
        200,
        "people-with-acne-scars",
    )
    assert (finding.n, finding.events, finding.weeks) == (200, 40, 12.0)
    assert finding.dose is not None
    assert (finding.dose.low, finding.dose.high, finding.dose.unit) == (200, 400, "mg/day")
    assert (finding.measure, finding.estimate) == ("RR", 0.7)
    assert (finding.ci_low, finding.ci_high) == (0.5, 0.9)
    assert finding.risk_of_bias is Bias.HIGH
    assert finding.direction is Direction.DECREASE


def test_a_comma_between_thousands_is_no_end_of_a_term(base: EvidenceBase) -> None:
    study = parse_study_phrase(f"rct, n=1,200, events=1,000, benefit: {DIRECT}", base, 1)
    assert (study.n, study.findings[0].events) == (1200, 1000)
    ratio = parse_study_phrase(f"rct, effect=Risk ratio 0.5 [0.3, 0.8]: {DIRECT}", base, 1)
    assert (ratio.findings[0].measure, ratio.findings[0].ci_low) == ("RR", 0.3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rct, benefit", "write DESIGN"),
        (f"rtc, benefit: {DIRECT}", "did you mean 'rct'"),
        (f"rct, low bia, benefit: {DIRECT}", "did you mean 'low bias'"),
        (f"rct: {DIRECT}", "say what it saw"),
        (f"rct, n=0, benefit: {DIRECT}", "n=0"),
        (f"rct, n=-3, benefit: {DIRECT}", "n=-3"),
        (f"rct, n=10, events=20, benefit: {DIRECT}", "more than n=10"),
        (f"rct, effect=RR 0.7 [0.8, 0.9]: {DIRECT}", "does not contain its effect"),
        (f"rct, effect=QQ 0.7: {DIRECT}", "measures are RR"),
        (f"rct, harm, effect=RR 0.7 [0.5, 0.9]: {DIRECT}", "the effect is not"),
        (f"rct, dose=much, benefit: {DIRECT}", "dose=much"),
        (f"rct, effect=RR -0.7 [-1, 0.5]: {DIRECT}", "are above 0"),
        (f"rct, effect=odds ratio 0.7 [0, 1]: {DIRECT}", "are above 0"),
        (f"rct, n=200, n=20, benefit: {DIRECT}", "n is given twice: 'n=200' and 'n=20'"),
        (f"rct, low bias, high bias, benefit: {DIRECT}", "the risk of bias is given twice"),
        (f"rct, benefit, harm: {DIRECT}", "what it saw is given twice"),
        (f"rct, n=1,20, benefit: {DIRECT}", "'20' is no term: commas part the terms"),
        (f"rct, in people-with-acne-scar, benefit: {DIRECT}", "'people-with-acne-scars'"),
        ("rct, benefit: magnesium-glycinate -> acne-scars", f"did you mean '{PRODUCT}'"),
        (f"rct, benefit: {PRODUCT} -> acne-scar", "did you mean 'acne-scars'"),
        (f"rct, benefit: {PRODUCT} acne-scars", "is not EXPOSURE -> OUTCOME"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str, base: EvidenceBase) -> None:
    with pytest.raises(UsageError) as fault:
        parse_study_phrase(text, base, 1)
    assert told in str(fault.value)


@pytest.mark.medium
def test_all_faults_are_told_at_once() -> None:
    done = kg(
        "whatif",
        "--outcome",
        "acne-scars",
        "--add",
        "rtc, n=0, low bia: magnesium-glycinate -> acne-scar",
    )
    assert done.returncode == 2
    assert done.stdout == ""
    for told in ("'rct'", "n=0", "'low bias'", f"'{PRODUCT}'", "'acne-scars'"):
        assert told in done.stderr


@pytest.mark.medium
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "suppose something"),
        (["--remove", "garrison-2020"], "write study:ID"),
        (["--remove", "study:garison-2020"], "did you mean 'garrison-2020'"),
        (["--remove", "wish:x"], "write study:ID"),
    ],
)
def test_a_wrong_call_is_a_usage_error(arguments: list[str], told: str) -> None:
    done = kg("whatif", "--outcome", "muscle-cramps", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
