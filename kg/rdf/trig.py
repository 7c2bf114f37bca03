"""TriG that is made to be compared: the same text for any order of quads, one object a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from pyoxigraph import Literal, NamedNode, Quad

from kg.rdf.vocab import PREFIXES, XSD

_LOCAL_NAME = re.compile(
    r"(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})"
    r"(?:(?:[A-Za-z0-9_:.-]|%[0-9A-Fa-f]{2})*(?:[A-Za-z0-9_:-]|%[0-9A-Fa-f]{2}))?"
)
_PLAIN_LITERALS = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}
_TYPE_NAME = "rdf:type"
_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def format_trig(quads: Iterable[Quad]) -> str:
    """TriG of the quads: sorted, one block a subject, the type first, one object a line.

    >>> from pyoxigraph import NamedNode, Quad
    >>> from kg.rdf.encode import make_literal, make_node, make_term
    >>> from kg.rdf.vocab import build_iri
    >>> zinc = make_node(build_iri("entity", "zinc"))
    >>> low = Quad(zinc, make_term("low"), make_literal(2.5))
    >>> print(format_trig([low, Quad(zinc, make_term("line"), make_literal(3))]))
    @prefix entity: <https://w3id.org/evidence-kg/entity/> .
    @prefix kg: <https://w3id.org/evidence-kg/vocab#> .
    <BLANKLINE>
    entity:zinc
        kg:line 3 ;
        kg:low 2.5 .
    <BLANKLINE>
    """
    rows = sorted({_build_row(quad) for quad in quads})
    body = "\n".join(_format_graphs(rows))
    used_prefixes = {row_part.partition(":")[0] for row in rows for row_part in row[:2] + row[3:]}
    heads = [
        f"@prefix {name}: <{PREFIXES[name]}> ." for name in sorted(used_prefixes & set(PREFIXES))
    ]
    return "\n".join([*heads, "", body]) if rows else ""


TrigRow = tuple[str, str, bool, str, str]
"""Graph, subject, whether the predicate is not the type, predicate and object, as text."""


def _build_row(quad: Quad) -> TrigRow:
    graph, predicate = quad.graph_name, _format_term(quad.predicate)
    name = _format_term(graph) if isinstance(graph, NamedNode) else ""
    return (
        name,
        _format_term(quad.subject),
        predicate != _TYPE_NAME,
        predicate,
        _format_term(quad.object),
    )


def _format_graphs(rows: list[TrigRow]) -> Iterator[str]:
    for graph, inside in groupby(rows, key=itemgetter(0)):
        blocks = "\n".join(_format_blocks(inside, "    " if graph else ""))
        yield f"{graph} {{\n{blocks}}}\n" if graph else blocks


def _format_blocks(rows: Iterable[TrigRow], margin: str) -> Iterator[str]:
    for subject, subject_rows in groupby(rows, key=itemgetter(1)):
        lines = []
        for predicate, same in groupby(subject_rows, key=itemgetter(3)):
            objects = f" ,\n{margin}        ".join(row[4] for row in same)
            lines.append(f"{'a' if predicate == _TYPE_NAME else predicate} {objects}")
        if not lines[0].startswith("a "):
            lines[0] = f"\n{margin}    {lines[0]}"
        block_text = f" ;\n{margin}    ".join(lines)
        yield f"{margin}{subject}{'' if block_text[0] == chr(10) else ' '}{block_text} .\n"


def _format_term(term: object) -> str:
    if isinstance(term, NamedNode):
        return _format_iri(term.value)
    if isinstance(term, Literal):
        plain_pattern = _PLAIN_LITERALS.get(term.datatype.value)
        if plain_pattern and plain_pattern.fullmatch(term.value):
            return term.value
    return str(term)


@lru_cache(maxsize=1 << 16)
def _format_iri(iri: str) -> str:
    name = _find_prefix(iri)
    return f"{name}:{iri[len(PREFIXES[name]) :]}" if name else f"<{iri}>"


@lru_cache(maxsize=1 << 16)
def _find_prefix(iri: str) -> str:
    """The prefix under which an IRI can be written, or nothing."""
    for name, space in _LONGEST_FIRST:
        if iri.startswith(space) and _LOCAL_NAME.fullmatch(iri, len(space)):
            return name
    return ""
