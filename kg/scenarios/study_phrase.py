"""The little language of `kg whatif --add`: a study in words, as a study of the model.

    DESIGN [, TERM ...] : EXPOSURE -> OUTCOME

A term is `n=200`, `events=40`, `weeks=12`, `dose=400 mg/day`, `low bias` (some, high),
`effect=RR 0.7 [0.5, 0.9]`, `in PEOPLE`, or what was seen: `benefit`, `harm`, `increase`,
`decrease`, `null`. See docs/how-to/whatif.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from kg.errors import KgError, UnknownName, UsageError
from kg.grading.evidence import get_null_value, has_null_in_interval
from kg.model import (
    Better,
    Bias,
    Design,
    Direction,
    Dose,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    Finding,
    Status,
    Study,
    System,
)
from kg.model.base import normalise
from kg.model.vocabulary import EffectMeasure, parse_measure

HYPOTHETICAL_MARK = "hypothetical"

STUDY_SYNTAX = "DESIGN, n=N, low|some|high bias, benefit|harm|null: EXPOSURE -> OUTCOME"

_RANDOMISED_WORDS = (
    "rct, randomised, randomised trial, randomised controlled trial, randomised study"
)
_DESIGN_WORDS: tuple[tuple[Design, System, str], ...] = (
    (Design.RANDOMISED, System.HUMAN, _RANDOMISED_WORDS),
    (
        Design.RANDOMISED_CROSSOVER,
        System.HUMAN,
        "crossover, crossover trial, crossover rct, randomised crossover trial",
    ),
    (Design.RANDOMISED_FACTORIAL, System.HUMAN, "factorial trial, randomised factorial trial"),
    (Design.QUASI_RANDOMISED, System.HUMAN, "quasi randomised, quasi randomised trial"),
    (
        Design.TRIAL_ALLOCATION_UNSTATED,
        System.HUMAN,
        "trial, clinical trial, controlled trial, trial allocation unstated, intervention study",
    ),
    (
        Design.NON_RANDOMISED,
        System.HUMAN,
        "non randomised, non randomised trial, nonrandomised trial, controlled before after study",
    ),
    (Design.BEFORE_AFTER, System.HUMAN, "before after, before after study, single arm trial"),
    (
        Design.COHORT,
        System.HUMAN,
        "cohort, cohort study, prospective cohort, prospective study, longitudinal study",
    ),
    (Design.CASE_CONTROL, System.HUMAN, "case control, case control study"),
    (Design.CROSS_SECTIONAL, System.HUMAN, "cross sectional, cross sectional study, survey"),
    (Design.CASE_REPORT, System.HUMAN, "case report, case series"),
    (Design.UNSTATED, System.HUMAN, "human study, study, design unstated"),
    (
        Design.SYNTHESIS_OF_RANDOMISED,
        System.HUMAN,
        "meta analysis of rct, meta analysis of randomised trial, synthesis of randomised, "
        "systematic review of rct, systematic review of randomised trial",
    ),
    (
        Design.SYNTHESIS_OF_OBSERVATIONAL,
        System.HUMAN,
        "meta analysis of cohort, meta analysis of cohort study, synthesis of observational, "
        "meta analysis of observational study, systematic review of observational study",
    ),
    (
        Design.SYNTHESIS_OF_MIXED,
        System.HUMAN,
        "meta analysis, systematic review, synthesis of mixed",
    ),
    (Design.NARRATIVE_REVIEW, System.HUMAN, "narrative review, review"),
    (Design.OPINION, System.HUMAN, "opinion, expert opinion"),
    (Design.EXPERIMENT, System.ANIMAL, "animal, animal study, animal experiment, rat, mouse"),
    (Design.EXPERIMENT, System.IN_VITRO, "in vitro, in vitro study, cell culture, cell study"),
    (Design.EXPERIMENT, System.EX_VIVO, "ex vivo, ex vivo study"),
    (Design.EXPERIMENT, System.IN_SILICO, "in silico, in silico study, simulation"),
)
DESIGN_BY_WORDS: Mapping[str, tuple[Design, System]] = {
    words: (design, system) for design, system, text in _DESIGN_WORDS for words in text.split(", ")
}

LONGEST = 2000
"""Letters of one supposed study."""

MOST_DIGITS = 12
"""Digits before and after the point of a number: there are not that many people."""

_RESULT_WORDS = ("benefit", "harm", "null", "increase", "decrease")
_NULL_WORDS = frozenset({"null", "no effect", "no clear effect"})
_TERM_WORDS = (
    *_RESULT_WORDS,
    "low bias",
    "some bias",
    "high bias",
    "n=",
    "events=",
    "weeks=",
    "dose=",
)
_NUMBER_PATTERN = rf"[-+]?[0-9]{{1,{MOST_DIGITS}}}(?:\.[0-9]{{1,{MOST_DIGITS}}})?"
_INTERVAL_PATTERN = rf"[\[(]\s*({_NUMBER_PATTERN})\s*(?:,|to|;)\s*({_NUMBER_PATTERN})\s*[\])]"
_EFFECT_PATTERN = re.compile(
    rf"([A-Za-z][A-Za-z ]*?)\s+({_NUMBER_PATTERN})\s*(?:{_INTERVAL_PATTERN})?"
)
_GROUPED_NUMBER_PATTERN = re.compile(
    r"\b(?:n|events)\s*=\s*[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])", re.IGNORECASE
)
"""A count with commas between its thousands; elsewhere a comma parts two terms."""
_DOSE_PATTERN = re.compile(rf"({_NUMBER_PATTERN})(?:\s*(?:-|to)\s*({_NUMBER_PATTERN}))?\s*(\D.*)")


def parse_study_phrase(
    text: str, base: EvidenceBase, number: int, people: str | None = None
) -> Study:
    """The study that a text describes; UsageError with all that is wrong with it.

    `people` is the population where the text names none. The study is marked as hypothetical and
    counts as found and verified, for that is what is supposed.
    """
    if len(text) > LONGEST:
        raise UsageError(f"--add is longer than {LONGEST} letters: write {STUDY_SYNTAX}")
    study_part, colon, question_part = text.partition(":")
    if not colon or not question_part.strip():
        raise UsageError(f"--add {text!r}: write {STUDY_SYNTAX}")
    reader = _PhraseParser(base)
    ungrouped = _GROUPED_NUMBER_PATTERN.sub(lambda term: term[0].replace(",", ""), study_part)
    design, *terms = (term.strip() for term in re.split(r",(?![^\[(]*[\])])", ungrouped))
    plan, system = reader.parse_design(design)
    exposure, outcome = reader.parse_question(question_part)
    for term in filter(None, terms):
        reader.parse_term(term)
    if outcome is not None:
        reader.resolve_direction(outcome)
    if reader.faults or exposure is None or outcome is None:
        raise UsageError(f"--add {text!r}: {'; '.join(reader.faults)}")
    is_human = system is System.HUMAN
    finding_fields: dict[str, Any] = {
        "population": people if is_human else None,
        **reader.finding_fields,
    }
    if isinstance(exposure, Exposure) and is_human:
        finding_fields.setdefault("dose", exposure.dose)
    study_id = f"{HYPOTHETICAL_MARK}-{number}"
    return Study(
        id=study_id,
        title=f"{HYPOTHETICAL_MARK}: {text.strip()}",
        year=0,
        design=plan,
        system=system,
        n=finding_fields.get("n"),
        population=finding_fields["population"],
        status=Status.UNKNOWN,
        read=HYPOTHETICAL_MARK,
        verified=True,
        findings=(
            Finding(id=f"{study_id}.1", exposure=exposure.id, outcome=outcome.id, **finding_fields),
        ),
        note=text.strip(),
    )


class _PhraseParser:
    """What was read so far, and what was wrong with it."""

    def __init__(self, base: EvidenceBase) -> None:
        self.base = base
        self.finding_fields: dict[str, Any] = {}
        self.result_word = ""
        self.text_by_topic: dict[str, str] = {}
        self.faults: list[str] = []

    def try_read(self, read: Callable[[], Any]) -> Any:
        """What a function returns; None, and a fault noted, where it raises one of kg's errors."""
        try:
            return read()
        except KgError as fault:
            self.faults.append(str(fault))
            return None

    def parse_design(self, text: str) -> tuple[Design, System]:
        """Design and system that a word means."""
        design_and_system = DESIGN_BY_WORDS.get(_normalise_words(text))
        if design_and_system is None:
            self.faults.append(
                str(
                    UnknownName(
                        "design", text, _suggest_words(_normalise_words(text), DESIGN_BY_WORDS)
                    )
                )
            )
        return design_and_system or (Design.UNSTATED, System.HUMAN)

    def parse_question(self, text: str) -> tuple[Exposure | Entity | None, Entity | None]:
        """Exposure and outcome on the two sides of the arrow."""
        parts = [part.strip() for part in re.split(r"->|→", text)]
        if len(parts) != 2 or not all(parts):
            self.faults.append(f"{text.strip()!r} is not EXPOSURE -> OUTCOME")
            return None, None
        exposure = self.try_read(lambda: resolve_cause(self.base, parts[0]))
        return exposure, self.try_read(lambda: self.base.resolve_outcome(parts[1]))

    def parse_term(self, text: str) -> None:
        """Note what one term tells; the same thing is told once."""
        key, equals, value = (part.strip() for part in text.partition("="))
        words = " ".join(text.casefold().split())
        bias = re.fullmatch(r"(low|some|high)(?: risk of)? bias", words)
        if equals and key.casefold() in ("n", "events", "weeks"):
            topic, parse = key.casefold(), partial(self._parse_number, key.casefold(), value)
        elif equals and key.casefold() == "dose":
            topic, parse = "the dose", partial(self._parse_dose, value)
        elif equals and key.casefold() == "effect":
            topic, parse = "the effect", partial(self._parse_effect, value)
        elif bias:
            topic, parse = "the risk of bias", partial(self._note_bias, bias[1])
        elif words in _NULL_WORDS or words in _RESULT_WORDS:
            topic, parse = "what it saw", partial(self._note_result, words)
        elif words.startswith("in "):
            topic, parse = "the population", partial(self._match_population, text[3:].strip())
        else:
            near_words = _suggest_words(words, _TERM_WORDS)
            unknown = str(UnknownName("term", text, near_words))
            parted = f"{text!r} is no term: commas part the terms, so write numbers without"
            self.faults.append(parted if words.isdecimal() else unknown)
            return
        first_text = self.text_by_topic.setdefault(topic, text)
        if first_text is not text:
            self.faults.append(f"{topic} is given twice: {first_text!r} and {text!r}")
            return
        parse()

    def _note_bias(self, word: str) -> None:
        self.finding_fields["risk_of_bias"] = Bias(word)

    def _note_result(self, words: str) -> None:
        self.result_word = "null" if words in _NULL_WORDS else words

    def _parse_number(self, key: str, value: str) -> None:
        digits = value.isascii() and value.isdecimal() and len(value.lstrip("0")) <= MOST_DIGITS
        if not digits or int(value) < 1:
            most = 10**MOST_DIGITS - 1
            self.faults.append(f"{key}={value} is not a whole number from 1 to {most:,}")
        else:
            self.finding_fields[key] = float(value) if key == "weeks" else int(value)
        if self.finding_fields.get("events", 0) > self.finding_fields.get(
            "n", self.finding_fields.get("events", 0)
        ):
            self.faults.append(
                f"events={self.finding_fields['events']} is more than n={self.finding_fields['n']}"
            )

    def _parse_dose(self, dose_text: str) -> None:
        dose_match = _DOSE_PATTERN.fullmatch(dose_text)
        if dose_match is None:
            self.faults.append(f"dose={dose_text} is not an amount with a unit, such as 400 mg/day")
            return
        low, high = float(dose_match[1]), float(dose_match[2] or dose_match[1])
        self.finding_fields["dose"] = Dose(min(low, high), max(low, high), dose_match[3].strip())

    def _parse_effect(self, value: str) -> None:
        effect_match = _EFFECT_PATTERN.fullmatch(value)
        measure = parse_measure(effect_match[1]) if effect_match else None
        if effect_match is None or measure is None:
            measure_names = ", ".join(EffectMeasure)
            self.faults.append(
                f"effect={value} is not like RR 0.7 [0.5, 0.9]; measures are {measure_names}"
            )
            return
        numbers = [float(number) for number in effect_match.groups()[1:] if number is not None]
        if measure.is_ratio and min(numbers) <= 0:
            self.faults.append(f"effect={value}: a ratio and its limits are above 0")
            return
        self.finding_fields.update(measure=measure.value, estimate=numbers[0])
        if effect_match[3] is None:
            return
        _, low, high = numbers
        if not low <= numbers[0] <= high:
            self.faults.append(f"effect={value}: the interval does not contain its effect")
        self.finding_fields.update(ci_low=low, ci_high=high)

    def _match_population(self, name: str) -> None:
        normalised_name = normalise(name)
        for population in self.base.populations:
            if normalised_name in (normalise(population.id), normalise(population.label)):
                self.finding_fields["population"] = population.id
                return
        near_names = _suggest_words(name, [population.id for population in self.base.populations])
        self.faults.append(str(UnknownName("population", name, near_names)))

    def resolve_direction(self, outcome: Entity) -> None:
        """Settle the direction: as said, or as the effect has it."""
        effect = Finding(
            "", "", outcome.id, Direction.UNSTATED, **_select_effect_fields(self.finding_fields)
        )
        if not self.result_word and effect.estimate is None:
            if "the effect" in self.text_by_topic:
                return
            self.faults.append(f"say what it saw: {', '.join(_RESULT_WORDS)}, or effect=")
            return
        effect_direction = _infer_direction(effect)
        stated_direction = (
            self._interpret_result_word(outcome) if self.result_word else effect_direction
        )
        if stated_direction is None or effect_direction is None:
            stated_direction = stated_direction or effect_direction
        elif (
            Direction.NO_CLEAR_EFFECT not in (stated_direction, effect_direction)
            and stated_direction is not effect_direction
        ):
            self.faults.append(
                f"{self.result_word} of {outcome.id} is a {stated_direction.value}, the effect is "
                "not"
            )
        if stated_direction is not None:
            self.finding_fields["direction"] = stated_direction

    def _interpret_result_word(self, outcome: Entity) -> Direction | None:
        if self.result_word == "null":
            return Direction.NO_CLEAR_EFFECT
        if self.result_word in ("increase", "decrease"):
            return Direction(self.result_word)
        if outcome.better is Better.NEITHER:
            self.faults.append(f"{outcome.id} has no better side; say increase or decrease")
            return None
        is_increase = (self.result_word == "benefit") is (outcome.better is Better.HIGHER)
        return Direction.INCREASE if is_increase else Direction.DECREASE


def _select_effect_fields(finding_fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        k: finding_fields[k]
        for k in ("measure", "estimate", "ci_low", "ci_high")
        if k in finding_fields
    }


def _infer_direction(effect: Finding) -> Direction | None:
    """The direction of an effect; an interval that includes none shows none."""
    if effect.estimate is None:
        return None
    if has_null_in_interval(effect) or effect.estimate == get_null_value(effect):
        return Direction.NO_CLEAR_EFFECT
    is_increase = effect.estimate > get_null_value(effect)
    return Direction.INCREASE if is_increase else Direction.DECREASE


def resolve_cause(base: EvidenceBase, name: str) -> Exposure | Entity:
    """The exposure of this name, or the entity that a link starts from; else UnknownName.

    A substance is no exposure: its exposures are what is near.
    """
    node = base.resolve_node(name, "exposure")
    if isinstance(node, Exposure) or node.kind is not EntityKind.SUBSTANCE:
        return node
    near_names = tuple(e.id for e in base.exposures if node.id in (e.substance, e.form))
    raise UnknownName("exposure", name, near_names or base.suggest_ids(name))


def _normalise_words(text: str) -> str:
    """Words in the singular, in British spelling and without hyphens.

    >>> _normalise_words("Meta-analysis of RCTs"), _normalise_words("Randomized  trial")
    ('meta analysis of rct', 'randomised trial')
    """
    words = text.casefold().replace("-", " ").replace("randomiz", "randomis").split()
    plural_exceptions = ("sis", "series", "cross")
    singular = (w if w.endswith(plural_exceptions) else w.removesuffix("s") for w in words)
    return " ".join(_SINGULAR_FORMS.get(w, w) for w in singular)


_SINGULAR_FORMS = {"studie": "study", "analyse": "analysis", "mice": "mouse"}


def _suggest_words(name: str, vocabulary: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, list(vocabulary), n=3, cutoff=0.5)
