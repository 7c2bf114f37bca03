"""The detectors of weak links as a reader sees them."""

from __future__ import annotations

import inspect
import sys
from difflib import get_close_matches

from kg.errors import UnknownName
from kg.render.rules import Rule
from kg.weaklinks import DETECTORS


def rules() -> tuple[Rule, ...]:
    """All detectors as a reader sees them, by code."""
    return tuple(_rule(code) for code in sorted(DETECTORS))


def one(name: str) -> Rule:
    """The detector of this code or name; `UnknownName` with near ones."""
    if name.upper() in DETECTORS:
        return _rule(name.upper())
    named = {rule.name: rule for rule in rules()}
    if name.lower() in named:
        return named[name.lower()]
    near = DETECTORS.near(name.upper()) or get_close_matches(name.lower(), named, n=3)
    raise UnknownName("detector", name, near)


def _rule(code: str) -> Rule:

    found = DETECTORS[code]
    page = inspect.cleandoc(sys.modules[found.judge.__module__].__doc__ or "")
    return Rule(
        code=found.code,
        name=found.name,
        severity=found.severity,
        over=found.over,
        needs=found.needs,
        fix=found.fix,
        backing=found.backing,
        page=page,
    )
