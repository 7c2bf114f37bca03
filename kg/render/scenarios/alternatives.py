"""Pairs rated by an alternative, beside the default: always labelled as uncalibrated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol

from kg.model import EvidenceBase, Reading
from kg.registry import Registry
from kg.render import RenderOptions, phrasing
from kg.render.escape import escape_markdown as md
from kg.render.writers import table
from kg.scenarios.alternatives.case import UNCALIBRATED_LABEL, PairAnswer

PairAnswers = Sequence[PairAnswer]


class AlternativeRenderer(Protocol):
    """A form of pairs that were rated by an alternative."""

    def __call__(
        self, name: str, pairs: PairAnswers, base: EvidenceBase, options: RenderOptions
    ) -> str:
        """The whole view, with a newline at its end."""


ALTERNATIVE_RENDERERS: Registry[AlternativeRenderer] = Registry(
    "form",
    {
        "text": "kg.render.scenarios.alternatives:render_text",
        "json": "kg.render.scenarios.alternatives:render_json",
        "markdown": "kg.render.scenarios.alternatives:render_markdown",
        "csv": "kg.render.scenarios.alternatives:render_csv",
    },
)

COLUMN_NAMES = (
    *("outcome", "exposure", "sense", "method", "label"),
    *(reading.value for reading in Reading),
    *("default", "link"),
)


def format_note(name: str) -> str:
    """What must be said beside every answer of an alternative."""
    return (
        f"{name} is {UNCALIBRATED_LABEL}: a way to combine evidence that is here to be compared, "
        "never to be "
        f"quoted. The default stands beside it. {phrasing.GRADE_CAVEAT} kg compare shows what mere "
        "volume "
        "does to it."
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


def render_text(name: str, pairs: PairAnswers, base: EvidenceBase, options: RenderOptions) -> str:
    """A line for each pair, then how each established answer came about."""
    from textwrap import wrap

    column_names = ("sense", *(r.word for r in Reading), "default", "exposure")
    parts = [f"{name}, {UNCALIBRATED_LABEL}\n"]
    for outcome in dict.fromkeys(pair.outcome for pair in pairs):
        outcome_answers = [pair for pair in pairs if pair.outcome == outcome]
        rows = [
            (
                *(pair.sense, *(answer.word for answer in pair.answers)),
                *(phrasing.format_levels(pair.default_levels), pair.exposure),
            )
            for pair in outcome_answers
        ]
        parts += [
            f"\n{base.get_label(outcome)}\n",
            table.render_text(column_names, rows, options.width),
        ]
        parts += [
            f"  {line}\n"
            for pair in outcome_answers
            for line in wrap(explain_best_case(pair), options.width - 2, subsequent_indent="  ")
        ]
    if not pairs:
        parts.append("\nNothing is said or studied about it.\n")
    return "".join(
        [*parts, "\n", *(f"{line}\n" for line in wrap(format_note(name), options.width))]
    )


def explain_best_case(pair: PairAnswer) -> str:
    """How the answer for the best case came about."""
    link_note = f" on {pair.link}" if pair.link else ""
    return f"{pair.exposure}{link_note}, best case: {pair.answers.best_case.why}"


def render_json(name: str, pairs: PairAnswers, base: EvidenceBase, options: RenderOptions) -> str:
    """An object with all pairs and how each answer came about."""
    value = {
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
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def render_markdown(
    name: str, pairs: PairAnswers, base: EvidenceBase, options: RenderOptions
) -> str:
    """A table and the note."""
    rows = [
        COLUMN_NAMES,
        ("-",) * len(COLUMN_NAMES),
        *(map(md, row) for row in _list_rows(name, pairs)),
    ]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return (
        "\n\n".join(
            [f"# {md(name)}, {UNCALIBRATED_LABEL}", "\n".join(lines), md(format_note(name))]
        )
        + "\n"
    )


def render_csv(name: str, pairs: PairAnswers, base: EvidenceBase, options: RenderOptions) -> str:
    """One row for each pair."""
    return table.render_csv(COLUMN_NAMES, _list_rows(name, pairs), options.width)
