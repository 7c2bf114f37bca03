"""A document as one HTML file: it opens offline, prints on A4 and Letter, and needs no script."""

from __future__ import annotations

from collections.abc import Iterator

from kg.errors import OutsideError
from kg.render import RenderOptions
from kg.render.diagram import dot, engines
from kg.render.diagram.picture import (
    PALETTES,
    Palette,
    Picture,
    choose_text_colour,
    list_dark_rules,
)
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
from kg.render.escape import escape_html, normalise_link

UNBROKEN_ROWS = 6
"""Rows of a table that is not torn apart by the end of a page, at most."""


def write(document: Document, options: RenderOptions | None = None) -> str:
    """The document as HTML, its picture drawn into it."""
    return "".join(iterate_pieces(document, options or RenderOptions()))


def iterate_pieces(document: Document, options: RenderOptions) -> Iterator[str]:
    """The page part by part."""
    title = escape_html(document.title)
    date = f"<p class='date'>{escape_html(document.date)}</p>" if document.date else ""
    yield (
        "<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        "<meta http-equiv='Content-Security-Policy' "
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
        f"<title>{title}</title>\n<style>{STYLE_SHEET}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n{date}\n"
    )
    for block in document.blocks or document.screen:
        yield from (f"{part}\n" for part in _format_block(block))
    yield "</main>\n</body>\n</html>\n"


def _format_block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"<h{block.level}>{escape_html(block.text)}</h{block.level}>"
        case Paragraph():
            yield f"<p class='{escape_html(block.kind)}'>{escape_html(block.text)}</p>"
        case Field():
            label = f"<strong>{escape_html(block.label.capitalize())}</strong>: "
            yield f"<p>{label if block.label else ''}{escape_html(block.text)}</p>"
        case Rule():
            yield "<hr>"
        case ItemList():
            yield "<ul>"
            for term, text in block.items:
                term_html = f"<strong>{escape_html(term)}</strong>: " if term else ""
                yield f"<li>{term_html}{escape_html(text)}</li>"
            yield "</ul>"
        case DocumentTable():
            yield from _format_table(block)
        case RowTable():
            yield from _format_table(block.build_block())
        case Figure():
            yield from _draw_figure(block.picture)


def _format_table(table: DocumentTable) -> Iterator[str]:
    unbroken_class = " kept" if len(table.rows) <= UNBROKEN_ROWS else ""
    caption = escape_html(table.caption)
    yield f"<div class='wide{unbroken_class}' tabindex='0' role='region' aria-label='{caption}'>"
    yield f"<table>{f'<caption>{caption}</caption>' if caption else ''}"
    heads = "".join(f"<th scope='col'>{escape_html(cell)}</th>" for cell in table.column_names)
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for first, *other_cells in table.rows:
        cells = "".join(
            f"<td{_format_tone(cell)}>{_format_cell(cell)}</td>" for cell in other_cells
        )
        yield f"<tr><th scope='row'{_format_tone(first)}>{_format_cell(first)}</th>{cells}</tr>"
    yield "</tbody></table></div>"
    if table.notes:
        yield "<ol class='notes'>"
        yield from (f"<li>{escape_html(note)}</li>" for note in table.notes)
        yield "</ol>"


def _format_tone(cell: TableCell) -> str:
    return f" class='{escape_html(cell.tone)}'" if cell.tone else ""


def _format_cell(cell: TableCell) -> str:
    marks = "".join(f"<sup>{number}</sup>" for number in cell.notes)
    address = normalise_link(cell.link) if cell.link else None
    cell_html = escape_html(cell.text)
    return (f"<a href='{escape_html(address)}'>{cell_html}</a>" if address else cell_html) + marks


def _draw_figure(picture: Picture) -> Iterator[str]:
    """The picture as SVG; where nothing here draws, what it shows in words."""
    try:
        svg_bytes = engines.draw_picture(
            dot.write(picture, upwards=engines.has_upward_stacking()), "svg"
        )
    except OutsideError:
        yield f"<p class='note'>{escape_html(picture.alt_text)}</p>"
        return
    svg = engines.make_accessible(
        svg_bytes,
        picture.title,
        picture.alt_text,
        dot.describe_elements(picture),
        picture.options.links,
    )
    yield f"<figure tabindex='0'>{svg.decode().partition('?>')[2].strip()}</figure>"


def _format_colours(palette: Palette, line: str, header_colour: str, link: str) -> str:
    """The colours of a scheme as custom properties; text on a level is what stands out from it."""
    tones = "".join(
        f"--{level.key}:{colour};--on-{level.key}:{choose_text_colour(colour)};"
        for level, colour in palette.levels.items()
    )
    return (
        f":root{{--ground:{palette.ground};--text:{palette.text};--soft:{palette.soft};"
        f"--mark:{palette.mark};--line:{line};--head:{header_colour};--link:{link};{tones}}}"
    )


_LIGHT_PALETTE, _DARK_PALETTE = PALETTES["light"], PALETTES["dark"]
_TONE_RULES = "".join(
    f"td.{level.key}{{background:var(--{level.key});color:var(--on-{level.key})}}"
    for level in _LIGHT_PALETTE.levels
)
STYLE_SHEET = (
    "@page{size:auto;margin:16mm 14mm}"
    f"{_format_colours(_LIGHT_PALETTE, '#cfd6de', '#f3f5f8', '#0b4f8a')}"
    ":root{color:var(--text);background:var(--ground)}"
    "body{margin:0;font:16px/1.45 system-ui,'Liberation Sans','DejaVu Sans',sans-serif}"
    "main{max-width:70rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.7rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2rem;break-after:avoid}"
    ".date,.note,caption,.notes{color:var(--soft)}.note,.notes{font-size:.85rem}"
    ".verdict{font-size:1.15rem;font-weight:600;border-left:6px solid var(--mark);"
    "padding:.6rem .9rem;background:var(--head)}"
    ".wide{overflow-x:auto}.kept{break-inside:avoid}.kept+.notes{break-before:avoid}"
    "table{border-collapse:collapse;width:100%;font-size:.85rem}"
    "caption{text-align:left;padding:.4rem 0}tr{break-inside:avoid}"
    "th,td{border:1px solid var(--line);padding:.3rem .45rem;text-align:left;vertical-align:top;"
    "overflow-wrap:break-word}caption{break-after:avoid}"
    "td a{overflow-wrap:anywhere}tbody tr:nth-last-child(-n+2){break-before:avoid}"
    "thead th{background:var(--head)}tbody th{font-weight:600}sup{padding-left:.15em}"
    f"{_TONE_RULES}td.break{{color:var(--break,var(--mark));font-weight:600}}"
    "figure{margin:1rem 0;break-inside:avoid}figure svg{width:100%;height:auto}"
    "a{color:var(--link)}li{overflow-wrap:anywhere}"
    "@media screen{:root{color-scheme:light dark}}"
    "@media screen and (max-width:40rem){figure{overflow-x:auto}figure svg{min-width:44rem}}"
    "@media screen and (prefers-color-scheme:dark){"
    f"{_format_colours(_DARK_PALETTE, '#334255', '#18222f', '#8cc4f5')}:root{{--break:#ff8f8f}}"
    f"{''.join(list_dark_rules('figure svg'))}}}"
    "@media print{body{font-size:9.5pt}main{max-width:none;padding:0}.wide{overflow:visible}"
    "table{font-size:7pt}.notes,.note{font-size:7pt}th,td{padding:.15rem .25rem}"
    "a{color:inherit;text-decoration:none}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
)
