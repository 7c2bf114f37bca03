"""Saved queries: one `.rq` file each, with title, problem and parameters in its header comment.

A parameter is a `VALUES ?name { default }` block, so that a file runs unchanged in any editor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import UnknownName, UsageError
from kg.rdf import vocab
from kg.rdf.sparql import bind, iri_term, number_term, text_term

_HERE = Path(__file__).resolve().parent
_HEADER = re.compile(r"#\s*(title|problem):\s*(.+)")
_PARAMETER = re.compile(r"#\s*parameter:\s*(\w+)\s+\(([\w-]+)\)\s+(.+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a saved query.

    `kind` is a section of the name space (`entity`, `exposure`, `source` ...), `reading`, `text` or
    `number`; `default` is the SPARQL in the file, `UNDEF` where it means any.
    """

    name: str
    kind: str
    meaning: str
    default: str

    def term(self, value: str) -> str:
        """The SPARQL term of a value that a person gave.

        Raises:
            UsageError: the value is not of this kind.
        """
        if self.kind == "text":
            return text_term(value)
        if self.kind == "number":
            return number_term(value)
        if self.kind == "reading":
            return _reading(value)
        if value.startswith("<") or vocab.expand(value) != value:
            return iri_term(value)
        return f"<{vocab.iri(self.kind, value)}>"


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query of the catalogue."""

    name: str
    title: str
    problem: str
    parameters: tuple[Parameter, ...]
    text: str

    def bound(self, values: Mapping[str, str] | None = None) -> str:
        """The SPARQL text with the given values; parameters without one keep their default.

        >>> "<https://w3id.org/evidence-kg/source/a1>" in saved("uncited-claims").bound(
        ...     {"source": "a1"}
        ... )
        True

        Raises:
            UnknownName: the query has no such parameter.
            UsageError: a value is not of the kind that its parameter asks for.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        terms = {}
        for name, value in (values or {}).items():
            if name not in known:
                raise UnknownName(f"parameter of {self.name}", name, tuple(sorted(known)))
            terms[name] = known[name].term(value)
        return bind(self.text, terms)


@cache
def catalogue() -> Mapping[str, SavedQuery]:
    """All saved queries by name, sorted."""
    return {path.stem: _read(path) for path in sorted(_HERE.glob("*.rq"))}


def saved(name: str) -> SavedQuery:
    """The saved query of this name; `UnknownName` with near names."""
    try:
        return catalogue()[name]
    except KeyError:
        from difflib import get_close_matches

        near = get_close_matches(name, list(catalogue()), n=3, cutoff=0.4)
        raise UnknownName("saved query", name, tuple(near)) from None


def _read(path: Path) -> SavedQuery:
    """A saved query from its file."""
    text = path.read_text(encoding="utf-8")
    head: dict[str, str] = {}
    parameters = []
    for line in text.splitlines():
        if found := _HEADER.fullmatch(line):
            head[found[1]] = found[2]
        elif found := _PARAMETER.fullmatch(line):
            parameters.append(Parameter(found[1], found[2], found[3], _default(text, found[1])))
    return SavedQuery(path.stem, head["title"], head["problem"], tuple(parameters), text)


def _default(text: str, name: str) -> str:
    block = re.search(rf"VALUES\s+[?]{name}\s*\{{([^{{}}]*)\}}", text)
    return block[1].strip() if block else ""


def _reading(value: str) -> str:
    from kg.model import Reading

    for reading in Reading:
        if value.replace("-", "_") == reading:
            return f"<{vocab.concept(reading)}>"
    raise UsageError(f"{value!r} is not a reading: use {', '.join(Reading)}")
