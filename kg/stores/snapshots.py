"""The directory of a store on disk: snapshots that never change, and the name of the current one.

    store/current      -> snapshots/<name>, replaced in one step
    store/snapshots/   one directory of RocksDB each
    store/work-<pid>/  what a writer has not finished; the next writer removes it
    store/lock         held by the one writer, and by the kernel alone: it cannot be left behind

What `lock` says is how a writer knows the store as one of kg's: a directory that does not say it,
or that holds anything else, is left as it is. A reader holds a shared lock on its snapshot, so that
no writer removes it. A build has the same layout, with three files in each snapshot. Measurements
and reasons are in docs/decisions/0023-snapshots.md.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kg.errors import OutsideError, UsageError

ROCKSDB_FILE = "CURRENT"
"""A file that every RocksDB directory has."""

SIGNATURE = b"A store that kg wrote and may replace.\n"
"""What the file `lock` says; a reader of it needs nothing more."""

_CURRENT_LINK, _SNAPSHOTS_FOLDER, _WORK_PREFIX, _LOCK_FILE = "current", "snapshots", "work-", "lock"
_UNFINISHED = re.compile(rf"(?:{_WORK_PREFIX}|{_CURRENT_LINK}-)\d+")
_SNAPSHOT_NAME = re.compile(r"[0-9a-f]{32}")
_MAX_TRIES = 50


def is_store(path: Path) -> bool:
    """Whether a path is a store: a directory of snapshots, or of RocksDB itself."""
    return is_rocksdb(path) or is_rocksdb(path / _CURRENT_LINK)


def is_rocksdb(path: Path) -> bool:
    """Whether a path is a directory of RocksDB."""
    return (path / ROCKSDB_FILE).is_file()


def resolve_current(path: Path) -> Path:
    """The directory of RocksDB that is current at a path; the path itself where it is one."""
    return path if is_rocksdb(path) else (path / _CURRENT_LINK).resolve()


@contextmanager
def open_snapshot(path: Path) -> Iterator[tuple[Path, int]]:
    """The current snapshot and a descriptor that keeps it; on an exception it is let go.

    The caller closes the descriptor when it has read enough.
    """
    for _ in range(_MAX_TRIES):
        place = resolve_current(path)
        try:
            lock_descriptor = os.open(place, os.O_RDONLY)
        except FileNotFoundError:  # replaced and removed in between
            continue
        try:
            fcntl.flock(lock_descriptor, fcntl.LOCK_SH)
            if not is_rocksdb(place):
                continue
            yield place, lock_descriptor
            return
        except BaseException:
            os.close(lock_descriptor)
            raise
    raise OutsideError(f"the store {path} changes too often to be opened")


@dataclass(frozen=True, slots=True)
class StoreWriter:
    """The right to write one store; `work_folder` is an empty place for the next snapshot."""

    store_root: Path
    work_folder: Path

    def copy_current(self) -> None:
        """Fill `work` with what is current, by hard links: files of a snapshot never change."""
        if not is_store(self.store_root):
            return
        source = resolve_current(self.store_root)
        self.work_folder.mkdir()
        for file in source.iterdir():
            link = file.suffix == ".sst"
            (os.link if link else shutil.copyfile)(file, self.work_folder / file.name)

    def publish_snapshot(self, name: str) -> Path:
        """Make `work` the current snapshot under this name; older ones that nobody reads go."""
        place = self.store_root / _SNAPSHOTS_FOLDER / name
        if place.exists():
            shutil.rmtree(self.work_folder)
        else:
            place.parent.mkdir(exist_ok=True)
            _sync_to_disk(self.work_folder)
            self.work_folder.rename(place)
            _sync_to_disk(place.parent)
        self.link_current(name)
        self.remove_unused()
        return place

    def link_current(self, name: str) -> None:
        """Let `current` name a snapshot, in one step."""
        link = self.store_root / f"{_CURRENT_LINK}-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(Path(_SNAPSHOTS_FOLDER) / name)
        link.replace(self.store_root / _CURRENT_LINK)
        _sync_to_disk(self.store_root)

    def remove_unused(self) -> None:
        """Remove what unfinished writers left, and snapshots that are neither current nor read."""
        for leftover_path in self.store_root.iterdir():
            if not _UNFINISHED.fullmatch(leftover_path.name):
                continue
            if leftover_path.is_symlink():
                leftover_path.unlink()
            elif leftover_path != self.work_folder:
                shutil.rmtree(leftover_path, ignore_errors=True)
        current_snapshot = (self.store_root / _CURRENT_LINK).resolve()
        for snapshot in sorted((self.store_root / _SNAPSHOTS_FOLDER).glob("*")):
            if snapshot.resolve() != current_snapshot and not _is_used(snapshot):
                shutil.rmtree(snapshot, ignore_errors=True)


@contextmanager
def lock_for_writing(path: str | Path) -> Iterator[StoreWriter]:
    """The right to write the store at a path, for as long as the block runs.

    A directory that was made for it is removed again where nothing was published.

    Raises:
        UsageError: something other than a store is there.
        OutsideError: another process writes it, or the directory is not writable or full.
    """
    root = Path(path)
    check_writable(root)
    was_there = os.path.lexists(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with (root / _LOCK_FILE).open("ab") as lock:
            _lock_exclusively(lock.fileno(), root)
            if not os.fstat(lock.fileno()).st_size:
                lock.write(SIGNATURE)
                lock.flush()
            writer = StoreWriter(root, root / f"{_WORK_PREFIX}{os.getpid()}")
            writer.remove_unused()
            try:
                yield writer
            finally:
                shutil.rmtree(writer.work_folder, ignore_errors=True)
                if not (was_there or os.path.lexists(root / _CURRENT_LINK)):
                    (root / _LOCK_FILE).unlink(missing_ok=True)
                    with suppress(OSError):  # another process has begun to use it
                        root.rmdir()
    except (OSError, RuntimeError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise OutsideError(f"cannot write the store {root}: {reason}") from fault


def _lock_exclusively(lock: int, root: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutsideError(
            f"another kg process is writing {root}: wait until it is done, or choose another path"
        ) from None


def check_writable(root: Path) -> None:
    """Nothing where a store may be written: at a free path, in an empty directory, over our own.

    Raises:
        UsageError: something that kg did not write is there.
    """
    if not os.path.lexists(root):
        return
    if not root.is_dir():
        raise UsageError(f"{root} is not a directory: choose another path for the store")
    names = {entry.name for entry in root.iterdir()}
    if foreign := sorted(name for name in names if not _is_ours(name)):
        raise UsageError(
            f"{root} is not a store of kg: it holds {foreign[0]}: choose another path, or "
            "move that away"
        )
    kept = root / _SNAPSHOTS_FOLDER
    inner = sorted(p.name for p in kept.iterdir()) if kept.is_dir() else []
    if foreign := [name for name in inner if not _SNAPSHOT_NAME.fullmatch(name)]:
        raise UsageError(
            f"{kept} holds {foreign[0]}, which kg did not write: choose another path, or "
            "move that away"
        )
    if names and not is_signed(root, fresh=names == {_LOCK_FILE}):
        raise UsageError(
            f"{root} exists and is not a store that this kg wrote: choose another path, or move it "
            "away"
        )


def is_signed(root: Path, fresh: bool = False) -> bool:
    """Whether kg wrote the store at a path; a `fresh` one may not have said so yet."""
    try:
        said = (root / _LOCK_FILE).read_bytes()
    except OSError:
        return False
    return said == SIGNATURE or (fresh and not said)


def _is_ours(name: str) -> bool:
    return (
        name in (_CURRENT_LINK, _SNAPSHOTS_FOLDER, _LOCK_FILE)
        or _UNFINISHED.fullmatch(name) is not None
    )


def _is_used(snapshot: Path) -> bool:
    """Whether somebody reads a snapshot, or reads or writes a store that is a part of it."""
    inner = (*snapshot.glob(f"*/{_SNAPSHOTS_FOLDER}/*"), *snapshot.glob(f"*/{_LOCK_FILE}"))
    return any(map(_is_locked, (snapshot, *inner)))


def _is_locked(path: Path) -> bool:
    try:
        lock_descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock_descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(lock_descriptor)


def _sync_to_disk(folder: Path) -> None:
    """Have the names in a directory, and the files of a new one, reach the disk."""
    files = [file for file in folder.iterdir() if file.is_file()]
    for path in (*files, folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
