"""Files are replaced in one step: a reader sees the old text or the new one, never a part."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from kg.errors import LimitError, OutsideError, UsageError

_PART_NUMBERS = count()


def read_bytes(path: str | Path, most: int) -> bytes:
    """The bytes of an ordinary file, whose size is looked at before anything is read.

    Raises:
        LimitError: it has more than `most` bytes.
        OSError: it cannot be read, or is a pipe, a device or a folder.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    with open(handle, "rb", buffering=0) as file:  # noqa: PTH123 - it is a handle
        state = os.fstat(handle)
        if stat.S_ISDIR(state.st_mode):
            raise IsADirectoryError(21, "it is a folder")
        if not stat.S_ISREG(state.st_mode):
            raise OSError(22, "it is a pipe or a device, not an ordinary file")
        if state.st_size > most:
            raise LimitError(f"the file has {state.st_size:,} bytes, more than {most:,}")
        return file.read()


def format_display_path(path: Path) -> str:
    """A path as messages show it: relative to the working directory where it lies inside."""
    if not path.is_absolute():
        return path.as_posix()
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


def write_atomically(
    file_path: str | Path, data: str | bytes | Iterable[str] | Iterable[bytes], durable: bool = True
) -> Path:
    """The path of the file that now holds `data`, a text or its pieces; before, it was whole too.

    The text goes into a new file in the same directory, reaches the disk, and takes the name in
    one step. The mode of an existing file is kept; a link is followed, not replaced. What can be
    made again need not be `durable`: after a loss of power it may be empty.

    Raises:
        OutsideError: the directory is missing, not writable or full.
    """
    target = Path(file_path)
    pieces: Iterable[str | bytes] = (data,) if isinstance(data, str | bytes) else data
    content = (p if isinstance(p, bytes) else p.encode("utf-8", "surrogatepass") for p in pieces)
    try:
        return _replace_file(target.resolve(), content, durable)
    except (OSError, RuntimeError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise OutsideError(
            f"cannot write {target}: {reason}. Choose a directory that exists and is writable."
        ) from fault


def write_new_file(file_path: str | Path, text: str) -> Path:
    """The path of the new file that holds `text`; directories are made, no file is replaced.

    Raises:
        UsageError: there is a file of this name.
        OutsideError: the directory is not writable or full.
    """
    target = Path(file_path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as fault:
        raise UsageError(f"{target} is there already; it is not overwritten") from fault
    except OSError as fault:
        raise OutsideError(f"cannot write {target}: {fault.strerror}") from fault
    return target


def _replace_file(target: Path, content: Iterable[bytes], durable: bool) -> Path:
    if target.exists() and not target.is_file():  # /dev/stdout, a pipe: there is nothing to replace
        if target.is_dir():
            raise IsADirectoryError(21, "it is a directory")
        target.write_bytes(b"".join(content))
        return target
    part_path = f"{target.parent}/.{target.name[:40]}.{os.getpid()}-{next(_PART_NUMBERS)}.part"
    handle = os.open(part_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(content)
            file.flush()
            os.fchmod(file.fileno(), _compute_mode(target))
            if durable:
                os.fsync(file.fileno())
        Path(part_path).replace(target)
    except BaseException:
        Path(part_path).unlink(missing_ok=True)
        raise
    return target


def _compute_mode(target: Path) -> int:
    """Permission bits: those of the file that is there, else what the umask leaves of 0666."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
