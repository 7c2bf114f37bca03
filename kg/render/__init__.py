"""Views: one module per form in which grades are shown.

A renderer takes an `OutcomeGrade`, the base it was computed from and `Options`, and returns text.
It writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kg.registry import Registry

if TYPE_CHECKING:
    from kg.model import EvidenceBase, OutcomeGrade
    from kg.render.diagram.picture import Picture


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What a reader may choose about a view.

    `width` counts columns; `reading` is `established`, `as_described` or `best_case`; `chain` and
    `exposure` narrow a view to one chain or one exposure; `ascii_only` keeps to letters that every
    terminal has.
    """

    width: int = 100
    colour: bool = False
    reading: str = "established"
    exposure: str | None = None
    chain: str | None = None
    source: str | None = None
    ascii_only: bool = False


class Renderer(Protocol):
    """A view of one graded outcome."""

    def __call__(self, grade: OutcomeGrade, base: EvidenceBase, options: RenderOptions) -> str:
        """The whole view, with a newline at its end."""


class SummaryRenderer(Protocol):
    """A view of several graded outcomes together."""

    def __call__(
        self, grades: Sequence[OutcomeGrade], base: EvidenceBase, options: RenderOptions
    ) -> str:
        """The whole view, with a newline at its end."""


GRADE_RENDERERS: Registry[Renderer] = Registry(
    "renderer",
    {
        "text": "kg.render.grade.text:render",
        "json": "kg.render.grade.json:render",
        "markdown": "kg.render.grade.markdown:render",
        "csv": "kg.render.grade.csv:render",
        "sarif": "kg.render.findings.diagnostics:render",
        "dot": "kg.render.diagram.dot:render",
        "mermaid": "kg.render.diagram.mermaid:render",
    },
    group="kg.renderers",
)

DIAGRAM_WRITERS: Registry[Callable[[Picture], str]] = Registry(
    "drawing",
    {
        "dot": "kg.render.diagram.dot:write",
        "mmd": "kg.render.diagram.mermaid:write",
        "graphml": "kg.render.diagram.graphml:write",
        "cx2": "kg.render.diagram.cx2:write",
        "cyjs": "kg.render.diagram.cyjs:write",
    },
    group="kg.drawings",
)
"""Ways to write a picture down; kg.render.diagram.engines draws SVG, PNG and PDF from the DOT."""

SUMMARY_RENDERERS: Registry[SummaryRenderer] = Registry(
    "summary",
    {
        "text": "kg.render.grade.text:summarise",
        "json": "kg.render.grade.json:summarise",
        "markdown": "kg.render.grade.markdown:summarise",
        "csv": "kg.render.grade.csv:summarise",
    },
)
