"""One table, read by both directions: which property carries which field, and in which form.

`encode` and `decode` know no field by name, so a field that is not here cannot be half-handled:
`tests/test_rdf_table.py` holds the table equal to the dataclasses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

from kg import model
from kg.rdf import vocab


class Form(Enum):
    """How a value stands in RDF."""

    TEXT = "string"
    INTEGER = "integer"
    NUMBER = "decimal or double"
    BOOLEAN = "boolean"
    WORD = "concept of a closed list"
    REFERENCE = "IRI of another thing"
    PART = "IRI of a part, described by the table of its own class"
    PROPOSITION = "IRI of the proposition"
    PLACE = "path:line:column"


@dataclass(frozen=True, slots=True)
class Row:
    """One field: property, form, and what it points to.

    `target` is the enum of a WORD, the class of a PART, or the section of a REFERENCE, where
    `node` is an entity or an exposure. `many` fields are tuples.
    """

    field: str
    property: str
    form: Form = Form.TEXT
    target: Any = None
    many: bool = False


def _refs(field: str, property: str, section: str) -> Row:
    return Row(field, property, Form.REFERENCE, section, many=True)


def _ref(field: str, property: str, section: str) -> Row:
    return Row(field, property, Form.REFERENCE, section)


def _word(field: str, property: str, enum: type[Enum]) -> Row:
    return Row(field, property, Form.WORD, enum)


def _flag(field: str, property: str) -> Row:
    return Row(field, property, Form.BOOLEAN)


def _number(field: str, property: str) -> Row:
    return Row(field, property, Form.NUMBER)


def _integer(field: str, property: str) -> Row:
    return Row(field, property, Form.INTEGER)


def _part(field: str, property: str, of: type, many: bool = False) -> Row:
    return Row(field, property, Form.PART, of, many)


_LABEL = Row("label", "rdfs:label")
_TITLE = Row("title", "dcterms:title")
_NOTE = Row("note", "skos:editorialNote")
_PLACE = Row("location", "definedAt", Form.PLACE)
_POPULATION = _ref("population", "population", "population")
_SOURCE = _ref("source", "source", "source")
_IDENTIFIERS = (Row("doi", "doi"), Row("pmid", "pmid"), Row("pmcid", "pmcid"))

_TABLE: dict[type, tuple[Row, ...]] = {
    model.Entity: (
        _LABEL,
        _word("kind", "entityKind", model.EntityKind),
        Row("definition", "skos:definition"),
        _word("better", "better", model.Better),
        Row("synonyms", "skos:altLabel", many=True),
        _refs("broader", "skos:broader", "entity"),
        _refs("part_of", "partOf", "entity"),
        _refs("related", "skos:related", "entity"),
        _part("surrogate_for", "surrogate", model.Surrogate, many=True),
        _part("identifiers", "identifier", model.Identifier, many=True),
        _POPULATION,
        Row("exchange_class", "exchangeClass"),
        _NOTE,
        _PLACE,
    ),
    model.Identifier: (
        Row("curie", "curie"),
        Row("match", "match"),
        _flag("verified", "verified"),
    ),
    model.Surrogate: (
        _ref("outcome", "outcome", "entity"),
        Row("source", "acceptedBy"),
    ),
    model.Exposure: (
        _LABEL,
        _ref("substance", "substance", "entity"),
        _word("kind", "exposureKind", model.ExposureKind),
        _word("route", "route", model.Route),
        _ref("form", "form", "entity"),
        _part("dose", "dose", model.Dose),
        _refs("components", "component", "node"),
        Row("synonyms", "skos:altLabel", many=True),
        _NOTE,
        _PLACE,
    ),
    model.Dose: (
        _number("low", "low"),
        _number("high", "high"),
        Row("unit", "unit"),
    ),
    model.Population: (
        _LABEL,
        _ref("condition", "condition", "entity"),
        _word("nutrient_status", "nutrientStatus", model.NutrientStatus),
        Row("age", "age"),
        Row("sex", "sex"),
        _NOTE,
        _PLACE,
    ),
    model.Source: (
        _TITLE,
        Row("kind", "sourceKind"),
        Row("topic", "topic"),
        Row("publisher", "publisher"),
        Row("template", "template"),
        Row("url", "url"),
        _refs("sells", "sells", "node"),
        _flag("seller_links", "sellerLinks"),
        Row("coverage", "coverage"),
        _flag("references_parsed", "referencesParsed"),
        _NOTE,
        _PLACE,
    ),
    model.Claim: (
        _SOURCE,
        _integer("line", "line"),
        _word("role", "role", model.Role),
        Row("proposition", "proposition", Form.PROPOSITION, model.Proposition),
        _word("tier", "wordingTier", model.Tier),
        Row("section", "section"),
        Row("cues", "cue", many=True),
        _word("presented", "presented", model.Presented),
        _POPULATION,
        _part("effect", "statedEffect", model.StatedEffect),
        _refs("citations", "citation", "citation"),
        _refs("leans_on", "leansOn", "claim"),
        _ref("restates", "restates", "claim"),
        _word("discloses", "discloses", model.System),
        _flag("definitional", "definitional"),
        _flag("credits_form", "creditsForm"),
        _refs("with_", "togetherWith", "node"),
        Row("paraphrase", "paraphrase"),
        _NOTE,
        _PLACE,
    ),
    model.Proposition: (
        _ref("subject", "subject", "node"),
        _word("predicate", "predicate", model.Predicate),
        _ref("object", "object", "node"),
    ),
    model.StatedEffect: (
        Row("text", "text"),
        _number("value", "value"),
        Row("unit", "unit"),
        Row("of", "shareOf"),
    ),
    model.Citation: (
        _SOURCE,
        _word("kind", "citationKind", model.CitationKind),
        _integer("line", "line"),
        _word("status", "identification", model.Identification),
        Row("journal", "journal"),
        _integer("year", "year"),
        Row("authors", "authors"),
        _TITLE,
        Row("locator", "locator"),
        *_IDENTIFIERS,
        Row("url", "url"),
        _ref("study", "work", "study"),
        _part("described", "described", model.Described),
        Row("record", "record"),
        Row("how_checked", "howChecked"),
        _refs("matches", "matches", "citation"),
        _PLACE,
    ),
    model.Described: (
        _word("design", "design", model.Design),
        _word("system", "system", model.System),
        _POPULATION,
        _integer("n", "participants"),
    ),
    model.Study: (
        _TITLE,
        _integer("year", "year"),
        _word("design", "design", model.Design),
        _word("system", "system", model.System),
        Row("authors", "authors"),
        Row("journal", "journal"),
        *_IDENTIFIERS,
        Row("registration", "registration"),
        _integer("n", "participants"),
        _POPULATION,
        Row("species", "species"),
        _word("status", "publicationStatus", model.Status),
        Row("funding", "funding"),
        _flag("seller_funded", "sellerFunded"),
        _refs("contains", "contains", "study"),
        _refs("reports", "reports", "study"),
        Row("read", "read"),
        _flag("verified", "verified"),
        _part("findings", "finding", model.Finding, many=True),
        _NOTE,
        _PLACE,
    ),
    model.Finding: (
        _ref("exposure", "exposure", "node"),
        _ref("outcome", "outcome", "entity"),
        _word("direction", "direction", model.Direction),
        _POPULATION,
        Row("comparator", "comparator"),
        _integer("n", "participants"),
        _integer("k", "pooledStudies"),
        _integer("events", "events"),
        Row("measure", "measure"),
        _number("estimate", "estimate"),
        _number("ci_low", "ciLow"),
        _number("ci_high", "ciHigh"),
        Row("unit", "unit"),
        _number("p_value", "pValue"),
        _number("i2", "iSquared"),
        _number("p_heterogeneity", "pHeterogeneity"),
        _number("tau2", "tauSquared"),
        _number("pi_low", "piLow"),
        _number("pi_high", "piHigh"),
        _number("egger_p", "eggerP"),
        _number("mid", "smallestDifference"),
        Row("mid_source", "smallestDifferenceSetBy"),
        _word("risk_of_bias", "riskOfBias", model.Bias),
        _part("dose", "dose", model.Dose),
        _number("weeks", "weeks"),
        _integer("large_effect", "largeEffect"),
        _flag("dose_response", "doseResponse"),
        _flag("opposing_confounding", "opposingConfounding"),
        _part("judgements", "judgement", model.DomainJudgement, many=True),
        _NOTE,
        _PLACE,
    ),
    model.DomainJudgement: (
        Row("domain", "domain"),
        _integer("rating", "levelsDown"),
        Row("source", "judgedBy"),
    ),
    model.ArgumentChain: (
        _SOURCE,
        _LABEL,
        _ref("exposure", "exposure", "exposure"),
        _ref("outcome", "outcome", "entity"),
        _part("steps", "step", model.Step, many=True),
        _flag("asserted", "asserted"),
        _NOTE,
        _PLACE,
    ),
    model.Step: (
        _word("kind", "stepKind", model.StepKind),
        _ref("subject", "subject", "node"),
        _word("predicate", "predicate", model.Predicate),
        _ref("object", "object", "node"),
        _refs("claims", "claim", "claim"),
        _NOTE,
    ),
    model.Conflict: (
        _LABEL,
        _word("kind", "conflictKind", model.ConflictKind),
        _refs("claims", "claim", "claim"),
        _word("resolution", "resolution", model.Resolution),
        Row("why", "why"),
        _PLACE,
    ),
}

TABLE: Mapping[type, tuple[Row, ...]] = MappingProxyType(_TABLE)

SECTION_OF: Mapping[type, str] = MappingProxyType(
    {
        model.Entity: "entity",
        model.Exposure: "exposure",
        model.Population: "population",
        model.Source: "source",
        model.Claim: "claim",
        model.Citation: "citation",
        model.Study: "study",
        model.Finding: "finding",
        model.ArgumentChain: "chain",
        model.Conflict: "conflict",
    }
)
"""The classes whose members have an id, and the section of the name space that they stand in."""

COLLECTIONS: Mapping[str, type] = MappingProxyType(
    {
        "entities": model.Entity,
        "exposures": model.Exposure,
        "populations": model.Population,
        "sources": model.Source,
        "claims": model.Claim,
        "citations": model.Citation,
        "studies": model.Study,
        "chains": model.ArgumentChain,
        "conflicts": model.Conflict,
    }
)
"""The tuples of an `EvidenceBase`."""


@cache
def defaults(cls: type) -> Mapping[str, Any]:
    """Default values of the fields that have one."""
    return {f.name: f.default for f in fields(cls) if f.default is not MISSING}


@cache
def rows_by_property(cls: type) -> Mapping[str, Row]:
    """Rows of a class by the full IRI of their property."""
    return {vocab.term(row.property): row for row in TABLE[cls]}
