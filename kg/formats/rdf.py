"""RDF files: read with limits that keep a parser from being ended by its input; written in order.

The parser of pyoxigraph is fast and strict, and recurses: deeply nested JSON-LD or triple terms
end the process (`kg.rdf.parsing`), and it reads entity declarations of RDF/XML without bound. So
nesting is counted and a DOCTYPE refused before it sees a byte.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from kg.errors import LimitError
from kg.formats import MAX_BASE_BYTES, faults
from kg.formats.faults import FaultKind, build_diagnostic
from kg.formats.files import format_display_path, read_bytes, write_atomically
from kg.model import EvidenceBase, LoadedBase, Location
from kg.rdf.decode import add_nodes_known_by_id, decode_base
from kg.rdf.parsing import MOST_TERMS, find_json_excess, find_term_excess, parse_text
from kg.rdf.trig import format_trig
from kg.rdf.vocab import BASE, RDF_TYPE, VOCABULARY_GRAPH
from kg.resources import locate_shipped_folder

MAX_RDF_BYTES = MAX_BASE_BYTES
MAX_NESTING = 100
MOST_CONTEXTS = 100
"""Contexts of a JSON-LD file: each name of the shipped one stands for thousands of bytes."""

CONTEXT_IRI = BASE + "context.jsonld"
"""The one context that JSON-LD may name; it is read from the files that ship with kg."""

BROKEN_RDF = FaultKind("KG030", "broken-rdf", "Mend the file at this place.")
REFUSED_RDF = FaultKind(
    "KG036", "refused-rdf", "Write the file without it: kg reads no other file and no network."
)
FOREIGN_REMEDY = (
    "kg grades records in the terms of ontology/kg.ttl; rated links are graded as a table, and "
    "kg load puts any RDF into a store that kg query asks."
)


def read_trig(rdf_path: Path) -> LoadedBase:
    """The base in a TriG file."""
    return _read_file(rdf_path, RdfFormat.TRIG)


def read_turtle(rdf_path: Path) -> LoadedBase:
    """The base in a Turtle file."""
    return _read_file(rdf_path, RdfFormat.TURTLE)


def read_nquads(rdf_path: Path) -> LoadedBase:
    """The base in an N-Quads file."""
    return _read_file(rdf_path, RdfFormat.N_QUADS)


def read_ntriples(rdf_path: Path) -> LoadedBase:
    """The base in an N-Triples file."""
    return _read_file(rdf_path, RdfFormat.N_TRIPLES)


def read_jsonld(rdf_path: Path) -> LoadedBase:
    """The base in a JSON-LD file."""
    return _read_file(rdf_path, RdfFormat.JSON_LD)


def read_rdfxml(rdf_path: Path) -> LoadedBase:
    """The base in an RDF/XML file."""
    return _read_file(rdf_path, RdfFormat.RDF_XML)


def read_store(path: Path) -> LoadedBase:
    """The base in an Oxigraph store, which is opened for reading only."""
    place = format_display_path(Path(path))
    try:
        inner = Path(path) / "current"
        quads = list(Store.read_only(str(inner.resolve() if inner.exists() else path)))
    except (OSError, RuntimeError, ValueError) as fault:
        message = f"the store cannot be read: {fault}."
        diagnostic = build_diagnostic(faults.UNREADABLE_FILE, message, Location(place))
        return LoadedBase(EvidenceBase(), (diagnostic,))
    return decode_store_quads(quads, place)


def decode_store_quads(quads: Iterable[Quad], place: str) -> LoadedBase:
    """The base that the quads of a store describe; `place` names the store in diagnostics."""
    quads = list(quads)
    lines = "\n".join(sorted(map(str, quads)))
    return _build_base(quads, lines.encode("utf-8", "replace"), place, may_lack_nodes=True)


def write_trig(quads: Iterable[Quad], file_path: str | Path) -> Path:
    """The path of a TriG file that now holds the quads, in an order that makes it comparable."""
    return write_atomically(file_path, format_trig(quads))


class _RdfFault(Exception):
    """A file cannot be read; carries the fault and its place in the file."""

    def __init__(
        self, fault: FaultKind, message: str, line: int = 0, column: int = 0, remedy: str = ""
    ) -> None:
        self.fault, self.place, self.remedy = fault, (line, column), remedy
        super().__init__(message)


def _read_file(rdf_path: Path, form: RdfFormat) -> LoadedBase:
    """The base in a file and its faults; never raises on content."""
    place = format_display_path(Path(rdf_path))
    try:
        rdf_bytes = _read_bytes(Path(rdf_path))
        quads = _parse_quads(rdf_bytes, form)
    except _RdfFault as fault:
        location = Location(place, *fault.place)
        diagnostic = build_diagnostic(fault.fault, str(fault), location, remedy=fault.remedy)
        return LoadedBase(EvidenceBase(), (diagnostic,))
    return _build_base(quads, rdf_bytes, place)


def _build_base(
    quads: Iterable[Quad], rdf_bytes: bytes, place: str, may_lack_nodes: bool = False
) -> LoadedBase:
    """The base of some quads, held to the rules that curated text is held to.

    What was loaded from the graphs of others may lack nodes; these are then known by their ids.
    """
    from kg.formats.references.check import check_base

    quads = list(quads)
    loaded = decode_base(quads, place)
    if loaded.base.is_empty and not loaded.diagnostics:
        message = f"it holds no record of kg: {_describe_foreign(quads)}."
        return LoadedBase(
            loaded.base,
            (build_diagnostic(faults.NO_RECORD, message, Location(place), remedy=FOREIGN_REMEDY),),
        )
    whole_base = add_nodes_known_by_id(loaded.base) if may_lack_nodes else loaded.base
    added_count = len(whole_base.entities) - len(loaded.base.entities)
    base = replace(whole_base, digest=hashlib.sha256(rdf_bytes).hexdigest())
    left_out = frozenset(d.subject.partition(":")[2] for d in loaded.diagnostics)
    diagnostics = (  # a record that names no place of its own is in the file
        replace(diagnostic, location=diagnostic.location or Location(place))
        for diagnostic in check_base(base, left_out)
    )
    all_diagnostics = (*loaded.diagnostics, *diagnostics)
    if added_count:
        nodes = "node that claims name is" if added_count == 1 else "nodes that claims name are"
        message = f"{added_count:,} {nodes} described nowhere, and known by id alone."
        remedy = "Load the nodes of the graph, too."
        unnamed = build_diagnostic(
            faults.UNKNOWN_REFERENCE, message, Location(place), remedy=remedy
        )
        all_diagnostics = (*all_diagnostics, faults.make_mild(unnamed))
    return LoadedBase(base, all_diagnostics)


def _describe_foreign(quads: Sequence[Quad]) -> str:
    """How many statements there are beside the vocabulary of kg, and of which types."""
    vocabulary = NamedNode(VOCABULARY_GRAPH)
    foreign_quads = [quad for quad in quads if quad.graph_name != vocabulary]
    types = Counter(
        quad.object.value
        for quad in foreign_quads
        if quad.predicate.value == RDF_TYPE and isinstance(quad.object, NamedNode)
    )
    counts = f"{len(foreign_quads):,} statement{'' if len(foreign_quads) == 1 else 's'}"
    shown = ", ".join(f"{faults.quote_value(name)} x{n}" for name, n in types.most_common(3))
    return f"{counts}, types {shown}" if shown else counts


def _read_bytes(rdf_path: Path) -> bytes:
    try:
        return read_bytes(rdf_path, MAX_RDF_BYTES)
    except LimitError as fault:
        remedy = "kg load puts it into a store of any size; name that with --base."
        raise _RdfFault(faults.BEYOND_LIMITS, f"{fault}.", remedy=remedy) from None
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise _RdfFault(faults.UNREADABLE_FILE, f"the file cannot be read: {reason}.") from None


def _parse_quads(rdf_bytes: bytes, form: RdfFormat) -> list[Quad]:
    """All quads of a text; nothing of a text that is broken anywhere."""
    if form == RdfFormat.JSON_LD:
        rdf_bytes = _prepare_json_ld(rdf_bytes)
    elif form == RdfFormat.RDF_XML:
        _check_xml(rdf_bytes)
    else:
        _check_terms(rdf_bytes)
    try:
        return list(parse_text(rdf_bytes, form, BASE))
    except SyntaxError as fault:
        reason, place = str(fault.msg).partition("\n")[0], (fault.lineno or 0, fault.offset or 0)
        raise _RdfFault(BROKEN_RDF, f"{reason[:300]}.", *place) from None
    except (ValueError, OSError, RuntimeError) as fault:
        raise _RdfFault(BROKEN_RDF, f"{str(fault)[:300]}.") from None


def _at(data: bytes, offset: int) -> tuple[int, int]:
    """Line and column of an offset."""
    line = data.count(b"\n", 0, offset) + 1
    return line, offset - data.rfind(b"\n", 0, offset)


def _check_terms(data: bytes) -> None:
    """Refuse more marks of triple terms than the parser can be trusted with."""
    at = find_term_excess(data)
    if at >= 0:
        message = f"more than {MOST_TERMS:,} marks of triple terms (<<)."
        raise _RdfFault(faults.BEYOND_LIMITS, message, *_at(data, at), remedy="Leave them out.")


def _prepare_json_ld(rdf_bytes: bytes) -> bytes:
    """JSON-LD with the shipped context written out; every other context by name is refused."""
    at = find_json_excess(rdf_bytes, MAX_NESTING)
    if at >= 0:
        message = f"brackets nest deeper than {MAX_NESTING} here."
        raise _RdfFault(faults.BEYOND_LIMITS, message, *_at(rdf_bytes, at))
    try:
        document = json.loads(rdf_bytes.decode("utf-8-sig"))
    except json.JSONDecodeError as fault:
        raise _RdfFault(BROKEN_RDF, f"{fault.msg}.", fault.lineno, fault.colno) from None
    except (ValueError, RecursionError) as fault:
        raise _RdfFault(BROKEN_RDF, f"the file is not JSON in UTF-8: {str(fault)[:200]}.") from None
    _replace_contexts(document, count(1))
    return json.dumps(document).encode()


def _replace_contexts(value: Any, names: Iterator[int]) -> None:
    """Put the shipped context in the place of its name, everywhere; `names` counts the places."""
    if isinstance(value, list):
        for json_item in value:
            _replace_contexts(json_item, names)
    elif isinstance(value, dict):
        if "@import" in value:
            raise _RdfFault(REFUSED_RDF, "the context imports another document.")
        if "@context" in value:
            value["@context"] = _resolve_context(value["@context"], names)
        for key, json_item in value.items():
            if key != "@context" or not isinstance(json_item, str):
                _replace_contexts(json_item, names)


def _resolve_context(context: Any, names: Iterator[int]) -> Any:
    if isinstance(context, list):
        return [_resolve_context(item, names) for item in context]
    if not isinstance(context, str):
        return context
    if context != CONTEXT_IRI:
        raise _RdfFault(REFUSED_RDF, f"the file names the context {faults.quote_value(context)}.")
    if next(names) > MOST_CONTEXTS:
        message = f"the file names a context more than {MOST_CONTEXTS} times."
        raise _RdfFault(faults.BEYOND_LIMITS, message, remedy="Name it once, at the top.")
    return _load_shipped_context()


@cache
def _load_shipped_context() -> Any:
    path = locate_shipped_folder("ontology") / "context.jsonld"
    return json.loads(path.read_bytes())["@context"]


def _check_xml(rdf_bytes: bytes) -> None:
    """Refuse a DOCTYPE, deep nesting and broken XML, with the line."""
    parser = expat.ParserCreate()
    depth = 0

    def raise_fault(fault: FaultKind, message: str) -> None:
        place = (parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        raise _RdfFault(fault, message, *place) from None

    def refuse_doctype(*_: Any) -> None:
        raise_fault(REFUSED_RDF, "the file declares a DOCTYPE.")

    def enter_element(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_NESTING:
            raise_fault(faults.BEYOND_LIMITS, f"elements nest deeper than {MAX_NESTING} here.")

    def leave_element(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = enter_element
    parser.EndElementHandler = leave_element
    try:
        parser.Parse(rdf_bytes, True)
    except expat.ExpatError as fault:
        reason = expat.ErrorString(fault.code) or "broken XML"
        raise _RdfFault(BROKEN_RDF, f"{reason}.", fault.lineno, fault.offset + 1) from None
    except (ValueError, LookupError) as fault:
        raise _RdfFault(BROKEN_RDF, f"{fault}.") from None
