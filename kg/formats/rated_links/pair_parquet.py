"""Tables of graded pairs as Parquet, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.formats.parquet import encode_tables, import_pyarrow
from kg.model import Level
from kg.model.batches import PairBatch

PAIR_COLUMNS = (
    *("outcome", "exposure", "sense", "established", "as_described", "best_case"),
    *("verdict", "refuted_by", "weakest_link"),
)


def encode_pairs(batches: Iterable[PairBatch]) -> Iterator[bytes]:
    """The bytes of a Parquet file of graded pairs, a piece for each batch.

    Outcome, exposure, verdict and weakest link are strings, null where only levels are known; sense
    (`increase`, `decrease`) and levels are dictionaries of words. Pairs that were swept over have
    the verdict `contested`, `feedback loop` or null. Raises OutsideError without pyarrow.
    """
    pa, _ = import_pyarrow("writing")
    text, word = pa.string(), pa.dictionary(pa.int8(), pa.string())
    types = (text, text, word, word, word, word, text, word, text)
    schema = pa.schema([*zip(PAIR_COLUMNS, types, strict=True)])
    levels, senses = pa.array([level.word for level in Level]), pa.array(["decrease", "increase"])

    def encode_words(codes: Iterable[int | None], words: object) -> object:
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), words)

    def build_table(batch: PairBatch) -> object:
        unknown: list[str | None] = [None] * len(batch)
        marks: list[str | None] = [mark.value or None for mark in batch.marks]
        readings = (batch.established, batch.as_described, batch.best_case)
        columns = [
            pa.array(batch.outcomes, text),
            pa.array(batch.exposures, text),
            encode_words([int(sign > 0) for sign in batch.signs], senses),
            *(encode_words(reading, levels) for reading in readings),
            pa.array(batch.verdicts or marks or unknown, text),
            encode_words(batch.refuted_by or [None] * len(batch), levels),
            pa.array(batch.weakest_links or unknown, text),
        ]
        return pa.Table.from_arrays(columns, schema=schema)

    yield from encode_tables(schema, map(build_table, batches), "zstd")
