"""A store on disk: opened read-only, and replaced as a whole by a build or a load."""

from __future__ import annotations

import hashlib
import os
import shutil
import weakref
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from kg.errors import OutsideError, UsageError
from kg.stores.oxigraph_store import OxigraphStore
from kg.stores.snapshots import StoreWriter, is_signed, is_store, lock_for_writing, open_snapshot

__all__ = ["is_store", "open_oxigraph", "remove_store", "write_store"]

_QUADS_PER_CHUNK = 200_000
"""Quads handed to the bulk loader at once: it holds all that it is given until it commits."""


def open_oxigraph(place: str) -> OxigraphStore:
    """The store in a directory, for reading: it stays as it is now, whatever writers do.

    Raises:
        UsageError: there is no store at this path.
        OutsideError: it cannot be opened.
    """
    path = Path(place)
    if not is_store(path):
        raise UsageError(f"no Oxigraph store at {path}. Make one with kg build or kg load.")
    try:
        with open_snapshot(path) as (snapshot, lock_descriptor):
            store = OxigraphStore(ox.Store.read_only(str(snapshot)), snapshot)
            weakref.finalize(store, os.close, lock_descriptor)
            return store
    except (OSError, RuntimeError, ValueError) as fault:
        raise OutsideError(f"cannot open the store {path}: {fault}") from fault


def write_store(quads: Iterable[ox.Quad], path: str | Path) -> Path:
    """The path of a store with exactly these quads; a reader sees the old ones or the new ones.

    Raises:
        UsageError: something other than a store is at the path.
        OutsideError: another process writes it, or the directory is not writable or full.
    """
    target = Path(path)
    with lock_for_writing(target) as writer:
        unique_quads, digest = set(quads), hashlib.sha256()
        for line in sorted(map(str, unique_quads)):
            digest.update(line.encode("utf-8", "replace"))
        add_quads(unique_quads, writer)
        writer.publish_snapshot(digest.hexdigest()[:32])
    return target


def add_quads(quads: Iterable[ox.Quad], writer: StoreWriter) -> None:
    """Add quads to what is in `work`, and let them reach the disk; memory is that of a chunk.

    Raises:
        OSError, RuntimeError: the disk is full, or fails.
    """
    store = ox.Store(str(writer.work_folder))
    remaining = iter(quads)
    while quad_chunk := tuple(islice(remaining, _QUADS_PER_CHUNK)):
        store.bulk_extend(quad_chunk)
    store.flush()
    store.optimize()
    del store  # releases the lock


def remove_store(path: str | Path) -> None:
    """Remove the store at a path; nothing that kg did not write is ever removed."""
    if is_signed(Path(path)):
        shutil.rmtree(path)
