"""Lists of retracted works: the table of Retraction Watch, and plain lists of PMIDs or DOIs.

Crossref publishes and describes the table:
https://www.crossref.org/documentation/retrieve-metadata/retraction-watch/. A row is about one
notice; works are known by their DOI or PMID, and rows without either are left out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.errors import DataError, UsageError
from kg.formats.streams import open_csv
from kg.model.audit import ListedNotice, Notice
from kg.model.vocabulary import fold_spelling, normalise_doi

RETRACTION_WATCH_COLUMNS = ("OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature")
_DATE = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})\b.*")
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})\b.*")
_NO_PMID = ("", "0")


def read_retraction_list(path: Path) -> Iterator[ListedNotice]:
    """The notices of a list, in its order.

    Raises:
        UsageError: the file cannot be opened.
        DataError: it is no such list; says the line.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            head = file.readline()
            file.seek(0)
            is_table = "OriginalPaper" in head
            yield from _read_table(file, path) if is_table else _read_identifiers(file, path)
    except OSError as fault:
        raise UsageError(f"{path}: {fault.strerror}; name a list of retracted works") from fault


def _read_table(lines: Iterable[str], path: Path) -> Iterator[ListedNotice]:
    rows = open_csv(lines)
    try:
        names = [name.strip() for name in next(rows)]
        for name in RETRACTION_WATCH_COLUMNS:
            if name not in names:
                raise DataError(f"{path}:1: the column {name!r} of Retraction Watch is missing")
        for row in rows:
            cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
            pmid = cells.get("OriginalPaperPubMedID", "")
            doi = normalise_doi(cells.get("OriginalPaperDOI", ""))
            listed = ListedNotice(
                _build_notice(cells),
                doi if doi.startswith("10.") else "",
                "" if pmid in _NO_PMID else pmid,
                cells.get("Title", ""),
            )
            if listed.doi or listed.pmid:
                yield listed
    except csv.Error as fault:
        raise DataError(f"{path}:{rows.line_num}: not readable as CSV: {fault}") from fault


def _build_notice(cells: dict[str, str]) -> Notice:
    kind = fold_spelling(cells["RetractionNature"]).replace(" ", "-")
    text = cells.get("RetractionDate", "")
    found = _DATE.fullmatch(text)
    date = f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}" if found else ""
    iso = _ISO_DATE.fullmatch(text)
    doi = cells.get("RetractionDOI", "")
    notice = f"doi:{normalise_doi(doi)}" if doi.startswith(("10.", "http", "doi:")) else ""
    return Notice(kind, "Retraction Watch", notice, iso[1] if iso else date)


def _read_identifiers(lines: Iterable[str], path: Path) -> Iterator[ListedNotice]:
    notice = Notice("retraction", path.name)
    for number, line in enumerate(lines, 1):
        word = line.strip()
        local_id = re.sub(r"^pmid[:\s]*", "", word, flags=re.IGNORECASE)
        doi = normalise_doi(word)
        if local_id.isascii() and local_id.isdecimal():
            yield ListedNotice(notice, pmid=local_id)
        elif doi.startswith("10."):
            yield ListedNotice(notice, doi=doi)
        elif word:
            raise DataError(
                f"{path}:{number}: {word[:40]!r} is neither a PMID nor a DOI; a list has one a "
                "line, or is the table of Retraction Watch"
            )
