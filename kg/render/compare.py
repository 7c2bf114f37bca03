"""A comparison of methods as text, Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from textwrap import wrap
from typing import Any, Protocol

from kg.grading.alternatives.case import Answer, Comparison, Row
from kg.model import EvidenceBase, Reading
from kg.registry import Registry
from kg.render import Options
from kg.render.escape import csv as cell
from kg.render.escape import markdown, terminal


class CompareForm(Protocol):
    """A form of a comparison."""

    def __call__(self, found: Comparison, base: EvidenceBase, options: Options) -> str:
        """The whole comparison, with a newline at its end."""


FORMS: Registry[CompareForm] = Registry(
    "form",
    {
        "text": "kg.render.compare:as_text",
        "json": "kg.render.compare:as_json",
        "csv": "kg.render.compare:as_csv",
        "markdown": "kg.render.compare:as_markdown",
    },
)

_HEAD = ("method", "label", "rates", *(r.word for r in Reading), "with copies", "moves")


def as_text(found: Comparison, base: EvidenceBase, options: Options) -> str:
    """One screen: a line for each method, its three readings, and what the copies do to it."""
    rows = [_cells(found, row) for row in found.rows]
    widths = [max(len(line[n]) for line in (_HEAD, *rows)) for n in range(len(_HEAD))]
    lines = [
        "  ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)).rstrip()
        for line in ([name.upper() for name in _HEAD], *rows)
    ]
    first, *said = (terminal(line) for line in _about(found, base))
    notes = [part for line in said for part in wrap(line, options.width, subsequent_indent="  ")]
    return "\n".join([first, "", *lines, "", *notes]) + "\n"


def as_markdown(found: Comparison, base: EvidenceBase, options: Options) -> str:
    """A heading, a table and the notes."""
    first, *rest = _about(found, base)
    table = [_HEAD, ("-",) * len(_HEAD), *(_cells(found, row) for row in found.rows)]
    lines = ["| " + " | ".join(line) + " |" for line in table]
    return (
        "\n\n".join([f"# {markdown(first)}", "\n".join(lines), *(markdown(line) for line in rest)])
        + "\n"
    )


def as_csv(found: Comparison, base: EvidenceBase, options: Options) -> str:
    """One row for each method, with the reasons."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    head = ("exposure", "outcome", "sense", "method", "label", "rates")
    writer.writerow([*head, *Reading, "reading", "with_copies", "moves", "why"])
    for row in found.rows:
        name, label, scope, *rest = _cells(found, row)
        *levels, after, moves = rest
        values = (found.exposure, found.outcome, found.sense, name, label, scope, *levels)
        why = row.answers[Reading(found.reading)].why
        writer.writerow([cell(v) for v in (*values, found.reading, after, moves, why)])
    return text.getvalue()


def as_json(found: Comparison, base: EvidenceBase, options: Options) -> str:
    """An object with the pair, the volume test, and one entry for each method."""
    copied = found.copied
    value = {
        "exposure": found.exposure,
        "outcome": found.outcome,
        "sense": found.sense,
        "reading": found.reading,
        "chains": {r.value: found.chains[r] for r in Reading},
        "link": found.link,
        "volume_test": copied
        and {
            "work": copied.work,
            "link": copied.link,
            "system": copied.system,
            "copies": copied.copies,
        },
        "methods": [_object(found, row) for row in found.rows],
        "other_pairs": found.others,
        "profile": found.profile,
        "alternatives_version": found.version,
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _object(found: Comparison, row: Row) -> dict[str, Any]:
    return {
        "method": row.name,
        "label": _label(row),
        "rates": row.scope,
        **{r.value: _answer(row.answers[r]) for r in Reading},
        "with_copies": row.after and _answer(row.after),
        "moves": row.moved(found.reading) if row.after else None,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {"value": answer.value, "shown": answer.word, "why": answer.why}


def _label(row: Row) -> str:
    return row.answers.established.label


def _cells(found: Comparison, row: Row) -> tuple[str, ...]:
    if row.after is None:
        after, moves = "not tested", ""
    else:
        after, moves = row.after.word, "moves" if row.moved(found.reading) else "stays"
    words = (answer.word for answer in row.answers)
    return (row.name, _label(row), row.scope, *words, after, moves)


def _about(found: Comparison, base: EvidenceBase) -> list[str]:
    """What is compared, what was copied, and what the numbers are not."""
    agent = base.exposure[found.exposure].label
    target = base.entity[found.outcome].label
    word = Reading(found.reading).word
    lines = [f"{agent}, {found.sense} for {target}: the same chains by every method"]
    copied = found.copied
    if copied:
        lines.append(
            f"With copies: {copied.copies} studies ({copied.system}) that repeat the finding of "
            f"{copied.work} were added to the base and all was rated again, in the reading {word}."
        )
    else:
        lines.append(f"No work is admitted on any link in the reading {word}: nothing to copy.")
    if found.link:
        lines.append(f"Methods that rate a link rate {found.link}.")
    counts = ", ".join(f"{found.chains[r]} {r.word}" for r in Reading)
    lines.append(
        f"Chains: {counts}. Uncalibrated numbers are no chances; they are here to be compared "
        f"(profile {found.profile}, alternatives {found.version})."
    )
    if found.others:
        lines.append(f"Other pairs of this outcome: {found.others}; choose one with --exposure.")
    return lines
