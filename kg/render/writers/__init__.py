"""One writer a format: each writes any document, in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from kg.registry import Registry

if TYPE_CHECKING:
    from kg.render import RenderOptions
    from kg.render.document import Document


class TextWriter(Protocol):
    """A form in which every document can be written."""

    def __call__(self, document: Document, options: RenderOptions) -> Iterator[str]:
        """The pieces of the whole text, which ends with a newline."""


WRITERS: Registry[TextWriter] = Registry(
    "form",
    {
        "text": "kg.render.writers.text:iterate_pieces",
        "json": "kg.render.writers.json:iterate_pieces",
        "jsonl": "kg.render.writers.jsonl:iterate_pieces",
        "csv": "kg.render.writers.csv:iterate_pieces",
        "markdown": "kg.render.writers.markdown:iterate_pieces",
        "html": "kg.render.writers.html:iterate_pieces",
    },
    group="kg.writers",
)


def write_document(document: Document, form: str, options: RenderOptions | None = None) -> str:
    """The document in a form, as one text that ends with a newline.

    Args:
        document: What is to be shown; where its parts are iterators they are used up.
        form: A name of `WRITERS`.
        options: Width, colour and letters of a terminal; other forms take no notice of them.

    Raises:
        UnknownName: No writer has the name.
    """
    from kg.render import RenderOptions

    return "".join(WRITERS[form](document, options or RenderOptions()))
