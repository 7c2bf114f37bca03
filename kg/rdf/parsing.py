"""RDF text as quads, read so that no nesting in it can end the process.

The parser of pyoxigraph keeps brackets, lists and elements on a stack of its own and grows with
them; only triple terms (`<<(`) and objects of JSON-LD recurse, and end the process by signal 11
from about 5,000 levels on. So the marks `<<` are counted in the raw bytes, whether they stand in
a name, a text or a comment: there cannot be more levels than marks, however the text is read.
Brackets of JSON are counted after a parser of JSON has taken the text, so that both see the same.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, cast

from pyoxigraph import Quad, RdfFormat, parse

from kg.errors import LimitError

MOST_TERMS = 1_000
"""Marks of triple terms in one text, or in one line where each line is a statement."""

_MARK = b"<<"
_CHUNK = 1 << 16
_JSON = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+ | (?P<open>[\[{]) | (?P<close>[\]}])', re.VERBOSE | re.DOTALL
)


def find_term_excess(data: bytes) -> int:
    """Where the mark of a triple term stands that is one too many; -1 where none is.

    >>> find_term_excess(b"<< " * 2), find_term_excess(b"<< " * 1_001)
    (-1, 3000)
    """
    if data.count(_MARK) <= MOST_TERMS:
        return -1
    at = -1
    for _ in range(MOST_TERMS + 1):
        at = data.find(_MARK, at + 1 if at < 0 else at + len(_MARK))
    return at


def find_json_excess(data: bytes, most: int) -> int:
    """Where brackets of a JSON text nest deeper than `most`; -1 where they do not.

    >>> find_json_excess(b'{"a[[": [1]}', 2), find_json_excess(b'{"a": [1]}', 1)
    (-1, 6)
    """
    depth = 0
    for match in _JSON.finditer(data):
        depth += bool(match["open"]) - bool(match["close"])
        if depth > most:
            return match.start()
    return -1


def parse_text(data: bytes, form: RdfFormat, base: str | None = None) -> Iterator[Quad]:
    """The quads of a whole text.

    Raises:
        LimitError: more marks of triple terms than the parser can be trusted with.
        SyntaxError, ValueError: the text is no RDF of this form.
    """
    if data.count(_MARK) > MOST_TERMS:
        raise _too_many()
    return parse(data.removeprefix(codecs.BOM_UTF8), format=form, base_iri=base)


def parse_stream(file: BinaryIO, form: RdfFormat, base: str | None = None) -> Iterator[Quad]:
    """The quads of a file that is read as they are asked for; raises what `parse_text` raises."""
    return parse(cast("BinaryIO", _Counted(file)), format=form, base_iri=base)


def parse_lines(source: bytes | BinaryIO, form: RdfFormat) -> Iterator[Quad]:
    """The quads of N-Triples or N-Quads, in which the limit holds for each line.

    Raises what `parse_text` raises.
    """
    file = BytesIO(source) if isinstance(source, bytes) else source
    while lines := file.readlines(_CHUNK):
        text = b"".join(lines)
        for part in (text,) if text.count(_MARK) <= MOST_TERMS else lines:
            yield from parse_text(part, form)


class _Counted:
    """A file that ends with an error where too many marks of triple terms were read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._last, self._marks = file, b"", 0
        self._is_at_start = True

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._file.read(size)
        if self._is_at_start and len(data) >= len(codecs.BOM_UTF8):
            data, self._is_at_start = data.removeprefix(codecs.BOM_UTF8), False
        self._marks += (self._last + data).count(_MARK)
        if self._marks > MOST_TERMS:
            raise _too_many()
        self._last = data[-1:]
        return data


def _too_many() -> LimitError:
    return LimitError(
        f"more than {MOST_TERMS:,} marks of triple terms (<<); "
        "leave them out, or write the statements as N-Quads, one a line"
    )
