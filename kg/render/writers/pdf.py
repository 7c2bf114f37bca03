"""A report as PDF: the printed form of its HTML, laid out by WeasyPrint (extra `pdf`)."""

from __future__ import annotations

from typing import Any, NoReturn

from kg.errors import OutsideError
from kg.render import RenderOptions
from kg.render.document import Document
from kg.render.writers import html

INSTALL_HINT = (
    "a PDF needs WeasyPrint: pip install 'evidence-kg[pdf]', and the Pango library "
    "(apt-get install libpango-1.0-0 libpangoft2-1.0-0, brew install pango); "
    "-o FILE.html and FILE.md need neither"
)


def write(document: Document, options: RenderOptions | None = None) -> bytes:
    """The document as PDF on A4; nothing outside it is loaded.

    Raises:
        OutsideError: WeasyPrint or Pango is not there.
    """
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as fault:
        raise OutsideError(INSTALL_HINT) from fault
    pdf_output = HTML(string=html.write(document), url_fetcher=_refuse_loading).write_pdf()
    pdf_bytes: bytes = pdf_output
    return pdf_bytes


def _refuse_loading(url: str, *args: Any, **options: Any) -> NoReturn:
    raise ValueError(f"nothing is loaded for a report: {url}")
