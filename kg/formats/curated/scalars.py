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
from kg.formats.faults import FaultKind, quote_value, suggest_similar_name
from kg.formats.references import bounds
from kg.formats.references.bounds import NumberBounds

E = TypeVar("E", bound=Enum)


class UnquotedText(str):
    """A YAML scalar that stood without quotes: it may be a number or a truth value."""

    __slots__ = ()


def build_validation_error(fault: FaultKind, message: str, remedy: str = "") -> PydanticCustomError:
    """The error by which a validator reports a fault of ours."""
    context = {"message": message, "remedy": remedy}
    return PydanticCustomError(fault.code, "{message}", context)


def describe_value(value: object) -> str:
    """What a value is, in the words of YAML."""
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else quote_value(value)


def _validate_text(value: object) -> str:
    if not isinstance(value, str):
        raise build_validation_error(
            faults.WRONG_TYPE, f"must be text, not {describe_value(value)}"
        )
    if not value.strip():
        raise build_validation_error(
            faults.WRONG_TYPE, "must not be empty", "Give it a value or remove the key."
        )
    return str(value)


def _validate_whole_number(value: object) -> int:
    if isinstance(value, UnquotedText) and re.fullmatch(r"[-+]?[0-9]{1,15}", value):
        return int(value)
    raise build_validation_error(
        faults.WRONG_TYPE, f"must be a whole number, not {_describe_unlike(value)}"
    )


def _validate_number(value: object) -> float:
    if isinstance(value, UnquotedText) and re.fullmatch(_FLOAT_PATTERN, value) and len(value) < 40:
        number = float(value)
        if abs(number) != float("inf"):
            return number
    raise build_validation_error(
        faults.WRONG_TYPE, f"must be a number, not {_describe_unlike(value)}"
    )


_FLOAT_PATTERN = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"


def _validate_flag(value: object) -> bool:
    if isinstance(value, UnquotedText) and value in ("true", "false"):
        return value == "true"
    raise build_validation_error(
        faults.WRONG_TYPE, f"must be true or false, not {_describe_unlike(value)}"
    )


def _describe_unlike(value: object) -> str:
    is_quoted = isinstance(value, str) and not isinstance(value, UnquotedText)
    return f"the quoted text {describe_value(value)}" if is_quoted else describe_value(value)


def _build_pattern_validator(
    pattern: str, expected_form: str, fault: FaultKind = faults.MALFORMED_IDENTIFIER
) -> Callable[[object], str]:
    """A validator for text of this pattern."""
    compiled = re.compile(pattern, re.ASCII)

    def validate_spelling(value: object) -> str:
        text = _validate_text(value)
        if not compiled.fullmatch(text):
            raise build_validation_error(fault, f"{quote_value(text)} is not {expected_form}")
        return text

    return validate_spelling


def _build_word_validator(enum: type[E]) -> Callable[[object], E]:
    """A validator for the words of an enum, with near words."""
    words = {str(member.value): member for member in enum}

    def validate_word(value: object) -> E:
        if isinstance(value, str) and value in words:
            return words[value]
        suggestion = suggest_similar_name(value, tuple(words)) if isinstance(value, str) else ""
        remedy = suggestion or f"Known are {', '.join(words)}."
        raise build_validation_error(
            faults.UNKNOWN_WORD, f"{describe_value(value)} is no {_space_class_name(enum)}", remedy
        )

    return validate_word


def _space_class_name(enum: type[Enum]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", enum.__name__).lower()


Text = Annotated[str, BeforeValidator(_validate_text)]
Whole = Annotated[int, BeforeValidator(_validate_whole_number)]
Number = Annotated[float, BeforeValidator(_validate_number)]
Flag = Annotated[bool, BeforeValidator(_validate_flag)]


def _add_bounds(allowed: NumberBounds) -> Any:
    """Bounds for editors; `kg.formats.references` holds every base to them, from RDF too."""
    extra: dict[str, Any] = {"minimum": allowed.low, "maximum": allowed.high}
    extra = {name: value for name, value in extra.items() if value is not None}
    return Field(json_schema_extra=extra)


Count = Annotated[Whole, _add_bounds(bounds.COUNT)]
Line = Annotated[Whole, _add_bounds(bounds.LINE)]
Year = Annotated[Whole, _add_bounds(bounds.YEAR)]
Levels = Annotated[Whole, _add_bounds(bounds.LEVELS)]
Steps = Annotated[Whole, _add_bounds(bounds.STEPS)]
Probability = Annotated[Number, _add_bounds(bounds.PROBABILITY)]
Percent = Annotated[Number, _add_bounds(bounds.PERCENT)]
Positive = Annotated[Number, _add_bounds(bounds.POSITIVE)]


def _add_pattern_schema(
    pattern: str, description: str = "", kinds: str | list[str] = "string"
) -> WithJsonSchema:
    """What editors are told about text of a pattern."""
    schema = {"type": kinds, "pattern": f"^(?:{pattern})$"}
    return WithJsonSchema(schema | ({"description": description} if description else {}))


ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}"
DOI_PATTERN = r"10\.[0-9]{4,9}/\S+"
PMID_PATTERN = r"[1-9][0-9]{0,8}"
PMCID_PATTERN = r"PMC[1-9][0-9]{0,9}"
CURIE_PATTERN = r"[A-Za-z][A-Za-z0-9_.+-]*:[^\s:/][^\s]*"
URL_PATTERN = r"https?://[^\s<>\"']+"

Id = Annotated[
    str,
    BeforeValidator(_build_pattern_validator(ID_PATTERN, "an id: letters, digits, '-', '.', '_'")),
    _add_pattern_schema(ID_PATTERN),
]
Doi = Annotated[
    str,
    BeforeValidator(_build_pattern_validator(DOI_PATTERN, "a DOI such as 10.1234/abc")),
    _add_pattern_schema(DOI_PATTERN, "DOI without https://doi.org/."),
]
Pmid = Annotated[
    str,
    BeforeValidator(_build_pattern_validator(PMID_PATTERN, "a PMID, which is digits alone")),
    # An editor takes digits without quotes for a number; kg takes them for text.
    _add_pattern_schema(PMID_PATTERN, "PubMed id.", ["string", "integer"]),
]
Pmcid = Annotated[
    str,
    BeforeValidator(_build_pattern_validator(PMCID_PATTERN, "a PMCID such as PMC1234567")),
    _add_pattern_schema(PMCID_PATTERN, "PubMed Central id."),
]
Curie = Annotated[
    str,
    BeforeValidator(_build_pattern_validator(CURIE_PATTERN, "a CURIE such as MESH:D008274")),
    _add_pattern_schema(CURIE_PATTERN, "Prefix, colon, local id."),
]
Url = Annotated[
    str,
    BeforeValidator(_build_pattern_validator(URL_PATTERN, "an http or https address")),
    _add_pattern_schema(URL_PATTERN, "Web address."),
]
Pair = Annotated[tuple[Number, Number], Field(description="[low, high]")]
Triple = Annotated[
    tuple[
        Id, Annotated[model.Predicate, BeforeValidator(_build_word_validator(model.Predicate))], Id
    ],
    Field(description="[subject, predicate, object]"),
]

EntityKind = Annotated[model.EntityKind, BeforeValidator(_build_word_validator(model.EntityKind))]
Better = Annotated[model.Better, BeforeValidator(_build_word_validator(model.Better))]
Route = Annotated[model.Route, BeforeValidator(_build_word_validator(model.Route))]
ExposureKind = Annotated[
    model.ExposureKind, BeforeValidator(_build_word_validator(model.ExposureKind))
]
Predicate = Annotated[model.Predicate, BeforeValidator(_build_word_validator(model.Predicate))]
Role = Annotated[model.Role, BeforeValidator(_build_word_validator(model.Role))]
Tier = Annotated[model.Tier, BeforeValidator(_build_word_validator(model.Tier))]
Presented = Annotated[model.Presented, BeforeValidator(_build_word_validator(model.Presented))]
System = Annotated[model.System, BeforeValidator(_build_word_validator(model.System))]
Design = Annotated[model.Design, BeforeValidator(_build_word_validator(model.Design))]
Direction = Annotated[model.Direction, BeforeValidator(_build_word_validator(model.Direction))]
ConcernKind = Annotated[
    model.ConcernKind, BeforeValidator(_build_word_validator(model.ConcernKind))
]
Scale = Annotated[model.Scale, BeforeValidator(_build_word_validator(model.Scale))]
Bias = Annotated[model.Bias, BeforeValidator(_build_word_validator(model.Bias))]
Status = Annotated[model.Status, BeforeValidator(_build_word_validator(model.Status))]
NutrientStatus = Annotated[
    model.NutrientStatus, BeforeValidator(_build_word_validator(model.NutrientStatus))
]
CitationKind = Annotated[
    model.CitationKind, BeforeValidator(_build_word_validator(model.CitationKind))
]
ConflictKind = Annotated[
    model.ConflictKind, BeforeValidator(_build_word_validator(model.ConflictKind))
]
Resolution = Annotated[model.Resolution, BeforeValidator(_build_word_validator(model.Resolution))]
Identification = Annotated[
    model.Identification, BeforeValidator(_build_word_validator(model.Identification))
]

Ids = tuple[Id, ...]
Texts = tuple[Text, ...]
