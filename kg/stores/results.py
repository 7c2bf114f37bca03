"""What a query answers: rows, yes or no, or triples; kept as standard bytes, read when asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from kg.errors import UsageError
from kg.rdf.vocab import PREFIXES, XSD, compact
from kg.rdf.xml import make_well_formed, write_rdf_xml
from kg.stores import guard

Kind = Literal["rows", "boolean", "triples"]

ROW_FORMATS = ("csv", "tsv", "json", "xml")
TRIPLE_FORMATS = ("ttl", "nt", "jsonld", "xml")


@dataclass(frozen=True)
class QueryResult:
    """The answer to a query.

    `payload` is SPARQL JSON for rows and booleans, sorted N-Triples for triples, so that an answer
    can pass from a child process unchanged.
    """

    kind: Kind
    payload: bytes

    @cached_property
    def _answer(self) -> Any:
        return json.loads(self.payload) if self.kind != "triples" else {}

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Names of the columns; `subject`, `predicate` and `object` for triples."""
        if self.kind == "triples":
            return ("subject", "predicate", "object")
        return tuple(self._answer["head"].get("vars", ()))

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Cells as plain text: IRIs in short form, literals by their text, unbound as nothing."""
        if self.kind == "triples":
            return tuple(
                tuple(map(_text, (t.subject, t.predicate, t.object))) for t in self.triples
            )
        if self.kind == "boolean":
            return ()
        return tuple(
            tuple(_cell(row.get(name)) for name in self.variables)
            for row in self._answer["results"]["bindings"]
        )

    def cells(self, name: str) -> Iterator[dict[str, Any]]:
        """The terms of a column in SPARQL JSON, where they are bound."""
        for row in self._answer["results"]["bindings"]:
            if name in row:
                yield row[name]

    @property
    def count(self) -> int:
        """How many rows or triples there are."""
        if self.kind == "triples":
            return self.payload.count(b"\n")
        return 0 if self.kind == "boolean" else len(self._answer["results"]["bindings"])

    @classmethod
    def joined(cls, pages: Sequence[QueryResult], ordered: bool) -> QueryResult:
        """One table of pages that follow each other."""
        rows = [row for page in pages for row in page._answer["results"]["bindings"]]
        table = {"head": pages[0]._answer["head"], "results": {"bindings": rows}}
        return cls("rows", _table(table, ordered))

    @property
    def boolean(self) -> bool | None:
        """The answer to ASK; None for every other query."""
        return bool(self._answer["boolean"]) if self.kind == "boolean" else None

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
        writer of the file to guard.

        Raises:
            UsageError: the format does not fit the kind of query.
        """
        return self._graph(format) if self.kind == "triples" else self._table(format)

    def _table(self, format: str) -> str:
        import pyoxigraph as ox

        formats = {
            "csv": ox.QueryResultsFormat.CSV,
            "tsv": ox.QueryResultsFormat.TSV,
            "json": ox.QueryResultsFormat.JSON,
            "xml": ox.QueryResultsFormat.XML,
        }
        if format not in formats:
            raise _unfit(format, ROW_FORMATS, "Only CONSTRUCT and DESCRIBE give triples.")
        answer = ox.parse_query_results(self.payload, format=ox.QueryResultsFormat.JSON)
        if isinstance(answer, ox.QueryTriples):
            raise TypeError("a table was expected")
        text = (answer.serialize(format=formats[format]) or b"").decode()
        return make_well_formed(text) if format == "xml" else text

    def _graph(self, format: str) -> str:
        import pyoxigraph as ox

        formats = {
            "ttl": ox.RdfFormat.TURTLE,
            "nt": ox.RdfFormat.N_TRIPLES,
            "jsonld": ox.RdfFormat.JSON_LD,
        }
        if format == "xml":
            return write_rdf_xml(self.triples, PREFIXES)
        if format not in formats:
            raise _unfit(format, TRIPLE_FORMATS, "CONSTRUCT and DESCRIBE give triples.")
        data = ox.serialize(self.triples, format=formats[format], prefixes=dict(PREFIXES))
        return (data or b"").decode()


def of_answer(answer: Any, ordered: bool) -> QueryResult:
    """The result of a pyoxigraph answer; rows that the query does not order are sorted."""
    import pyoxigraph as ox

    if isinstance(answer, ox.QueryTriples):
        lines = (answer.serialize(format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
        return QueryResult("triples", b"".join(sorted(lines)))
    data = answer.serialize(format=ox.QueryResultsFormat.JSON)
    if isinstance(answer, ox.QueryBoolean):
        return QueryResult("boolean", data)
    return QueryResult("rows", data if ordered else _table(json.loads(data), ordered=False))


def of_table(data: bytes, text: str) -> QueryResult:
    """The result of a SPARQL JSON table that some engine wrote in answer to a text.

    What the standard leaves open is settled as Oxigraph does it, so that engines can be compared:
    how a term is written, the columns of `SELECT *`, the order of rows where the query names none.
    """
    table = json.loads(data)
    _check_table(table)
    if guard.form_of(text) == "ASK":
        said = json.dumps({"head": {}, "boolean": _yes(table)})
        return QueryResult("boolean", said.encode())
    if guard.selects_all(text):
        table["head"]["vars"].sort()
    return QueryResult("rows", _table(table, guard.outermost(text, "ORDER")))


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


def _yes(table: dict[str, Any]) -> bool:
    """The answer to ASK; Virtuoso 7 gives it as a table of one cell."""
    if "boolean" in table:
        return bool(table["boolean"])
    (cell,) = table["results"]["bindings"][0].values()
    return cell["value"] in ("1", "true")


def _table(table: dict[str, Any], ordered: bool) -> bytes:
    names = table["head"].get("vars", [])
    rows = [
        {name: _plain(row[name]) for name in names if name in row}
        for row in table["results"]["bindings"]
    ]
    if not ordered:
        rows.sort(key=lambda row: [_key(row.get(name)) for name in names])
    kept = {"head": {"vars": names}, "results": {"bindings": rows}}
    return json.dumps(kept, ensure_ascii=False).encode()


def _plain(cell: dict[str, Any]) -> dict[str, Any]:
    """A term as the standard of 2013 writes it: no `typed-literal`, no datatype of plain text."""
    if cell["type"] == "typed-literal":
        cell = {**cell, "type": "literal"}
    if cell.get("datatype") == XSD + "string":
        cell = {key: value for key, value in cell.items() if key != "datatype"}
    return cell


def _key(cell: dict[str, Any] | None) -> tuple[bool, str]:
    return (cell is not None, json.dumps(cell, sort_keys=True) if cell else "")


def _cell(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return ""
    value = cell["value"]
    if cell["type"] == "uri":
        return compact(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(term: Any) -> str:
    from pyoxigraph import Literal as OxigraphLiteral
    from pyoxigraph import NamedNode

    if isinstance(term, NamedNode):
        return compact(term.value)
    return term.value if isinstance(term, OxigraphLiteral) else str(term)


def _unfit(format: str, known: tuple[str, ...], why: str) -> UsageError:
    return UsageError(f"this query cannot be written as {format}: use {', '.join(known)}. {why}")
