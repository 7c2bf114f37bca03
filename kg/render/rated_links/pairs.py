"""A table of graded pairs, written as the pairs are graded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from kg.grading.conclusion import conclude, qualify_conclusion, state_conclusion
from kg.model import EffectDirection, Level
from kg.model.batches import PairBatch, PairMark
from kg.render.document import Document, RowStream, RowTable

COLUMN_NAMES = (
    *("outcome", "exposure", "sense", "established", "as_described", "best_case"),
    *("verdict", "refuted_by", "weakest_link"),
)
_SCREEN_COLUMNS = (
    *("established", "as described", "best case", "sense", "exposure -> outcome: verdict"),
)
_LEVEL_WORDS = [level.word for level in Level]


def build_document(batches: Iterable[PairBatch]) -> Document:
    """The pairs with their three levels; on a terminal the levels first, as they are of one width.

    Args:
        batches: Pairs in the order of the table; they are read as the rows are written, once.
    """
    rows = (row for batch in batches for row in list_rows(batch))
    row_objects = (dict(zip(COLUMN_NAMES, row, strict=True)) for row in rows)
    return Document(
        "Graded pairs",
        (RowTable(COLUMN_NAMES, rows),),
        screen=_list_screen(batches),
        table=RowTable(COLUMN_NAMES, rows),
        encode=lambda: RowStream({"schema_version": "kg.pairs/1"}, "pairs", row_objects),
    )


def _list_screen(batches: Iterable[PairBatch]) -> Iterator[RowTable]:
    widths = (11, 12, 9, 8)
    yield RowTable(_SCREEN_COLUMNS, (), widths)
    for batch in batches:
        rows = (
            (*levels, sense, f"{exposure} -> {outcome}: {verdict}")
            for outcome, exposure, sense, *levels, verdict, _, _ in list_rows(batch)
        )
        yield RowTable((), rows, widths)


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
            _state_verdict(batch, n),
            _LEVEL_WORDS[batch.refuted_by[n]] if batch.refuted_by else "",
            batch.weakest_links[n] if batch.weakest_links else "",
        )


FEEDBACK_VERDICT = "no verdict: only via a feedback loop"
"""What is said of a sign that no chain without repetition has."""


def _state_verdict(batch: PairBatch, row: int) -> str:
    if batch.verdicts:
        return batch.verdicts[row]
    mark = batch.marks[row] if batch.marks else PairMark.NONE
    if mark is PairMark.FEEDBACK:
        return FEEDBACK_VERDICT
    return _state_swept(batch.signs[row], batch.established[row], mark is PairMark.CONTESTED)


@cache
def _state_swept(sign: int, level: int, is_contested: bool) -> str:
    """The verdict on a pair of which only the level is known, by its chains."""
    claimed = EffectDirection.RAISES if sign > 0 else EffectDirection.LOWERS
    refuted = max(Level(level), Level.VERY_LOW) if is_contested else Level.NONE
    conclusion = conclude(claimed, Level(level), refuted, has_argument=True)
    return f"{state_conclusion(conclusion)}{qualify_conclusion(conclusion, True)}"
