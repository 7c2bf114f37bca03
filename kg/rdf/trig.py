"""TriG that is made to be compared: the same text for any order of quads, one object a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from pyoxigraph import Literal, NamedNode, Quad

from kg.rdf.vocab import PREFIXES, XSD

_LOCAL = re.compile(
    r"(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})"
    r"(?:(?:[A-Za-z0-9_:.-]|%[0-9A-Fa-f]{2})*(?:[A-Za-z0-9_:-]|%[0-9A-Fa-f]{2}))?"
)
_PLAIN = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}
_A = "rdf:type"
_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def trig(quads: Iterable[Quad]) -> str:
    """TriG of the quads: sorted, one block a subject, the type first, one object a line.

    >>> from pyoxigraph import NamedNode, Quad
    >>> from kg.rdf.encode import literal, named, node
    >>> from kg.rdf.vocab import iri
    >>> zinc = node(iri("entity", "zinc"))
    >>> print(trig([Quad(zinc, named("low"), literal(2.5)), Quad(zinc, named("line"), literal(3))]))
    @prefix entity: <https://w3id.org/evidence-kg/entity/> .
    @prefix kg: <https://w3id.org/evidence-kg/vocab#> .
    <BLANKLINE>
    entity:zinc
        kg:line 3 ;
        kg:low 2.5 .
    <BLANKLINE>
    """
    rows = sorted({_row(quad) for quad in quads})
    body = "\n".join(_graphs(rows))
    used = {part.partition(":")[0] for row in rows for part in row[:2] + row[3:]}
    heads = [f"@prefix {name}: <{PREFIXES[name]}> ." for name in sorted(used & set(PREFIXES))]
    return "\n".join([*heads, "", body]) if rows else ""


Row = tuple[str, str, bool, str, str]
"""Graph, subject, whether the predicate is not the type, predicate and object, as text."""


def _row(quad: Quad) -> Row:
    graph, predicate = quad.graph_name, _term(quad.predicate)
    name = _term(graph) if isinstance(graph, NamedNode) else ""
    return (name, _term(quad.subject), predicate != _A, predicate, _term(quad.object))


def _graphs(rows: list[Row]) -> Iterator[str]:
    for graph, inside in groupby(rows, key=itemgetter(0)):
        blocks = "\n".join(_blocks(inside, "    " if graph else ""))
        yield f"{graph} {{\n{blocks}}}\n" if graph else blocks


def _blocks(rows: Iterable[Row], margin: str) -> Iterator[str]:
    for subject, about in groupby(rows, key=itemgetter(1)):
        lines = []
        for predicate, same in groupby(about, key=itemgetter(3)):
            objects = f" ,\n{margin}        ".join(row[4] for row in same)
            lines.append(f"{'a' if predicate == _A else predicate} {objects}")
        if not lines[0].startswith("a "):
            lines[0] = f"\n{margin}    {lines[0]}"
        rest = f" ;\n{margin}    ".join(lines)
        yield f"{margin}{subject}{'' if rest[0] == chr(10) else ' '}{rest} .\n"


def _term(term: object) -> str:
    if isinstance(term, NamedNode):
        return _named(term.value)
    if isinstance(term, Literal):
        plain = _PLAIN.get(term.datatype.value)
        if plain and plain.fullmatch(term.value):
            return term.value
    return str(term)


@lru_cache(maxsize=1 << 16)
def _named(iri: str) -> str:
    name = _prefix(iri)
    return f"{name}:{iri[len(PREFIXES[name]) :]}" if name else f"<{iri}>"


@lru_cache(maxsize=1 << 16)
def _prefix(iri: str) -> str:
    """The prefix under which an IRI can be written, or nothing."""
    for name, space in _LONGEST_FIRST:
        if iri.startswith(space) and _LOCAL.fullmatch(iri, len(space)):
            return name
    return ""
