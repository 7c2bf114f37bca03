"""A report as Markdown, its picture as Mermaid, which GitHub draws."""

from __future__ import annotations

from collections.abc import Iterator

from kg.render import mermaid
from kg.render.escape import link
from kg.render.escape import markdown as md
from kg.render.report.document import (
    Block,
    Cell,
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Table,
)


def write(document: Document) -> str:
    """The document as Markdown."""
    lines = [f"# {md(document.title)}", ""]
    if document.date:
        lines += [md(document.date), ""]
    for block in document.blocks:
        lines += [*_block(block), ""]
    return "\n".join(lines)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {md(block.text)}"
        case Paragraph(kind="verdict"):
            yield f"> **{md(block.text)}**"
        case Paragraph():
            yield md(block.text)
        case Items():
            for term, text in block.items:
                yield f"- **{md(term)}**: {md(text)}" if term else f"- {md(text)}"
        case Table():
            yield from _table(block)
        case Figure():
            yield from ("```mermaid", mermaid.write(block.picture).rstrip(), "```")


def _table(table: Table) -> Iterator[str]:
    yield from (f"**{md(table.caption)}**", "")
    yield f"| {' | '.join(md(cell) for cell in table.head)} |"
    yield f"|{'---|' * len(table.head)}"
    for row in table.rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"
    if table.notes:
        yield ""
        for number, note in enumerate(table.notes, 1):
            yield f"{number}. {md(note)}"


def _cell(cell: Cell) -> str:
    marks = "".join(f"<sup>{number}</sup>" for number in cell.notes)
    address = link(cell.link) if cell.link else None
    shown = f"[{md(cell.text)}]({address})" if address else md(cell.text)
    return shown + marks
