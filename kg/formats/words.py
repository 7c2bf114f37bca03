"""The words of the curated format: types that read one YAML scalar, or say what is wrong with it.

A scalar arrives as text; `Plain` marks one that stood without quotes. What it becomes is decided
by the key it stands at, in the spelling of YAML 1.2: `no` and `2020-01-01` stay text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from kg import model
from kg.formats import faults
from kg.formats.faults import Fault, did_you_mean, quoted

E = TypeVar("E", bound=Enum)


class Plain(str):
    """A YAML scalar that stood without quotes: it may be a number or a truth value."""

    __slots__ = ()


def refused(fault: Fault, message: str, remedy: str = "") -> PydanticCustomError:
    """The error by which a validator reports a fault of ours."""
    context = {"message": message, "remedy": remedy}
    return PydanticCustomError(fault.code, "{message}", context)


def shape(value: object) -> str:
    """What a value is, in the words of YAML."""
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else quoted(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise refused(faults.WRONG_TYPE, f"must be text, not {shape(value)}")
    if not value.strip():
        raise refused(faults.WRONG_TYPE, "must not be empty", "Give it a value or remove the key.")
    return str(value)


def _whole(value: object) -> int:
    if isinstance(value, Plain) and re.fullmatch(r"[-+]?[0-9]{1,15}", value):
        return int(value)
    raise refused(faults.WRONG_TYPE, f"must be a whole number, not {_unlike(value)}")


def _number(value: object) -> float:
    if isinstance(value, Plain) and re.fullmatch(_FLOAT, value) and len(value) < 40:
        number = float(value)
        if abs(number) != float("inf"):
            return number
    raise refused(faults.WRONG_TYPE, f"must be a number, not {_unlike(value)}")


_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"


def _flag(value: object) -> bool:
    if isinstance(value, Plain) and value in ("true", "false"):
        return value == "true"
    raise refused(faults.WRONG_TYPE, f"must be true or false, not {_unlike(value)}")


def _unlike(value: object) -> str:
    quotes = isinstance(value, str) and not isinstance(value, Plain)
    return f"the quoted text {shape(value)}" if quotes else shape(value)


def _spelt(pattern: str, what: str, fault: Fault = faults.MALFORMED) -> Callable[[object], str]:
    """A validator for text of this pattern."""
    compiled = re.compile(pattern, re.ASCII)

    def spelt(value: object) -> str:
        text = _text(value)
        if not compiled.fullmatch(text):
            raise refused(fault, f"{quoted(text)} is not {what}")
        return text

    return spelt


def _word(enum: type[E]) -> Callable[[object], E]:
    """A validator for the words of an enum, with near words."""
    words = {str(member.value): member for member in enum}

    def word(value: object) -> E:
        if isinstance(value, str) and value in words:
            return words[value]
        near = did_you_mean(value, tuple(words)) if isinstance(value, str) else ""
        remedy = near or f"Known are {', '.join(words)}."
        raise refused(faults.UNKNOWN_WORD, f"{shape(value)} is no {_spaced(enum)}", remedy)

    return word


def _spaced(enum: type[Enum]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", enum.__name__).lower()


Text = Annotated[str, BeforeValidator(_text)]
Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[float, BeforeValidator(_number)]
Flag = Annotated[bool, BeforeValidator(_flag)]


def _bounds(low: float, high: float | None = None) -> Any:
    """Bounds for editors; `kg.formats.references` holds every base to them, from RDF too."""
    if high is None:
        return Field(json_schema_extra={"minimum": low})
    return Field(json_schema_extra={"minimum": low, "maximum": high})


Count = Annotated[Whole, _bounds(0)]
Line = Annotated[Whole, _bounds(1)]
Year = Annotated[Whole, _bounds(1500, 2100)]
Levels = Annotated[Whole, _bounds(0, 3)]
Steps = Annotated[Whole, _bounds(0, 2)]
Probability = Annotated[Number, _bounds(0, 1)]
Percent = Annotated[Number, _bounds(0, 100)]
Positive = Annotated[Number, _bounds(0)]


def _pattern(
    pattern: str, description: str = "", kinds: str | list[str] = "string"
) -> WithJsonSchema:
    """What editors are told about text of a pattern."""
    schema = {"type": kinds, "pattern": f"^(?:{pattern})$"}
    return WithJsonSchema(schema | ({"description": description} if description else {}))


ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}"
DOI = r"10\.[0-9]{4,9}/\S+"
PMID = r"[1-9][0-9]{0,8}"
PMCID = r"PMC[1-9][0-9]{0,9}"
CURIE = r"[A-Za-z][A-Za-z0-9_.+-]*:[^\s:/][^\s]*"
URL = r"https?://[^\s<>\"']+"

Id = Annotated[
    str,
    BeforeValidator(_spelt(ID, "an id: letters, digits, '-', '.', '_'")),
    _pattern(ID),
]
Doi = Annotated[
    str,
    BeforeValidator(_spelt(DOI, "a DOI such as 10.1234/abc")),
    _pattern(DOI, "DOI without https://doi.org/."),
]
Pmid = Annotated[
    str,
    BeforeValidator(_spelt(PMID, "a PMID, which is digits alone")),
    # An editor takes digits without quotes for a number; kg takes them for text.
    _pattern(PMID, "PubMed id.", ["string", "integer"]),
]
Pmcid = Annotated[
    str,
    BeforeValidator(_spelt(PMCID, "a PMCID such as PMC1234567")),
    _pattern(PMCID, "PubMed Central id."),
]
Curie = Annotated[
    str,
    BeforeValidator(_spelt(CURIE, "a CURIE such as MESH:D008274")),
    _pattern(CURIE, "Prefix, colon, local id."),
]
Url = Annotated[
    str,
    BeforeValidator(_spelt(URL, "an http or https address")),
    _pattern(URL, "Web address."),
]
Pair = Annotated[tuple[Number, Number], Field(description="[low, high]")]
Triple = Annotated[
    tuple[Id, Annotated[model.Predicate, BeforeValidator(_word(model.Predicate))], Id],
    Field(description="[subject, predicate, object]"),
]

EntityKind = Annotated[model.EntityKind, BeforeValidator(_word(model.EntityKind))]
Better = Annotated[model.Better, BeforeValidator(_word(model.Better))]
Route = Annotated[model.Route, BeforeValidator(_word(model.Route))]
ExposureKind = Annotated[model.ExposureKind, BeforeValidator(_word(model.ExposureKind))]
Predicate = Annotated[model.Predicate, BeforeValidator(_word(model.Predicate))]
Role = Annotated[model.Role, BeforeValidator(_word(model.Role))]
Tier = Annotated[model.Tier, BeforeValidator(_word(model.Tier))]
Presented = Annotated[model.Presented, BeforeValidator(_word(model.Presented))]
System = Annotated[model.System, BeforeValidator(_word(model.System))]
Design = Annotated[model.Design, BeforeValidator(_word(model.Design))]
Direction = Annotated[model.Direction, BeforeValidator(_word(model.Direction))]
Bias = Annotated[model.Bias, BeforeValidator(_word(model.Bias))]
Status = Annotated[model.Status, BeforeValidator(_word(model.Status))]
NutrientStatus = Annotated[model.NutrientStatus, BeforeValidator(_word(model.NutrientStatus))]
CitationKind = Annotated[model.CitationKind, BeforeValidator(_word(model.CitationKind))]
ConflictKind = Annotated[model.ConflictKind, BeforeValidator(_word(model.ConflictKind))]
Resolution = Annotated[model.Resolution, BeforeValidator(_word(model.Resolution))]
Identification = Annotated[model.Identification, BeforeValidator(_word(model.Identification))]

Ids = tuple[Id, ...]
Texts = tuple[Text, ...]
