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

_SCALARS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
}

Make = Callable[[Any], Any]


class Form(NamedTuple):
    """What a field holds: one value or a tuple, of a plain type, an enum, a record or a form.

    A form in `holds` stands for one such value for each reading.
    """

    name: str
    holds: Any
    many: bool
    optional: bool


def form(name: str, text: str) -> Form:
    """The form of a field with this annotation.

    >>> form("works", "tuple[str, ...]")
    Form(name='works', holds=(<class 'str'>,), many=True, optional=False)
    """
    optional = text.endswith(" | None")
    text = text.removesuffix(" | None")
    if text.startswith("Readings["):
        return Form(name, form(name, text[len("Readings[") : -1]), False, optional)
    many = text.startswith("tuple[")
    text = text.removeprefix("tuple[").removesuffix(", ...]")
    return Form(name, _SCALARS.get(text) or getattr(model, text), many, optional)


def with_parts(*roots: type) -> tuple[type, ...]:
    """Some classes of records and all that their fields hold, each after what holds it."""
    found: dict[type, None] = {}

    def visit(cls: type) -> None:
        if cls not in found and cls is not Location:
            for field in cls.__annotations__.items():
                for part in _records(form(*field)):
                    visit(part)
            found[cls] = None

    for root in roots:
        visit(root)
    return tuple(reversed(found))


def _records(field: Form) -> tuple[type, ...]:
    if isinstance(field.holds, Form):
        return _records(field.holds)
    is_record = not isinstance(field.holds, tuple) and not issubclass(field.holds, Enum)
    return (field.holds,) if is_record else ()


class Rows:
    """How records of some classes become rows and come back; parts stand after their wholes."""

    def __init__(self, classes: Iterable[type]) -> None:
        self.classes = tuple(classes)
        self.forms: Mapping[type, tuple[Form, ...]] = {
            cls: tuple(form(*field) for field in cls.__annotations__.items())
            for cls in self.classes
        }

    def shape(self) -> str:
        """A text that changes with every field of the classes."""
        return repr([(cls.__name__, cls.__annotations__) for cls in self.classes])

    def row(self, thing: Any, places: dict[str, int]) -> list[Any]:
        """The fields of a record; the files of its places are numbered in `places`."""
        return [self._cell(getattr(thing, form.name), places) for form in self.forms[type(thing)]]

    def _cell(self, value: Any, places: dict[str, int]) -> Any:
        if isinstance(value, tuple | Readings):
            return [self._cell(part, places) for part in value]
        if isinstance(value, Location):
            return [places.setdefault(value.path, len(places)), value.line, value.column]
        if isinstance(value, Enum):
            return value.value
        return self.row(value, places) if type(value) in self.forms else value

    def makers(self, files: list[str]) -> dict[Any, Make]:
        """For each class the function from a row to the record."""

        def place(cell: Any) -> Location:
            path, line, column = cell
            return Location(files[path], line, column)

        makers: dict[Any, Make] = {Location: place}
        for cls in reversed(self.classes):
            makers[cls] = _maker(cls, self.forms[cls], makers)
        return makers


def _maker(cls: type, forms: tuple[Form, ...], makers: Mapping[Any, Make]) -> Make:
    """A function from a row to a record; only cells that need it are converted."""
    plan = [(i, _converter(form, makers)) for i, form in enumerate(forms)]
    steps = [(i, convert) for i, convert in plan if convert is not None]
    width = len(plan)

    def make(row: list[Any]) -> Any:
        if len(row) != width:
            raise ValueError(cls.__name__)
        for index, convert in steps:
            cell = row[index]
            if cell is not None:
                row[index] = convert(cell)
        return cls(*row)

    return make


def _converter(form: Form, makers: Mapping[Any, Make]) -> Make | None:
    """What turns the cell of a field into its value; None where it is the value already."""
    if isinstance(form.holds, Form):
        inner = _converter(form.holds, makers)
        return (lambda cells: Readings(*map(inner, cells))) if inner else lambda c: Readings(*c)
    if isinstance(form.holds, tuple):
        return tuple if form.many else None
    if issubclass(form.holds, Enum):
        words = {member.value: member for member in form.holds}
        if form.many:
            return lambda cells: tuple(map(words.__getitem__, cells))
        return words.__getitem__
    make = makers[form.holds]
    return (lambda cells: tuple(map(make, cells))) if form.many else make
