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
    from kg.render.picture import Picture


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader may choose about a view.

    `width` counts columns; `reading` is `established`, `as_described` or `best_case`; `chain` and
    `exposure` narrow a view to one chain or one exposure; `ascii` keeps to letters that every
    terminal has.
    """

    width: int = 100
    colour: bool = False
    reading: str = "established"
    exposure: str | None = None
    chain: str | None = None
    source: str | None = None
    ascii: bool = False


class Renderer(Protocol):
    """A view of one graded outcome."""

    def __call__(self, grade: OutcomeGrade, base: EvidenceBase, options: Options) -> str:
        """The whole view, with a newline at its end."""


class Summary(Protocol):
    """A view of several graded outcomes together."""

    def __call__(self, grades: Sequence[OutcomeGrade], base: EvidenceBase, options: Options) -> str:
        """The whole view, with a newline at its end."""


RENDERERS: Registry[Renderer] = Registry(
    "renderer",
    {
        "text": "kg.render.text:render",
        "json": "kg.render.json:render",
        "markdown": "kg.render.markdown:render",
        "csv": "kg.render.csv:render",
        "sarif": "kg.render.diagnostics:render",
        "dot": "kg.render.dot:render",
        "mermaid": "kg.render.mermaid:render",
    },
    group="kg.renderers",
)

DRAWINGS: Registry[Callable[[Picture], str]] = Registry(
    "drawing",
    {
        "dot": "kg.render.dot:write",
        "mmd": "kg.render.mermaid:write",
        "graphml": "kg.render.graphml:write",
        "cx2": "kg.render.cx2:write",
        "cyjs": "kg.render.cyjs:write",
    },
    group="kg.drawings",
)
"""Ways to write a picture down; SVG, PNG and PDF are drawn from the DOT by kg.render.engines."""

SUMMARIES: Registry[Summary] = Registry(
    "summary",
    {
        "text": "kg.render.text:summarise",
        "json": "kg.render.json:summarise",
        "markdown": "kg.render.markdown:summarise",
        "csv": "kg.render.csv:summarise",
    },
)
