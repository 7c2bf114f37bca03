"""Cells of a summary-of-findings table, read leniently: designs, judgements, levels, numbers.

Every reader raises ValueError with a sentence that says what would be understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite

from kg.grading.body.judgement import RATING_NOT_ASSESSABLE
from kg.model import Design, Level, Scale, System
from kg.model.vocabulary import fold_spelling

RATING_BY_JUDGEMENT: Mapping[str, int] = {
    "not serious": 0,
    "serious": 1,
    "very serious": 2,
    "extremely serious": 3,
    "not assessable": RATING_NOT_ASSESSABLE,
}
RATING_BY_LARGE_EFFECT: Mapping[str, int] = {
    "no": 0,
    "large": 1,
    "very large": 2,
    "not assessable": RATING_NOT_ASSESSABLE,
}
RATING_BY_YES_NO: Mapping[str, int] = {"no": 0, "yes": 1, "not assessable": RATING_NOT_ASSESSABLE}

_UNKNOWN_WORDS = ("not assessable", "not assessed", "cannot tell", "unknown")
_JUDGEMENT_SPELLINGS: dict[str, int] = {
    **RATING_BY_JUDGEMENT,
    **dict.fromkeys(("no", "none", "no serious", "not", "no concern", "no concerns"), 0),
    **dict.fromkeys(("undetected", "not detected", "not suspected", "unlikely", "0"), 0),
    **dict.fromkeys(("suspected", "strongly suspected", "likely", "detected", "1", "-1"), 1),
    **dict.fromkeys(("yes serious", "some serious", "rated down", "downgraded"), 1),
    **dict.fromkeys(("2", "-2"), 2),
    **dict.fromkeys(("3", "-3"), 3),
    **dict.fromkeys(_UNKNOWN_WORDS, RATING_NOT_ASSESSABLE),
}
_LARGE_SPELLINGS: dict[str, int] = {
    **RATING_BY_LARGE_EFFECT,
    **dict.fromkeys(("none", "0", "not large"), 0),
    **dict.fromkeys(("yes", "1", "+1", "strong association", "large effect"), 1),
    **dict.fromkeys(("2", "+2", "very strong association", "very large effect"), 2),
    **dict.fromkeys(_UNKNOWN_WORDS, RATING_NOT_ASSESSABLE),
}
_YES_NO_SPELLINGS: dict[str, int] = {
    **RATING_BY_YES_NO,
    **dict.fromkeys(("none", "0", "not present", "absent"), 0),
    **dict.fromkeys(("1", "+1", "present"), 1),
    **dict.fromkeys(_UNKNOWN_WORDS, RATING_NOT_ASSESSABLE),
}
_DOMAIN_WORDS = re.compile(
    r"(?<=\w) (risk of bias|inconsistency|indirectness|imprecision|publication bias|limitations?)$"
)

_HUMAN_SYSTEM = System.HUMAN
_DESIGN_PHRASES: tuple[tuple[Design, System, str], ...] = (
    (
        Design.RANDOMISED,
        _HUMAN_SYSTEM,
        "rct, randomised, randomised trial, randomised study, randomised experiment, "
        "randomised intervention, cluster randomised",
    ),
    (Design.RANDOMISED_CROSSOVER, _HUMAN_SYSTEM, "crossover, crossover trial, crossover rct, "
     "randomised crossover, randomised crossover trial"),
    (Design.RANDOMISED_FACTORIAL, _HUMAN_SYSTEM, "factorial trial, randomised factorial trial"),
    (Design.QUASI_RANDOMISED, _HUMAN_SYSTEM, "quasi randomised, quasi randomised trial, quasi rct"),
    (Design.TRIAL_ALLOCATION_UNSTATED, _HUMAN_SYSTEM, "trial, intervention study, intervention"),
    (Design.NON_RANDOMISED, _HUMAN_SYSTEM, "non randomised, non randomised trial, "
     "non randomised study, nonrandomised trial, nonrandomised study, nrs, nrsi, "
     "quasi experimental study, quasi experimental"),
    (Design.BEFORE_AFTER, _HUMAN_SYSTEM, "before after, before after study, single arm trial, "
     "uncontrolled trial, uncontrolled study, pre post study"),
    (Design.COHORT, _HUMAN_SYSTEM, "cohort, cohort study, longitudinal study, follow up study"),
    (Design.CASE_CONTROL, _HUMAN_SYSTEM, "case control, case control study"),
    (Design.CROSS_SECTIONAL, _HUMAN_SYSTEM, "cross sectional, cross sectional study, survey"),
    (Design.CASE_REPORT, _HUMAN_SYSTEM, "case report, case series, case study"),
    (Design.SYNTHESIS_OF_OBSERVATIONAL, _HUMAN_SYSTEM, "observational, observational study, "
     "meta analysis of cohort, meta analysis of cohort study, "
     "meta analysis of observational study"),
    (Design.SYNTHESIS_OF_RANDOMISED, _HUMAN_SYSTEM, "meta analysis of rct, "
     "meta analysis of randomised trial, systematic review of rct, "
     "systematic review of randomised trial"),
    (Design.UNSTATED, _HUMAN_SYSTEM, "human study, design unstated, unstated"),
    (Design.EXPERIMENT, System.ANIMAL, "animal, animal study, animal experiment"),
    (Design.EXPERIMENT, System.IN_VITRO, "in vitro, in vitro study, cell study, cell culture"),
    (Design.EXPERIMENT, System.EX_VIVO, "ex vivo, ex vivo study"),
    (Design.EXPERIMENT, System.IN_SILICO, "in silico, in silico study, simulation"),
)  # fmt: skip
DESIGN_BY_PHRASE: Mapping[str, tuple[Design, System]] = {
    phrase: (phrase_design, phrase_system)
    for phrase_design, phrase_system, read_text in _DESIGN_PHRASES
    for phrase in read_text.split(", ")
}
_UNINFORMATIVE_WORDS = frozenset(
    (
        *("controlled", "clinical", "placebo", "single", "double", "triple", "blind", "blinded"),
        *("parallel", "group", "individually", "multicentre", "multicenter", "open", "label"),
        *("prospective", "retrospective", "human", "pooled", "phase"),
    )
)
_SINGULAR_FORMS = {"studies": "study", "series": "series", "surveys": "survey", "rcts": "rct"}

_MEASURE_SPELLINGS: dict[str, str] = {
    **{name.lower(): name for name in ("RR", "OR", "HR", "IRR", "SMD", "MD", "RD")},
    **dict.fromkeys(("risk ratio", "relative risk", "rate ratio"), "RR"),
    "odds ratio": "OR",
    "hazard ratio": "HR",
    "incidence rate ratio": "IRR",
    "standardised mean difference": "SMD",
    **dict.fromkeys(("mean difference", "weighted mean difference", "wmd"), "MD"),
    "risk difference": "RD",
    **{name.lower(): name for name in ("Hedges g", "Cohen d")},
}
_FILLED_SIGNS = "\u2295\u2a01"
_GRADE_SYMBOLS = re.compile(rf"[{_FILLED_SIGNS}\u25ef\u25cb\u2296\u2297\u229d\u229f\u039f\s]+")
_GROUPED_THOUSANDS = re.compile(r"\d{1,3}([, \u00a0\u202f]\d{3})+")


def read_text(cell: str) -> str:
    """The cell as it is."""
    return cell


@lru_cache(maxsize=512)
def read_design(cell: str) -> tuple[Design, System]:
    """Design and system that the words of a review name.

    >>> read_design("clinical trials (RCT)")[0].value
    'randomised'
    >>> read_design("Prospective cohort studies")[0].value
    'cohort'
    """
    parts = [_normalise_phrase(part) for part in re.split(r"[()/;,+&]|\band\b", cell.casefold())]
    named = [part for part in parts if part in DESIGN_BY_PHRASE or _filter_informative_words(part)]
    designs = {_find_design(part) for part in named} or {None}
    if None in designs:
        hint = _suggest_names(_normalise_phrase(cell), DESIGN_BY_PHRASE, 3, 0.5)
        raise ValueError(f"no design is called {cell!r}{hint or '; such as RCT, cohort'}")
    pairs = {pair for pair in designs if pair is not None}
    pairs = {pair for pair in pairs if pair[0] is not Design.TRIAL_ALLOCATION_UNSTATED} or pairs
    if len(pairs) > 1:
        raise ValueError(f"{cell!r} mixes designs; give each design a row of its own")
    return pairs.pop()


def _suggest_names(name: str, known: Iterable[str], most: int, cutoff: float) -> str:
    similar_names = get_close_matches(name, [*known], most, cutoff)
    return f"; did you mean {' or '.join(map(repr, similar_names))}?" if similar_names else ""


def _find_design(phrase: str) -> tuple[Design, System] | None:
    return DESIGN_BY_PHRASE.get(phrase) or DESIGN_BY_PHRASE.get(_filter_informative_words(phrase))


def _filter_informative_words(phrase: str) -> str:
    return " ".join(word for word in phrase.split() if word not in _UNINFORMATIVE_WORDS)


def _normalise_phrase(part: str) -> str:
    spelt = part.casefold().replace("randomiz", "randomis")
    spelt = re.sub(r"cross[- ]over", "crossover", spelt)
    return " ".join(_convert_to_singular(word) for word in re.findall(r"\w+", spelt))


def _convert_to_singular(word: str) -> str:
    if word in _SINGULAR_FORMS:
        return _SINGULAR_FORMS[word]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "is", "us")) else word


@lru_cache(maxsize=512)
def read_judgement(cell: str) -> int:
    """Levels that a judgement takes off, or NOT_ASSESSABLE.

    >>> read_judgement("No serious risk of bias"), read_judgement("very serious")
    (0, 2)
    >>> read_judgement("-1")
    1
    """
    judgement = _DOMAIN_WORDS.sub("", _normalise_cell(cell))
    return _look_up_rating(judgement, _JUDGEMENT_SPELLINGS, cell, RATING_BY_JUDGEMENT)


def read_large_effect(cell: str) -> int:
    """Levels added for a large effect."""
    return _look_up_rating(_normalise_cell(cell), _LARGE_SPELLINGS, cell, RATING_BY_LARGE_EFFECT)


def read_yes_no(cell: str) -> int:
    """1 for yes, 0 for no, or NOT_ASSESSABLE."""
    return _look_up_rating(_normalise_cell(cell), _YES_NO_SPELLINGS, cell, RATING_BY_YES_NO)


@lru_cache(maxsize=512)
def read_level(cell: str) -> Level:
    """The level of a word or of GRADE's signs.

    >>> read_level("Very-low quality").word, read_level("⊕⊕◯◯").word
    ('very low', 'low')
    """
    marks = "".join(re.findall(rf"[{_FILLED_SIGNS}]", cell))
    cell_words = _normalise_cell(_GRADE_SYMBOLS.sub(" ", cell))
    word = re.sub(r" ?(certainty|quality|evidence)\b", "", cell_words).strip()
    level_read = next((level for level in Level if level.word == word), None)
    if level_read is None and not cell_words and 1 <= len(marks) <= 4:
        level_read = Level(len(marks))
    if level_read is None:
        choices = _format_choices(level.word for level in Level)
        raise ValueError(f"{cell!r} is no level; write {choices}")
    if marks and len(marks) != level_read:
        raise ValueError(f"{cell!r} names {level_read.word} and shows {len(marks)} signs")
    return level_read


def read_start_level(cell: str) -> Level:
    """A level to start from."""
    level_read = read_level(cell)
    if level_read is Level.NONE:
        raise ValueError("evidence cannot start at none; write very low, low, moderate or high")
    return level_read


@lru_cache(maxsize=512)
def read_effect_measure(cell: str) -> str:
    """The effect measure as kg spells it."""
    measure = _normalise_cell(cell).replace("standardized", "standardised")
    if measure in _MEASURE_SPELLINGS:
        return _MEASURE_SPELLINGS[measure]
    hint = _suggest_names(measure, _MEASURE_SPELLINGS, 2, 0.6)
    choices = _format_choices(dict.fromkeys(_MEASURE_SPELLINGS.values()))
    raise ValueError(f"{cell!r} is not understood{hint}; write {choices}")


def read_scale(cell: str) -> Scale:
    """Which way of a scale is good.

    >>> read_scale("Higher is worse").value
    'higher-is-worse'
    """
    word = fold_spelling(cell).replace(" ", "-")
    if word in set(Scale):
        return Scale(word)
    raise ValueError(f"{cell!r} is not understood; write {_format_choices(Scale)}")


def read_number(cell: str) -> float:
    """A finite number."""
    try:
        value = float(cell.replace("\u2212", "-"))
    except ValueError:
        raise ValueError(f"{cell!r} is no number; write it with a decimal point") from None
    if not isfinite(value):
        raise ValueError(f"{cell!r} is no finite number")
    return value


def read_non_negative(cell: str) -> float:
    """A number from 0 on."""
    return _check_range(read_number(cell), 0, float("inf"), "below 0")


def read_percent(cell: str) -> float:
    """A number from 0 to 100; a per cent sign may follow."""
    return _check_range(read_number(cell.removesuffix("%").rstrip()), 0, 100, "not within 0 to 100")


def read_probability(cell: str) -> float:
    """A number from 0 to 1."""
    return _check_range(read_number(cell), 0, 1, "not within 0 to 1")


_RISK_PATTERN = re.compile(
    r"(?P<value>\S+?) ?(?:(?P<percent>%)|(?:per|in|of|/) ?(?P<people>[1-9]\d*))"
)


def read_risk(cell: str) -> float:
    """A share from 0 to 1; per cent, and people of a number of people, are read too.

    >>> read_risk("0.2"), read_risk("20 %"), read_risk("200 per 1000")
    (0.2, 0.2, 0.2)
    """
    found = _RISK_PATTERN.fullmatch(cell.replace("1,000", "1000"))
    if found is None:
        return read_probability(cell)
    people = 100 if found["percent"] else int(found["people"])
    return _check_range(read_number(found["value"]) / people, 0, 1, "not within 0 to 1")


def read_count(cell: str) -> int:
    """A whole number from 0 on; thousands may be set apart."""
    digits = re.sub(r"\D", "", cell) if _GROUPED_THOUSANDS.fullmatch(cell) else cell
    value = read_number(digits)
    if value != int(value):
        raise ValueError(f"{cell!r} is no whole number")
    return int(_check_range(value, 0, 1e15, "below 0" if value < 0 else "more than there can be"))


def _check_range(value: float, low_bound: float, high: float, complaint: str) -> float:
    if not low_bound <= value <= high:
        raise ValueError(f"{value:g} is {complaint}")
    return value


def _normalise_cell(cell: str) -> str:
    cell_text = cell.casefold().replace("\u2212", "-").replace("_", " ")
    return " ".join(re.sub(r"(?<=\w)-(?=\w)", " ", cell_text).split())


def _look_up_rating(
    normalised_cell: str, table: Mapping[str, int], cell: str, accepted_words: Mapping[str, int]
) -> int:
    if normalised_cell in table:
        return table[normalised_cell]
    raise ValueError(f"{cell!r} is not understood; write {_format_choices(accepted_words)}")


def _format_choices(names: Iterable[str]) -> str:
    all_names = [*names]
    return f"{', '.join(all_names[:-1])} or {all_names[-1]}"
