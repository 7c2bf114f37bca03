"""Careful reading of JSON from outside: what has another form than expected is a ValueError."""

from __future__ import annotations

import re
from typing import Any

_TAG_PATTERN = re.compile(r"<[^<>]{1,60}>")
_YEAR_PATTERN = re.compile(r"(?<![0-9])[12][0-9]{3}(?![0-9])")
_LONGEST_TEXT = 2000
_MOST_ITEMS = 200


MAX_AUTHORS = 1_000
"""Authors of a record that are kept: a list may name any of them."""


def require_mapping(value: Any, field_name: str) -> dict[str, Any]:
    """The value, which must be a JSON object."""
    if not isinstance(value, dict):
        raise ValueError(f"{field_name} is no object")
    return value


def require_list(value: Any, field_name: str) -> list[Any]:
    """The value, which must be a list or missing; its first entries."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{field_name} is no list")
    return value[:_MOST_ITEMS]


def clean_text(value: Any) -> str:
    """A text on one line without tags and control characters, cut short; empty for all else.

    >>> clean_text("Zinc <i>in vitro</i>\\n 2")
    'Zinc in vitro 2'
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return ""
    plain = _TAG_PATTERN.sub("", value[:_LONGEST_TEXT])
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())


def parse_year(value: Any) -> int | None:
    """The year in a date such as `2019 Mar 4` or 2019; None where there is none."""
    year_match = _YEAR_PATTERN.search(clean_text(value))
    return int(year_match[0]) if year_match else None


def list_unique(values: list[str]) -> tuple[str, ...]:
    """The texts that say something, each once, in their order."""
    return tuple(dict.fromkeys(value for value in values if value))
