"""The curated format, as pydantic sees it: what each record may hold, and in which words.

This is the one place that names the keys of the YAML files. `kg.formats.curated` turns the records
into the model, `kg.formats.schema` turns them into JSON Schema for editors. Imported lazily:
pydantic costs 50 ms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
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
    return PydanticCustomError(fault.code, "{message}", context)  # type: ignore[arg-type]


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
    return f"the text {shape(value)}" if quotes else shape(value)


def _spelt(pattern: str, what: str, fault: Fault = faults.MALFORMED) -> Callable[[object], str]:
    """A validator for text of this pattern."""
    compiled = re.compile(pattern, re.ASCII)

    def spelt(value: object) -> str:
        text = _text(value)
        if not compiled.fullmatch(text):
            raise refused(fault, f"{quoted(text)} is not {what}")
        return text

    return spelt


def _like(pattern: str, what: str, description: str, numeric: bool = False) -> Any:
    """Text of a pattern, with its JSON Schema; `numeric`: editors see plain digits as a number."""
    kinds: Any = ["string", "integer"] if numeric else "string"
    schema = {"type": kinds, "pattern": f"^(?:{pattern})$", "description": description}
    return Annotated[str, BeforeValidator(_spelt(pattern, what)), WithJsonSchema(schema)]


def _word(enum: type[E]) -> Callable[[object], E]:
    """A validator for the words of an enum, with near words."""
    words = {str(member.value): member for member in enum}

    def word(value: object) -> E:
        if isinstance(value, str) and value in words:
            return words[value]
        near = did_you_mean(value, tuple(words)) if isinstance(value, str) else ""
        remedy = near or f"Known are {', '.join(words)}."
        raise refused(faults.UNKNOWN_WORD, f"{shape(value)} is not a {_spaced(enum)}", remedy)

    return word


def _spaced(enum: type[Enum]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", enum.__name__).lower()


Text = Annotated[str, BeforeValidator(_text)]
Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[float, BeforeValidator(_number)]
Flag = Annotated[bool, BeforeValidator(_flag)]


def _bounds(low: float, high: float | None = None) -> Any:
    """Bounds for editors; `kg.formats.references` holds every base to them, from RDF too."""
    return Field(json_schema_extra={"minimum": low} | ({} if high is None else {"maximum": high}))


Count = Annotated[Whole, _bounds(0)]
Line = Annotated[Whole, _bounds(1)]
Year = Annotated[Whole, _bounds(1500, 2100)]
Levels = Annotated[Whole, _bounds(0, 3)]
Steps = Annotated[Whole, _bounds(0, 2)]
Probability = Annotated[Number, _bounds(0, 1)]
Percent = Annotated[Number, _bounds(0, 100)]
Positive = Annotated[Number, _bounds(0)]

ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}"
Id = _like(ID, "an id (letters, digits, '-', '.', '_')", "Id of a record.")
Doi = _like(r"10\.[0-9]{4,9}/\S+", "a DOI such as 10.1234/abc", "DOI without https://doi.org/.")
Pmid = _like(r"[1-9][0-9]{0,8}", "a PMID, which is digits alone", "PubMed id.", numeric=True)
Pmcid = _like(r"PMC[1-9][0-9]{0,9}", "a PMCID such as PMC1234567", "PubMed Central id.")
Curie = _like(
    r"[A-Za-z][A-Za-z0-9_.+-]*:[^\s:/][^\s]*", "a CURIE such as MESH:D008274", "prefix:local id."
)
Url = _like(r"https?://[^\s<>\"']+", "an http or https address", "Web address.")
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
Identification = Annotated[model.Identification, BeforeValidator(_word(model.Identification))]

Ids = tuple[Id, ...]
Texts = tuple[Text, ...]


class Record(BaseModel):
    """A mapping with known keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Identifier(Record):
    """An identifier in another vocabulary and how it relates (SKOS match)."""

    curie: Curie
    match: Text = "exact"
    verified: Flag = False
    """Whether somebody looked it up."""


class Surrogate(Record):
    """The entity is an accepted surrogate for `outcome`, on the word of `source`."""

    outcome: Id
    source: Text


class Entity(Record):
    """Substance, mechanism, cell process, biomarker, outcome, condition ..."""

    id: Id
    label: Text
    kind: EntityKind
    definition: Text = ""
    better: Better = model.Better.NEITHER
    """Which way of it is good for people."""
    synonyms: Texts = ()
    broader: Ids = ()
    """Entities that this is a kind of."""
    part_of: Ids = ()
    related: Ids = ()
    """Entities that belong near, neither above nor below."""
    surrogate_for: tuple[Surrogate, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    population: Id | None = None
    """The population that a question about this outcome is asked for."""
    exchange_class: Text | None = None
    """Substances of one class may stand for each other, at a charge."""
    note: Text = ""


class Dose(Record):
    """An amount a day, elemental for minerals: `low` and `high`, or `value`, with `unit`."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["low", "high"]}, {"required": ["value"]}]}
    )

    unit: Text
    low: Positive | None = None
    high: Positive | None = None
    value: Positive | None = None

    @model_validator(mode="after")
    def _complete(self) -> Dose:
        span = self.low is not None and self.high is not None
        if (self.value is not None) == span or (self.low is None) != (self.high is None):
            raise refused(faults.WRONG_TYPE, "a dose has either low and high, or value")
        return self


class Exposure(Record):
    """What is taken, lacking or applied: substance, form, route and kind."""

    id: Id
    label: Text
    substance: Id
    kind: ExposureKind
    route: Route = model.Route.UNSTATED
    form: Id | None = None
    """Entity of the form; leave it out where the text states none."""
    dose: Dose | None = None
    components: Ids = ()
    """Substances of a product, or exposures of a combination."""
    synonyms: Texts = ()
    note: Text = ""


class Population(Record):
    """Who was studied, or who is meant. What is left out is not stated."""

    id: Id
    label: Text
    condition: Id | None = None
    nutrient_status: NutrientStatus | None = None
    age: Text | None = None
    sex: Text | None = None
    note: Text = ""


class Source(Record):
    """A document that makes claims."""

    id: Id
    title: Text
    kind: Text = "article"
    topic: Text = ""
    publisher: Text | None = None
    template: Text | None = None
    url: Url | None = None
    sells: Ids = ()
    """What its publisher sells."""
    seller_links: Flag | None = None
    coverage: Text = "partial"
    """`complete` where all its claims are recorded."""
    references_parsed: Flag = False
    note: Text = ""


class StatedEffect(Record):
    """An effect as the text states it. `of`: what the number is a share of."""

    text: Text
    value: Number | None = None
    unit: Text | None = None
    of: Text | None = None


class Claim(Record):
    """A source puts a proposition forward, at a place, in a role, at a wording strength."""

    id: Id
    source: Id | None = None
    """Left out where the file names its source."""
    line: Line
    role: Role
    subject: Id
    predicate: Predicate
    object: Id
    tier: Tier
    """Wording strength: 0 no claim, 1 speculation, 2 hedged, 3 qualified, 4 plain."""
    section: Text = ""
    cues: Texts = ()
    """The words that set the tier, in their order."""
    presented: Presented = model.Presented.UNSPECIFIED
    population: Id | None = None
    effect: StatedEffect | None = None
    citations: Ids = ()
    leans_on: Ids = ()
    """Claims that the text offers as support for this one."""
    restates: Id | None = None
    discloses: System | None = None
    """The system that the same sentence names."""
    definitional: Flag = False
    credits_form: Flag = False
    with_: Ids = Field(default=(), alias="with")
    """What is taken together with the subject."""
    paraphrase: Text = ""
    note: Text = ""


class Described(Record):
    """A work as the citing text describes it; what the text does not say is left out."""

    design: Design | None = None
    system: System | None = None
    population: Id | None = None
    n: Count | None = None


class Citation(Record):
    """How a claim names a work and what became of it. Journal and year are never a key."""

    id: Id
    source: Id | None = None
    """Left out where the file names its source."""
    kind: CitationKind
    line: Line
    status: Identification
    journal: Text | None = None
    year: Year | None = None
    authors: Text | None = None
    title: Text | None = None
    locator: Text | None = None
    doi: Doi | None = None
    pmid: Pmid | None = None
    pmcid: Pmcid | None = None
    url: Url | None = None
    study: Id | None = None
    """The study that it was identified as."""
    described: Described | None = None
    record: Text | None = None
    how_checked: Text = ""
    matches: Ids = ()
    """Citations of the same work elsewhere in the source."""


class Judgement(Record):
    """A recorded GRADE judgement: levels down (0..3) in a domain, and who says so."""

    domain: Text
    rating: Levels
    source: Text


class Finding(Record):
    """What one study reports about one outcome, in the terms of that study."""

    id: Id
    """Unique in the whole base: the id of the study, a dot and a short word."""
    exposure: Id
    outcome: Id
    direction: Direction
    population: Id | None = None
    comparator: Text | None = None
    n: Count | None = None
    k: Count | None = None
    events: Count | None = None
    measure: Text | None = None
    estimate: Number | None = None
    ci: Pair | None = None
    unit: Text | None = None
    p_value: Probability | None = None
    i2: Percent | None = None
    p_heterogeneity: Probability | None = None
    tau2: Positive | None = None
    pi: Pair | None = None
    """Prediction interval."""
    egger_p: Probability | None = None
    risk_of_bias: Bias | None = None
    dose: Dose | None = None
    weeks: Positive | None = None
    large_effect: Steps = 0
    dose_response: Flag = False
    opposing_confounding: Flag = False
    judgements: tuple[Judgement, ...] = ()
    note: Text = ""


class Study(Record):
    """Research that can be found again. `read` says what was read, `verified` whether it agreed."""

    id: Id
    title: Text
    year: Year
    design: Design
    system: System
    authors: Text = ""
    journal: Text = ""
    doi: Doi | None = None
    pmid: Pmid | None = None
    pmcid: Pmcid | None = None
    registration: Text | None = None
    n: Count | None = None
    population: Id | None = None
    species: Text | None = None
    status: Status = model.Status.UNKNOWN
    funding: Text | None = None
    seller_funded: Flag | None = None
    contains: Ids = ()
    """Studies that this synthesis pools."""
    reports: Ids = ()
    """Other reports of the same research."""
    read: Text = ""
    verified: Flag = False
    findings: tuple[Finding, ...] = ()
    note: Text = ""


class Step(Record):
    """One step of an argument: `claims`, `implicit` (no source states it) or `bridge`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [key]} for key in ("claims", "implicit", "bridge")]
        }
    )

    claims: Annotated[Ids, Field(min_length=1)] | None = None
    link: Triple | None = None
    """Grounds a claimed step differently than its first claim does."""
    implicit: Triple | None = None
    bridge: Id | None = None
    """The exposure that the evidence is about."""
    note: Text = ""

    @model_validator(mode="after")
    def _one_kind(self) -> Step:
        kinds = [key for key in ("claims", "implicit", "bridge") if getattr(self, key) is not None]
        if len(kinds) != 1:
            raise refused(faults.WRONG_TYPE, "a step has one of claims, implicit and bridge")
        if self.link and self.claims is None:
            raise refused(faults.WRONG_TYPE, "`link` belongs to a step with claims")
        return self


class Chain(Record):
    """How a source argues from an exposure to an outcome, implicit steps included."""

    id: Id
    source: Id | None = None
    """Left out where the file names its source."""
    label: Text
    exposure: Id
    outcome: Id
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    asserted: Flag = True
    note: Text = ""


class File(Record):
    """One file of curated evidence; `source` is the default of its citations, claims and chains."""

    source: Id | None = None
    entities: tuple[Entity, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    populations: tuple[Population, ...] = ()
    sources: tuple[Source, ...] = ()
    citations: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    chains: tuple[Chain, ...] = ()
    studies: tuple[Study, ...] = ()
