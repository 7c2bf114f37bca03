"""One table, read by both directions: which property carries which field, and in which form.

`encode` and `decode` know no field by name, so a field that is not here cannot be half-handled:
`tests/rdf/test_rdf.py` holds the table equal to the dataclasses.
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


class ValueForm(Enum):
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
class FieldMapping:
    """One field: property, form, and what it points to.

    `target` is the enum of a WORD, the class of a PART, or the section of a REFERENCE, where
    `node` is an entity or an exposure. `many` fields are tuples.
    """

    field: str
    property: str
    form: ValueForm = ValueForm.TEXT
    target: Any = None
    many: bool = False


def _map_references(field: str, property: str, section: str) -> FieldMapping:
    return FieldMapping(field, property, ValueForm.REFERENCE, section, many=True)


def _map_reference(field: str, property: str, section: str) -> FieldMapping:
    return FieldMapping(field, property, ValueForm.REFERENCE, section)


def _map_word(field: str, property: str, enum: type[Enum]) -> FieldMapping:
    return FieldMapping(field, property, ValueForm.WORD, enum)


def _map_flag(field: str, property: str) -> FieldMapping:
    return FieldMapping(field, property, ValueForm.BOOLEAN)


def _map_number(field: str, property: str) -> FieldMapping:
    return FieldMapping(field, property, ValueForm.NUMBER)


def _map_integer(field: str, property: str) -> FieldMapping:
    return FieldMapping(field, property, ValueForm.INTEGER)


def _map_part(field: str, property: str, part_class: type, many: bool = False) -> FieldMapping:
    return FieldMapping(field, property, ValueForm.PART, part_class, many)


_LABEL_FIELD = FieldMapping("label", "rdfs:label")
_TITLE_FIELD = FieldMapping("title", "dcterms:title")
_NOTE_FIELD = FieldMapping("note", "skos:editorialNote")
_LOCATION_FIELD = FieldMapping("location", "definedAt", ValueForm.PLACE)
_POPULATION_FIELD = _map_reference("population", "population", "population")
_SOURCE_FIELD = _map_reference("source", "source", "source")
_IDENTIFIER_FIELDS = (
    FieldMapping("doi", "doi"),
    FieldMapping("pmid", "pmid"),
    FieldMapping("pmcid", "pmcid"),
)

_FIELD_MAPPINGS: dict[type, tuple[FieldMapping, ...]] = {
    model.Entity: (
        _LABEL_FIELD,
        _map_word("kind", "entityKind", model.EntityKind),
        FieldMapping("definition", "skos:definition"),
        _map_word("better", "better", model.Better),
        FieldMapping("synonyms", "skos:altLabel", many=True),
        _map_references("broader", "skos:broader", "entity"),
        _map_references("part_of", "partOf", "entity"),
        _map_references("related", "skos:related", "entity"),
        _map_part("surrogate_for", "surrogate", model.Surrogate, many=True),
        _map_part("identifiers", "identifier", model.Identifier, many=True),
        _POPULATION_FIELD,
        FieldMapping("exchange_class", "exchangeClass"),
        _NOTE_FIELD,
        _LOCATION_FIELD,
    ),
    model.Identifier: (
        FieldMapping("curie", "curie"),
        FieldMapping("match", "match"),
        _map_flag("verified", "verified"),
    ),
    model.Surrogate: (
        _map_reference("outcome", "outcome", "entity"),
        FieldMapping("source", "acceptedBy"),
    ),
    model.Exposure: (
        _LABEL_FIELD,
        _map_reference("substance", "substance", "entity"),
        _map_word("kind", "exposureKind", model.ExposureKind),
        _map_word("route", "route", model.Route),
        _map_reference("form", "form", "entity"),
        _map_part("dose", "dose", model.Dose),
        _map_references("components", "component", "node"),
        FieldMapping("synonyms", "skos:altLabel", many=True),
        _NOTE_FIELD,
        _LOCATION_FIELD,
    ),
    model.Dose: (
        _map_number("low", "low"),
        _map_number("high", "high"),
        FieldMapping("unit", "unit"),
    ),
    model.Population: (
        _LABEL_FIELD,
        _map_reference("condition", "condition", "entity"),
        _map_word("nutrient_status", "nutrientStatus", model.NutrientStatus),
        FieldMapping("age", "age"),
        FieldMapping("sex", "sex"),
        _NOTE_FIELD,
        _LOCATION_FIELD,
    ),
    model.Source: (
        _TITLE_FIELD,
        FieldMapping("kind", "sourceKind"),
        FieldMapping("topic", "topic"),
        FieldMapping("publisher", "publisher"),
        FieldMapping("template", "template"),
        FieldMapping("url", "url"),
        _map_references("sells", "sells", "node"),
        _map_flag("seller_links", "sellerLinks"),
        FieldMapping("coverage", "coverage"),
        _map_flag("references_parsed", "referencesParsed"),
        _NOTE_FIELD,
        _LOCATION_FIELD,
    ),
    model.Claim: (
        _SOURCE_FIELD,
        _map_integer("line", "line"),
        _map_word("role", "role", model.Role),
        FieldMapping("proposition", "proposition", ValueForm.PROPOSITION, model.Proposition),
        _map_word("tier", "wordingTier", model.Tier),
        FieldMapping("section", "section"),
        FieldMapping("cues", "cue", many=True),
        _map_word("presented", "presented", model.Presented),
        _POPULATION_FIELD,
        _map_part("effect", "statedEffect", model.StatedEffect),
        _map_references("citations", "citation", "citation"),
        _map_references("leans_on", "leansOn", "claim"),
        _map_reference("restates", "restates", "claim"),
        _map_word("discloses", "discloses", model.System),
        _map_flag("definitional", "definitional"),
        _map_flag("credits_form", "creditsForm"),
        _map_references("with_", "togetherWith", "node"),
        FieldMapping("paraphrase", "paraphrase"),
        _NOTE_FIELD,
        _LOCATION_FIELD,
    ),
    model.Proposition: (
        _map_reference("subject", "subject", "node"),
        _map_word("predicate", "predicate", model.Predicate),
        _map_reference("object", "object", "node"),
    ),
    model.StatedEffect: (
        FieldMapping("text", "text"),
        _map_number("value", "value"),
        FieldMapping("unit", "unit"),
        FieldMapping("of", "shareOf"),
    ),
    model.Citation: (
        _SOURCE_FIELD,
        _map_word("kind", "citationKind", model.CitationKind),
        _map_integer("line", "line"),
        _map_word("status", "identification", model.Identification),
        FieldMapping("journal", "journal"),
        _map_integer("year", "year"),
        FieldMapping("authors", "authors"),
        _TITLE_FIELD,
        FieldMapping("locator", "locator"),
        *_IDENTIFIER_FIELDS,
        FieldMapping("url", "url"),
        _map_reference("study", "work", "study"),
        _map_part("described", "described", model.Described),
        FieldMapping("record", "record"),
        FieldMapping("how_checked", "howChecked"),
        _map_references("matches", "matches", "citation"),
        _LOCATION_FIELD,
    ),
    model.Described: (
        _map_word("design", "design", model.Design),
        _map_word("system", "system", model.System),
        _POPULATION_FIELD,
        _map_integer("n", "participants"),
    ),
    model.Study: (
        _TITLE_FIELD,
        _map_integer("year", "year"),
        _map_word("design", "design", model.Design),
        _map_word("system", "system", model.System),
        FieldMapping("authors", "authors"),
        FieldMapping("journal", "journal"),
        *_IDENTIFIER_FIELDS,
        FieldMapping("registration", "registration"),
        _map_integer("n", "participants"),
        _POPULATION_FIELD,
        FieldMapping("species", "species"),
        _map_word("status", "publicationStatus", model.Status),
        FieldMapping("funding", "funding"),
        _map_flag("seller_funded", "sellerFunded"),
        _map_references("contains", "contains", "study"),
        _map_references("reports", "reports", "study"),
        FieldMapping("read", "read"),
        _map_flag("verified", "verified"),
        _map_part("findings", "finding", model.Finding, many=True),
        _NOTE_FIELD,
        _LOCATION_FIELD,
    ),
    model.Finding: (
        _map_reference("exposure", "exposure", "node"),
        _map_reference("outcome", "outcome", "entity"),
        _map_word("direction", "direction", model.Direction),
        _POPULATION_FIELD,
        FieldMapping("comparator", "comparator"),
        _map_integer("n", "participants"),
        _map_integer("k", "pooledStudies"),
        _map_integer("events", "events"),
        _map_integer("treated_n", "treatedParticipants"),
        _map_integer("treated_events", "treatedEvents"),
        FieldMapping("measure", "measure"),
        _map_number("estimate", "estimate"),
        _map_number("ci_low", "ciLow"),
        _map_number("ci_high", "ciHigh"),
        FieldMapping("unit", "unit"),
        _map_word("scale", "scale", model.Scale),
        _map_number("p_value", "pValue"),
        _map_number("i2", "iSquared"),
        _map_number("p_heterogeneity", "pHeterogeneity"),
        _map_number("tau2", "tauSquared"),
        _map_number("pi_low", "piLow"),
        _map_number("pi_high", "piHigh"),
        _map_number("egger_p", "eggerP"),
        _map_number("mid", "smallestDifference"),
        FieldMapping("mid_source", "smallestDifferenceSetBy"),
        _map_number("risk_mid", "smallestRiskDifference"),
        _map_number("baseline_risk", "baselineRisk"),
        FieldMapping("baseline_risk_source", "baselineRiskFrom"),
        FieldMapping("instrument", "instrument"),
        _map_word("risk_of_bias", "riskOfBias", model.Bias),
        _map_part("dose", "dose", model.Dose),
        _map_number("weeks", "weeks"),
        _map_integer("large_effect", "largeEffect"),
        _map_flag("dose_response", "doseResponse"),
        _map_flag("opposing_confounding", "opposingConfounding"),
        _map_part("judgements", "judgement", model.DomainJudgement, many=True),
        _map_part("concerns", "concern", model.Concern, many=True),
        _NOTE_FIELD,
        _LOCATION_FIELD,
    ),
    model.DomainJudgement: (
        FieldMapping("domain", "domain"),
        _map_integer("rating", "levelsDown"),
        FieldMapping("source", "judgedBy"),
    ),
    model.Concern: (
        _map_word("kind", "concernKind", model.ConcernKind),
        FieldMapping("source", "raisedBy"),
    ),
    model.ArgumentChain: (
        _SOURCE_FIELD,
        _LABEL_FIELD,
        _map_reference("exposure", "exposure", "exposure"),
        _map_reference("outcome", "outcome", "entity"),
        _map_part("steps", "step", model.Step, many=True),
        _map_flag("asserted", "asserted"),
        _NOTE_FIELD,
        _LOCATION_FIELD,
    ),
    model.Step: (
        _map_word("kind", "stepKind", model.StepKind),
        _map_reference("subject", "subject", "node"),
        _map_word("predicate", "predicate", model.Predicate),
        _map_reference("object", "object", "node"),
        _map_references("claims", "claim", "claim"),
        _NOTE_FIELD,
    ),
    model.Conflict: (
        _LABEL_FIELD,
        _map_word("kind", "conflictKind", model.ConflictKind),
        _map_references("claims", "claim", "claim"),
        _map_word("resolution", "resolution", model.Resolution),
        FieldMapping("why", "why"),
        _LOCATION_FIELD,
    ),
}

FIELD_MAPPINGS: Mapping[type, tuple[FieldMapping, ...]] = MappingProxyType(_FIELD_MAPPINGS)

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


@cache
def find_defaults(cls: type) -> Mapping[str, Any]:
    """Default values of the fields that have one."""
    return {f.name: f.default for f in fields(cls) if f.default is not MISSING}


@cache
def index_by_property(cls: type) -> Mapping[str, FieldMapping]:
    """Rows of a class by the full IRI of their property."""
    return {vocab.expand_term(row.property): row for row in FIELD_MAPPINGS[cls]}
