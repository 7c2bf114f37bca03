"""Files read a piece at a time, packed by gzip, bzip2 or zstd or not at all.

How a file is packed is told by its first bytes, never by its name.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from kg.errors import DataError, OutsideError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PACKED_SUFFIXES = (".gz", ".bz2", ".zst")
MOST_UNPACKED = 256 * 1024**3
"""Bytes that a packed file may hold."""

MOST_RATIO = 200
"""How many times its own size a packed file may hold; graphs of RDF reach 60."""

FREE_UNPACKED = 64 * 1024**2
"""Bytes that may be unpacked whatever the ratio."""

_CHUNK = 1 << 17
_PIECE = 1 << 11
"""Bytes of zstd that are unpacked at once: four of them may hold 128 KB."""


def unpacked_suffix(path: str | Path) -> str:
    """The suffix that says the format, that of the packing taken off.

    >>> unpacked_suffix("links.csv.gz")
    '.csv'
    """
    name = Path(path).name.lower()
    for packed in PACKED_SUFFIXES:
        name = name.removesuffix(packed)
    return Path(name).suffix


@contextmanager
def opened(path: str | Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked; where they end early or are damaged, DataError names the file.

    Raises DataError for what cannot be opened, OutsideError where zstd is not installed.
    """
    with measured(path) as (file, _):
        yield file


@contextmanager
def measured(path: str | Path) -> Iterator[tuple[BinaryIO, Callable[[], float]]]:
    """The bytes of a file as `opened` gives them, and a function: the share of it that was read."""
    try:
        if not Path(path).is_file() and Path(path).exists():
            raise OSError(22, "it is a pipe, a device or a folder, not an ordinary file")
        with Path(path).open("rb") as file:
            size = max(1, Path(path).stat().st_size)
            yield _unpacked(file, size), lambda: file.tell() / size
    except (EOFError, _zlib_error()) as fault:
        raise DataError(f"{path}: packed, but cut short or damaged: {fault}") from fault
    except OSError as fault:
        raise DataError(f"{path}: cannot be read: {fault.strerror or fault}") from fault


def most_unpacked(size: int) -> int:
    """How many bytes a packed file of this size may hold."""
    return min(MOST_UNPACKED, max(FREE_UNPACKED, MOST_RATIO * size))


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error


def _unpacked(file: BinaryIO, size: int) -> BinaryIO:
    first = file.read(4)
    file.seek(0)
    for mark, unpack in _UNPACKERS.items():
        if first.startswith(mark):
            inner = _Limited(unpack(file), size)
            return cast("BinaryIO", io.BufferedReader(inner, _CHUNK))
    return file


def _gzip(file: BinaryIO) -> BinaryIO:
    import gzip

    return cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb"))


def _bz2(file: BinaryIO) -> BinaryIO:
    import bz2

    return cast("BinaryIO", bz2.BZ2File(file))


def _zstd(file: BinaryIO) -> BinaryIO:
    try:
        import zstandard
    except ImportError as missing:
        raise OutsideError(
            "reading zstd needs the extra `scale`: pip install 'evidence-kg[scale]'"
        ) from missing
    return cast("BinaryIO", _Zstd(file, zstandard))


_UNPACKERS: Mapping[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bz2,
    b"\x28\xb5\x2f\xfd": _zstd,
}


class _Limited(io.RawIOBase):
    """Unpacked bytes, up to the limits."""

    def __init__(self, unpacked: BinaryIO, size: int) -> None:
        super().__init__()
        self._unpacked, self._given = unpacked, 0
        self._most = most_unpacked(size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        part = self._unpacked.read(len(memoryview(buffer).cast("B")))
        self._given += len(part)
        if self._given > self._most:
            raise EOFError(
                f"it unpacks to more than {self._most:,} bytes, which is more than data do; "
                "unpack it yourself and name the unpacked file if you trust it"
            )
        memoryview(buffer).cast("B")[: len(part)] = part
        return len(part)


class _Zstd(io.RawIOBase):
    """Unpacked bytes of zstd frames; that of the library takes a file cut short for its end."""

    def __init__(self, file: IO[bytes], zstandard: Any) -> None:
        super().__init__()
        self._file, self._error = file, zstandard.ZstdError
        self._packer = zstandard.ZstdDecompressor(max_window_size=1 << 27)
        self._frame: Any = None
        self._given = self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        while not self._given and self._more():
            pass
        part = self._given[: len(view)]
        self._given = self._given[len(part) :]
        view[: len(part)] = part
        return len(part)

    def _more(self) -> bool:
        """Unpack a piece more; False at the end of the last frame."""
        piece = self._left or self._file.read(_PIECE)
        self._left = b""
        if not piece:
            if self._frame is not None and not self._frame.eof:
                raise EOFError("it ends inside a zstd frame")
            return False
        if self._frame is None or self._frame.eof:
            self._frame = self._packer.decompressobj()
        try:
            self._given = self._frame.decompress(piece)
        except self._error as fault:
            raise EOFError(str(fault)) from fault
        self._left = self._frame.unused_data if self._frame.eof else b""
        return True
