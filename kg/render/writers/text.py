"""A document for a terminal: what it is first, wrapped lines, aligned tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from kg.render import RenderOptions
from kg.render.document import (
    Block,
    Document,
    DocumentTable,
    Field,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    Rule,
    TableCell,
)
from kg.render.escape import escape_terminal
from kg.render.writers.terminal_page import BOLD, DIM, GREEN, RED, YELLOW, TerminalPage

TONE_CODES = {"strong": BOLD, "faint": DIM, "good": GREEN, "caution": YELLOW, "bad": RED}


def iterate_pieces(document: Document, options: RenderOptions) -> Iterator[str]:
    """The text block by block: `screen` as it is, other blocks under the title."""
    blocks = document.screen or (Heading(document.title, 1), *document.blocks)
    previous: Block | None = None
    for block in blocks:
        page = TerminalPage(options)
        if _needs_blank_line(previous, block):
            page.lines.append("")
        _add_block(page, block)
        if page.lines:
            yield page.join_lines()
        previous = block


def _needs_blank_line(previous: Block | None, block: Block) -> bool:
    match previous, block:
        case None, _:
            return False
        case (Heading(level=1), _) | (_, Heading()):
            return True
        case Paragraph(kind=kind), Paragraph():
            return kind != block.kind
    return isinstance(block, Paragraph)


def _add_block(page: TerminalPage, block: Block) -> None:
    match block:
        case Field():
            codes = (TONE_CODES[word] for word in block.tone.split())
            page.add_paragraph(block.label, block.text, *codes)
        case Rule():
            page.add_rule()
        case Heading():
            page.lines.append(escape_terminal(block.text))
        case Paragraph():
            indent = "  " if block.kind == "note" else ""
            page.lines += wrap(escape_terminal(block.text), page.width, subsequent_indent=indent)
        case ItemList():
            for term, text in block.items:
                item_text = escape_terminal(f"{term}: {text}" if term else text)
                lines = wrap(item_text, page.width - 2, subsequent_indent="  ")
                page.lines += (f"  {line}" for line in lines)
        case DocumentTable():
            page.lines += [escape_terminal(block.caption)] if block.caption else []
            rows = [[_format_cell(cell) for cell in row] for row in block.rows]
            page.lines += align_columns(block.column_names, rows, page.width)
            for number, note in enumerate(block.notes, 1):
                page.lines += wrap(escape_terminal(f"{number}. {note}"), page.width)
        case Figure():
            page.lines += wrap(escape_terminal(block.picture.alt_text), page.width)


def _format_cell(cell: TableCell) -> str:
    return cell.text + "".join(f" [{number}]" for number in cell.notes)


def align_columns(
    column_names: Sequence[str], rows: Iterable[Sequence[str]], width: int
) -> list[str]:
    """Lines of aligned columns under capitals; the last column is cut at the width, no other is.

    >>> align_columns(("id", "label"), [("zinc", "zinc")], 40)
    ['ID    LABEL', 'zinc  zinc']
    """
    if not column_names:
        return [""]
    text_rows = [
        [name.upper() for name in column_names],
        *([escape_terminal(cell) for cell in row] for row in rows),
    ]
    widths = [max(len(row[n]) for row in text_rows) for n in range(len(column_names))]
    lines = []
    for row in text_rows:
        left_text = "".join(f"{cell:<{w}}  " for cell, w in zip(row[:-1], widths, strict=False))
        last_text = cut_text(row[-1], max(20, width - len(left_text)))
        lines.append((left_text + last_text).rstrip())
    return lines


def cut_text(text: str, width: int) -> str:
    """The text, with dots for what does not fit.

    >>> cut_text("acne scars", 8)
    'acne...'
    """
    return text if len(text) <= width else text[: width - 3].rstrip() + "..."
