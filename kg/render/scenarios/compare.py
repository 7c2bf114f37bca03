"""A comparison of methods as text, Markdown, CSV and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.model import EvidenceBase, Reading
from kg.render.document import Document, Paragraph, RowTable
from kg.scenarios.alternatives.case import AlgebraAnswer, AlgebraComparison, ComparisonRow

_COLUMN_NAMES = ("method", "label", "rates", *(r.word for r in Reading), "with copies", "moves")


_ROW_COLUMNS = (
    *("exposure", "outcome", "sense", "method", "label", "rates", *Reading),
    *("reading", "with_copies", "moves", "why"),
)


def build_document(comparison: AlgebraComparison, base: EvidenceBase) -> Document:
    """A line for each method with its three readings and what the copies do to it; then notes."""
    title, *notes = _describe_comparison(comparison, base)
    shown_rows = [_list_cells(comparison, row) for row in comparison.rows]
    return Document(
        title,
        (
            RowTable(_COLUMN_NAMES, shown_rows).build_block(),
            *(Paragraph(note, "note") for note in notes),
        ),
        table=RowTable(_ROW_COLUMNS, _list_rows(comparison)),
        encode=lambda: _encode_comparison(comparison),
    )


def _list_rows(comparison: AlgebraComparison) -> Iterator[tuple[str, ...]]:
    """One row for each method, with the reasons."""
    pair = (comparison.exposure, comparison.outcome, comparison.sense)
    for row in comparison.rows:
        *cells, copied_cell, moves = _list_cells(comparison, row)
        why = row.answers[Reading(comparison.reading)].why
        yield (*pair, *cells, comparison.reading, copied_cell, moves, why)


def _encode_comparison(comparison: AlgebraComparison) -> dict[str, Any]:
    """An object with the pair, the volume test, and one entry for each method."""
    copied = comparison.copied_studies
    return {
        "exposure": comparison.exposure,
        "outcome": comparison.outcome,
        "sense": comparison.sense,
        "reading": comparison.reading,
        "chains": {r.value: comparison.chains[r] for r in Reading},
        "link": comparison.link,
        "volume_test": copied
        and {
            "work": copied.work,
            "link": copied.link,
            "system": copied.system,
            "copies": copied.copies,
        },
        "methods": [_encode_row(comparison, row) for row in comparison.rows],
        "other_pairs": comparison.others,
        "profile": comparison.profile,
        "alternatives_version": comparison.version,
    }


def _encode_row(comparison: AlgebraComparison, row: ComparisonRow) -> dict[str, Any]:
    return {
        "method": row.name,
        "label": _read_label(row),
        "rates": row.scope,
        **{r.value: _encode_answer(row.answers[r]) for r in Reading},
        "with_copies": row.answer_with_copies and _encode_answer(row.answer_with_copies),
        "moves": row.has_changed(comparison.reading) if row.answer_with_copies else None,
    }


def _encode_answer(answer: AlgebraAnswer) -> dict[str, Any]:
    return {"value": answer.value, "shown": answer.word, "why": answer.why}


def _read_label(row: ComparisonRow) -> str:
    return row.answers.established.label


def _list_cells(comparison: AlgebraComparison, row: ComparisonRow) -> tuple[str, ...]:
    if row.answer_with_copies is None:
        copied_text, moves = "not tested", ""
    else:
        copied_text, moves = (
            row.answer_with_copies.word,
            "moves" if row.has_changed(comparison.reading) else "stays",
        )
    words = (answer.word for answer in row.answers)
    return (row.name, _read_label(row), row.scope, *words, copied_text, moves)


def _describe_comparison(comparison: AlgebraComparison, base: EvidenceBase) -> list[str]:
    """What is compared, what was copied, and what the numbers are not."""
    agent = base.exposure[comparison.exposure].label
    target = base.entity[comparison.outcome].label
    word = Reading(comparison.reading).word
    lines = [f"{agent}, {comparison.sense} for {target}: the same chains by every method"]
    copied = comparison.copied_studies
    if copied:
        lines.append(
            f"With copies: {copied.copies} studies ({copied.system}) that repeat the finding of "
            f"{copied.work} were added to the base and all was rated again, in the reading {word}."
        )
    else:
        lines.append(f"No work is admitted on any link in the reading {word}: nothing to copy.")
    if comparison.link:
        lines.append(f"Methods that rate a link rate {comparison.link}.")
    counts = ", ".join(f"{comparison.chains[r]} {r.word}" for r in Reading)
    lines.append(
        f"Chains: {counts}. Uncalibrated numbers are no chances; they are here to be compared "
        f"(profile {comparison.profile}, alternatives {comparison.version})."
    )
    if comparison.others:
        lines.append(
            f"Other pairs of this outcome: {comparison.others}; choose one with --exposure."
        )
    return lines
