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
from kg.rdf.sparql import bind_parameters, format_iri_term, format_number_term, format_text_term

_QUERY_FOLDER = Path(__file__).resolve().parent
_HEADER_PATTERN = re.compile(r"#\s*(title|problem):\s*(.+)")
_PARAMETER_PATTERN = re.compile(r"#\s*parameter:\s*(\w+)\s+\(([\w-]+)\)\s+(.+)")


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A parameter of a saved query.

    `kind` is a section of the name space (`entity`, `exposure`, `source` ...), `reading`, `text` or
    `number`; `default` is the SPARQL in the file, `UNDEF` where it means any.
    """

    name: str
    kind: str
    meaning: str
    default: str

    def format_term(self, value: str) -> str:
        """The SPARQL term of a value that a person gave.

        Raises:
            UsageError: the value is not of this kind.
        """
        if self.kind == "text":
            return format_text_term(value)
        if self.kind == "number":
            return format_number_term(value)
        if self.kind == "reading":
            return _format_reading_term(value)
        if value.startswith("<") or vocab.expand_curie(value) != value:
            return format_iri_term(value)
        return f"<{vocab.build_iri(self.kind, value)}>"


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query of the catalogue."""

    name: str
    title: str
    problem: str
    parameters: tuple[QueryParameter, ...]
    text: str

    def bind_values(self, values: Mapping[str, str] | None = None) -> str:
        """The SPARQL text with the given values; parameters without one keep their default.

        >>> bound_text = find_saved_query("uncited-claims").bind_values({"source": "a1"})
        >>> "<https://w3id.org/evidence-kg/source/a1>" in bound_text
        True

        Raises:
            UnknownName: the query has no such parameter.
            UsageError: a value is not of the kind that its parameter asks for.
        """
        parameter_by_name = {parameter.name: parameter for parameter in self.parameters}
        terms = {}
        for name, value in (values or {}).items():
            if name not in parameter_by_name:
                known = tuple(sorted(parameter_by_name))
                raise UnknownName(f"parameter of {self.name}", name, known)
            terms[name] = parameter_by_name[name].format_term(value)
        return bind_parameters(self.text, terms)


@cache
def load_catalogue() -> Mapping[str, SavedQuery]:
    """All saved queries by name, sorted."""
    return {path.stem: _read_query(path) for path in sorted(_QUERY_FOLDER.glob("*.rq"))}


def find_saved_query(name: str) -> SavedQuery:
    """The saved query of this name; `UnknownName` with near names."""
    try:
        return load_catalogue()[name]
    except KeyError:
        from difflib import get_close_matches

        similar_names = get_close_matches(name, list(load_catalogue()), n=3, cutoff=0.4)
        raise UnknownName("saved query", name, tuple(similar_names)) from None


def _read_query(path: Path) -> SavedQuery:
    """A saved query from its file."""
    text = path.read_text(encoding="utf-8")
    header_fields: dict[str, str] = {}
    parameters = []
    for line in text.splitlines():
        if header_match := _HEADER_PATTERN.fullmatch(line):
            header_fields[header_match[1]] = header_match[2]
        elif header_match := _PARAMETER_PATTERN.fullmatch(line):
            name, kind, meaning = header_match.groups()
            default = _find_default(text, name)
            parameters.append(QueryParameter(name, kind, meaning, default))
    return SavedQuery(path.stem, **header_fields, parameters=tuple(parameters), text=text)


def _find_default(text: str, name: str) -> str:
    block = re.search(rf"VALUES\s+[?]{name}\s*\{{([^{{}}]*)\}}", text)
    return block[1].strip() if block else ""


def _format_reading_term(value: str) -> str:
    from kg.model import Reading

    for reading in Reading:
        if value.replace("-", "_") == reading:
            return f"<{vocab.build_concept_iri(reading)}>"
    raise UsageError(f"{value!r} is not a reading: use {', '.join(Reading)}")
