"""The rows of a document as comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from kg.render import RenderOptions
from kg.render.document import Document, RowTable
from kg.render.escape import escape_csv


def iterate_pieces(document: Document, options: RenderOptions) -> Iterator[str]:
    """A line with the names of the columns, then a line for each row."""
    table = document.table or RowTable((), ())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in table.rows:
        writer.writerow([escape_csv(cell) for cell in row])
        if text.tell() > 65_536:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()
