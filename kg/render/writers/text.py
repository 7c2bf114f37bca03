"""A document for a terminal: what it is first, wrapped lines, aligned tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
    RowTable,
    Rule,
    TableCell,
)
from kg.render.escape import escape_terminal
from kg.render.writers.display_width import cut_text, measure_text, pad_text, wrap_text
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
            page.lines += wrap_text(escape_terminal(block.text), page.width, indent)
        case ItemList():
            for term, text in block.items:
                item_text = escape_terminal(f"{term}: {text}" if term else text)
                lines = wrap_text(item_text, page.width - 2, "  ")
                page.lines += (f"  {line}" for line in lines)
        case RowTable():
            names = [name.upper() for name in block.column_names]
            for row in ([names] if names else []) + [*map(escape_cells, block.rows)]:
                cells = map(pad_text, row, (*block.widths, 0))
                page.lines.append("  ".join(cells).rstrip())
        case DocumentTable():
            page.lines += [escape_terminal(block.caption)] if block.caption else []
            rows = [[_format_cell(cell) for cell in row] for row in block.rows]
            page.lines += align_columns(block.column_names, rows, page.width)
            for number, note in enumerate(block.notes, 1):
                page.lines += wrap_text(escape_terminal(f"{number}. {note}"), page.width)
        case Figure():
            page.lines += wrap_text(escape_terminal(block.picture.alt_text), page.width)


def _format_cell(cell: TableCell) -> str:
    return cell.text + "".join(f" [{number}]" for number in cell.notes)


def escape_cells(row: Sequence[str]) -> list[str]:
    """The cells as they may be shown on a terminal."""
    return [escape_terminal(cell) for cell in row]


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
        *(escape_cells(row) for row in rows),
    ]
    widths = [max(measure_text(row[n]) for row in text_rows) for n in range(len(column_names))]
    lines = []
    for row in text_rows:
        left_text = "".join(f"{cell}  " for cell in map(pad_text, row[:-1], widths))
        last_text = cut_text(row[-1], max(20, width - measure_text(left_text)))
        lines.append((left_text + last_text).rstrip())
    return lines
