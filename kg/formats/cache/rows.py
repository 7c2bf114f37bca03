"""Records as rows of JSON: the fields of a record in their order, without their names.

Which form a field has is taken from the text of its annotation once, at import (evaluating it would
cost more), so that no field can be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from kg import model
from kg.model import Location, Readings

_SCALAR_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
}

RecordMaker = Callable[[Any], Any]


class FieldForm(NamedTuple):
    """What a field holds: one value or a tuple, of a plain type, an enum, a record or a form.

    A form in `value_types` stands for one such value for each reading.
    """

    field_name: str
    value_types: Any
    is_many: bool
    is_optional: bool


def parse_annotation(name: str, text: str) -> FieldForm:
    """The form of a field with this annotation.

    >>> parse_annotation("works", "tuple[str, ...]")
    FieldForm(field_name='works', value_types=(<class 'str'>,), is_many=True, is_optional=False)
    """
    optional = text.endswith(" | None")
    text = text.removesuffix(" | None")
    if text.startswith("Readings["):
        return FieldForm(name, parse_annotation(name, text[len("Readings[") : -1]), False, optional)
    is_many = text.startswith("tuple[")
    text = text.removeprefix("tuple[").removesuffix(", ...]")
    return FieldForm(name, _SCALAR_TYPES.get(text) or getattr(model, text), is_many, optional)


def list_record_classes(*roots: type) -> tuple[type, ...]:
    """Some classes of records and all that their fields hold, each after what holds it."""
    visited_classes: dict[type, None] = {}

    def visit(cls: type) -> None:
        if cls not in visited_classes and cls is not Location:
            for field in cls.__annotations__.items():
                for part in _list_field_records(parse_annotation(*field)):
                    visit(part)
            visited_classes[cls] = None

    for root in roots:
        visit(root)
    return tuple(reversed(visited_classes))


def _list_field_records(field: FieldForm) -> tuple[type, ...]:
    if isinstance(field.value_types, FieldForm):
        return _list_field_records(field.value_types)
    is_record = not isinstance(field.value_types, tuple) and not issubclass(field.value_types, Enum)
    return (field.value_types,) if is_record else ()


class RowCodec:
    """How records of some classes become rows and come back; parts stand after their wholes."""

    def __init__(self, classes: Iterable[type]) -> None:
        self.classes = tuple(classes)
        self.forms_by_class: Mapping[type, tuple[FieldForm, ...]] = {
            cls: tuple(parse_annotation(*field) for field in cls.__annotations__.items())
            for cls in self.classes
        }

    def describe_classes(self) -> str:
        """A text that changes with every field of the classes."""
        return repr([(cls.__name__, cls.__annotations__) for cls in self.classes])

    def encode_record(self, record: Any, places: dict[str, int]) -> list[Any]:
        """The fields of a record; the files of its places are numbered in `places`."""
        return [
            self._encode_value(getattr(record, form.field_name), places)
            for form in self.forms_by_class[type(record)]
        ]

    def _encode_value(self, value: Any, places: dict[str, int]) -> Any:
        if isinstance(value, tuple | Readings):
            return [self._encode_value(part, places) for part in value]
        if isinstance(value, Location):
            return [places.setdefault(value.path, len(places)), value.line, value.column]
        if isinstance(value, Enum):
            return value.value
        return self.encode_record(value, places) if type(value) in self.forms_by_class else value

    def build_makers(self, files: list[str]) -> dict[Any, RecordMaker]:
        """For each class the function from a row to the record."""

        def make_location(cell: Any) -> Location:
            path, line, column = cell
            return Location(files[path], line, column)

        makers: dict[Any, RecordMaker] = {Location: make_location}
        for cls in reversed(self.classes):
            makers[cls] = _build_maker(cls, self.forms_by_class[cls], makers)
        return makers


def _build_maker(
    cls: type, forms: tuple[FieldForm, ...], makers: Mapping[Any, RecordMaker]
) -> RecordMaker:
    """A function from a row to a record; only cells that need it are converted."""
    plan = [(i, _find_converter(form, makers)) for i, form in enumerate(forms)]
    steps = [(i, convert) for i, convert in plan if convert is not None]
    width = len(plan)

    def make_record(row: list[Any]) -> Any:
        if len(row) != width:
            raise ValueError(cls.__name__)
        for index, convert in steps:
            cell = row[index]
            if cell is not None:
                row[index] = convert(cell)
        return cls(*row)

    return make_record


def _find_converter(form: FieldForm, makers: Mapping[Any, RecordMaker]) -> RecordMaker | None:
    """What turns the cell of a field into its value; None where it is the value already."""
    if isinstance(form.value_types, FieldForm):
        inner = _find_converter(form.value_types, makers)
        return (lambda cells: Readings(*map(inner, cells))) if inner else lambda c: Readings(*c)
    if isinstance(form.value_types, tuple):
        return tuple if form.is_many else None
    if issubclass(form.value_types, Enum):
        words = {member.value: member for member in form.value_types}
        if form.is_many:
            return lambda cells: tuple(map(words.__getitem__, cells))
        return words.__getitem__
    make = makers[form.value_types]
    return (lambda cells: tuple(map(make, cells))) if form.is_many else make
