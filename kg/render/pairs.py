"""A table of graded pairs, a piece at a time: text, CSV, JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Protocol

from kg.model import Level
from kg.model.links import PairBatch
from kg.registry import Registry
from kg.render.escape import csv as cell
from kg.render.escape import terminal

COLUMNS = ("outcome", "exposure", "sense", "established", "as_described", "best_case")
_WORDS = [level.word for level in Level]


class PairsForm(Protocol):
    """A form of the table."""

    def __call__(self, batches: Iterable[PairBatch]) -> Iterator[str]:
        """The table in pieces, each ending with a line."""


FORMS: Registry[PairsForm] = Registry(
    "form of pairs",
    {
        "text": "kg.render.pairs:as_text",
        "csv": "kg.render.pairs:as_csv",
        "json": "kg.render.pairs:as_json_lines",
    },
)


def rows(batch: PairBatch) -> Iterator[tuple[str, ...]]:
    """The rows of a batch in words."""
    for n, sign in enumerate(batch.signs):
        yield (
            batch.outcomes[n],
            batch.exposures[n],
            "increase" if sign > 0 else "decrease",
            _WORDS[batch.established[n]],
            _WORDS[batch.as_described[n]],
            _WORDS[batch.best_case[n]],
        )


def as_text(batches: Iterable[PairBatch]) -> Iterator[str]:
    """Aligned lines: levels first, as they are of one width."""
    head = ("ESTABLISHED", "AS DESCRIBED", "BEST CASE", "SENSE", "EXPOSURE -> OUTCOME")
    yield _line(*head)
    for batch in batches:
        lines = [
            _line(*levels, sense, f"{terminal(exposure)} -> {terminal(outcome)}")
            for outcome, exposure, sense, *levels in rows(batch)
        ]
        yield "".join(lines)


def _line(*cells: str) -> str:
    one, two, three, sense, pair = cells
    return f"{one:<12} {two:<13} {three:<10} {sense:<9} {pair}\n"


def as_csv(batches: Iterable[PairBatch]) -> Iterator[str]:
    """Comma-separated values with a head line."""
    yield f"{','.join(COLUMNS)}\n"
    for batch in batches:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([cell(value) for value in row] for row in rows(batch))
        yield text.getvalue()


def as_json_lines(batches: Iterable[PairBatch]) -> Iterator[str]:
    """An object a line, so that a reader need not hold them all."""
    for batch in batches:
        found = (dict(zip(COLUMNS, row, strict=True)) for row in rows(batch))
        yield "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in found)
