"""Numbers of a summary-of-findings table, as reviews print them.

Dashes of every kind, blanks and decimal commas are read. What may be two numbers (`3.000` people,
I2 `0.84`) is refused with both, for a guess would be wrong by a factor of a hundred or a thousand.
Every reader raises ValueError with a sentence that says what would be understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.model.vocabulary import UNIFIED_DASHES, EffectMeasure, parse_measure

_BLANKS = "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f"
_TIDY_LETTERS = str.maketrans({**dict.fromkeys(_BLANKS, " "), "\u00b7": ".", "\ufeff": None})
_NUMBER = r"[-+]?(?:[0-9]+(?:[.,][0-9]+)?|\.[0-9]+)"
_PLAIN_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]{1,3})?", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]*,[0-9]+")
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(?P<mark>[ ,.'])[0-9]{3}(?:(?P=mark)[0-9]{3})*")
_THOUSANDS_WITH_DECIMALS = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+")
_TURN = "lower|higher|fewer|more"
_COVERAGE = r"(?:95\s?%\s*(?:CI|confidence interval)?[\s:,]*)?"
_EFFECT = re.compile(
    rf"(?P<measure>[^\W\d_][^\d(\[]*?)?[\s:=]*(?P<estimate>{_NUMBER})\s*(?P<turn>{_TURN})?[\s,;]*"
    rf"{_COVERAGE}[(\[]?\s*{_COVERAGE}(?P<low>{_NUMBER})\s*(?P<low_turn>{_TURN})?"
    rf"\s*(?:to|,|;|-)\s*(?P<high>{_NUMBER})\s*(?P<high_turn>{_TURN})?\s*[)\]]?",
    re.IGNORECASE,
)


def tidy_cell(cell: str) -> str:
    """A cell with plain dashes and single blanks, without marks that are not seen.

    >>> tidy_cell(" \u20130\u00b745 ")
    '-0.45'
    """
    return " ".join(cell.translate(UNIFIED_DASHES).translate(_TIDY_LETTERS).split())


def read_number(cell: str) -> float:
    """A finite number; a decimal comma and a dash for a minus are read.

    >>> read_number("\u20130,45"), read_number("1,234.5")
    (-0.45, 1234.5)
    """
    text = tidy_cell(cell)
    if _THOUSANDS_WITH_DECIMALS.fullmatch(text):
        text = text.replace(",", "")
    elif (grouped := _THOUSANDS.fullmatch(text)) and grouped["mark"] == ",":
        readings = f"{text.replace(',', '.')} or {text.replace(',', '')}"
        raise ValueError(f"{cell!r} may be {readings}; write it without a comma")
    elif _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not _PLAIN_NUMBER.fullmatch(text):
        raise ValueError(f"{cell!r} is no number, such as -0.45{_explain_number(text)}")
    value = float(text)
    if abs(value) == float("inf"):
        raise ValueError(f"{cell!r} is no finite number")
    return value


def _explain_number(text: str) -> str:
    if len(re.findall(_NUMBER, text)) > 1:
        return "; an interval has its own columns, ci_low and ci_high"
    return ""


def read_count(cell: str) -> int:
    """A whole number from 0 on; thousands may be set apart by blanks, commas or apostrophes.

    >>> read_count("3,120"), read_count("1 234 567"), read_count("1.234.567")
    (3120, 1234567, 1234567)
    """
    text = tidy_cell(cell)
    if grouped := _THOUSANDS.fullmatch(text):
        ungrouped = re.sub(r"[ ,.']", "", text)
        if grouped["mark"] == "." and text.count(".") == 1:
            raise ValueError(f"{cell!r} may be {float(text):g} or {ungrouped}; write it as one")
        text = ungrouped
    value = read_number(text)
    if value != int(value):
        raise ValueError(f"{cell!r} is no whole number")
    return int(_check_range(value, 0, 1e15, "below 0" if value < 0 else "more than there can be"))


def read_non_negative(cell: str) -> float:
    """A number from 0 on."""
    return _check_range(read_number(cell), 0, float("inf"), "below 0")


def read_percent(cell: str) -> float:
    """A number from 0 to 100; between 0 and 1 it needs its per cent sign.

    >>> read_percent("84"), read_percent("84 %"), read_percent("0.84 %")
    (84.0, 84.0, 0.84)
    """
    text = tidy_cell(cell)
    value = _check_range(read_number(text.removesuffix("%")), 0, 100, "not within 0 to 100")
    if 0 < value < 1 and not text.endswith("%"):
        raise ValueError(
            f"{cell!r} may be {value:g} % or {100 * value:g} %; write it with a per cent sign"
        )
    return value


def read_probability(cell: str) -> float:
    """A number from 0 to 1; what is said to be below a number counts as that number.

    >>> read_probability("0.04"), read_probability("P < 0.001")
    (0.04, 0.001)
    """
    text = re.sub(r"^p?\s*[<=\u2264]\s*", "", tidy_cell(cell), flags=re.IGNORECASE)
    return _check_range(read_number(text), 0, 1, "not within 0 to 1")


_RISK_PATTERN = re.compile(
    r"(?P<value>\S+?) ?(?:(?P<percent>%)|(?:per|in|of|/) ?(?P<people>[1-9]\d*))"
)


def read_risk(cell: str) -> float:
    """A share from 0 to 1; per cent, and people of a number of people, are read too.

    >>> read_risk("0.2"), read_risk("20 %"), read_risk("200 per 1000")
    (0.2, 0.2, 0.2)
    """
    found = _RISK_PATTERN.fullmatch(tidy_cell(cell).replace("1,000", "1000"))
    if found is None:
        return read_probability(cell)
    people = 100 if found["percent"] else int(found["people"])
    return _check_range(read_number(found["value"]) / people, 0, 1, "not within 0 to 1")


@dataclass(frozen=True, slots=True)
class EffectCell:
    """What one cell says of an effect; None for what it does not say."""

    estimate: float
    measure: EffectMeasure | None = None
    ci_low: float | None = None
    ci_high: float | None = None


def read_effect(cell: str) -> EffectCell:
    """An effect alone, or with its measure before it and its interval after it.

    >>> read_effect("RR 0.81 (0.70 to 0.94)")
    EffectCell(estimate=0.81, measure=<EffectMeasure.RISK_RATIO: 'RR'>, ci_low=0.7, ci_high=0.94)
    >>> read_effect("MD 0.45 lower (0.8 lower to 0.1 lower)").ci_low
    -0.8
    """
    text = tidy_cell(cell)
    if _PLAIN_NUMBER.fullmatch(text) or (found := _EFFECT.fullmatch(text)) is None:
        return EffectCell(read_number(text))
    words = (found["measure"] or "").strip(" :=,")
    measure = parse_measure(words) if words else None
    if words and measure is None:
        raise ValueError(f"{cell!r}: {words!r} is no measure of effect, such as RR, OR, MD")
    return EffectCell(
        _turn_number(found["estimate"], found["turn"]),
        measure,
        _turn_number(found["low"], found["low_turn"]),
        _turn_number(found["high"], found["high_turn"]),
    )


def _turn_number(number: str, word: str | None) -> float:
    """A number with the sign that a word after it gives."""
    value = read_number(number)
    return -value if word and word.casefold() in ("lower", "fewer") else value


def _check_range(value: float, low_bound: float, high: float, complaint: str) -> float:
    if not low_bound <= value <= high:
        raise ValueError(f"{value:g} is {complaint}")
    return value
