"""The catalogue of detectors: as a list, or one page each, for people, as JSON, as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.model import Severity
from kg.registry import Registry
from kg.render.escape import escape_terminal


@dataclass(frozen=True, slots=True)
class DetectorDescription:
    """One detector as a reader sees it; `page` is its docstring in Markdown."""

    code: str
    name: str
    severity: Severity
    over: str
    needs: tuple[str, ...]
    fix: str
    backing: str
    page: str

    @property
    def title(self) -> str:
        """What is wrong, in one sentence."""
        return self.page.partition("\n")[0]

    @property
    def page_body(self) -> str:
        """The page without its first line."""
        return self.page.partition("\n")[2].strip()


class CatalogueRenderer(Protocol):
    """A form of one page or of the whole catalogue."""

    def __call__(self, rules: Sequence[DetectorDescription], is_whole: bool) -> str:
        """The pages, or with `is_whole` the list of all; with a newline at its end."""


CATALOGUE_RENDERERS: Registry[CatalogueRenderer] = Registry(
    "form",
    {
        "text": "kg.render.findings.detectors:render_text",
        "json": "kg.render.findings.detectors:render_json",
        "markdown": "kg.render.findings.detectors:render_markdown",
    },
)


def render_text(rules: Sequence[DetectorDescription], is_whole: bool) -> str:
    """One line for each detector, or the page of each."""
    if not is_whole:
        return "\n".join(_format_text_page(rule) for rule in rules)
    width = max((len(rule.name) for rule in rules), default=0)
    rows = (
        f"{r.code}  {r.severity.word:<8}  {r.fix:<3}  {r.name:<{width}}  {r.title}" for r in rules
    )
    return "\n".join(map(escape_terminal, rows)) + "\n"


def _format_text_page(rule: DetectorDescription) -> str:
    page_text = re.sub(
        r"^## (.*)\n", lambda m: f"{m[1].upper()}\n", rule.page_body, flags=re.MULTILINE
    )
    lines = [f"{rule.code} {rule.name}, {rule.severity.word}", "", rule.title, "", page_text, ""]
    lines += ["BACKING", f"{rule.backing}.", "", "NEEDS", f"{', '.join(rule.needs)}.", ""]
    return "\n".join(escape_terminal(line) for text in lines for line in text.split("\n"))


def render_json(rules: Sequence[DetectorDescription], is_whole: bool) -> str:
    """All fields of the detectors as a JSON object with a list; of one detector its object."""
    values = [
        {
            "code": r.code,
            "name": r.name,
            "severity": r.severity.word,
            "title": r.title,
            "over": r.over,
            "needs": list(r.needs),
            "fix": r.fix,
            "backing": r.backing,
            "page": r.page,
        }
        for r in rules
    ]
    value = {"schema_version": "kg.rules/1", "rules": values}
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def render_markdown(rules: Sequence[DetectorDescription], is_whole: bool) -> str:
    """A table of the detectors, then the page of each."""
    parts = []
    if is_whole:
        table_header = "| Code | Name | Severity | Fix | What is wrong |\n|-|-|-|-|-|\n"
        parts.append(table_header + "\n".join(_format_row(rule) for rule in rules))
    parts += [_format_markdown_page(rule) for rule in rules]
    return "\n\n".join(parts) + "\n"


def _format_row(rule: DetectorDescription) -> str:
    link = f"[{rule.code}](#{rule.code.lower()}-{rule.name})"
    return f"| {link} | {rule.name} | {rule.severity.word} | {rule.fix} | {rule.title} |"


def _format_markdown_page(rule: DetectorDescription) -> str:
    facts = ", ".join(f"`{fact_name}`" for fact_name in rule.needs)
    return "\n\n".join(
        [
            f"## {rule.code} {rule.name}",
            f"{rule.title} A plain hit is {rule.severity.word}.",
            re.sub(r"^## ", "### ", rule.page_body, flags=re.MULTILINE),
            f"### Backing\n\n{rule.backing}.",
            f"### Needs\n\n{facts}.",
        ]
    )
