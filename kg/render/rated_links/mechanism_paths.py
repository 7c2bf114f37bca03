"""Graded mechanism paths as a table, CSV or JSON, and their counts in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kg.render.document import Document, Paragraph, RowTable
from kg.render.escape import escape_terminal

if TYPE_CHECKING:
    from kg.model import Readings

COLUMN_NAMES = (
    *("path", "drug", "disease", "polarity", "routes", "links", "carried"),
    *("established", "as_described", "best_case", "mechanistic"),
    *("works", "against", "verdict", "opened_by", "weakest", "why", "direct", "place"),
)
SHORT_COLUMNS = ("path", "polarity", "established", "as described", "best case", "weakest link")


def list_rows(path_grades: Sequence[Any]) -> list[list[str]]:
    """All cells of all paths, as text, in the order of `COLUMN_NAMES`."""
    return [
        [
            *(p.id, p.drug, p.disease, p.polarity, str(p.routes), str(p.length), str(p.carried)),
            *(level.word for level in p.levels),
            p.mechanistic.word,
            *(str(p.works), str(p.against), p.verdict, p.opened_by, p.weakest, p.why, p.direct),
            p.place,
        ]
        for p in path_grades
    ]


def build_document(path_grades: Sequence[Any], counts: Any) -> Document:
    """The paths, the short columns of them on pages, and how they add up."""
    rows = list_rows(path_grades)
    short_rows = [
        [p.id, p.polarity, *(level.word for level in p.levels), _explain_weakest(p)]
        for p in path_grades
    ]
    lines = describe_counts(counts).splitlines()
    return Document(
        "Mechanism paths",
        screen=(
            RowTable(SHORT_COLUMNS, short_rows).build_block(),
            *(Paragraph(line, "count") for line in lines),
        ),
        table=RowTable(COLUMN_NAMES, rows),
        encode=lambda: {
            "schema": "kg.paths/1",
            "counts": _encode_counts(counts),
            "paths": [dict(zip(COLUMN_NAMES, row, strict=True)) for row in rows],
        },
    )


def _explain_weakest(path: Any) -> str:
    if path.opened_by and not path.weakest:
        return f"{path.opened_by!r} says no direction"
    return f"{path.weakest} ({path.why})" if path.why else path.weakest


def _encode_counts(counts: Any) -> dict[str, Any]:
    return {
        "read": counts.read,
        "left_out": counts.left_out,
        "polarity": dict(counts.polarity),
        "with_carried_links": counts.carried,
        "with_direct_link": counts.direct,
        "verdicts": dict(counts.verdicts),
        "opened_by": dict(counts.opened_by),
        "levels": {
            word: dict(zip(("established", "as_described", "best_case"), n, strict=True))
            for word, n in counts.levels
        },
    }


def describe_counts(counts: Any) -> str:
    """The counts in a few lines."""
    polarity = dict(counts.polarity)
    grade_count = counts.read - counts.left_out
    lines = [
        f"{counts.read} files: {grade_count} read as paths, {counts.left_out} left out",
        f"drug lowers disease in {polarity['lowers']}, raises it in {polarity['raises']}, both in "
        f"{polarity['both']}; no direction in {polarity['open']}; "
        f"not connected {polarity['apart']}",
        f"{counts.carried} lean on a link that only says what takes part in what",
    ]
    if counts.direct:
        lines.append(
            f"{counts.direct} have a link straight from drug to disease beside the mechanism that "
            "is graded; csv and json give its levels"
        )
    lines += [f"{verdict}: {n}" for verdict, n in counts.verdicts if n]
    if counts.opened_by:
        frequent_words = ", ".join(
            f"{escape_terminal(word)} {n}" for word, n in counts.opened_by[:5]
        )
        lines.append(f"no direction because of: {frequent_words}")
    for name, pick in (("established", 0), ("as described", 1), ("best case", 2)):
        lines.append(f"{name}: {_format_spread(counts.levels, pick)}")
    return "\n".join(lines) + "\n"


def _format_spread(levels: Sequence[tuple[str, Readings[int]]], reading: int) -> str:
    word_counts = [(word, tuple(n)[reading]) for word, n in levels]
    return ", ".join(f"{word} {n}" for word, n in word_counts if n) or "nothing"
