"""Pairs rated by an alternative, beside the default: always labelled as uncalibrated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol

from kg.grading.alternatives.case import LABEL, PairAnswer
from kg.model import EvidenceBase, Reading
from kg.registry import Registry
from kg.render import Options, table, words
from kg.render.escape import markdown as md

Pairs = Sequence[PairAnswer]


class AlgebraForm(Protocol):
    """A form of pairs that were rated by an alternative."""

    def __call__(self, name: str, pairs: Pairs, base: EvidenceBase, options: Options) -> str:
        """The whole view, with a newline at its end."""


FORMS: Registry[AlgebraForm] = Registry(
    "form",
    {
        "text": "kg.render.algebra:as_text",
        "json": "kg.render.algebra:as_json",
        "markdown": "kg.render.algebra:as_markdown",
        "csv": "kg.render.algebra:as_csv",
    },
)

HEAD = (
    *("outcome", "exposure", "sense", "method", "label"),
    *(reading.value for reading in Reading),
    *("default", "link"),
)


def note(name: str) -> str:
    """What must be said beside every answer of an alternative."""
    return (
        f"{name} is {LABEL}: a way to combine evidence that is here to be compared, never to be "
        f"quoted. The default stands beside it. {words.CAVEAT} kg compare shows what mere volume "
        "does to it."
    )


def _rows(name: str, pairs: Pairs) -> list[tuple[str, ...]]:
    return [
        (
            *(pair.outcome, pair.exposure, pair.sense, name, LABEL),
            *(answer.word for answer in pair.answers),
            *(words.levels(pair.default), pair.link or ""),
        )
        for pair in pairs
    ]


def as_text(name: str, pairs: Pairs, base: EvidenceBase, options: Options) -> str:
    """A line for each pair, then how each established answer came about."""
    from textwrap import wrap

    head = ("sense", *(r.word for r in Reading), "default", "exposure")
    parts = [f"{name}, {LABEL}\n"]
    for outcome in dict.fromkeys(pair.outcome for pair in pairs):
        mine = [pair for pair in pairs if pair.outcome == outcome]
        rows = [
            (
                *(pair.sense, *(answer.word for answer in pair.answers)),
                *(words.levels(pair.default), pair.exposure),
            )
            for pair in mine
        ]
        parts += [f"\n{base.label(outcome)}\n", table.as_text(head, rows, options.width)]
        parts += [
            f"  {line}\n"
            for pair in mine
            for line in wrap(why(pair), options.width - 2, subsequent_indent="  ")
        ]
    if not pairs:
        parts.append("\nNothing is said or studied about it.\n")
    return "".join([*parts, "\n", *(f"{line}\n" for line in wrap(note(name), options.width))])


def why(pair: PairAnswer) -> str:
    """How the answer for the best case came about."""
    rated = f" on {pair.link}" if pair.link else ""
    return f"{pair.exposure}{rated}, best case: {pair.answers.best_case.why}"


def as_json(name: str, pairs: Pairs, base: EvidenceBase, options: Options) -> str:
    """An object with all pairs and how each answer came about."""
    value = {
        "schema_version": "kg.algebra/1",
        "method": name,
        "label": LABEL,
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
                "default": {r.value: pair.default[r].key for r in Reading},
            }
            for pair in pairs
        ],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_markdown(name: str, pairs: Pairs, base: EvidenceBase, options: Options) -> str:
    """A table and the note."""
    rows = [HEAD, ("-",) * len(HEAD), *(map(md, row) for row in _rows(name, pairs))]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n\n".join([f"# {md(name)}, {LABEL}", "\n".join(lines), md(note(name))]) + "\n"


def as_csv(name: str, pairs: Pairs, base: EvidenceBase, options: Options) -> str:
    """One row for each pair."""
    return table.as_csv(HEAD, _rows(name, pairs), options.width)
