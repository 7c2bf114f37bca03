"""Files read a piece at a time, packed by gzip, bzip2 or zstd or not at all.

How a file is packed is recognised by its first bytes, never by its name.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from kg.errors import DataError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PACKED_SUFFIXES = (".gz", ".bz2", ".zst")
MOST_UNPACKED = 256 * 1024**3
"""Bytes that a packed file may hold."""

MOST_RATIO = 200
"""How many times its own size a packed file may hold; graphs of RDF reach 60."""

FREE_UNPACKED = 64 * 1024**2
"""Bytes that may be unpacked whatever the ratio."""

_CHUNK_BYTES = 1 << 17


def find_unpacked_suffix(path: str | Path) -> str:
    """The suffix that says the format, that of the packing taken off.

    >>> find_unpacked_suffix("links.csv.gz")
    '.csv'
    """
    file_name = Path(path).name.lower()
    for packing_suffix in PACKED_SUFFIXES:
        file_name = file_name.removesuffix(packing_suffix)
    return Path(file_name).suffix


@contextmanager
def open_unpacked(file_path: str | Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked; where they end early or are damaged, DataError names the file.

    Raises DataError for what cannot be opened.
    """
    with open_with_progress(file_path) as (file, _):
        yield file


@contextmanager
def open_with_progress(file_path: str | Path) -> Iterator[tuple[BinaryIO, Callable[[], float]]]:
    """The bytes of a file as `opened` gives them, and a function: the share of it that was read."""
    try:
        if not Path(file_path).is_file() and Path(file_path).exists():
            raise OSError(22, "it is a pipe, a device or a folder, not an ordinary file")
        with Path(file_path).open("rb") as file:
            file_size = max(1, Path(file_path).stat().st_size)
            yield _unpack_stream(file, file_size), lambda: file.tell() / file_size
    except _list_packing_errors() as fault:
        raise DataError(f"{file_path}: packed, but cut short or damaged: {fault}") from fault
    except OSError as fault:
        raise DataError(f"{file_path}: cannot be read: {fault.strerror or fault}") from fault


def read_lines(text: io.TextIOWrapper, max_letters: int, format_name: str) -> Iterator[str]:
    """The lines of a text with their ends; DataError where one is too long.

    Args:
        text: opened with `newline=""`, so that ends of lines stay as they are.
        max_letters: the length from which on a line is refused.
        format_name: what the text should be, for the message.
    """
    while line := text.readline(max_letters):
        if len(line) == max_letters:
            raise DataError(
                f"a line is longer than {max_letters:,} letters; this is no {format_name}"
            )
        yield line


def detect_delimiter(header_line: str) -> str:
    """The comma, semicolon or tab that a head line has most of.

    >>> detect_delimiter("subject;predicate;object")
    ';'
    """
    return max(",;\t", key=header_line.count)


def open_csv(lines: Iterable[str]) -> Any:
    """A strict reader of CSV lines, whose delimiter is that of the first line.

    >>> [*open_csv(["a;b", '"1;2";3'])]
    [['a', 'b'], ['1;2', '3']]
    """
    lines = iter(lines)
    header_line = next(lines, "")
    all_lines = chain([header_line], lines)
    return csv.reader(all_lines, delimiter=detect_delimiter(header_line), strict=True)


@dataclass(slots=True)
class FileCount:
    """What became of the rows of one file so far; `lines` is the sum of the others."""

    path: str
    lines: int = 0
    taken: int = 0
    repeated: int = 0
    empty: int = 0
    faulty: int = 0


def most_unpacked(size: int) -> int:
    """How many bytes a packed file of this size may hold."""
    return min(MOST_UNPACKED, max(FREE_UNPACKED, MOST_RATIO * size))


def _list_packing_errors() -> tuple[type[Exception], ...]:
    """What unpacking raises; asked only once something was raised."""
    import zlib

    return EOFError, zlib.error, _import_zstd().ZstdError


def _import_zstd() -> Any:
    """The zstd of the standard library, or the same for a Python that has none yet."""
    return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def _unpack_stream(file: BinaryIO, size: int) -> BinaryIO:
    first = file.read(4)
    file.seek(0)
    for mark, unpack in _UNPACKER_BY_MAGIC.items():
        if first.startswith(mark):
            inner = _Limited(unpack(file), size)
            return cast("BinaryIO", io.BufferedReader(inner, _CHUNK_BYTES))
    return file


def _open_gzip(file: BinaryIO) -> BinaryIO:
    import gzip

    return cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb"))


def _open_bz2(file: BinaryIO) -> BinaryIO:
    import bz2

    return cast("BinaryIO", bz2.BZ2File(file))


def _open_zstd(file: BinaryIO) -> BinaryIO:
    zstd = _import_zstd()
    options = {zstd.DecompressionParameter.window_log_max: 27}
    return cast("BinaryIO", zstd.ZstdFile(file, options=options))


_UNPACKER_BY_MAGIC: Mapping[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": _open_gzip,
    b"BZh": _open_bz2,
    b"\x28\xb5\x2f\xfd": _open_zstd,
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
