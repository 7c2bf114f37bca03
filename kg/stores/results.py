"""What a query answers: rows, yes or no, or triples; kept as standard bytes, read when asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from kg.errors import UsageError
from kg.rdf.vocab import PREFIXES, XSD, format_curie
from kg.rdf.xml import make_well_formed, write_rdf_xml
from kg.stores import query_policy

ResultKind = Literal["rows", "boolean", "triples"]

ROW_FORMATS = ("csv", "tsv", "json", "xml")
TRIPLE_FORMATS = ("ttl", "nt", "jsonld", "xml")


@dataclass(frozen=True)
class QueryResult:
    """The answer to a query.

    `payload` is SPARQL JSON for rows and booleans, sorted N-Triples for triples, so that an answer
    can pass from a child process unchanged.
    """

    kind: ResultKind
    payload: bytes

    @cached_property
    def _answer_json(self) -> Any:
        return json.loads(self.payload) if self.kind != "triples" else {}

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Names of the columns; `subject`, `predicate` and `object` for triples."""
        if self.kind == "triples":
            return ("subject", "predicate", "object")
        return tuple(self._answer_json["head"].get("vars", ()))

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Cells as plain text: IRIs in short form, literals by their text, unbound as nothing."""
        if self.kind == "triples":
            return tuple(
                tuple(map(_format_term, (t.subject, t.predicate, t.object))) for t in self.triples
            )
        if self.kind == "boolean":
            return ()
        return tuple(
            tuple(_format_cell(row.get(name)) for name in self.variables)
            for row in self._answer_json["results"]["bindings"]
        )

    def iterate_cells(self, name: str) -> Iterator[dict[str, Any]]:
        """The terms of a column in SPARQL JSON, where they are bound."""
        for row in self._answer_json["results"]["bindings"]:
            if name in row:
                yield row[name]

    @property
    def count(self) -> int:
        """How many rows or triples there are."""
        if self.kind == "triples":
            return self.payload.count(b"\n")
        return 0 if self.kind == "boolean" else len(self._answer_json["results"]["bindings"])

    @classmethod
    def join_pages(cls, pages: Sequence[QueryResult], is_ordered: bool) -> QueryResult:
        """One table of pages that follow each other."""
        rows = [row for page in pages for row in page._answer_json["results"]["bindings"]]
        table = {"head": pages[0]._answer_json["head"], "results": {"bindings": rows}}
        return cls("rows", _encode_table(table, is_ordered))

    @property
    def boolean(self) -> bool | None:
        """The answer to ASK; None for every other query."""
        return bool(self._answer_json["boolean"]) if self.kind == "boolean" else None

    @property
    def triples(self) -> Iterator[Any]:
        """The triples of CONSTRUCT or DESCRIBE, as pyoxigraph triples."""
        from pyoxigraph import RdfFormat, parse

        if self.kind == "triples":
            for quad in parse(self.payload, format=RdfFormat.N_TRIPLES):
                yield quad.triple

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return self.kind != "boolean" and not self.count

    def serialize(self, format: str) -> str:
        """The answer as json, xml, csv or tsv; triples as ttl, nt, jsonld or xml.

        Cells of csv and tsv are those of the standard: what a spreadsheet makes of them is for the
        writer of the file to guard against.

        Raises:
            UsageError: the format does not fit the kind of query.
        """
        return (
            self._serialize_graph(format)
            if self.kind == "triples"
            else self._serialize_table(format)
        )

    def _serialize_table(self, format: str) -> str:
        import pyoxigraph as ox

        formats = {
            "csv": ox.QueryResultsFormat.CSV,
            "tsv": ox.QueryResultsFormat.TSV,
            "json": ox.QueryResultsFormat.JSON,
            "xml": ox.QueryResultsFormat.XML,
        }
        if format not in formats:
            raise _build_format_error(
                format, ROW_FORMATS, "Only CONSTRUCT and DESCRIBE give triples."
            )
        answer = ox.parse_query_results(self.payload, format=ox.QueryResultsFormat.JSON)
        if isinstance(answer, ox.QueryTriples):
            raise TypeError("a table was expected")
        text = (answer.serialize(format=formats[format]) or b"").decode()
        return make_well_formed(text) if format == "xml" else text

    def _serialize_graph(self, format: str) -> str:
        import pyoxigraph as ox

        formats = {
            "ttl": ox.RdfFormat.TURTLE,
            "nt": ox.RdfFormat.N_TRIPLES,
            "jsonld": ox.RdfFormat.JSON_LD,
        }
        if format == "xml":
            return write_rdf_xml(self.triples, PREFIXES)
        if format not in formats:
            raise _build_format_error(
                format, TRIPLE_FORMATS, "CONSTRUCT and DESCRIBE give triples."
            )
        data = ox.serialize(self.triples, format=formats[format], prefixes=dict(PREFIXES))
        return (data or b"").decode()


def convert_answer(answer: Any, is_ordered: bool) -> QueryResult:
    """The result of a pyoxigraph answer; rows that the query does not order are sorted."""
    import pyoxigraph as ox

    if isinstance(answer, ox.QueryTriples):
        lines = (answer.serialize(format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
        return QueryResult("triples", b"".join(sorted(lines)))
    data = answer.serialize(format=ox.QueryResultsFormat.JSON)
    if isinstance(answer, ox.QueryBoolean):
        return QueryResult("boolean", data)
    return QueryResult(
        "rows", data if is_ordered else _encode_table(json.loads(data), is_ordered=False)
    )


def parse_results_table(data: bytes, text: str) -> QueryResult:
    """The result of a SPARQL JSON table that some engine wrote in answer to a text.

    What the standard leaves open is settled as Oxigraph does it, so that engines can be compared:
    how a term is written, the columns of `SELECT *`, the order of rows where the query names none.
    """
    table = json.loads(data)
    _check_table(table)
    if query_policy.detect_query_form(text) == "ASK":
        boolean_json = json.dumps({"head": {}, "boolean": _read_boolean(table)})
        return QueryResult("boolean", boolean_json.encode())
    if query_policy.is_select_all(text):
        table["head"]["vars"].sort()
    return QueryResult(
        "rows", _encode_table(table, query_policy.has_outermost_keyword(text, "ORDER"))
    )


_DEEPEST = 50
"""Triple terms inside each other."""


def _check_table(table: Any) -> None:
    """ValueError where a table has not the form of the standard, so that no reader meets it."""
    if "boolean" in table:
        if not isinstance(table["boolean"], bool):
            raise ValueError("boolean is not true or false")
        return
    if not all(isinstance(name, str) for name in table["head"].get("vars", [])):
        raise ValueError("the name of a column is no text")
    for row in table["results"]["bindings"]:
        for cell in row.values():
            _check_term(cell, _DEEPEST)


def _check_term(cell: Any, depth: int) -> None:
    kind, value = cell["type"], cell["value"]
    if kind == "triple" and depth:
        for part in ("subject", "predicate", "object"):
            _check_term(value[part], depth - 1)
    elif kind not in _TERMS or not isinstance(value, str):
        raise ValueError("a cell is no term")
    if not all(isinstance(cell.get(name, ""), str) for name in ("datatype", "xml:lang")):
        raise ValueError("the type or language of a cell is no text")


_TERMS = ("uri", "literal", "typed-literal", "bnode")


def _read_boolean(table: dict[str, Any]) -> bool:
    """The answer to ASK; Virtuoso 7 gives it as a table of one cell."""
    if "boolean" in table:
        return bool(table["boolean"])
    (cell,) = table["results"]["bindings"][0].values()
    return cell["value"] in ("1", "true")


def _encode_table(table: dict[str, Any], is_ordered: bool) -> bytes:
    names = table["head"].get("vars", [])
    rows = [
        {name: _normalise_cell(row[name]) for name in names if name in row}
        for row in table["results"]["bindings"]
    ]
    if not is_ordered:
        rows.sort(key=lambda row: [_build_sort_key(row.get(name)) for name in names])
    plain_table = {"head": {"vars": names}, "results": {"bindings": rows}}
    return json.dumps(plain_table, ensure_ascii=False).encode()


def _normalise_cell(cell: dict[str, Any]) -> dict[str, Any]:
    """A term as the standard of 2013 writes it: no `typed-literal`, no datatype of plain text."""
    if cell["type"] == "typed-literal":
        cell = {**cell, "type": "literal"}
    if cell.get("datatype") == XSD + "string":
        cell = {key: value for key, value in cell.items() if key != "datatype"}
    return cell


def _build_sort_key(cell: dict[str, Any] | None) -> tuple[bool, str]:
    return (cell is not None, json.dumps(cell, sort_keys=True) if cell else "")


def _format_cell(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return ""
    value = cell["value"]
    if cell["type"] == "uri":
        return format_curie(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _format_term(term: Any) -> str:
    from pyoxigraph import Literal as OxigraphLiteral
    from pyoxigraph import NamedNode

    if isinstance(term, NamedNode):
        return format_curie(term.value)
    return term.value if isinstance(term, OxigraphLiteral) else str(term)


def _build_format_error(
    format: str, known_formats: tuple[str, ...], format_reason: str
) -> UsageError:
    return UsageError(
        f"this query cannot be written as {format}: use {', '.join(known_formats)}. {format_reason}"
    )
