"""The detectors of weak links as a reader sees them."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from kg.api.base import InputKind, identify_input
from kg.errors import UnknownName, UsageError
from kg.model import Diagnostic
from kg.render.findings.detectors import DetectorDescription
from kg.resources import locate_shipped_folder
from kg.weaklinks import DETECTORS
from kg.weaklinks.detector import Detector


def list_rules() -> tuple[DetectorDescription, ...]:
    """All detectors as a reader sees them, by code."""
    detectors = sorted(DETECTORS.iterate_working())
    return tuple(_describe_detector(detector) for _, detector in detectors)


def find_rule(name: str) -> DetectorDescription:
    """The detector of this code or name.

    >>> find_rule("in-vitro-as-clinical").code
    'KG101'

    Args:
        name: Code or name, in any case.

    Raises:
        UnknownName: no such detector; carries near ones.
    """
    if name.upper() in DETECTORS:
        return _describe_detector(DETECTORS[name.upper()])
    rules_by_name = {rule.name: rule for rule in list_rules()}
    if name.lower() in rules_by_name:
        return rules_by_name[name.lower()]
    near_names = DETECTORS.suggest_names(name.upper()) or get_close_matches(
        name.lower(), rules_by_name, n=3
    )
    raise UnknownName("detector", name, near_names)


def _describe_detector(detector: Detector) -> DetectorDescription:
    module = inspect.getmodule(detector.judge)
    page = inspect.cleandoc((module and module.__doc__) or detector.name)
    return DetectorDescription(
        code=detector.code,
        name=detector.name,
        severity=detector.rate_usual_hit(),
        over=detector.over,
        needs=detector.needs,
        fix=detector.fix,
        backing=detector.backing,
        page=page,
    )


def apply_waivers(
    diagnostics: Sequence[Diagnostic],
    path: str | Path | None = None,
    file: str | Path | None = None,
    covers_whole_base: bool = True,
) -> tuple[Diagnostic, ...]:
    """The findings with those marked that are allowed, and what is wrong with the waivers.

    Args:
        diagnostics: Findings of `check_base`.
        path: Where the base is; waivers stand in its comments and in its `waivers.toml`.
        file: Another file of waivers.
        covers_whole_base: Whether all was looked at, so that a waiver without a finding is unused.

    Raises:
        UsageError: there is no such file.
        DataError: a waivers file cannot be read.
    """
    from kg.formats.curated.waivers import (
        WAIVERS_FILE_NAME,
        read_waiver_comments,
        read_waivers_file,
    )
    from kg.weaklinks.waivers import mark_waived, report_unused_waivers

    root = locate_shipped_folder("data") if path is None else Path(path)
    read = []
    if identify_input(root) is InputKind.CURATED:
        read.append(read_waiver_comments(root, DETECTORS))
    if (beside := root / WAIVERS_FILE_NAME).is_file():
        read.append(read_waivers_file(beside, DETECTORS))
    if file is not None:
        if not Path(file).is_file():
            raise UsageError(f"{file}: no such file; name a waivers file")
        read.append(read_waivers_file(Path(file), DETECTORS))
    waivers = [waiver for file_part, _ in read for waiver in file_part]
    faults = [fault for _, file_part in read for fault in file_part]
    marked_diagnostics = mark_waived(diagnostics, waivers)
    return (
        *marked_diagnostics,
        *faults,
        *(report_unused_waivers(diagnostics, waivers) if covers_whole_base else ()),
    )
