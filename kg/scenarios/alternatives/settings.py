"""Numbers and parameters of the alternatives: data, in `data/profiles/alternatives.toml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from kg.model import Level
from kg.resources import load_toml_table, locate_shipped_folder


@cache
def load_settings() -> dict[str, Any]:
    """The shipped parameters.

    >>> load_settings()["opentargets"]["scale"]
    1.644
    """
    return load_toml_table(locate_shipped_folder("data") / "profiles" / "alternatives.toml")


def convert_level(level: Level) -> float:
    """What a level counts as where a method wants a number.

    >>> convert_level(Level.MODERATE)
    0.7
    """
    return float(load_settings()["numbers"][level.key])
