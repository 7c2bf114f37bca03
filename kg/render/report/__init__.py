"""The printed report: one document, written as HTML, Markdown or PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.registry import Registry

if TYPE_CHECKING:
    from kg.render.document import DocumentWriter

REPORT_WRITERS: Registry[DocumentWriter] = Registry(
    "report form",
    {
        "html": "kg.render.writers.html:write",
        "markdown": "kg.render.writers.markdown:write",
        "pdf": "kg.render.writers.pdf:write",
    },
    group="kg.reports",
)
