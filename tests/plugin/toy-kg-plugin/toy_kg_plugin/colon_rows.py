"""The rows of a document, cells parted by colons."""

from collections.abc import Iterator

from kg.render import RenderOptions
from kg.render.document import Document, RowTable


def iterate_pieces(document: Document, options: RenderOptions) -> Iterator[str]:
    """A line for each row."""
    for row in (document.table or RowTable((), ())).rows:
        yield ":".join(row) + "\n"
