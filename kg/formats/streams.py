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
_CHUNK = 1 << 17


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
        with Path(path).open("rb") as file:
            size = max(1, Path(path).stat().st_size)
            yield _unpacked(file), lambda: file.tell() / size
    except (EOFError, _zlib_error()) as fault:
        raise DataError(f"{path}: packed, but cut short or damaged: {fault}") from fault
    except OSError as fault:
        raise DataError(f"{path}: cannot be read: {fault.strerror or fault}") from fault


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error


def _unpacked(file: BinaryIO) -> BinaryIO:
    first = file.read(4)
    file.seek(0)
    for mark, unpack in _UNPACKERS.items():
        if first.startswith(mark):
            return unpack(file)
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
    return cast("BinaryIO", io.BufferedReader(_Zstd(file, zstandard), _CHUNK))


_UNPACKERS: Mapping[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bz2,
    b"\x28\xb5\x2f\xfd": _zstd,
}


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
        piece = self._left or self._file.read(_CHUNK)
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
