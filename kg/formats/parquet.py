"""Parquet, read and written through pyarrow, which comes with the extra `scale`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kg.extras import import_extra

if TYPE_CHECKING:
    import pyarrow as pa
    from _typeshed import ReadableBuffer


def import_pyarrow(action: str) -> tuple[Any, Any]:
    """The modules `pyarrow` and `pyarrow.parquet`.

    Args:
        action: `reading` or `writing`, for the message.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    purpose = f"{action} Parquet"
    return import_extra("scale", purpose), import_extra("scale", purpose, "pyarrow.parquet")


def encode_tables(
    schema: pa.Schema, tables: Iterable[pa.Table], compression: str = "snappy"
) -> Iterator[bytes]:
    """The bytes of one Parquet file, a piece for each table; memory is that of one table."""
    _, pq = import_pyarrow("writing")
    sink = DrainableBuffer()
    with pq.ParquetWriter(sink, schema, compression=compression) as writer:
        for table in tables:
            writer.write_table(table)
            yield sink.drain()
    yield sink.drain()


class DrainableBuffer(io.RawIOBase):
    """A file for a writer that wants one: it holds what was written since it was last drained."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []
        self._bytes_written = 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """How many bytes were kept: all."""
        part = bytes(data)
        self._chunks.append(part)
        self._bytes_written += len(part)
        return len(part)

    def tell(self) -> int:
        """How many bytes were written in all."""
        return self._bytes_written

    def drain(self) -> bytes:
        """The bytes since the last call."""
        parts, self._chunks = self._chunks, []
        return b"".join(parts)
