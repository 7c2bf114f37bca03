"""The catalogue of detectors: as a list, or one page each, for people, as JSON, as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Protocol

from kg.model import Severity
from kg.model.record import dataclass
from kg.registry import Registry
from kg.render.escape import terminal


@dataclass(frozen=True, slots=True)
class Rule:
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
    def body(self) -> str:
        """The page without its first line."""
        return self.page.partition("\n")[2].strip()


class RuleForm(Protocol):
    """A form of one page or of the whole catalogue."""

    def __call__(self, rules: Sequence[Rule], whole: bool) -> str:
        """The pages, or with `whole` the list of all; with a newline at its end."""


FORMS: Registry[RuleForm] = Registry(
    "form",
    {
        "text": "kg.render.rules:as_text",
        "json": "kg.render.rules:as_json",
        "markdown": "kg.render.rules:as_markdown",
    },
)


def as_text(rules: Sequence[Rule], whole: bool) -> str:
    """One line for each detector, or the page of each."""
    if not whole:
        return "\n".join(_text_page(rule) for rule in rules)
    width = max((len(rule.name) for rule in rules), default=0)
    rows = (
        f"{r.code}  {r.severity.word:<8}  {r.fix:<3}  {r.name:<{width}}  {r.title}" for r in rules
    )
    return "\n".join(map(terminal, rows)) + "\n"


def _text_page(rule: Rule) -> str:
    body = re.sub(r"^## (.*)\n", lambda m: f"{m[1].upper()}\n", rule.body, flags=re.MULTILINE)
    lines = [f"{rule.code} {rule.name}, {rule.severity.word}", "", rule.title, "", body, ""]
    lines += ["BACKING", f"{rule.backing}.", "", "NEEDS", f"{', '.join(rule.needs)}.", ""]
    return "\n".join(terminal(line) for text in lines for line in text.split("\n"))


def as_json(rules: Sequence[Rule], whole: bool) -> str:
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


def as_markdown(rules: Sequence[Rule], whole: bool) -> str:
    """A table of the detectors, then the page of each."""
    parts = []
    if whole:
        head = "| Code | Name | Severity | Fix | What is wrong |\n|-|-|-|-|-|\n"
        parts.append(head + "\n".join(_row(rule) for rule in rules))
    parts += [_markdown_page(rule) for rule in rules]
    return "\n\n".join(parts) + "\n"


def _row(rule: Rule) -> str:
    link = f"[{rule.code}](#{rule.code.lower()}-{rule.name})"
    return f"| {link} | {rule.name} | {rule.severity.word} | {rule.fix} | {rule.title} |"


def _markdown_page(rule: Rule) -> str:
    facts = ", ".join(f"`{need}`" for need in rule.needs)
    return "\n\n".join(
        [
            f"## {rule.code} {rule.name}",
            f"{rule.title} A plain hit is {rule.severity.word}.",
            re.sub(r"^## ", "### ", rule.body, flags=re.MULTILINE),
            f"### Backing\n\n{rule.backing}.",
            f"### Needs\n\n{facts}.",
        ]
    )
