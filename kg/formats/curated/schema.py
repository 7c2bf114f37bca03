"""The curated format, as pydantic sees it: which keys each record may hold.

This is the one place that names the keys of the YAML files. `kg.formats.curated.reader` turns the
records into the model, `kg.formats.curated.json_schema` turns them into JSON Schema for editors.
Imported lazily: pydantic costs 50 ms.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kg import model
from kg.formats import faults
from kg.formats.curated.scalars import (
    Better,
    Bias,
    CitationKind,
    ConcernKind,
    ConflictKind,
    Count,
    Curie,
    Design,
    Direction,
    Doi,
    EntityKind,
    ExposureKind,
    Flag,
    Id,
    Identification,
    Ids,
    Levels,
    Line,
    Number,
    NutrientStatus,
    Pair,
    Percent,
    Pmcid,
    Pmid,
    Positive,
    Predicate,
    Presented,
    Probability,
    Resolution,
    Role,
    Route,
    Scale,
    Status,
    Steps,
    System,
    Text,
    Texts,
    Tier,
    Triple,
    Url,
    Year,
    build_validation_error,
)


class CuratedRecord(BaseModel):
    """A mapping with known keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class IdentifierRecord(CuratedRecord):
    """An identifier in another vocabulary and how it relates (SKOS match)."""

    curie: Curie
    match: Text = "exact"
    verified: Flag = False
    """Whether somebody looked it up."""


class SurrogateRecord(CuratedRecord):
    """The entity is an accepted surrogate for `outcome`, on the word of `source`."""

    outcome: Id
    source: Text


class EntityRecord(CuratedRecord):
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
    surrogate_for: tuple[SurrogateRecord, ...] = ()
    identifiers: tuple[IdentifierRecord, ...] = ()
    population: Id | None = None
    """The population that a question about this outcome is asked for."""
    exchange_class: Text | None = None
    """Substances of one class may stand for each other, at a charge."""
    note: Text = ""


class DoseRecord(CuratedRecord):
    """An amount a day, elemental for minerals: `low` and `high`, or `value`, with `unit`."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["low", "high"]}, {"required": ["value"]}]}
    )

    unit: Text
    low: Positive | None = None
    high: Positive | None = None
    value: Positive | None = None

    @model_validator(mode="after")
    def _check_complete(self) -> DoseRecord:
        has_range = self.low is not None and self.high is not None
        if (self.value is not None) == has_range or (self.low is None) != (self.high is None):
            raise build_validation_error(
                faults.WRONG_TYPE, "a dose has either low and high, or value"
            )
        return self


class ExposureRecord(CuratedRecord):
    """What is taken, lacking or applied: substance, form, route and kind."""

    id: Id
    label: Text
    substance: Id
    kind: ExposureKind
    route: Route = model.Route.UNSTATED
    form: Id | None = None
    """Entity of the form; leave it out where the text states none."""
    dose: DoseRecord | None = None
    components: Ids = ()
    """Substances of a product, or exposures of a combination."""
    synonyms: Texts = ()
    note: Text = ""


class PopulationRecord(CuratedRecord):
    """Who was studied, or who is meant. What is left out is not stated."""

    id: Id
    label: Text
    condition: Id | None = None
    nutrient_status: NutrientStatus | None = None
    age: Text | None = None
    sex: Text | None = None
    note: Text = ""


class SourceRecord(CuratedRecord):
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


class StatedEffectRecord(CuratedRecord):
    """An effect as the text states it. `of`: what the number is a share of."""

    text: Text
    value: Number | None = None
    unit: Text | None = None
    of: Text | None = None


class ClaimRecord(CuratedRecord):
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
    effect: StatedEffectRecord | None = None
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


class DescribedRecord(CuratedRecord):
    """A work as the citing text describes it; what the text does not say is left out."""

    design: Design | None = None
    system: System | None = None
    population: Id | None = None
    n: Count | None = None


class CitationRecord(CuratedRecord):
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
    described: DescribedRecord | None = None
    record: Text | None = None
    how_checked: Text = ""
    matches: Ids = ()
    """Citations of the same work elsewhere in the source."""


class JudgementRecord(CuratedRecord):
    """A recorded GRADE judgement: levels down (0..3) in a domain, and who says so."""

    domain: Text
    rating: Levels
    source: Text


class ConcernRecord(CuratedRecord):
    """A doubt about a finding, which costs levels, and who raised it in which words."""

    kind: ConcernKind
    source: Text


class FindingRecord(CuratedRecord):
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
    treated_n: Count | None = None
    """Those of `n` who had the exposure."""
    treated_events: Count | None = None
    measure: Text | None = None
    estimate: Number | None = None
    ci: Pair | None = None
    unit: Text | None = None
    scale: Scale | None = None
    """Which way of a scale of points is good; an SMD says nothing of it."""
    p_value: Probability | None = None
    i2: Percent | None = None
    p_heterogeneity: Probability | None = None
    tau2: Positive | None = None
    pi: Pair | None = None
    """Prediction interval."""
    egger_p: Probability | None = None
    mid: Positive | None = None
    """Smallest difference that matters, in `unit`; `mid_source` says who set it."""
    mid_source: Text | None = None
    risk_mid: Probability | None = None
    """Smallest difference in risk that matters, a share of 1; `mid_source` says who set it."""
    baseline_risk: Probability | None = None
    """Risk without the exposure, a share of 1; `baseline_risk_source` says where it is from."""
    baseline_risk_source: Text | None = None
    instrument: Text | None = None
    """The scale on which the outcome was measured, such as PSQI."""
    risk_of_bias: Bias | None = None
    dose: DoseRecord | None = None
    weeks: Positive | None = None
    large_effect: Steps = 0
    dose_response: Flag = False
    opposing_confounding: Flag = False
    judgements: tuple[JudgementRecord, ...] = ()
    concerns: tuple[ConcernRecord, ...] = ()
    note: Text = ""


class StudyRecord(CuratedRecord):
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
    findings: tuple[FindingRecord, ...] = ()
    note: Text = ""


class StepRecord(CuratedRecord):
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
    def _check_one_kind(self) -> StepRecord:
        kinds = [key for key in ("claims", "implicit", "bridge") if getattr(self, key) is not None]
        if len(kinds) != 1:
            raise build_validation_error(
                faults.WRONG_TYPE, "a step has one of claims, implicit and bridge"
            )
        if self.link and self.claims is None:
            raise build_validation_error(faults.WRONG_TYPE, "`link` belongs to a step with claims")
        return self


class ChainRecord(CuratedRecord):
    """How a source argues from an exposure to an outcome, implicit steps included."""

    id: Id
    source: Id | None = None
    """Left out where the file names its source."""
    label: Text
    exposure: Id
    outcome: Id
    steps: Annotated[tuple[StepRecord, ...], Field(min_length=1)]
    asserted: Flag = True
    note: Text = ""


class ConflictRecord(CuratedRecord):
    """Two or more claims, of one source or of several, that do not go together as they stand."""

    id: Id
    label: Text
    kind: ConflictKind
    claims: Ids
    resolution: Resolution
    """`open`, settled `by-text`, or `apparent` where different things are meant."""
    why: Text
    """What settles it, or why nothing does."""


class CuratedFile(CuratedRecord):
    """One file of curated evidence; `source` is the default of its citations, claims and chains."""

    source: Id | None = None
    entities: tuple[EntityRecord, ...] = ()
    exposures: tuple[ExposureRecord, ...] = ()
    populations: tuple[PopulationRecord, ...] = ()
    sources: tuple[SourceRecord, ...] = ()
    citations: tuple[CitationRecord, ...] = ()
    claims: tuple[ClaimRecord, ...] = ()
    chains: tuple[ChainRecord, ...] = ()
    conflicts: tuple[ConflictRecord, ...] = ()
    studies: tuple[StudyRecord, ...] = ()
