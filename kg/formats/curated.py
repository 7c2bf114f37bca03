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
from kg.model import Diagnostic, Loaded, Location
from kg.resources import DIGEST, blake2b

SUFFIXES = (".yaml", ".yml")


def files(path: Path) -> tuple[Path, ...]:
    """All YAML files of a directory, in the order of their relative paths; or the file itself."""
    return tuple(path / name for name in _names(path)) if path.is_dir() else (path,)


def _names(path: Path) -> list[str]:
    """The relative paths of the YAML files under a directory, sorted."""
    root = str(path)
    names = []
    for folder, inner, found in os.walk(root):
        inner[:] = [name for name in inner if not name.startswith(".")]
        within = folder[len(root) :].replace(os.sep, "/").strip("/")
        names += [
            f"{within}/{name}".lstrip("/")
            for name in found
            if name.endswith(SUFFIXES) and not name.startswith(".")
        ]
    return sorted(names)


def digest(path: Path) -> str:
    """BLAKE2b over the relative paths and the bytes of the files that `read` would read.

    Raises:
        OSError: a file cannot be read.
        LimitError: a file is too large; `read` tells which.
    """
    from kg.formats.files import read_bytes

    total = blake2b(digest_size=DIGEST)
    folder = path.is_dir()
    for name in _names(path) if folder else [path.name]:
        content = read_bytes(f"{path}/{name}" if folder else path, MOST_CURATED_BYTES)
        total.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        total.update(content)
    return total.hexdigest()


def shown(path: Path) -> str:
    """A path as messages show it: relative to the working directory where it lies inside."""
    if not path.is_absolute():
        return path.as_posix()
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


def read(path: str | Path) -> Loaded:
    """Everything that the curated files of a directory (or one file) say, and all their faults.

    Never raises on what the files hold: a record that cannot be used is left out and reported.
    """
    from kg.formats import faults, references
    from kg.formats.faults import found
    from kg.formats.reading import Reading

    root = Path(path)
    reading = Reading()
    if not root.exists():
        reading.faults.append(
            found(faults.UNREADABLE, "there is no such file or directory.", Location(shown(root)))
        )
    elif not (names := files(root)):
        message = "there is no YAML file in this directory."
        reading.faults.append(found(faults.NOTHING, message, Location(shown(root))))
    else:
        for file in names:
            reading.file(file, shown(file))
    base = reading.base(_digest(root))
    checked = references.check(base, frozenset(reading.left_out))
    met = (*reading.faults, *checked)
    return Loaded(base, tuple(sorted(dict.fromkeys(met), key=_order)))


def _digest(root: Path) -> str:
    try:
        return digest(root)
    except (OSError, LimitError):
        return ""


def _order(fault: Diagnostic) -> tuple[Any, ...]:
    place = fault.location or Location("")
    return (place.path, place.line, place.column, *fault.order)
