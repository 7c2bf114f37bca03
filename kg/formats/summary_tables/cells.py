"""Cells of a summary-of-findings table, read leniently: designs, judgements, levels, measures.

The words are those that reviews print: of GRADE, and of the tools that judge risk of bias or a
network (RoB 2, ROBINS-I, CINeMA). Footnote marks after a word are passed over.

Every reader raises ValueError with a sentence that says what would be understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache

from kg.formats.summary_tables.number_cells import tidy_cell
from kg.grading.body.judgement import RATING_NOT_ASSESSABLE
from kg.model import Design, Level, Scale, System
from kg.model.vocabulary import EffectMeasure, fold_spelling, parse_measure

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

NOT_STATED_WORDS = frozenset(
    {
        *("", "-", "--", "na", "n/a", "nr", "ne", "not reported", "not stated", "not applicable"),
        *("not available", "not estimable", "not given", "missing"),
    }
)
"""Cells that say nothing."""

_UNKNOWN_WORDS = (
    *("not assessable", "not assessed", "cannot tell", "unknown", "unclear", "unclear risk"),
    *NOT_STATED_WORDS,
)
_JUDGEMENT_SPELLINGS: dict[str, int] = {
    **RATING_BY_JUDGEMENT,
    **dict.fromkeys(("no", "none", "no serious", "not", "no concern", "no concerns"), 0),
    **dict.fromkeys(("undetected", "not detected", "not suspected", "unlikely", "0"), 0),
    **dict.fromkeys(("suspected", "strongly suspected", "likely", "detected", "1", "-1"), 1),
    **dict.fromkeys(("yes serious", "some serious", "rated down", "downgraded"), 1),
    **dict.fromkeys(("2", "-2"), 2),
    **dict.fromkeys(("3", "-3"), 3),
    **dict.fromkeys(("low", "low risk"), 0),
    **dict.fromkeys(("some concerns", "some concern", "moderate", "moderate risk"), 1),
    **dict.fromkeys(("high", "high risk", "major concerns", "serious concerns"), 2),
    **dict.fromkeys(("critical", "critical risk", "very serious concerns"), 3),
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
        "randomised intervention, cluster randomised, cluster randomised trial, cluster rct",
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
        *("prospective", "retrospective", "human", "pooled", "phase", "network", "pairwise"),
    )
)
_DESIGN_COUNT = re.compile(r"\bn\s*=\s*[0-9]+|\b[0-9]+\b")
_SYNTHESIS_OF = re.compile(r"\bsystematic reviews?\s*(?:and|with|,|/|&)\s*(?=(?:network )?meta)")
_SINGULAR_FORMS = {
    "analyses": "analysis",
    "studies": "study",
    "series": "series",
    "surveys": "survey",
    "rcts": "rct",
}

_FILLED_SIGNS = "\u2295\u2a01"
_GRADE_SYMBOLS = re.compile(rf"[{_FILLED_SIGNS}\u25ef\u25cb\u2296\u2297\u229d\u229f\u039f\s]+")
_FOOTNOTE_MARK = r"(?:[a-z]|[0-9]{1,2}|[*\u2020\u2021\u00a7#])"
_FOOTNOTES = (
    re.compile(rf"[\s(\[]+{_FOOTNOTE_MARK}(?:[\s,]+{_FOOTNOTE_MARK})*[)\]]*$"),
    re.compile(rf"(?<=[a-z]{{3}}){_FOOTNOTE_MARK}(?:\s*,\s*{_FOOTNOTE_MARK})*$"),
)
"""Marks after a blank or in brackets, and right after a word."""
_SUPERSCRIPTS = re.compile("[\u00b2\u00b3\u00b9\u2070-\u207f\u1d43-\u1d61\u02b0-\u02b8]+$")
_JUDGED_TWICE = re.compile(r"(?P<word>.*\w)\s*\(?(?P<number>-[0-3])\)?")


def says_nothing(cell: str) -> bool:
    """Whether a cell says that there is nothing to say.

    >>> says_nothing("not estimable"), says_nothing("–"), says_nothing("0")
    (True, True, False)
    """
    longest = max(map(len, NOT_STATED_WORDS)) + 10
    return len(cell) <= longest and _normalise_cell(cell) in NOT_STATED_WORDS


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
    counted = _DESIGN_COUNT.sub(" ", _SYNTHESIS_OF.sub("", tidy_cell(cell).casefold()))
    parts = [_normalise_phrase(part) for part in re.split(r"[()/;,+&]|\band\b", counted)]
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
    if judgement not in _JUDGEMENT_SPELLINGS and (twice := _JUDGED_TWICE.fullmatch(judgement)):
        ratings = {read_judgement(twice["word"]), read_judgement(twice["number"])}
        if len(ratings) > 1:
            raise ValueError(f"{cell!r} says two things; write one of them")
        return ratings.pop()
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
    words = _list_without_footnotes(word)
    level_read = next((level for level in Level if level.word in words), None)
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
    measure = parse_measure(cell)
    if measure is None:
        raise ValueError(f"{cell!r} is not understood; write {_format_choices(EffectMeasure)}")
    return measure.value


def read_scale(cell: str) -> Scale:
    """Which way of a scale is good.

    >>> read_scale("Higher is worse").value
    'higher-is-worse'
    """
    word = fold_spelling(cell).replace(" ", "-")
    if word in set(Scale):
        return Scale(word)
    raise ValueError(f"{cell!r} is not understood; write {_format_choices(Scale)}")


def _normalise_cell(cell: str) -> str:
    cell_text = _SUPERSCRIPTS.sub("", tidy_cell(cell)).casefold().replace("_", " ")
    return " ".join(re.sub(r"(?<=\w)-(?=\w)", " ", cell_text).split())


def _list_without_footnotes(words: str) -> list[str]:
    """The words as they are, then without marks of footnotes after them."""
    return [words, *(pattern.sub("", words) for pattern in _FOOTNOTES)]


def _look_up_rating(
    normalised_cell: str, table: Mapping[str, int], cell: str, accepted_words: Mapping[str, int]
) -> int:
    for words in _list_without_footnotes(normalised_cell):
        if words in table:
            return table[words]
    raise ValueError(f"{cell!r} is not understood; write {_format_choices(accepted_words)}")


def _format_choices(names: Iterable[str]) -> str:
    all_names = [*names]
    return f"{', '.join(all_names[:-1])} or {all_names[-1]}"
