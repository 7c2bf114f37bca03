"""Words that decide a grade mean the same however they are spelled, and unknown ones never help."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.grading.body.appraise import appraise
from kg.grading.evidence import QuestionContext, build_study_evidence
from kg.grading.profiles import load_profile
from kg.model import Bias, Design, Direction, DomainJudgement, Finding, Level, Study, System
from kg.model.trials import map_reports_to_trials
from kg.model.vocabulary import (
    DOMAINS,
    UPGRADES,
    EffectMeasure,
    convert_dose,
    list_domain_words,
    list_measure_words,
    normalise_doi,
    normalise_reference,
    normalise_registrations,
    parse_domain,
    parse_measure,
)

TRIAL = Study(
    "t", "a trial", 2020, Design.RANDOMISED, System.HUMAN, doi="10.1000/1", n=1200, verified=True
)
CLEAR = Finding(
    "t.f",
    "zinc-oral",
    "waking",
    Direction.DECREASE,
    n=1200,
    events=600,
    measure="RR",
    estimate=0.7,
    ci_low=0.6,
    ci_high=0.8,
    risk_of_bias=Bias.LOW,
)
OPEN = replace(CLEAR, estimate=0.92, ci_low=0.7, ci_high=1.21)


def rate(finding: Finding) -> Level:
    item = build_study_evidence(TRIAL, finding, None)
    assert item is not None
    return appraise([item], QuestionContext(), load_profile()).established.level


@st.composite
def spellings(draw: st.DrawFn, word: str) -> str:
    """A word in other cases, blanks, dashes and Unicode forms."""
    letters = [draw(st.sampled_from((c.lower(), c.upper(), c))) for c in word]
    blank = draw(st.sampled_from((" ", "  ", "_", "-", "\u00a0", "\u2011", "\t")))
    text = "".join(blank if c in " _-" else c for c in letters)
    form: Literal["NFC", "NFD", "NFKC"] = draw(st.sampled_from(("NFC", "NFD", "NFKC")))
    edge = draw(st.sampled_from(("", " ", "\u00a0")))
    return edge + unicodedata.normalize(form, text) + edge


@pytest.mark.slow
@given(st.data(), st.sampled_from(list_measure_words()))
def test_the_spelling_of_a_measure_changes_nothing(data: st.DataObject, word: str) -> None:
    spelling = data.draw(spellings(word))
    assert parse_measure(spelling) is parse_measure(word) is not None
    for finding in (CLEAR, OPEN):
        assert rate(replace(finding, measure=spelling)) is rate(replace(finding, measure=word))


@pytest.mark.medium
@given(st.data(), st.sampled_from(list_domain_words()), st.integers(1, 2))
def test_the_spelling_of_a_domain_changes_nothing(
    data: st.DataObject, word: str, rating: int
) -> None:
    spelling = data.draw(spellings(word))
    assert parse_domain(spelling) == parse_domain(word)
    first, second = (
        replace(CLEAR, judgements=(DomainJudgement(name, rating, "a review"),))
        for name in (word, spelling)
    )
    assert rate(first) is rate(second)


@pytest.mark.medium
@given(st.text(max_size=20))
def test_a_measure_that_is_not_known_never_raises_a_grade(word: str) -> None:
    if parse_measure(word) is None:
        unknown = rate(replace(OPEN, measure=word))
        assert unknown is rate(replace(OPEN, measure=None))
        assert unknown <= rate(replace(CLEAR, measure=word)) <= rate(CLEAR)


@pytest.mark.parametrize(
    "word", ["rr", "Risk ratio", "relative risk", "aRR ", "adjusted OR", "ROR"]
)
def test_an_open_ratio_is_open_however_it_is_written(word: str) -> None:
    if word.strip() == "aRR":
        assert parse_measure(word) is None, "it is an absolute risk reduction as well"
    assert rate(replace(OPEN, measure=word)) < Level.HIGH


def test_every_word_stands_for_one_thing() -> None:
    measures = [parse_measure(word) for word in list_measure_words()]
    assert set(measures) == set(EffectMeasure)
    assert {parse_domain(word) for word in list_domain_words()} == {*DOMAINS, *UPGRADES}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("NCT01234567", "NCT 01234567", True),
        ("NCT01234567", "https://clinicaltrials.gov/study/NCT01234567", True),
        ("NCT01234567", "NCT01234567, NCT07654321", True),
        ("NCT00001715", "NCT0001715", True),
        ("ISRCTN12345678", "https://www.isrctn.com/ISRCTN12345678", True),
        ("NCT00000000", "NCT00000000", False),
        ("NCT01234567", "NCT01234568", False),
        ("not registered", "not registered", False),
    ],
)
def test_one_trial_is_known_by_its_number(first: str, second: str, same: bool) -> None:
    reports = [
        replace(TRIAL, id=name, doi=None, registration=number)
        for name, number in (("a", first), ("b", second))
    ]
    assert bool(map_reports_to_trials(reports)) is same
    assert same == bool(set(normalise_registrations(first)) & set(normalise_registrations(second)))


def test_one_doi_is_one_work() -> None:
    for text in (
        "10.1000/ABC.",
        "https://doi.org/10.1000/abc",
        "doi: 10.1000/abc",
        "<10.1000/abc>",
    ):
        assert normalise_doi(text) == "10.1000/abc"
        other = replace(TRIAL, id="u", doi=text)
        assert map_reports_to_trials([replace(TRIAL, doi="10.1000/abc"), other])


@pytest.mark.parametrize(
    ("unit", "other", "factor"),
    [
        ("g/day", "mg/day", 1000),
        ("mg per day", "mg/day", 1),
        ("mg daily", "MG / Day", 1),
        ("\u00b5g/d", "mg/day", 0.001),
        ("g/week", "mg/day", 1000 / 7),
        ("IU/day", "iu / day", 1),
        ("IU/day", "mg/day", None),
        ("mg", "mg/day", None),
        ("mL/day", "mg/day", None),
    ],
)
def test_doses_are_compared_in_one_unit(unit: str, other: str, factor: float | None) -> None:
    low_and_high = convert_dose((3.0, 4.0, unit), other)
    expected = None if factor is None else pytest.approx((3 * factor, 4 * factor))
    assert low_and_high == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("PMID:1", "pmid:1"),
        ("PMID:1", "PMID: 1"),
        ("PMID:1", "PMID:1.2"),
        ("DOI:10.1/AB", "doi:10.1/ab"),
        ("DOI:10.1/AB", "https://doi.org/10.1/ab"),
    ],
)
def test_one_work_is_one_reference(first: str, second: str) -> None:
    assert normalise_reference(first) == normalise_reference(second)


def test_what_stands_between_angle_brackets_in_a_doi_is_part_of_it() -> None:
    doi = "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"
    assert normalise_doi(f"https://doi.org/{doi.upper()}.") == doi
