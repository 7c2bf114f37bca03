"""Rows as aligned text, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Protocol

from kg.registry import Registry
from kg.render.escape import escape_csv as cell
from kg.render.escape import escape_terminal

TextRows = Sequence[Sequence[str]]


class TableRenderer(Protocol):
    """A form of a table."""

    def __call__(self, column_names: Sequence[str], rows: TextRows, width: int) -> str:
        """The whole table, with a newline at its end."""


TABLE_RENDERERS: Registry[TableRenderer] = Registry(
    "form",
    {
        "text": "kg.render.writers.table:render_text",
        "json": "kg.render.writers.table:render_json",
        "csv": "kg.render.writers.table:render_csv",
    },
)


def render_text(column_names: Sequence[str], rows: TextRows, width: int) -> str:
    """Aligned columns; the last one is cut at the width, ids never are.

    >>> print(render_text(("id", "label"), [("zinc", "zinc")], 40), end="")
    ID    LABEL
    zinc  zinc
    """
    if not column_names:
        return "\n"
    text_rows = [
        [name.upper() for name in column_names],
        *([escape_terminal(c) for c in row] for row in rows),
    ]
    widths = [max(len(row[n]) for row in text_rows) for n in range(len(column_names))]
    lines = []
    for row in text_rows:
        cells = [f"{c:<{w}}" for c, w in zip(row[:-1], widths, strict=False)]
        left_text = "  ".join([*cells, ""]) if cells else ""
        lines.append((left_text + _cut_text(row[-1], max(20, width - len(left_text)))).rstrip())
    return "\n".join(lines) + "\n"


def _cut_text(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 3].rstrip() + "..."


def render_json(column_names: Sequence[str], rows: TextRows, width: int) -> str:
    """A list of objects."""
    value = [dict(zip(column_names, row, strict=True)) for row in rows]
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def render_csv(column_names: Sequence[str], rows: TextRows, width: int) -> str:
    """Comma-separated values with a head line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column_names)
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()
