"""Pairs rated by an alternative, beside the default: always labelled as uncalibrated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kg.model import EvidenceBase, Reading
from kg.render import phrasing
from kg.render.document import Block, Document, Heading, ItemList, Paragraph, RowTable
from kg.scenarios.alternatives.case import UNCALIBRATED_LABEL, PairAnswer

PairAnswers = Sequence[PairAnswer]

COLUMN_NAMES = (
    *("outcome", "exposure", "sense", "method", "label"),
    *(reading.value for reading in Reading),
    *("default", "link"),
)


def format_note(name: str) -> str:
    """What must be said beside every answer of an alternative."""
    return (
        f"{name} is {UNCALIBRATED_LABEL}: a way to combine evidence that is here to be compared, "
        f"never to be quoted. The default stands beside it. {phrasing.GRADE_CAVEAT} kg compare "
        "shows what mere volume does to it."
    )


def _list_rows(name: str, pairs: PairAnswers) -> list[tuple[str, ...]]:
    return [
        (
            *(pair.outcome, pair.exposure, pair.sense, name, UNCALIBRATED_LABEL),
            *(answer.word for answer in pair.answers),
            *(phrasing.format_levels(pair.default_levels), pair.link or ""),
        )
        for pair in pairs
    ]


def build_document(name: str, pairs: PairAnswers, base: EvidenceBase) -> Document:
    """A line for each pair; on a terminal also how each answer of the best case came about."""
    title, note = f"{name}, {UNCALIBRATED_LABEL}", Paragraph(format_note(name))
    rows = _list_rows(name, pairs)
    return Document(
        title,
        (RowTable(COLUMN_NAMES, rows).build_block(), note),
        screen=(Heading(title, 1), *_list_outcomes(pairs, base), note),
        table=RowTable(COLUMN_NAMES, rows),
        encode=lambda: _encode_answers(name, pairs),
    )


def _list_outcomes(pairs: PairAnswers, base: EvidenceBase) -> Iterator[Block]:
    column_names = ("sense", *(r.word for r in Reading), "default", "exposure")
    for outcome in dict.fromkeys(pair.outcome for pair in pairs):
        outcome_answers = [pair for pair in pairs if pair.outcome == outcome]
        rows = [
            (
                *(pair.sense, *(answer.word for answer in pair.answers)),
                *(phrasing.format_levels(pair.default_levels), pair.exposure),
            )
            for pair in outcome_answers
        ]
        yield Heading(base.get_label(outcome))
        yield RowTable(column_names, rows).build_block()
        yield ItemList(tuple(("", explain_best_case(pair)) for pair in outcome_answers))
    if not pairs:
        yield Paragraph("Nothing is said or studied about it.", "note")


def explain_best_case(pair: PairAnswer) -> str:
    """How the answer for the best case came about."""
    link_note = f" on {pair.link}" if pair.link else ""
    return f"{pair.exposure}{link_note}, best case: {pair.answers.best_case.why}"


def _encode_answers(name: str, pairs: PairAnswers) -> dict[str, Any]:
    """An object with all pairs and how each answer came about."""
    return {
        "schema_version": "kg.algebra/1",
        "method": name,
        "label": UNCALIBRATED_LABEL,
        "pairs": [
            {
                "exposure": pair.exposure,
                "outcome": pair.outcome,
                "sense": pair.sense,
                "link": pair.link,
                **{
                    r.value: {"value": a.value, "shown": a.word, "why": a.why}
                    for r in Reading
                    for a in (pair.answers[r],)
                },
                "default": {r.value: pair.default_levels[r].key for r in Reading},
            }
            for pair in pairs
        ],
    }
