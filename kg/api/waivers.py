"""Findings held against the waivers of a base."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kg.errors import UsageError
from kg.model import Diagnostic
from kg.resources import shipped


def waive(
    found: Sequence[Diagnostic],
    path: str | Path | None = None,
    file: str | Path | None = None,
    whole: bool = True,
) -> tuple[Diagnostic, ...]:
    """The findings with those marked that are allowed, and what is wrong with the waivers.

    Waivers stand in the comments of a curated base, in its `waivers.toml`, and in `file`. `whole`
    says that the whole base was looked at, so that a waiver without a finding is unused.

    Raises:
        UsageError: there is no such file.
        DataError: a waivers file cannot be read.
    """
    from kg.formats.waivers import NAME, read_comments, read_file
    from kg.weaklinks import DETECTORS
    from kg.weaklinks.waivers import unused, waived

    root = shipped("data") if path is None else Path(path)
    read = []
    if root.is_dir() or root.suffix in (".yaml", ".yml"):
        read.append(read_comments(root, DETECTORS))
    if (beside := root / NAME).is_file():
        read.append(read_file(beside, DETECTORS))
    if file is not None:
        if not Path(file).is_file():
            raise UsageError(f"{file}: no such file; name a waivers file")
        read.append(read_file(Path(file), DETECTORS))
    waivers = [waiver for part, _ in read for waiver in part]
    faults = [fault for _, part in read for fault in part]
    marked = waived(found, waivers)
    return (*marked, *faults, *(unused(found, waivers) if whole else ()))
