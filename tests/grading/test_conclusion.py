"""What is concluded and how it is said: direction times certainty, alike in every output."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.grading.conclusion import (
    conclude,
    describe_conclusion,
    name_effect,
    state_conclusion,
    state_in_a_sentence,
)
from kg.model import (
    Better,
    Conclusion,
    EffectDirection,
    Entity,
    EntityKind,
    Level,
    Verdict,
)

NONE, VERY_LOW, LOW, MODERATE, HIGH = sorted(Level)
NULL = ("precise null",)
PAIN = Entity("pain", "pain", EntityKind.CLINICAL_OUTCOME, better=Better.LOWER)
CRP = Entity("crp", "CRP", EntityKind.BIOMARKER, better=Better.LOWER)
EFFECTS = [
    EffectDirection.IMPROVES,
    EffectDirection.WORSENS,
    EffectDirection.RAISES,
    EffectDirection.LOWERS,
]

effects, levels = st.sampled_from(EFFECTS), st.sampled_from(Level)
flag_sets = st.sampled_from([(), NULL, ("contested",), ("inconclusive",)])
conclusions = st.builds(conclude, effects, levels, levels, flag_sets, st.booleans())


@pytest.mark.parametrize(
    ("outcome", "sign", "effect"),
    [
        (PAIN, -1, EffectDirection.IMPROVES),
        (PAIN, 1, EffectDirection.WORSENS),
        (CRP, -1, EffectDirection.LOWERS),
        (CRP, 1, EffectDirection.RAISES),
    ],
)
def test_effects(outcome: Entity, sign: int, effect: EffectDirection) -> None:
    assert name_effect(outcome, sign) is effect


@pytest.mark.parametrize(
    ("support", "refuted", "flags", "direction", "level", "said"),
    [
        (HIGH, NONE, (), "improves", HIGH, "improves pain"),
        (MODERATE, NONE, (), "improves", MODERATE, "probably improves pain"),
        (LOW, NONE, (), "improves", LOW, "may improve pain"),
        (VERY_LOW, NONE, (), "improves", VERY_LOW, "very uncertain whether it improves pain"),
        (NONE, HIGH, (), "worsens", HIGH, "worsens pain"),
        (NONE, MODERATE, (), "worsens", MODERATE, "probably worsens pain"),
        (NONE, LOW, (), "worsens", LOW, "may worsen pain"),
        (NONE, VERY_LOW, (), "worsens", VERY_LOW, "very uncertain whether it worsens pain"),
        (NONE, HIGH, NULL, "no-difference", HIGH, "makes little or no difference to pain"),
        (
            *(NONE, MODERATE, NULL, "no-difference", MODERATE),
            "probably makes little or no difference to pain",
        ),
        (NONE, LOW, NULL, "no-difference", LOW, "may make little or no difference to pain"),
        (
            *(NONE, VERY_LOW, NULL, "inconclusive", VERY_LOW),
            "very uncertain whether it improves pain",
        ),
        (
            *(VERY_LOW, VERY_LOW, ("inconclusive",), "inconclusive", VERY_LOW),
            "very uncertain whether it improves pain",
        ),
        (
            *(LOW, LOW, ("contested",), "contested", LOW),
            "contested: low certainty that it improves pain, low that it does not",
        ),
        (NONE, NONE, (), "not-studied", NONE, "not studied"),
    ],
)
def test_a_verdict_is_direction_times_certainty(
    support: Level,
    refuted: Level,
    flags: tuple[str, ...],
    direction: str,
    level: Level,
    said: str,
) -> None:
    conclusion = conclude(EffectDirection.IMPROVES, support, refuted, flags)
    assert (conclusion.direction.value, conclusion.level) == (direction, level)
    assert state_conclusion(conclusion, "pain") == said


def test_a_broken_argument_is_not_what_nobody_studied() -> None:
    broken = conclude(EffectDirection.IMPROVES, NONE, NONE, has_argument=True)
    assert broken.direction is EffectDirection.ARGUMENT_BREAKS
    assert state_conclusion(broken, "pain") == "the argument breaks"
    assert (
        state_in_a_sentence(broken, "tin", "pain", False)
        == "No study cited here tested tin on pain."
    )


@pytest.mark.parametrize(
    ("support", "refuted", "word"),
    [
        (LOW, NONE, "supported"),
        (MODERATE, LOW, "supported"),
        (NONE, MODERATE, "refuted"),
        (LOW, HIGH, "refuted"),
        (NONE, NONE, "unsupported"),
        (VERY_LOW, VERY_LOW, "inconclusive"),
        (LOW, LOW, "contested"),
        (HIGH, HIGH, "contested"),
    ],
)
def test_the_older_word_is_still_there(support: Level, refuted: Level, word: str) -> None:
    assert conclude(EffectDirection.IMPROVES, support, refuted).verdict.value == word


@pytest.mark.parametrize(
    ("exposure", "support", "refuted", "flags", "sentence"),
    [
        ("tin", HIGH, NONE, (), "Tin improves pain."),
        ("tin", LOW, NONE, (), "Tin may improve pain."),
        ("tin", VERY_LOW, NONE, (), "It is very uncertain whether tin improves pain."),
        ("tin", NONE, MODERATE, NULL, "Tin probably makes little or no difference to pain."),
        ("tin", NONE, VERY_LOW, NULL, "It is very uncertain whether tin improves pain."),
        ("tin", NONE, HIGH, (), "Tin worsens pain."),
        ("tin", LOW, LOW, (), "Study results conflict on whether tin improves pain."),
        ("tin salts", HIGH, NONE, (), "Tin salts improve pain."),
        ("tin salts", MODERATE, NONE, (), "Tin salts probably improve pain."),
        ("tin salts", NONE, HIGH, NULL, "Tin salts make little or no difference to pain."),
        ("tin salts", VERY_LOW, NONE, (), "It is very uncertain whether tin salts improve pain."),
    ],
)
def test_sentences(
    exposure: str, support: Level, refuted: Level, flags: tuple[str, ...], sentence: str
) -> None:
    conclusion = conclude(EffectDirection.IMPROVES, support, refuted, flags)
    many = exposure.endswith("s")
    assert state_in_a_sentence(conclusion, exposure, "pain", many) == sentence


def test_works_that_nobody_could_identify_are_told_of() -> None:
    conclusion = conclude(EffectDirection.IMPROVES, NONE, NONE)
    sentence = state_in_a_sentence(conclusion, "tin", "pain", False, is_described=True)
    assert sentence == "No study that could be identified tested tin on pain."


@given(conclusions)
def test_no_null_is_asserted_at_very_low_certainty(conclusion: Conclusion) -> None:
    if conclusion.direction is EffectDirection.NO_DIFFERENCE:
        assert conclusion.level > Level.VERY_LOW


@given(conclusions)
def test_the_level_is_none_exactly_where_nothing_carries_an_answer(conclusion: Conclusion) -> None:
    silent = conclusion.direction in (EffectDirection.NOT_STUDIED, EffectDirection.ARGUMENT_BREAKS)
    assert (conclusion.level is Level.NONE) is silent
    assert silent is (conclusion.verdict is Verdict.UNSUPPORTED)


@given(conclusions, st.booleans())
def test_only_high_certainty_goes_without_a_hedge(conclusion: Conclusion, many: bool) -> None:
    text = state_conclusion(conclusion, "pain", many)
    hedged = re.match(r"probably|may|very uncertain|contested|not studied|the argument", text)
    assert bool(hedged) is (conclusion.level is not Level.HIGH or text.startswith("contested"))


@given(conclusions)
def test_words_that_endorse_are_never_used(conclusion: Conclusion) -> None:
    for text in (
        state_conclusion(conclusion, "pain"),
        describe_conclusion(conclusion),
        state_in_a_sentence(conclusion, "tin", "pain", False),
    ):
        assert not re.search(r"(?i)proven|established|supported|refuted", text)


@given(effects, levels, levels, flag_sets)
def test_more_certainty_of_the_same_direction_is_never_said_more_weakly(
    effect: EffectDirection, one: Level, other: Level, flags: tuple[str, ...]
) -> None:
    strength = ("very uncertain", "may", "probably", "")
    low, high = sorted((one, other))
    if low is NONE:
        return
    stated = [state_conclusion(conclude(effect, level, NONE, flags)) for level in (low, high)]
    ranks = [next(n for n, word in enumerate(strength) if text.startswith(word)) for text in stated]
    assert ranks[0] <= ranks[1]
