"""The detectors of weak links as a reader sees them."""

from __future__ import annotations

import inspect
import sys
from difflib import get_close_matches

from kg.errors import UnknownName
from kg.render.findings.detectors import DetectorDescription
from kg.weaklinks import DETECTORS


def list_rules() -> tuple[DetectorDescription, ...]:
    """All detectors as a reader sees them, by code."""
    return tuple(_describe_detector(code) for code in sorted(DETECTORS))


def find_rule(name: str) -> DetectorDescription:
    """The detector of this code or name; `UnknownName` with near ones."""
    if name.upper() in DETECTORS:
        return _describe_detector(name.upper())
    rules_by_name = {rule.name: rule for rule in list_rules()}
    if name.lower() in rules_by_name:
        return rules_by_name[name.lower()]
    near_names = DETECTORS.suggest_names(name.upper()) or get_close_matches(
        name.lower(), rules_by_name, n=3
    )
    raise UnknownName("detector", name, near_names)


def _describe_detector(code: str) -> DetectorDescription:

    detector = DETECTORS[code]
    page = inspect.cleandoc(sys.modules[detector.judge.__module__].__doc__ or "")
    return DetectorDescription(
        code=detector.code,
        name=detector.name,
        severity=detector.severity,
        over=detector.over,
        needs=detector.needs,
        fix=detector.fix,
        backing=detector.backing,
        page=page,
    )
