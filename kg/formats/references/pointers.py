"""References of records to records: each must resolve, and to a record of the right kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kg.formats import faults
from kg.formats.faults import quote_value, suggest_similar_name
from kg.formats.references.report import report_fault
from kg.model import Diagnostic, EvidenceBase
from kg.rdf.table import FIELD_MAPPINGS, ValueForm

_BASE_TABLES = (
    *("entities", "exposures", "populations", "sources", "claims", "citations", "studies"),
    *("chains", "conflicts"),
)


class _Reference(NamedTuple):
    """An id in a field that names a record of a section."""

    field: str
    section: str
    id: str

    @property
    def index_names(self) -> tuple[str, ...]:
        """The indexes of a base that may hold the record."""
        return ("entity", "exposure") if self.section == "node" else (self.section,)


def check_references(base: EvidenceBase, left_out: frozenset[str]) -> Iterator[Diagnostic]:
    """A fault for every reference that does not resolve, unless it names what was left out."""
    for thing in (thing for table in _BASE_TABLES for thing in getattr(base, table)):
        for reference in _list_references(thing):
            indexes = [getattr(base, name) for name in reference.index_names]
            if reference.id not in left_out and not any(reference.id in index for index in indexes):
                yield _report_dangling(base, thing, reference)


def _report_dangling(base: EvidenceBase, thing: Any, reference: _Reference) -> Diagnostic:
    """The fault of a reference that does not resolve; a record of another kind says so."""
    names, field = quote_value(reference.id), f"as `{reference.field}`"
    section = " or ".join(reference.index_names)
    other = base.find_record(reference.id)
    if other is not None:
        kind = type(other).__name__.lower()
        message = f"names {names} {field}, which is no {section} (it is the {kind} there)"
        return report_fault(faults.WRONG_KIND, thing, message)
    known_ids = [key for name in reference.index_names for key in getattr(base, name)]
    message = f"names the {section} {names} {field}, which is unknown"
    suggestion = suggest_similar_name(reference.id, known_ids)
    return report_fault(faults.UNKNOWN_REFERENCE, thing, message, suggestion)


def _list_references(thing: Any, prefix: str = "") -> Iterator[_Reference]:
    """Every reference in a thing and its parts."""
    for row in FIELD_MAPPINGS[type(thing)]:
        value = getattr(thing, row.field)
        values = value if row.many else () if value is None else (value,)
        name = prefix + row.field.rstrip("_")
        if row.form is ValueForm.REFERENCE:
            yield from (_Reference(name, str(row.target), id) for id in values)
        elif row.form is ValueForm.PROPOSITION:
            for proposition in values:
                yield from _list_references(proposition)
        elif row.form is ValueForm.PART:
            for number, part in enumerate(values, 1):
                part_name = f"{name}.{number}" if row.many else name
                yield from _list_references(part, f"{part_name}.")
