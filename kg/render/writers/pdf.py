"""A report as PDF: the printed form of its HTML (extra `pdf`)."""

from __future__ import annotations

from kg.render import RenderOptions
from kg.render.document import Document
from kg.render.printing import print_html
from kg.render.writers import html


def write(document: Document, options: RenderOptions | None = None) -> bytes:
    """The document as PDF on A4; nothing outside it is loaded.

    Raises:
        MissingExtra: the extra `pdf` is not installed.
    """
    return print_html(html.write(document))
