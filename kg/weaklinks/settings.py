"""Thresholds, word lists and overridden severities: `data/profiles/detectors.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from kg.errors import DataError
from kg.model import Severity
from kg.resources import load_toml_table, locate_shipped_folder


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


def find_severity_override(code: str) -> Severity | None:
    """The severity that the profile sets for a code; None where the detector's own holds.

    Raises:
        DataError: The profile names no severity there.
    """
    word = load_settings().get("severity", {}).get(code)
    if word is None:
        return None
    severities = {severity.word: severity for severity in Severity if severity}
    if word not in severities:
        known = ", ".join(severities)
        raise DataError(f"detectors.toml: [severity] {code} = {word!r}: write one of {known}")
    return severities[word]


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
