"""The printed report: one document, written as HTML, Markdown or PDF."""

from __future__ import annotations

from kg.registry import Registry
from kg.render.report.document import Write

FORMS: Registry[Write] = Registry(
    "report form",
    {
        "html": "kg.render.report.html:write",
        "markdown": "kg.render.report.markdown:write",
        "pdf": "kg.render.report.pdf:write",
    },
    group="kg.reports",
)
