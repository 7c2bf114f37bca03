"""A report as one HTML file: it opens offline, prints on A4 and Letter, and needs no script."""

from __future__ import annotations

from collections.abc import Iterator

from kg.errors import OutsideError
from kg.render import dot, engines
from kg.render.escape import html as escaped
from kg.render.escape import link
from kg.render.picture import PALETTES, Picture
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
    """The document as HTML, its picture drawn into it."""
    title = escaped(document.title)
    date = f"<p class='date'>{escaped(document.date)}</p>" if document.date else ""
    body = "\n".join(part for block in document.blocks for part in _block(block))
    return (
        "<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        "<meta http-equiv='Content-Security-Policy' "
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n{date}\n{body}\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"<h{block.level}>{escaped(block.text)}</h{block.level}>"
        case Paragraph():
            yield f"<p class='{escaped(block.kind)}'>{escaped(block.text)}</p>"
        case Items():
            yield "<ul>"
            for term, text in block.items:
                head = f"<strong>{escaped(term)}</strong>: " if term else ""
                yield f"<li>{head}{escaped(text)}</li>"
            yield "</ul>"
        case Table():
            yield from _table(block)
        case Figure():
            yield from _figure(block.picture)


def _table(table: Table) -> Iterator[str]:
    yield f"<div class='wide'><table><caption>{escaped(table.caption)}</caption>"
    heads = "".join(f"<th scope='col'>{escaped(cell)}</th>" for cell in table.head)
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for first, *rest in table.rows:
        cells = "".join(f"<td{_tone(cell)}>{_cell(cell)}</td>" for cell in rest)
        yield f"<tr><th scope='row'{_tone(first)}>{_cell(first)}</th>{cells}</tr>"
    yield "</tbody></table></div>"
    if table.notes:
        yield "<ol class='notes'>"
        yield from (f"<li>{escaped(note)}</li>" for note in table.notes)
        yield "</ol>"


def _tone(cell: Cell) -> str:
    return f" class='{escaped(cell.tone)}'" if cell.tone else ""


def _cell(cell: Cell) -> str:
    marks = "".join(f"<sup>{number}</sup>" for number in cell.notes)
    address = link(cell.link) if cell.link else None
    shown = escaped(cell.text)
    return (f"<a href='{escaped(address)}'>{shown}</a>" if address else shown) + marks


def _figure(picture: Picture) -> Iterator[str]:
    """The picture as SVG; where nothing here draws, what it shows in words."""
    try:
        drawn = engines.draw(dot.write(picture, upwards=engines.stacks_upwards("svg")), "svg")
    except OutsideError:
        yield f"<p class='note'>{escaped(picture.alt)}</p>"
        return
    svg = engines.accessible(
        drawn, picture.title, picture.alt, dot.spoken(picture), picture.options.links
    )
    yield f"<figure>{svg.decode().partition('?>')[2].strip()}</figure>"


_LIGHT = PALETTES["light"]
_TONES = "".join(
    f"td.{level.key}{{background:{colour}{'' if level < 3 else ';color:#fff'}}}"
    for level, colour in _LIGHT.levels.items()
)
STYLE = (
    "@page{size:auto;margin:16mm 14mm}"
    f":root{{color:{_LIGHT.text};background:#fff;color-scheme:light}}"
    "body{margin:0;font:16px/1.45 system-ui,'Liberation Sans','DejaVu Sans',sans-serif}"
    "main{max-width:70rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.7rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2rem;break-after:avoid}"
    f".date,.note,caption,.notes{{color:{_LIGHT.soft}}}.note,.notes{{font-size:.85rem}}"
    f".verdict{{font-size:1.15rem;font-weight:600;border-left:6px solid {_LIGHT.mark};"
    "padding:.6rem .9rem;background:#f7f8fa}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.85rem}"
    "caption{text-align:left;padding:.4rem 0}tr{break-inside:avoid}"
    "th,td{border:1px solid #cfd6de;padding:.3rem .45rem;text-align:left;vertical-align:top;"
    "overflow-wrap:break-word}caption{break-after:avoid}"
    "thead th{background:#f3f5f8}tbody th{font-weight:600}sup{padding-left:.15em}"
    f"{_TONES}td.break{{color:{_LIGHT.mark};font-weight:600}}"
    "figure{margin:1rem 0;break-inside:avoid}figure svg{width:100%;height:auto}"
    f"a{{color:#0b4f8a}}li{{overflow-wrap:anywhere}}"
    "@media print{body{font-size:9.5pt}main{max-width:none;padding:0}.wide{overflow:visible}"
    "table{font-size:7pt}.notes,.note{font-size:7pt}th,td{padding:.15rem .25rem}"
    "a{color:inherit;text-decoration:none}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
)
