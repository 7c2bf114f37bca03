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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.errors import OutsideError, UsageError

ROCKSDB_FILE = "CURRENT"
"""A file that every RocksDB directory has."""

SIGNATURE = b"A store that kg wrote and may replace.\n"
"""What the file `lock` says; a reader of it needs nothing more."""

_CURRENT, _SNAPSHOTS, _WORK, _LOCK = "current", "snapshots", "work-", "lock"
_UNFINISHED = re.compile(rf"(?:{_WORK}|{_CURRENT}-)\d+")
_SNAPSHOT_NAME = re.compile(r"[0-9a-f]{32}")
_TRIES = 50


def is_store(path: Path) -> bool:
    """Whether a path is a store: a directory of snapshots, or of RocksDB itself."""
    return is_plain(path) or is_plain(path / _CURRENT)


def is_plain(path: Path) -> bool:
    """Whether a path is a directory of RocksDB."""
    return (path / ROCKSDB_FILE).is_file()


def current(path: Path) -> Path:
    """The directory of RocksDB that is current at a path; the path itself where it is one."""
    return path if is_plain(path) else (path / _CURRENT).resolve()


@contextmanager
def reading(path: Path) -> Iterator[tuple[Path, int]]:
    """The current snapshot and a descriptor that keeps it; on an exception it is let go.

    The caller closes the descriptor when it has read enough.
    """
    for _ in range(_TRIES):
        place = current(path)
        try:
            held = os.open(place, os.O_RDONLY)
        except FileNotFoundError:  # replaced and removed in between
            continue
        try:
            fcntl.flock(held, fcntl.LOCK_SH)
            if not is_plain(place):
                continue
            yield place, held
            return
        except BaseException:
            os.close(held)
            raise
    raise OutsideError(f"the store {path} changes too often to be opened")


@dataclass(frozen=True, slots=True)
class Writer:
    """The right to write one store; `work` is an empty place for the next snapshot."""

    root: Path
    work: Path

    def branch(self) -> None:
        """Fill `work` with what is current, by hard links: files of a snapshot never change."""
        if not is_store(self.root):
            return
        source = current(self.root)
        self.work.mkdir()
        for file in source.iterdir():
            link = file.suffix == ".sst"
            (os.link if link else shutil.copyfile)(file, self.work / file.name)

    def publish(self, name: str) -> Path:
        """Make `work` the current snapshot under this name; older ones that nobody reads go."""
        place = self.root / _SNAPSHOTS / name
        if place.exists():
            shutil.rmtree(self.work)
        else:
            place.parent.mkdir(exist_ok=True)
            _to_disk(self.work)
            self.work.rename(place)
            _to_disk(place.parent)
        self.point(name)
        self.collect()
        return place

    def point(self, name: str) -> None:
        """Let `current` name a snapshot, in one step."""
        link = self.root / f"{_CURRENT}-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(Path(_SNAPSHOTS) / name)
        link.replace(self.root / _CURRENT)
        _to_disk(self.root)

    def collect(self) -> None:
        """Remove what unfinished writers left, and snapshots that are neither current nor read."""
        for left in self.root.iterdir():
            if not _UNFINISHED.fullmatch(left.name):
                continue
            if left.is_symlink():
                left.unlink()
            elif left != self.work:
                shutil.rmtree(left, ignore_errors=True)
        now = (self.root / _CURRENT).resolve()
        for snapshot in sorted((self.root / _SNAPSHOTS).glob("*")):
            if snapshot.resolve() != now and not _is_used(snapshot):
                shutil.rmtree(snapshot, ignore_errors=True)


@contextmanager
def writing(path: str | Path) -> Iterator[Writer]:
    """The right to write the store at a path, for as long as the block runs.

    Raises:
        UsageError: something other than a store is there.
        OutsideError: another process writes it, or the directory is not writable or full.
    """
    root = Path(path)
    check_writable(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with (root / _LOCK).open("ab") as lock:
            _take(lock.fileno(), root)
            if not os.fstat(lock.fileno()).st_size:
                lock.write(SIGNATURE)
                lock.flush()
            writer = Writer(root, root / f"{_WORK}{os.getpid()}")
            writer.collect()
            try:
                yield writer
            finally:
                shutil.rmtree(writer.work, ignore_errors=True)
    except (OSError, RuntimeError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise OutsideError(f"cannot write the store {root}: {reason}") from fault


def _take(lock: int, root: Path) -> None:
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
    kept = root / _SNAPSHOTS
    inner = sorted(p.name for p in kept.iterdir()) if kept.is_dir() else []
    if foreign := [name for name in inner if not _SNAPSHOT_NAME.fullmatch(name)]:
        raise UsageError(
            f"{kept} holds {foreign[0]}, which kg did not write: choose another path, or "
            "move that away"
        )
    if names and not is_signed(root, fresh=names == {_LOCK}):
        raise UsageError(
            f"{root} exists and is not a store that this kg wrote: choose another path, or move it "
            "away"
        )


def is_signed(root: Path, fresh: bool = False) -> bool:
    """Whether kg wrote the store at a path; a `fresh` one may not have said so yet."""
    try:
        said = (root / _LOCK).read_bytes()
    except OSError:
        return False
    return said == SIGNATURE or (fresh and not said)


def _is_ours(name: str) -> bool:
    return name in (_CURRENT, _SNAPSHOTS, _LOCK) or _UNFINISHED.fullmatch(name) is not None


def _is_used(snapshot: Path) -> bool:
    """Whether somebody reads a snapshot, or reads or writes a store that is a part of it."""
    inner = (*snapshot.glob(f"*/{_SNAPSHOTS}/*"), *snapshot.glob(f"*/{_LOCK}"))
    return any(map(_is_held, (snapshot, *inner)))


def _is_held(path: Path) -> bool:
    try:
        held = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(held)


def _to_disk(folder: Path) -> None:
    """Have the names in a directory, and the files of a new one, reach the disk."""
    files = [file for file in folder.iterdir() if file.is_file()]
    for path in (*files, folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
