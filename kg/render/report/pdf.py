"""A report as PDF: the printed form of its HTML, laid out by WeasyPrint (extra `pdf`)."""

from __future__ import annotations

from typing import Any, NoReturn

from kg.errors import OutsideError
from kg.render.report import html
from kg.render.report.document import Document

NEEDS = (
    "a PDF needs WeasyPrint: pip install 'evidence-kg[pdf]', and the Pango library "
    "(apt-get install libpango-1.0-0 libpangoft2-1.0-0, brew install pango); "
    "-o FILE.html and FILE.md need neither"
)


def write(document: Document) -> bytes:
    """The document as PDF on A4; nothing outside it is loaded.

    Raises:
        OutsideError: WeasyPrint or Pango is not there.
    """
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as fault:
        raise OutsideError(NEEDS) from fault
    drawn = HTML(string=html.write(document), url_fetcher=_refused).write_pdf()
    result: bytes = drawn
    return result


def _refused(url: str, *args: Any, **options: Any) -> NoReturn:
    raise ValueError(f"nothing is loaded for a report: {url}")
