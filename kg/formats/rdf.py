"""RDF files: read with limits that keep a parser from being ended by its input; written in order.

The parser of pyoxigraph is fast and strict, and recurses: deeply nested JSON-LD or triple terms
end the process (`kg.rdf.parsing`), and it reads entity declarations of RDF/XML without bound. So
nesting is counted and a DOCTYPE refused before it sees a byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pyoxigraph import Quad, RdfFormat, Store, serialize

from kg.errors import LimitError
from kg.formats import MOST_BYTES, faults
from kg.formats.faults import Fault, found
from kg.formats.files import read_bytes, write_atomically
from kg.model import Diagnostic, EvidenceBase, Loaded, Location, Severity
from kg.rdf.decode import decode
from kg.rdf.encode import encode
from kg.rdf.parsing import MOST_TERMS, find_json_excess, find_term_excess, parse_text
from kg.rdf.trig import trig
from kg.rdf.vocab import BASE
from kg.resources import shipped

MAX_BYTES = MOST_BYTES
MAX_DEPTH = 100
MOST_CONTEXTS = 100
"""Contexts of a JSON-LD file: each name of the shipped one stands for thousands of bytes."""

CONTEXT = BASE + "context.jsonld"
"""The one context that JSON-LD may name; it is read from the files that ship with kg."""

BROKEN = Fault("KG030", "broken-rdf", Severity.SEVERE, "Mend the file at this place.")
REFUSED = Fault(
    "KG036",
    "refused-rdf",
    Severity.SEVERE,
    "Write the file without it: kg reads no other file and no network.",
)


def read_trig(path: Path) -> Loaded:
    """The base in a TriG file."""
    return _read(path, RdfFormat.TRIG)


def read_turtle(path: Path) -> Loaded:
    """The base in a Turtle file."""
    return _read(path, RdfFormat.TURTLE)


def read_nquads(path: Path) -> Loaded:
    """The base in an N-Quads file."""
    return _read(path, RdfFormat.N_QUADS)


def read_ntriples(path: Path) -> Loaded:
    """The base in an N-Triples file."""
    return _read(path, RdfFormat.N_TRIPLES)


def read_jsonld(path: Path) -> Loaded:
    """The base in a JSON-LD file."""
    return _read(path, RdfFormat.JSON_LD)


def read_rdfxml(path: Path) -> Loaded:
    """The base in an RDF/XML file."""
    return _read(path, RdfFormat.RDF_XML)


def read_store(path: Path) -> Loaded:
    """The base in an Oxigraph store, which is opened for reading only."""
    from kg.formats.curated import shown

    place = shown(Path(path))
    try:
        inner = Path(path) / "current"
        quads = list(Store.read_only(str(inner.resolve() if inner.exists() else path)))
    except (OSError, RuntimeError, ValueError) as fault:
        message = f"the store cannot be read: {fault}."
        return Loaded(EvidenceBase(), (found(faults.UNREADABLE, message, Location(place)),))
    return of_quads(quads, place)


def of_quads(quads: Iterable[Quad], place: str) -> Loaded:
    """The base that the quads of a store describe; `place` names the store in diagnostics."""
    quads = list(quads)
    lines = "\n".join(sorted(map(str, quads)))
    return _loaded(quads, lines.encode("utf-8", "replace"), place)


def save_trig(base: EvidenceBase, path: Path) -> Path:
    """The path of a TriG file that now holds the base."""
    return write_trig(encode(base), path)


def save_nquads(base: EvidenceBase, path: Path) -> Path:
    """The path of an N-Quads file that now holds the base."""
    return write_nquads(encode(base), path)


def write_trig(quads: Iterable[Quad], path: str | Path) -> Path:
    """The path of a TriG file that now holds the quads, in an order that makes it comparable."""
    return write_atomically(path, trig(quads))


def write_nquads(quads: Iterable[Quad], path: str | Path) -> Path:
    """The path of an N-Quads file that now holds the quads, one a line, sorted."""
    data = serialize(set(quads), format=RdfFormat.N_QUADS) or b""
    return write_atomically(path, b"".join(sorted(data.splitlines(keepends=True))))


class _Fault(Exception):
    """A file cannot be read; carries the fault and its place in the file."""

    def __init__(
        self, fault: Fault, message: str, line: int = 0, column: int = 0, remedy: str = ""
    ) -> None:
        self.fault, self.message, self.line, self.column = fault, message, line, column
        self.remedy = remedy
        super().__init__(message)


def _read(path: Path, form: RdfFormat) -> Loaded:
    """The base in a file and its faults; never raises on content."""
    from kg.formats.curated import shown

    place = shown(Path(path))
    try:
        data = _bytes(Path(path))
        quads = _quads(data, form)
    except _Fault as fault:
        where = Location(place, fault.line, fault.column)
        return Loaded(
            EvidenceBase(), (found(fault.fault, fault.message, where, remedy=fault.remedy),)
        )
    return _loaded(quads, data, place)


def _loaded(quads: Iterable[Quad], data: bytes, place: str) -> Loaded:
    """The base of some quads, held to the rules that curated text is held to."""
    from kg.formats.references import check

    loaded = decode(quads, place)
    base = replace(loaded.base, digest=hashlib.sha256(data).hexdigest())
    left_out = frozenset(d.subject.partition(":")[2] for d in loaded.diagnostics)
    return Loaded(base, (*loaded.diagnostics, *_placed(check(base, left_out), place)))


def _placed(diagnostics: Iterable[Diagnostic], path: str) -> Iterator[Diagnostic]:
    """The diagnostics, each with a place: the file where the record names none of its own."""
    for diagnostic in diagnostics:
        yield replace(diagnostic, location=diagnostic.location or Location(path))


def _bytes(path: Path) -> bytes:
    try:
        return read_bytes(path, MAX_BYTES)
    except LimitError as fault:
        remedy = "kg load puts it into a store of any size; name that with --base."
        raise _Fault(faults.LIMITS, f"{fault}.", remedy=remedy) from None
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise _Fault(faults.UNREADABLE, f"the file cannot be read: {reason}.") from None


def _quads(data: bytes, form: RdfFormat) -> list[Quad]:
    """All quads of a text; nothing of a text that is broken anywhere."""
    if form == RdfFormat.JSON_LD:
        data = _checked_json(data)
    elif form == RdfFormat.RDF_XML:
        _check_xml(data)
    else:
        _check_terms(data)
    try:
        return list(parse_text(data, form, BASE))
    except SyntaxError as fault:
        reason = str(fault.msg).partition("\n")[0]
        raise _Fault(BROKEN, f"{reason[:300]}.", fault.lineno or 0, fault.offset or 0) from None
    except (ValueError, OSError, RuntimeError) as fault:
        raise _Fault(BROKEN, f"{str(fault)[:300]}.") from None


def _at(data: bytes, offset: int) -> tuple[int, int]:
    """Line and column of an offset."""
    line = data.count(b"\n", 0, offset) + 1
    return line, offset - data.rfind(b"\n", 0, offset)


def _check_terms(data: bytes) -> None:
    """Refuse more marks of triple terms than the parser can be trusted with."""
    at = find_term_excess(data)
    if at >= 0:
        message = f"more than {MOST_TERMS:,} marks of triple terms (<<)."
        raise _Fault(faults.LIMITS, message, *_at(data, at), remedy="Leave them out.")


def _checked_json(data: bytes) -> bytes:
    """JSON-LD with the shipped context written out; every other context by name is refused."""
    at = find_json_excess(data, MAX_DEPTH)
    if at >= 0:
        message = f"brackets nest deeper than {MAX_DEPTH} here."
        raise _Fault(faults.LIMITS, message, *_at(data, at))
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as fault:
        raise _Fault(BROKEN, f"{fault.msg}.", fault.lineno, fault.colno) from None
    except (ValueError, RecursionError) as fault:
        raise _Fault(BROKEN, f"the file is not JSON in UTF-8: {str(fault)[:200]}.") from None
    _inline(document, count(1))
    return json.dumps(document).encode()


def _inline(value: Any, names: Iterator[int]) -> None:
    """Put the shipped context in the place of its name, everywhere; `names` counts the places."""
    if isinstance(value, list):
        for item in value:
            _inline(item, names)
    elif isinstance(value, dict):
        if "@import" in value:
            raise _Fault(REFUSED, "the context imports another document.")
        if "@context" in value:
            value["@context"] = _context(value["@context"], names)
        for key, item in value.items():
            if key != "@context" or not isinstance(item, str):
                _inline(item, names)


def _context(context: Any, names: Iterator[int]) -> Any:
    if isinstance(context, list):
        return [_context(item, names) for item in context]
    if not isinstance(context, str):
        return context
    if context != CONTEXT:
        raise _Fault(REFUSED, f"the file names the context {faults.quoted(context)}.")
    if next(names) > MOST_CONTEXTS:
        message = f"the file names a context more than {MOST_CONTEXTS} times."
        raise _Fault(faults.LIMITS, message, remedy="Name it once, at the top.")
    return _shipped_context()


@cache
def _shipped_context() -> Any:
    return json.loads((shipped("ontology") / "context.jsonld").read_bytes())["@context"]


def _check_xml(data: bytes) -> None:
    """Refuse a DOCTYPE, deep nesting and broken XML, with the line."""
    parser = expat.ParserCreate()
    depth = 0

    def fail(fault: Fault, message: str) -> None:
        raise _Fault(
            fault, message, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        ) from None

    def doctype(*_: Any) -> None:
        fail(REFUSED, "the file declares a DOCTYPE.")

    def start(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            fail(faults.LIMITS, f"elements nest deeper than {MAX_DEPTH} here.")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as fault:
        reason = expat.ErrorString(fault.code) or "broken XML"
        raise _Fault(BROKEN, f"{reason}.", fault.lineno, fault.offset + 1) from None
    except (ValueError, LookupError) as fault:
        raise _Fault(BROKEN, f"{fault}.") from None
