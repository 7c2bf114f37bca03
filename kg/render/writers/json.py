"""The value of a document as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg.render import RenderOptions
from kg.render.document import Document, RowStream


def iterate_pieces(document: Document, options: RenderOptions) -> Iterator[str]:
    """Indented JSON; of a stream of rows an object with a row a line."""
    value = document.encode() if document.encode else list(iterate_row_objects(document))
    if not isinstance(value, RowStream):
        yield json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        return
    head = json.dumps({**value.head, value.key: []}, ensure_ascii=False)
    yield head.removesuffix("]}")
    mark = "\n"
    for row in value.rows:
        yield mark + json.dumps(row, ensure_ascii=False)
        mark = ",\n"
    tail = json.dumps(dict(value.build_tail()), ensure_ascii=False)[1:-1]
    yield f"\n]{', ' if tail else ''}{tail}}}\n"


def iterate_row_objects(document: Document) -> Iterator[object]:
    """An object for each row of the table of a document, its keys the names of the columns."""
    if document.table:
        for row in document.table.rows:
            yield dict(zip(document.table.column_names, row, strict=True))
