"""A document as Markdown, its picture as Mermaid, which GitHub draws."""

from __future__ import annotations

from collections.abc import Iterator

from kg.render import RenderOptions
from kg.render.diagram import mermaid
from kg.render.document import (
    Block,
    Document,
    DocumentTable,
    Field,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    RowTable,
    Rule,
    TableCell,
)
from kg.render.escape import escape_markdown as md
from kg.render.escape import normalise_link


def write(document: Document, options: RenderOptions | None = None) -> str:
    """The document as Markdown."""
    return "".join(iterate_pieces(document, options or RenderOptions()))


def iterate_pieces(document: Document, options: RenderOptions) -> Iterator[str]:
    """The document block by block, each with a blank line behind it but within a list of fields."""
    yield f"# {md(document.title)}\n"
    if document.date:
        yield f"\n{md(document.date)}\n"
    in_fields = False
    for block in document.blocks or document.screen:
        gap = "" if in_fields and isinstance(block, Field) else "\n"
        yield gap + "".join(f"{line}\n" for line in _format_block(block))
        in_fields = isinstance(block, Field)


def _format_block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {md(block.text)}"
        case Paragraph(kind="verdict"):
            yield f"> **{md(block.text)}**"
        case Paragraph():
            yield md(block.text)
        case Field():
            label = f"**{md(block.label.capitalize())}**: " if block.label else ""
            yield f"- {label}{md(block.text)}"
        case Rule():
            yield "---"
        case ItemList():
            for term, text in block.items:
                yield f"- **{md(term)}**: {md(text)}" if term else f"- {md(text)}"
        case DocumentTable():
            yield from _format_table(block)
        case RowTable():
            yield from _format_table(block.build_block())
        case Figure():
            yield from ("```mermaid", mermaid.write(block.picture).rstrip(), "```")


def _format_table(table: DocumentTable) -> Iterator[str]:
    if table.caption:
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
    is_anchor = cell.link.startswith("#")
    address = cell.link if is_anchor else normalise_link(cell.link) if cell.link else None
    # no list begins in a cell: a number needs no escape of its point
    text = cell.text if cell.text.replace(".", "", 1).isdecimal() else md(cell.text)
    cell_markdown = f"[{text}]({address})" if address else text
    return cell_markdown + marks
