"""Pictures and pages turned into PNG and PDF, in the letters that come with kg.

DejaVu Sans Condensed is about as wide as Helvetica, whose widths Graphviz reckons with; in its own
letters a picture looks the same on every machine, and on one without any fonts.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from kg.errors import OutsideError
from kg.extras import import_extra

FONT_FAMILY = "DejaVu Sans Condensed"
_FONTS = {
    "normal": Path(__file__).parent / "fonts" / "DejaVuSansCondensed.ttf",
    "bold": Path(__file__).parent / "fonts" / "DejaVuSansCondensed-Bold.ttf",
}
_FONT_ATTRIBUTE = re.compile(r'font-family="[^"]*"')
_FONT_ATTRIBUTES = 'font-family="DejaVu Sans" font-stretch="condensed"'
_VIEW_BOX = re.compile(r'viewBox="[^"]*?([\d.]+) ([\d.]+)"')
_PRINT_STYLE = "".join(
    f"@font-face{{font-family:'{FONT_FAMILY}';font-weight:{weight};src:url(kg:{weight})}}"
    for weight in _FONTS
)
_PRINT_STYLE += f"body,text{{font-family:'{FONT_FAMILY}',sans-serif!important}}"
_NO_DATE = "1970-01-01T00:00:00Z"


def print_svg_as_png(svg: bytes) -> bytes:
    """A picture as PNG, with 96 dots an inch as Graphviz draws it.

    Raises:
        OutsideError: the picture cannot be drawn.
    """
    from resvg_py import svg_to_bytes

    try:
        return svg_to_bytes(
            svg_string=_set_font(svg),
            dpi=96,
            font_files=[str(path) for path in _FONTS.values()],
            font_family="DejaVu Sans",
        )
    except ValueError as fault:
        raise OutsideError(f"resvg could not draw this: {fault}") from fault


def print_svg_as_pdf(svg: bytes) -> bytes:
    """A picture as PDF on one page of its own size.

    Raises:
        MissingExtra: the extra `pdf` is not installed.
        OutsideError: the picture cannot be printed.
    """
    text = _set_font(svg)
    size = _VIEW_BOX.search(text)
    if size is None:
        raise OutsideError("this picture has no size")
    width, height = size.groups()
    page_rule = f"@page{{size:{width}pt {height}pt;margin:0}}svg{{display:block}}body{{margin:0}}"
    return print_html(
        f"<!DOCTYPE html><style>{page_rule}</style><body>{text[text.index('<svg') :]}"
    )


def print_html(page: str) -> bytes:
    """A page of HTML as PDF; nothing outside it is loaded, and the same page gives the same bytes.

    Raises:
        MissingExtra: the extra `pdf` is not installed.
        OutsideError: the page cannot be printed.
    """
    plutoprint = import_extra("pdf", "a PDF")
    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4)
    book.custom_resource_fetcher = _make_font_fetcher(plutoprint)
    pdf = io.BytesIO()
    try:
        book.load_html(page, user_style=_PRINT_STYLE)
        for date in ("CREATION_DATE", "MODIFICATION_DATE"):
            book.set_metadata(getattr(plutoprint, f"PDF_METADATA_{date}"), _NO_DATE)
        book.write_to_pdf_stream(pdf)
    except plutoprint.Error as fault:
        raise OutsideError(f"PlutoPrint could not print this: {fault}") from fault
    return pdf.getvalue()


def _make_font_fetcher(plutoprint: Any) -> Any:
    """What PlutoPrint asks for files: it gets the letters of kg, and nothing for anything else."""

    class FontFetcher(plutoprint.ResourceFetcher):  # type: ignore[misc]
        def fetch_url(self, url: str) -> Any:
            font = _FONTS.get(url.removeprefix("kg:"))
            return plutoprint.ResourceData(font.read_bytes() if font else b"", "font/ttf", "")

    return FontFetcher()


def _set_font(svg: bytes) -> str:
    return _FONT_ATTRIBUTE.sub(_FONT_ATTRIBUTES, svg.decode())
