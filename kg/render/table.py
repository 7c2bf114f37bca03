"""Rows as aligned text, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Protocol

from kg.registry import Registry
from kg.render.escape import csv as cell
from kg.render.escape import terminal

Rows = Sequence[Sequence[str]]


class TableForm(Protocol):
    """A form of a table."""

    def __call__(self, head: Sequence[str], rows: Rows, width: int) -> str:
        """The whole table, with a newline at its end."""


FORMS: Registry[TableForm] = Registry(
    "form",
    {
        "text": "kg.render.table:as_text",
        "json": "kg.render.table:as_json",
        "csv": "kg.render.table:as_csv",
    },
)


def as_text(head: Sequence[str], rows: Rows, width: int) -> str:
    """Aligned columns; the last one is cut at the width, ids never are.

    >>> print(as_text(("id", "label"), [("zinc", "zinc")], 40), end="")
    ID    LABEL
    zinc  zinc
    """
    if not head:
        return "\n"
    shown = [[name.upper() for name in head], *([terminal(c) for c in row] for row in rows)]
    widths = [max(len(row[n]) for row in shown) for n in range(len(head))]
    lines = []
    for row in shown:
        cells = [f"{c:<{w}}" for c, w in zip(row[:-1], widths, strict=False)]
        left = "  ".join([*cells, ""]) if cells else ""
        lines.append((left + _cut(row[-1], max(20, width - len(left)))).rstrip())
    return "\n".join(lines) + "\n"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 3].rstrip() + "..."


def as_json(head: Sequence[str], rows: Rows, width: int) -> str:
    """A list of objects."""
    value = [dict(zip(head, row, strict=True)) for row in rows]
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_csv(head: Sequence[str], rows: Rows, width: int) -> str:
    """Comma-separated values with a head line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()
