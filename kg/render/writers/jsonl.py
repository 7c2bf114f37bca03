"""The rows of a document as JSON Lines: an object a line, none of which is held."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg.render import RenderOptions
from kg.render.document import Document
from kg.render.writers.json import iterate_row_objects


def iterate_pieces(document: Document, options: RenderOptions) -> Iterator[str]:
    """A line for each row of the table."""
    for row_object in iterate_row_objects(document):
        yield json.dumps(row_object, ensure_ascii=False) + "\n"
