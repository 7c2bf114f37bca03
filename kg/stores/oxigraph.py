"""A store on disk: opened read-only, and replaced as a whole by a build."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.errors import OutsideError, UsageError
from kg.stores.memory import OxigraphStore

_MARK = "CURRENT"
"""A file that every RocksDB directory has."""


def open_oxigraph(place: str) -> OxigraphStore:
    """The store in a directory, for reading.

    Raises:
        UsageError: there is no store at this path.
        OutsideError: it cannot be opened.
    """
    path = Path(place)
    if not is_store(path):
        raise UsageError(f"no Oxigraph store at {path}. Make one with kg build.")
    try:
        return OxigraphStore(ox.Store.read_only(str(path)), path)
    except (OSError, RuntimeError, ValueError) as fault:
        raise OutsideError(f"cannot open the store {path}: {fault}") from fault


def is_store(path: Path) -> bool:
    """Whether a path is the directory of an Oxigraph store."""
    return (path / _MARK).is_file()


def write_store(quads: Iterable[ox.Quad], path: str | Path) -> Path:
    """The path of a new store with exactly these quads; an older store there is replaced.

    The store is made beside its place and renamed when it is whole: a reader sees the old store or
    the new one.

    Raises:
        UsageError: something other than a store is at the path.
        OutsideError: the directory is not writable or full.
    """
    target = Path(path)
    if target.exists() and not is_store(target) and not _is_empty_directory(target):
        raise UsageError(f"{target} exists and is not a store: choose another path")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
            fresh = Path(scratch) / "new"
            _fill(fresh, quads)
            if target.exists():
                target.rename(Path(scratch) / "old")
            fresh.rename(target)
    except (OSError, RuntimeError) as fault:
        raise OutsideError(f"cannot write the store {target}: {fault}") from fault
    return target


def _fill(path: Path, quads: Iterable[ox.Quad]) -> None:
    store = ox.Store(str(path))
    store.bulk_extend(quads)
    store.flush()
    store.optimize()
    del store  # releases the lock


def remove_store(path: str | Path) -> None:
    """Remove the store at a path; nothing else is ever removed."""
    if is_store(Path(path)):
        shutil.rmtree(path)


def _is_empty_directory(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())
