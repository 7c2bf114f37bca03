"""Numbers and parameters of the alternatives: data, in `data/profiles/alternatives.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from kg.model import Level
from kg.resources import shipped, table


@cache
def settings() -> dict[str, Any]:
    """The shipped parameters.

    >>> settings()["opentargets"]["scale"]
    1.644
    """
    return table(shipped("data") / "profiles" / "alternatives.toml")


def number_of(level: Level) -> float:
    """What a level counts as where a method wants a number.

    >>> number_of(Level.MODERATE)
    0.7
    """
    return float(settings()["numbers"][level.key])
