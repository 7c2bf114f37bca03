"""Careful reading of JSON from outside: what has another form than expected is a ValueError."""

from __future__ import annotations

import re
from typing import Any

_TAG = re.compile(r"<[^<>]{1,60}>")
_YEAR = re.compile(r"(?<![0-9])[12][0-9]{3}(?![0-9])")
_LONGEST = 2000
_MOST = 200


def mapping(value: Any, what: str) -> dict[str, Any]:
    """The value, which must be a JSON object."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no object")
    return value


def items(value: Any, what: str) -> list[Any]:
    """The value, which must be a list or missing; its first entries."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{what} is no list")
    return value[:_MOST]


def text(value: Any) -> str:
    """A text on one line without tags and control characters, cut short; empty for all else.

    >>> text("Zinc <i>in vitro</i>\\n 2")
    'Zinc in vitro 2'
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return ""
    plain = _TAG.sub("", value[:_LONGEST])
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())


def year(value: Any) -> int | None:
    """The year in a date such as `2019 Mar 4` or 2019; None where there is none."""
    found = _YEAR.search(text(value))
    return int(found[0]) if found else None


def names(values: list[str]) -> tuple[str, ...]:
    """The texts that say something, each once, in their order."""
    return tuple(dict.fromkeys(value for value in values if value))
