"""The catalogue of detectors: the list of all with their pages, or one page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kg.model import Severity
from kg.render.document import (
    Block,
    Document,
    DocumentTable,
    Heading,
    Paragraph,
    RowTable,
    TableCell,
)


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


_COLUMN_NAMES = ("code", "severity", "fix", "name", "what is wrong")


def build_document(rules: Sequence[DetectorDescription]) -> Document:
    """The list of detectors and the page of each; of one detector its page alone."""
    rows = [(r.code, r.severity.word, r.fix, r.name, r.title) for r in rules]
    table = RowTable(_COLUMN_NAMES, rows)
    if len(rules) == 1:
        (rule,) = rules
        title = f"{rule.code} {rule.name}, {rule.severity.word}"
        blocks = (Paragraph(rule.title), *_build_page(rule, 2))
        return Document(title, blocks, table=table, encode=lambda: _encode_rules(rules))
    widths = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
    return Document(
        "Detectors of weak links",
        blocks=(_build_contents(rules), *(b for rule in rules for b in _build_section(rule))),
        screen=(RowTable((), rows, widths[:-1]),),
        table=table,
        encode=lambda: _encode_rules(rules),
    )


def _build_contents(rules: Sequence[DetectorDescription]) -> DocumentTable:
    rows = tuple(
        (
            TableCell(r.code, link=f"#{r.code.lower()}-{r.name}"),
            *map(TableCell, (r.name, r.severity.word, r.fix, r.title)),
        )
        for r in rules
    )
    return DocumentTable("", ("Code", "Name", "Severity", "Fix", "What is wrong"), rows)


def _build_section(rule: DetectorDescription) -> Iterator[Block]:
    yield Heading(f"{rule.code} {rule.name}")
    yield Paragraph(f"{rule.title} A plain hit is {rule.severity.word}.")
    yield from _build_page(rule, 3)


def _build_page(rule: DetectorDescription, level: int) -> Iterator[Block]:
    """The sections of the docstring, then what backs the detector and which facts it needs."""
    _, *parts = re.split(r"^## (.*)\n", rule.page_body, flags=re.MULTILINE)
    sections = [*zip(parts[::2], parts[1::2], strict=True)]
    sections += [("Backing", f"{rule.backing}."), ("Needs", f"{', '.join(rule.needs)}.")]
    for title, text in sections:
        yield Heading(title, level)
        for paragraph in text.strip().split("\n\n"):
            yield Paragraph(" ".join(paragraph.replace("`", "").split()))


def _encode_rules(rules: Sequence[DetectorDescription]) -> dict[str, Any]:
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
    return {"schema_version": "kg.rules/1", "rules": values}
