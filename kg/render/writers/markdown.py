"""A report as Markdown, its picture as Mermaid, which GitHub draws."""

from __future__ import annotations

from collections.abc import Iterator

from kg.render.diagram import mermaid
from kg.render.document import (
    Block,
    Document,
    DocumentTable,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    TableCell,
)
from kg.render.escape import escape_markdown as md
from kg.render.escape import normalise_link


def write(document: Document) -> str:
    """The document as Markdown."""
    lines = [f"# {md(document.title)}", ""]
    if document.date:
        lines += [md(document.date), ""]
    for block in document.blocks:
        lines += [*_format_block(block), ""]
    return "\n".join(lines)


def _format_block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {md(block.text)}"
        case Paragraph(kind="verdict"):
            yield f"> **{md(block.text)}**"
        case Paragraph():
            yield md(block.text)
        case ItemList():
            for term, text in block.items:
                yield f"- **{md(term)}**: {md(text)}" if term else f"- {md(text)}"
        case DocumentTable():
            yield from _format_table(block)
        case Figure():
            yield from ("```mermaid", mermaid.write(block.picture).rstrip(), "```")


def _format_table(table: DocumentTable) -> Iterator[str]:
    yield from (f"**{md(table.caption)}**", "")
    yield f"| {' | '.join(md(cell) for cell in table.column_names)} |"
    yield f"|{'---|' * len(table.column_names)}"
    for row in table.rows:
        yield f"| {' | '.join(_format_cell(cell) for cell in row)} |"
    if table.notes:
        yield ""
        for number, note in enumerate(table.notes, 1):
            yield f"{number}. {md(note)}"


def _format_cell(cell: TableCell) -> str:
    marks = "".join(f"<sup>{number}</sup>" for number in cell.notes)
    address = normalise_link(cell.link) if cell.link else None
    cell_markdown = f"[{md(cell.text)}]({address})" if address else md(cell.text)
    return cell_markdown + marks
