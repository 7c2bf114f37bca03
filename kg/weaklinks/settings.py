"""Severities, thresholds and word lists of the detectors: `data/profiles/detectors.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from kg.errors import DataError
from kg.model import Severity
from kg.resources import shipped, table

SHIFTS = {0: "severity", 1: "severity_raised", -1: "severity_lowered"}
LETTERS = {"H": Severity.SEVERE, "M": Severity.MODERATE, "L": Severity.MILD}


@cache
def settings() -> dict[str, Any]:
    """The tables of the shipped detector profile; `DataError` where it cannot be read.

    >>> settings()["name"]
    'detectors'
    """
    path = shipped("data") / "profiles" / "detectors.toml"
    try:
        return table(path)
    except (OSError, ValueError) as fault:
        raise DataError(f"{path}: not a valid detector profile: {fault}") from fault


def severity(code: str, shift: int = 0) -> Severity:
    """The severity of a code, the raised one for a shift of +1, the lowered one for -1.

    >>> severity("KG128").word, severity("KG128", 1).word, severity("KG110", -1).word
    ('moderate', 'severe', 'mild')
    """
    return LETTERS[settings()[SHIFTS[shift]][code]]


def threshold(name: str) -> int:
    """A threshold by name.

    >>> threshold("in_vitro_sigma")
    3
    """
    return int(settings()["threshold"][name])


def words(group: str, name: str) -> frozenset[str]:
    """A list of words or ids by group and name.

    >>> "biomarker" in words("kinds", "marker")
    True
    """
    return frozenset(settings()[group][name])


def decimal(name: str) -> float:
    """A threshold that is no whole number, by name.

    >>> decimal("alpha")
    0.05
    """
    return float(settings()["decimal"][name])
