"""Rows of facts: three-valued, None where nobody has recorded the fact.

*Unstated* and *unknown* differ. A text that says only "magnesium" has stated no form: that is a
fact about the text, written `"unstated"`. A work that nobody annotated is unknown: None.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClaimFact:
    """What a source claims, how firmly, about which exposure and outcome.

    `conditions` are that of its population and the wider ones; `baseline` is what a number is a
    share of; `dose` is low, high and unit; `limit` is in that unit, `horizon` in weeks.
    """

    id: str
    source: str | None = None
    line: int = 0
    text: str = ""
    exposure: str | None = None
    exposure_label: str = "the exposure"
    exposure_kind: str | None = None
    substance: str | None = None
    form: str | None = None
    route: str | None = None
    relation: str | None = None
    sign: int | None = None
    outcome: str | None = None
    outcome_label: str = "the outcome"
    kind: str | None = None
    sigma: int | None = None
    cues: tuple[str, ...] = ()
    role: str | None = None
    presented: str | None = None
    about_people: bool | None = None
    only_deficient: bool | None = None
    credits_form: bool | None = None
    definitional: bool | None = None
    discloses: str | None = None
    quantity: str | None = None
    value: float | None = None
    cites: tuple[str, ...] | None = None
    leans_on: tuple[str, ...] = ()
    exposure_family: frozenset[str] = frozenset()
    outcome_family: frozenset[str] = frozenset()
    population: str | None = None
    population_label: str = "the group"
    conditions: frozenset[str] | None = None
    benefit: bool | None = None
    unit: str | None = None
    baseline: str | None = None
    dose: tuple[float, float, str] | None = None
    limit: float | None = None
    horizon: float | None = None
    together: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingFact:
    """What a work reports, as the text describes it; `work` names the row the facts belong to.

    `recorded` marks what the record of a study says, whatever a text makes of it; without a source
    it is evidence that nobody need cite. `studies` are all studies it draws on, those that it pools
    included. `rank` orders designs, `sign` is 0 for no clear effect, `mid` is the smallest
    difference that matters, `doubt` what is too good to be true, empty where nothing is.
    """

    id: str
    work: str = ""
    label: str = "a work"
    source: str | None = None
    link: str = ""
    system: str | None = None
    species: str | None = None
    design: str | None = None
    exposure: str | None = None
    exposure_label: str = "the exposure"
    exposure_kind: str | None = None
    substance: str | None = None
    form: str | None = None
    route: str | None = None
    outcome: str | None = None
    outcome_label: str = "what was measured"
    kind: str | None = None
    accepted: frozenset[str] | None = None
    population: str | None = None
    population_label: str = "others"
    condition: str | None = None
    sign: int | None = None
    n: int | None = None
    events: int | None = None
    measure: str | None = None
    p_value: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    mid: float | None = None
    doubt: str | None = None
    dose: tuple[float, float, str] | None = None
    weeks: float | None = None
    studies: frozenset[str] | None = None
    prespecified: bool | None = None
    indicator: str | None = None
    recorded: bool = False
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class CitationFact:
    """How a text names a work. `listed`: whether the reference list has it (None: no list)."""

    id: str
    source: str | None = None
    label: str = "a work"
    kind: str | None = None
    status: str | None = None
    journal: str | None = None
    year: int | None = None
    record: str | None = None
    matches: tuple[str, ...] | None = None
    values: tuple[float, ...] | None = None
    seller_funded: bool | None = None
    publication: str | None = None
    labelled: bool | None = None
    told_as_study: bool | None = None
    record_design: str | None = None
    findings_complete: bool | None = None


@dataclass(frozen=True, slots=True)
class SourceFact:
    """What is known about a document that makes claims.

    `searched` is the day on which somebody looked for evidence against its claims.
    """

    id: str
    label: str = ""
    coverage: str | None = None
    references_parsed: bool | None = None
    sells: tuple[str, ...] | None = None
    seller_links: bool | None = None
    publisher: str | None = None
    template: str | None = None
    searched: str | None = None
    jurisdiction: str | None = None


@dataclass(frozen=True, slots=True)
class StepFact:
    """One step of an argument. `same` says that its ends are one thing: is-a, part-of, equal."""

    subject: str
    object: str
    subject_label: str
    object_label: str
    sign: int | None = None
    implicit: bool = False
    same: bool | None = None
    bridge: bool = False


@dataclass(frozen=True, slots=True)
class ChainFact:
    """How a source argues; `good` says whether a rise of the outcome is good (+1) or bad (-1)."""

    id: str
    source: str | None = None
    label: str = ""
    outcome: str = ""
    outcome_label: str = ""
    good: int | None = None
    claimed: bool | None = None
    steps: tuple[StepFact, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkFact:
    """One link of the witness of a pair; `level` is S_eff of the established reading, 0 to 4.

    `status` is how its source backs it, `bridge` for a step from one exposure to another,
    `contested` where known evidence speaks against it.
    """

    id: str
    label: str
    level: int | None = None
    why: str = ""
    status: str = "uncited"
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PairFact:
    """One exposure and outcome as graded: wording, gap and the witness of its level.

    `source` is that of the strongest wording, `levels` are those of the arguments put forward.

    `clinical` is False for links on the way (a marker, a cell process), which the pairs that they
    lead to carry, and for a wider outcome that no claim names.
    """

    id: str
    label: str = ""
    source: str | None = None
    exposure: str | None = None
    exposure_label: str = "the exposure"
    outcome: str | None = None
    outcome_label: str = "the outcome"
    sense: str = "benefit"
    sigma: int | None = None
    gap: int | None = None
    gap_best: int | None = None
    established: int | None = None
    as_described: int | None = None
    direct: int | None = None
    verdict: str = ""
    rewrite: str = ""
    claims: tuple[str, ...] = ()
    strongest: str | None = None
    witness: tuple[LinkFact, ...] | None = None
    breaks_at: str | None = None
    outcome_family: frozenset[str] = frozenset()
    levels: tuple[int | None, ...] | None = None
    clinical: bool = True
