"""A table of graded pairs, a piece at a time: text, CSV, JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Protocol

from kg.model import Level
from kg.model.batches import PairBatch
from kg.registry import Registry
from kg.render.escape import escape_csv as cell
from kg.render.escape import escape_terminal

COLUMN_NAMES = ("outcome", "exposure", "sense", "established", "as_described", "best_case")
_LEVEL_WORDS = [level.word for level in Level]


class PairTableRenderer(Protocol):
    """A form of the table."""

    def __call__(self, batches: Iterable[PairBatch]) -> Iterator[str]:
        """The table in pieces, each ending with a line."""


PAIR_TABLE_RENDERERS: Registry[PairTableRenderer] = Registry(
    "form of pairs",
    {
        "text": "kg.render.rated_links.pairs:render_text",
        "csv": "kg.render.rated_links.pairs:render_csv",
        "json": "kg.render.rated_links.pairs:render_json_lines",
    },
)


def list_rows(batch: PairBatch) -> Iterator[tuple[str, ...]]:
    """The rows of a batch in words."""
    for n, sign in enumerate(batch.signs):
        yield (
            batch.outcomes[n],
            batch.exposures[n],
            "increase" if sign > 0 else "decrease",
            _LEVEL_WORDS[batch.established[n]],
            _LEVEL_WORDS[batch.as_described[n]],
            _LEVEL_WORDS[batch.best_case[n]],
        )


def render_text(batches: Iterable[PairBatch]) -> Iterator[str]:
    """Aligned lines: levels first, as they are of one width."""
    column_titles = ("ESTABLISHED", "AS DESCRIBED", "BEST CASE", "SENSE", "EXPOSURE -> OUTCOME")
    yield _format_line(*column_titles)
    for batch in batches:
        lines = [
            _format_line(
                *levels, sense, f"{escape_terminal(exposure)} -> {escape_terminal(outcome)}"
            )
            for outcome, exposure, sense, *levels in list_rows(batch)
        ]
        yield "".join(lines)


def _format_line(*cells: str) -> str:
    established_level, two, three, sense, pair = cells
    return f"{established_level:<12} {two:<13} {three:<10} {sense:<9} {pair}\n"


def render_csv(batches: Iterable[PairBatch]) -> Iterator[str]:
    """Comma-separated values with a head line."""
    yield f"{','.join(COLUMN_NAMES)}\n"
    for batch in batches:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([cell(value) for value in row] for row in list_rows(batch))
        yield text.getvalue()


def render_json_lines(batches: Iterable[PairBatch]) -> Iterator[str]:
    """An object a line, so that a reader need not hold them all."""
    for batch in batches:
        row_objects = (dict(zip(COLUMN_NAMES, row, strict=True)) for row in list_rows(batch))
        yield "".join(
            f"{json.dumps(row_object, ensure_ascii=False)}\n" for row_object in row_objects
        )
