"""A comparison of methods as text, Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from textwrap import wrap
from typing import Any, Protocol

from kg.model import EvidenceBase, Reading
from kg.registry import Registry
from kg.render import RenderOptions
from kg.render.escape import escape_csv as cell
from kg.render.escape import escape_markdown, escape_terminal
from kg.scenarios.alternatives.case import AlgebraAnswer, AlgebraComparison, ComparisonRow


class ComparisonRenderer(Protocol):
    """A form of a comparison."""

    def __call__(
        self, comparison: AlgebraComparison, base: EvidenceBase, options: RenderOptions
    ) -> str:
        """The whole comparison, with a newline at its end."""


COMPARISON_RENDERERS: Registry[ComparisonRenderer] = Registry(
    "form",
    {
        "text": "kg.render.scenarios.compare:render_text",
        "json": "kg.render.scenarios.compare:render_json",
        "csv": "kg.render.scenarios.compare:render_csv",
        "markdown": "kg.render.scenarios.compare:render_markdown",
    },
)

_COLUMN_NAMES = ("method", "label", "rates", *(r.word for r in Reading), "with copies", "moves")


def render_text(comparison: AlgebraComparison, base: EvidenceBase, options: RenderOptions) -> str:
    """One screen: a line for each method, its three readings, and what the copies do to it."""
    rows = [_list_cells(comparison, row) for row in comparison.rows]
    widths = [
        max(len(line[n]) for line in (_COLUMN_NAMES, *rows)) for n in range(len(_COLUMN_NAMES))
    ]
    lines = [
        "  ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)).rstrip()
        for line in ([name.upper() for name in _COLUMN_NAMES], *rows)
    ]
    first, *note_lines = (escape_terminal(line) for line in _describe_comparison(comparison, base))
    notes = [
        part for line in note_lines for part in wrap(line, options.width, subsequent_indent="  ")
    ]
    return "\n".join([first, "", *lines, "", *notes]) + "\n"


def render_markdown(
    comparison: AlgebraComparison, base: EvidenceBase, options: RenderOptions
) -> str:
    """A heading, a table and the notes."""
    first, *note_lines = _describe_comparison(comparison, base)
    table = [
        _COLUMN_NAMES,
        ("-",) * len(_COLUMN_NAMES),
        *(_list_cells(comparison, row) for row in comparison.rows),
    ]
    lines = ["| " + " | ".join(line) + " |" for line in table]
    return (
        "\n\n".join(
            [
                f"# {escape_markdown(first)}",
                "\n".join(lines),
                *(escape_markdown(line) for line in note_lines),
            ]
        )
        + "\n"
    )


def render_csv(comparison: AlgebraComparison, base: EvidenceBase, options: RenderOptions) -> str:
    """One row for each method, with the reasons."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    column_names = ("exposure", "outcome", "sense", "method", "label", "rates")
    writer.writerow([*column_names, *Reading, "reading", "with_copies", "moves", "why"])
    for row in comparison.rows:
        name, label, scope, *answer_cells = _list_cells(comparison, row)
        *levels, copied_cell, moves = answer_cells
        values = (
            comparison.exposure,
            comparison.outcome,
            comparison.sense,
            name,
            label,
            scope,
            *levels,
        )
        reason_text = row.answers[Reading(comparison.reading)].why
        writer.writerow(
            [cell(v) for v in (*values, comparison.reading, copied_cell, moves, reason_text)]
        )
    return text.getvalue()


def render_json(comparison: AlgebraComparison, base: EvidenceBase, options: RenderOptions) -> str:
    """An object with the pair, the volume test, and one entry for each method."""
    copied = comparison.copied_studies
    value = {
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
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


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
