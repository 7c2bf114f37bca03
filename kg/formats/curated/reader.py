"""Reads curated YAML: a directory or a file -> base and faults.

Order carries meaning in `cues` and `steps` only; every other tuple comes out sorted and without
repetition, so that equality is equality. A record with a fault is left out, the rest is read.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from kg.errors import LimitError
from kg.formats import MOST_CURATED_BYTES
from kg.formats.files import format_display_path
from kg.model import Diagnostic, LoadedBase, Location
from kg.resources import DIGEST_BYTES, blake2b

YAML_SUFFIXES = (".yaml", ".yml")


def list_yaml_files(base_path: Path) -> tuple[Path, ...]:
    """All YAML files of a directory, in the order of their relative paths; or the file itself."""
    return (
        tuple(base_path / name for name in _list_yaml_names(base_path))
        if base_path.is_dir()
        else (base_path,)
    )


def _list_yaml_names(base_path: Path) -> list[str]:
    """The relative paths of the YAML files under a directory, sorted."""
    root_text = str(base_path)
    names = []
    for folder, inner, file_names in os.walk(root_text):
        inner[:] = [file_name for file_name in inner if not file_name.startswith(".")]
        within = folder[len(root_text) :].replace(os.sep, "/").strip("/")
        names += [
            f"{within}/{file_name}".lstrip("/")
            for file_name in file_names
            if file_name.endswith(YAML_SUFFIXES) and not file_name.startswith(".")
        ]
    return sorted(names)


def compute_digest(base_path: Path) -> str:
    """BLAKE2b over the relative paths and the bytes of the files that `read` would read.

    Raises:
        OSError: a file cannot be read.
        LimitError: a file is too large; `read` tells which.
    """
    from kg.formats.files import read_bytes

    total = blake2b(digest_size=DIGEST_BYTES)
    is_folder = base_path.is_dir()
    for name in _list_yaml_names(base_path) if is_folder else [base_path.name]:
        content = read_bytes(f"{base_path}/{name}" if is_folder else base_path, MOST_CURATED_BYTES)
        total.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        total.update(content)
    return total.hexdigest()


def read_curated(path: str | Path) -> LoadedBase:
    """Everything that the curated files of a directory (or one file) say, and all their faults.

    Never raises on what the files hold: a record that cannot be used is left out and reported.
    """
    from kg.formats import faults
    from kg.formats.curated.records import CuratedLoader
    from kg.formats.faults import build_diagnostic
    from kg.formats.references import check

    root_path = Path(path)
    reading = CuratedLoader()
    if not root_path.exists():
        reading.diagnostics.append(
            build_diagnostic(
                faults.UNREADABLE_FILE,
                "there is no such file or directory.",
                Location(format_display_path(root_path)),
            )
        )
    elif not (names := list_yaml_files(root_path)):
        message = "there is no YAML file in this directory."
        reading.diagnostics.append(
            build_diagnostic(
                faults.NOTHING_TO_READ, message, Location(format_display_path(root_path))
            )
        )
    else:
        for yaml_file in names:
            reading.load_file(yaml_file, format_display_path(yaml_file))
    base = reading.build_base(_compute_digest_or_empty(root_path))
    if base.is_empty and not reading.diagnostics:
        message = "it holds no record: no claim, no study, nothing that they are about."
        location = Location(format_display_path(root_path))
        reading.diagnostics.append(build_diagnostic(faults.NO_RECORD, message, location))
    checked = check.check_base(base, frozenset(reading.left_out_ids))
    all_faults = (*reading.diagnostics, *checked)
    return LoadedBase(base, tuple(sorted(dict.fromkeys(all_faults), key=_build_sort_key)))


def _compute_digest_or_empty(root_path: Path) -> str:
    try:
        return compute_digest(root_path)
    except (OSError, LimitError):
        return ""


def _build_sort_key(fault: Diagnostic) -> tuple[Any, ...]:
    place = fault.location or Location("")
    return (place.path, place.line, place.column, *fault.sort_key)
