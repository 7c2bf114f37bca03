"""Cells of a summary-of-findings table, read leniently: designs, judgements, levels, numbers.

Every reader raises ValueError with a sentence that says what would be understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite

from kg.grading.judgement import NOT_ASSESSABLE
from kg.model import Design, Level, System

JUDGEMENTS: Mapping[str, int] = {
    "not serious": 0,
    "serious": 1,
    "very serious": 2,
    "extremely serious": 3,
    "not assessable": NOT_ASSESSABLE,
}
LARGE_EFFECT: Mapping[str, int] = {
    "no": 0,
    "large": 1,
    "very large": 2,
    "not assessable": NOT_ASSESSABLE,
}
YES_NO: Mapping[str, int] = {"no": 0, "yes": 1, "not assessable": NOT_ASSESSABLE}

_UNKNOWN = ("not assessable", "not assessed", "cannot tell", "unknown")
_JUDGEMENT_SPELLINGS: dict[str, int] = {
    **JUDGEMENTS,
    **dict.fromkeys(("no", "none", "no serious", "not", "no concern", "no concerns"), 0),
    **dict.fromkeys(("undetected", "not detected", "not suspected", "unlikely", "0"), 0),
    **dict.fromkeys(("suspected", "strongly suspected", "likely", "detected", "1", "-1"), 1),
    **dict.fromkeys(("yes serious", "some serious", "rated down", "downgraded"), 1),
    **dict.fromkeys(("2", "-2"), 2),
    **dict.fromkeys(("3", "-3"), 3),
    **dict.fromkeys(_UNKNOWN, NOT_ASSESSABLE),
}
_LARGE_SPELLINGS: dict[str, int] = {
    **LARGE_EFFECT,
    **dict.fromkeys(("none", "0", "not large"), 0),
    **dict.fromkeys(("yes", "1", "+1", "strong association", "large effect"), 1),
    **dict.fromkeys(("2", "+2", "very strong association", "very large effect"), 2),
    **dict.fromkeys(_UNKNOWN, NOT_ASSESSABLE),
}
_YES_NO_SPELLINGS: dict[str, int] = {
    **YES_NO,
    **dict.fromkeys(("none", "0", "not present", "absent"), 0),
    **dict.fromkeys(("1", "+1", "present"), 1),
    **dict.fromkeys(_UNKNOWN, NOT_ASSESSABLE),
}
_DOMAIN_WORDS = re.compile(
    r"(?<=\w) (risk of bias|inconsistency|indirectness|imprecision|publication bias|limitations?)$"
)

_HUMAN = System.HUMAN
_DESIGNS: tuple[tuple[Design, System, str], ...] = (
    (
        Design.RANDOMISED,
        _HUMAN,
        "rct, randomised, randomised trial, randomised study, randomised experiment, "
        "randomised intervention, cluster randomised",
    ),
    (Design.RANDOMISED_CROSSOVER, _HUMAN, "crossover, crossover trial, crossover rct, "
     "randomised crossover, randomised crossover trial"),
    (Design.RANDOMISED_FACTORIAL, _HUMAN, "factorial trial, randomised factorial trial"),
    (Design.QUASI_RANDOMISED, _HUMAN, "quasi randomised, quasi randomised trial, quasi rct"),
    (Design.TRIAL_ALLOCATION_UNSTATED, _HUMAN, "trial, intervention study, intervention"),
    (Design.NON_RANDOMISED, _HUMAN, "non randomised, non randomised trial, non randomised study, "
     "nonrandomised trial, nonrandomised study, nrs, nrsi, quasi experimental study, "
     "quasi experimental"),
    (Design.BEFORE_AFTER, _HUMAN, "before after, before after study, single arm trial, "
     "uncontrolled trial, uncontrolled study, pre post study"),
    (Design.COHORT, _HUMAN, "cohort, cohort study, longitudinal study, follow up study"),
    (Design.CASE_CONTROL, _HUMAN, "case control, case control study"),
    (Design.CROSS_SECTIONAL, _HUMAN, "cross sectional, cross sectional study, survey"),
    (Design.CASE_REPORT, _HUMAN, "case report, case series, case study"),
    (Design.SYNTHESIS_OF_OBSERVATIONAL, _HUMAN, "observational, observational study, "
     "meta analysis of cohort, meta analysis of cohort study, "
     "meta analysis of observational study"),
    (Design.SYNTHESIS_OF_RANDOMISED, _HUMAN, "meta analysis of rct, "
     "meta analysis of randomised trial, systematic review of rct, "
     "systematic review of randomised trial"),
    (Design.UNSTATED, _HUMAN, "human study, design unstated, unstated"),
    (Design.EXPERIMENT, System.ANIMAL, "animal, animal study, animal experiment"),
    (Design.EXPERIMENT, System.IN_VITRO, "in vitro, in vitro study, cell study, cell culture"),
    (Design.EXPERIMENT, System.EX_VIVO, "ex vivo, ex vivo study"),
    (Design.EXPERIMENT, System.IN_SILICO, "in silico, in silico study, simulation"),
)  # fmt: skip
DESIGNS: Mapping[str, tuple[Design, System]] = {
    phrase: (plan, system) for plan, system, text in _DESIGNS for phrase in text.split(", ")
}
_NOT_TELLING = frozenset(
    (
        *("controlled", "clinical", "placebo", "single", "double", "triple", "blind", "blinded"),
        *("parallel", "group", "individually", "multicentre", "multicenter", "open", "label"),
        *("prospective", "retrospective", "human", "pooled", "phase"),
    )
)
_SINGULAR = {"studies": "study", "series": "series", "surveys": "survey", "rcts": "rct"}

_MEASURES: dict[str, str] = {
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
_FILLED = "\u2295\u2a01"
_SYMBOLS = re.compile(rf"[{_FILLED}\u25ef\u25cb\u2296\u2297\u229d\u229f\u039f\s]+")
_THOUSANDS = re.compile(r"\d{1,3}([, \u00a0\u202f]\d{3})+")


def text(cell: str) -> str:
    """The cell as it is."""
    return cell


@lru_cache(maxsize=512)
def design(cell: str) -> tuple[Design, System]:
    """Design and system that the words of a review name.

    >>> design("clinical trials (RCT)")[0].value, design("Prospective cohort studies")[0].value
    ('randomised', 'cohort')
    """
    parts = [_phrase(part) for part in re.split(r"[()/;,+&]|\band\b", cell.casefold())]
    found = [_design(part) for part in parts if part in DESIGNS or _telling(part)] or [None]
    if None in found:
        near = get_close_matches(_phrase(cell), DESIGNS, 3, 0.5)
        hint = (
            f"; did you mean {' or '.join(map(repr, near))}?" if near else "; such as RCT, cohort"
        )
        raise ValueError(f"no design is called {cell!r}{hint}")
    named = {pair for pair in found if pair is not None}
    telling = {p for p in named if p[0] is not Design.TRIAL_ALLOCATION_UNSTATED} or named
    if len(telling) > 1:
        raise ValueError(f"{cell!r} mixes designs; give each design a row of its own")
    return telling.pop()


def _design(phrase: str) -> tuple[Design, System] | None:
    return DESIGNS.get(phrase) or DESIGNS.get(_telling(phrase))


def _telling(phrase: str) -> str:
    return " ".join(word for word in phrase.split() if word not in _NOT_TELLING)


def _phrase(part: str) -> str:
    spelt = part.casefold().replace("randomiz", "randomis")
    spelt = re.sub(r"cross[- ]over", "crossover", spelt)
    return " ".join(_singular(word) for word in re.findall(r"\w+", spelt))


def _singular(word: str) -> str:
    if word in _SINGULAR:
        return _SINGULAR[word]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "is", "us")) else word


@lru_cache(maxsize=512)
def judgement(cell: str) -> int:
    """Levels that a judgement takes off, or NOT_ASSESSABLE.

    >>> judgement("No serious risk of bias"), judgement("very serious"), judgement("-1")
    (0, 2, 1)
    """
    return _spelt(_DOMAIN_WORDS.sub("", _plain(cell)), _JUDGEMENT_SPELLINGS, cell, JUDGEMENTS)


def large_effect(cell: str) -> int:
    """Levels added for a large effect."""
    return _spelt(_plain(cell), _LARGE_SPELLINGS, cell, LARGE_EFFECT)


def yes_no(cell: str) -> int:
    """1 for yes, 0 for no, or NOT_ASSESSABLE."""
    return _spelt(_plain(cell), _YES_NO_SPELLINGS, cell, YES_NO)


@lru_cache(maxsize=512)
def level(cell: str) -> Level:
    """The level of a word or of GRADE's signs.

    >>> level("Very-low quality").word, level("⊕⊕◯◯").word
    ('very low', 'low')
    """
    marks = "".join(re.findall(rf"[{_FILLED}]", cell))
    bare = _plain(_SYMBOLS.sub(" ", cell))
    word = re.sub(r" ?(certainty|quality|evidence)\b", "", bare).strip()
    named = next((one for one in Level if one.word == word), None)
    if named is None and not bare and 1 <= len(marks) <= 4:
        named = Level(len(marks))
    if named is None:
        raise ValueError(f"{cell!r} is no level; write {_list(one.word for one in Level)}")
    if marks and len(marks) != named:
        raise ValueError(f"{cell!r} names {named.word} and shows {len(marks)} signs")
    return named


def start_level(cell: str) -> Level:
    """A level to start from."""
    found = level(cell)
    if found is Level.NONE:
        raise ValueError("evidence cannot start at none; write very low, low, moderate or high")
    return found


@lru_cache(maxsize=512)
def measure(cell: str) -> str:
    """The effect measure as kg spells it."""
    plain = _plain(cell).replace("standardized", "standardised")
    return _known(plain, _MEASURES, cell, tuple(dict.fromkeys(_MEASURES.values())))


def number(cell: str) -> float:
    """A finite number."""
    try:
        value = float(cell.replace("\u2212", "-"))
    except ValueError:
        raise ValueError(f"{cell!r} is no number; write it with a decimal point") from None
    if not isfinite(value):
        raise ValueError(f"{cell!r} is no finite number")
    return value


def not_negative(cell: str) -> float:
    """A number from 0 on."""
    return _within(number(cell), 0, float("inf"), "below 0")


def percent(cell: str) -> float:
    """A number from 0 to 100; a per cent sign may follow."""
    return _within(number(cell.removesuffix("%").rstrip()), 0, 100, "not within 0 to 100")


def probability(cell: str) -> float:
    """A number from 0 to 1."""
    return _within(number(cell), 0, 1, "not within 0 to 1")


def count(cell: str) -> int:
    """A whole number from 0 on; thousands may be set apart."""
    bare = re.sub(r"\D", "", cell) if _THOUSANDS.fullmatch(cell) else cell
    value = number(bare)
    if value != int(value):
        raise ValueError(f"{cell!r} is no whole number")
    return int(_within(value, 0, 1e15, "below 0" if value < 0 else "more than there can be"))


def _within(value: float, low: float, high: float, complaint: str) -> float:
    if not low <= value <= high:
        raise ValueError(f"{value:g} is {complaint}")
    return value


def _plain(cell: str) -> str:
    words = cell.casefold().replace("\u2212", "-").replace("_", " ")
    return " ".join(re.sub(r"(?<=\w)-(?=\w)", " ", words).split())


def _spelt(plain: str, table: Mapping[str, int], cell: str, shown: Mapping[str, int]) -> int:
    if plain in table:
        return table[plain]
    raise ValueError(f"{cell!r} is not understood; write {_list(shown)}")


def _known(plain: str, table: Mapping[str, str], cell: str, shown: tuple[str, ...]) -> str:
    if plain in table:
        return table[plain]
    near = get_close_matches(plain, table, 2, 0.6)
    hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise ValueError(f"{cell!r} is not understood{hint}; write {_list(shown)}")


def _list(names: Iterable[str]) -> str:
    every = [*names]
    return f"{', '.join(every[:-1])} or {every[-1]}"
