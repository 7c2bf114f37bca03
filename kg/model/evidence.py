"""What is said and what was found: the evidence half of the model.

Ids are readable, unique within their class and stable; references between objects are ids. Node
ids (entities and exposures) share one name space, because a proposition may start at either.
Tuples whose order has no meaning are kept sorted by the readers, so that equality is equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.model.diagnostics import Location
from kg.model.terms import (
    Better,
    Bias,
    CitationKind,
    ConcernKind,
    ConflictKind,
    Design,
    Direction,
    EntityKind,
    ExposureKind,
    Identification,
    NutrientStatus,
    Predicate,
    Presented,
    Resolution,
    Role,
    Route,
    Scale,
    Status,
    StepKind,
    System,
    Tier,
)


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """An identifier in another vocabulary: a CURIE and how it relates (SKOS match)."""

    curie: str
    match: str = "exact"
    verified: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Surrogate:
    """Its bearer is an accepted surrogate for `outcome`, on the word of `source`."""

    outcome: str
    source: str


@dataclass(frozen=True, slots=True)
class Entity:
    """Substance, mechanism, cell process, biomarker, outcome, condition ...

    `broader` is is-a, `part_of` is part-of, `related` is neither. `population` is the population
    that a question about this outcome is asked for. `exchange_class` declares substances that may
    stand for each other at a charge.
    """

    id: str
    label: str
    kind: EntityKind
    definition: str = ""
    better: Better = Better.NEITHER
    synonyms: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    surrogate_for: tuple[Surrogate, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    population: str | None = None
    exchange_class: str | None = None
    note: str = ""
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, order=True)
class Dose:
    """An amount a day, elemental where the substance is a mineral; `low` <= `high`."""

    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """(substance, form, route, kind): one node each, never one node "magnesium".

    `form` is an entity id, or None where the text states none. `components` are the substances of
    a product, or the exposures of a combination.
    """

    id: str
    label: str
    substance: str
    kind: ExposureKind
    route: Route = Route.UNSTATED
    form: str | None = None
    dose: Dose | None = None
    components: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    note: str = ""
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Population:
    """Who was studied, or who is meant. None in a field means not stated."""

    id: str
    label: str
    condition: str | None = None
    nutrient_status: NutrientStatus | None = None
    age: str | None = None
    sex: str | None = None
    note: str = ""
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, order=True)
class Proposition:
    """Something that may be true: subject, predicate, object. Several claims may put it forward."""

    subject: str
    predicate: Predicate
    object: str

    @property
    def id(self) -> str:
        """`subject--predicate--object`, usable as the end of an IRI."""
        return f"{self.subject}--{self.predicate}--{self.object}"


@dataclass(frozen=True, slots=True)
class StatedEffect:
    """An effect as a text states it. `of` is what the number is a share of; None: not said."""

    text: str
    value: float | None = None
    unit: str | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A document that makes claims. `coverage` says whether all its claims are recorded."""

    id: str
    title: str
    kind: str = "article"
    topic: str = ""
    publisher: str | None = None
    template: str | None = None
    url: str | None = None
    sells: tuple[str, ...] = ()
    seller_links: bool | None = None
    coverage: str = "partial"
    references_parsed: bool = False
    note: str = ""
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """A source puts a proposition forward, at a place, in a role, at a wording strength.

    `leans_on` are the claims that the text offers as support for this one; `restates` the claim
    that it repeats. A claim with either is a conclusion: it gives no link of its own, its support
    is theirs. `discloses` is the system that the same sentence names, which makes it a disclosure
    (docs/explanation/weak-links.md).
    """

    id: str
    source: str
    line: int
    role: Role
    proposition: Proposition
    tier: Tier
    section: str = ""
    cues: tuple[str, ...] = ()
    presented: Presented = Presented.UNSPECIFIED
    population: str | None = None
    effect: StatedEffect | None = None
    citations: tuple[str, ...] = ()
    leans_on: tuple[str, ...] = ()
    restates: str | None = None
    discloses: System | None = None
    definitional: bool = False
    credits_form: bool = False
    with_: tuple[str, ...] = ()
    paraphrase: str = ""
    note: str = ""
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Described:
    """A work as the citing text describes it; None: the text does not say."""

    design: Design | None = None
    system: System | None = None
    population: str | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """How a claim names a work and what became of it. Journal and year are never a key."""

    id: str
    source: str
    kind: CitationKind
    line: int
    status: Identification
    journal: str | None = None
    year: int | None = None
    authors: str | None = None
    title: str | None = None
    locator: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str | None = None
    study: str | None = None
    described: Described | None = None
    record: str | None = None
    how_checked: str = ""
    matches: tuple[str, ...] = ()
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, order=True)
class DomainJudgement:
    """A recorded GRADE judgement: `domain`, `rating` (levels down, 0..3) and who says so."""

    domain: str
    rating: int
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Concern:
    """A doubt about a finding, of a kind that costs levels, and who raised it in which words."""

    kind: ConcernKind
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one study reports about one outcome, in the terms of that study.

    `estimate`, `ci_low`, `ci_high` are in `unit` on the scale of `measure` (ratio measures RR, OR,
    HR have their null at 1, all others at 0). `n` counts participants, `k` pooled studies. `mid` is
    the smallest difference that matters, in `unit`, and `mid_source` who says so; `risk_mid` the
    smallest difference in risk that matters. `baseline_risk` is the risk without the exposure;
    both are shares of 1. `instrument` names the scale on which an outcome was measured, `scale`
    which way of it is good: numbers on one that runs against its outcome are turned.
    `treated_n` and `treated_events` count those who had the exposure, `n` and `events` everybody.
    """

    id: str
    exposure: str
    outcome: str
    direction: Direction
    population: str | None = None
    comparator: str | None = None
    n: int | None = None
    k: int | None = None
    events: int | None = None
    treated_n: int | None = None
    treated_events: int | None = None
    measure: str | None = None
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    unit: str | None = None
    scale: Scale | None = None
    p_value: float | None = None
    i2: float | None = None
    p_heterogeneity: float | None = None
    tau2: float | None = None
    pi_low: float | None = None
    pi_high: float | None = None
    egger_p: float | None = None
    mid: float | None = None
    mid_source: str | None = None
    risk_mid: float | None = None
    baseline_risk: float | None = None
    baseline_risk_source: str | None = None
    instrument: str | None = None
    risk_of_bias: Bias | None = None
    dose: Dose | None = None
    weeks: float | None = None
    large_effect: int = 0
    dose_response: bool = False
    opposing_confounding: bool = False
    judgements: tuple[DomainJudgement, ...] = ()
    concerns: tuple[Concern, ...] = ()
    note: str = ""
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Study:
    """Research that can be found again. `read` says what was read, `verified` whether it agreed.

    A study that is not verified never counts as `established`.
    """

    id: str
    title: str
    year: int
    design: Design
    system: System
    authors: str = ""
    journal: str = ""
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    registration: str | None = None
    n: int | None = None
    population: str | None = None
    species: str | None = None
    status: Status = Status.UNKNOWN
    funding: str | None = None
    seller_funded: bool | None = None
    contains: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    read: str = ""
    verified: bool = False
    findings: tuple[Finding, ...] = ()
    note: str = ""
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an argument: claimed, implicit (no source states it) or a bridge.

    For a bridge, `subject` is the exposure the argument is about and `object` the exposure that
    its evidence is about; `predicate` is not used.
    """

    kind: StepKind
    subject: str
    predicate: Predicate
    object: str
    claims: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ArgumentChain:
    """How a source argues from an exposure to an outcome, implicit steps included."""

    id: str
    source: str
    label: str
    exposure: str
    outcome: str
    steps: tuple[Step, ...]
    asserted: bool = True
    note: str = ""
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two or more claims, of one source or of several, that do not go together as they stand.

    `why` says what settles it, or why nothing does. A conflict is a reading by the curators; it
    changes no grade.
    """

    id: str
    label: str
    kind: ConflictKind
    claims: tuple[str, ...]
    resolution: Resolution
    why: str
    location: Location | None = field(default=None, compare=False, repr=False)
