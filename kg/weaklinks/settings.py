"""Severities, thresholds and word lists of the detectors: `data/profiles/detectors.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from kg.errors import DataError
from kg.model import Severity
from kg.resources import load_toml_table, locate_shipped_folder

SECTION_BY_SHIFT = {0: "severity", 1: "severity_raised", -1: "severity_lowered"}
SEVERITY_BY_LETTER = {"H": Severity.SEVERE, "M": Severity.MODERATE, "L": Severity.MILD}


@cache
def load_settings() -> dict[str, Any]:
    """The tables of the shipped detector profile; `DataError` where it cannot be read.

    >>> load_settings()["name"]
    'detectors'
    """
    path = locate_shipped_folder("data") / "profiles" / "detectors.toml"
    try:
        return load_toml_table(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: not a valid detector profile: {error}") from error


def look_up_severity(code: str, shift: int = 0) -> Severity:
    """The severity of a code, the raised one for a shift of +1, the lowered one for -1.

    >>> look_up_severity("KG128").word, look_up_severity("KG128", 1).word
    ('moderate', 'severe')
    >>> look_up_severity("KG110", -1).word
    'mild'
    """
    return SEVERITY_BY_LETTER[load_settings()[SECTION_BY_SHIFT[shift]][code]]


def read_threshold(name: str) -> int:
    """A threshold by name.

    >>> read_threshold("in_vitro_sigma")
    3
    """
    return int(load_settings()["threshold"][name])


def read_words(group: str, list_name: str) -> frozenset[str]:
    """A list of words or ids by group and name.

    >>> "biomarker" in read_words("kinds", "marker")
    True
    """
    return frozenset(load_settings()[group][list_name])


def read_decimal_threshold(name: str) -> float:
    """A threshold that is no whole number, by name.

    >>> read_decimal_threshold("alpha")
    0.05
    """
    return float(load_settings()["decimal"][name])
