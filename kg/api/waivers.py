"""Findings held against the waivers of a base."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kg.errors import UsageError
from kg.model import Diagnostic
from kg.resources import locate_shipped_folder


def apply_waivers(
    diagnostics: Sequence[Diagnostic],
    path: str | Path | None = None,
    file: str | Path | None = None,
    covers_whole_base: bool = True,
) -> tuple[Diagnostic, ...]:
    """The findings with those marked that are allowed, and what is wrong with the waivers.

    Waivers stand in the comments of a curated base, in its `waivers.toml`, and in `file`.
    `covers_whole_base` says that the whole base was looked at, so that a waiver without a finding
    is unused.

    Raises:
        UsageError: there is no such file.
        DataError: a waivers file cannot be read.
    """
    from kg.formats.curated.waivers import (
        WAIVERS_FILE_NAME,
        read_waiver_comments,
        read_waivers_file,
    )
    from kg.weaklinks import DETECTORS
    from kg.weaklinks.waivers import mark_waived, report_unused_waivers

    root = locate_shipped_folder("data") if path is None else Path(path)
    read = []
    if root.is_dir() or root.suffix in (".yaml", ".yml"):
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
