"""Tables of graded pairs as Parquet, a batch at a time; pyarrow comes with the extra `scale`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kg.errors import OutsideError
from kg.model import Level
from kg.model.batches import PairBatch

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

PAIR_COLUMNS = ("outcome", "exposure", "sense", "established", "as_described", "best_case")


class DrainableBuffer(io.RawIOBase):
    """What was written since it was last taken."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []
        self._bytes_written = 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Keep the data until it is taken."""
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


def encode_pairs(batches: Iterable[PairBatch]) -> Iterator[bytes]:
    """The bytes of a Parquet file of graded pairs, a piece for each batch.

    Raises OutsideError where pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as missing:
        raise OutsideError(
            "writing Parquet needs the extra `scale`: pip install 'evidence-kg[scale]'"
        ) from missing
    word_type = pa.dictionary(pa.int8(), pa.string())
    kinds = (pa.string(), pa.string(), *(word_type for _ in PAIR_COLUMNS[2:]))
    schema = pa.schema(
        [pa.field(name, kind) for name, kind in zip(PAIR_COLUMNS, kinds, strict=True)]
    )
    levels, senses = pa.array([level.word for level in Level]), pa.array(["decrease", "increase"])
    sink = DrainableBuffer()
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for batch in batches:
            sense_codes = pa.array([int(pair_sign > 0) for pair_sign in batch.signs], pa.int8())
            columns = [
                pa.array(batch.outcomes, pa.string()),
                pa.array(batch.exposures, pa.string()),
                pa.DictionaryArray.from_arrays(sense_codes, senses),
                *(
                    pa.DictionaryArray.from_arrays(pa.array(reading, pa.int8()), levels)
                    for reading in (batch.established, batch.as_described, batch.best_case)
                ),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            yield sink.drain()
    yield sink.drain()
