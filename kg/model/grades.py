"""What grading says: levels with their reasons, for links, chains, pairs and outcomes.

`OutcomeGrade` is the one type that every renderer draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Generic, TypeVar

from kg.model.diagnostics import Diagnostic, Severity
from kg.model.terms import Predicate, Tier

T = TypeVar("T")
U = TypeVar("U")


class Level(IntEnum):
    """Certainty of evidence (GRADE), NONE: no evidence offered. Levels are no probabilities."""

    NONE = 0
    VERY_LOW = 1
    LOW = 2
    MODERATE = 3
    HIGH = 4

    @property
    def word(self) -> str:
        """The words to print: `none`, `very low`, `low`, `moderate`, `high`."""
        return self.name.lower().replace("_", " ")

    @property
    def key(self) -> str:
        """The word for machines: `none`, `very_low`, `low`, `moderate`, `high`."""
        return self.name.lower()


class Mechanistic(IntEnum):
    """Mechanistic support (AOP reading). Never merged with `Level`."""

    NONE = 0
    WEAK = 1
    MODERATE = 2
    STRONG = 3

    @property
    def word(self) -> str:
        """The word to print."""
        return self.name.lower()


class Reading(StrEnum):
    """How generously works are admitted (grading.md section 1)."""

    ESTABLISHED = "established"
    AS_DESCRIBED = "as_described"
    BEST_CASE = "best_case"

    @property
    def word(self) -> str:
        """The words to print."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Readings(Generic[T]):
    """One value for each reading.

    >>> Readings(Level.NONE, Level.NONE, Level.VERY_LOW)[Reading.BEST_CASE].word
    'very low'
    """

    established: T
    as_described: T
    best_case: T

    def __getitem__(self, reading: Reading) -> T:
        value: T = getattr(self, reading.value)
        return value

    def __iter__(self) -> Iterator[T]:
        yield self.established
        yield self.as_described
        yield self.best_case

    @classmethod
    def compute(cls, make: Callable[[Reading], T]) -> Readings[T]:
        """The readings of a function of the reading."""
        return cls(*(make(reading) for reading in Reading))

    def map(self, change: Callable[[T], U]) -> Readings[U]:
        """The same function on each reading."""
        return Readings(*(change(value) for value in self))


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the audit trail.

    `rule` is the section of docs/explanation/grading.md, `change` the levels added (negative: taken
    away), `subject` the work or link that it is about. The changes of a trail add up to its level.
    `basis` is the threshold or rule that was used, `sources` the keys of the works that published
    it; a basis without sources is local.
    """

    rule: str
    text: str
    change: int = 0
    subject: str = ""
    basis: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certainty:
    """A level with its reasons. A level without a trail cannot be constructed.

    >>> Certainty(Level.LOW, ())
    Traceback (most recent call last):
    ValueError: a certainty needs at least one reason
    """

    level: Level
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a certainty needs at least one reason")


@dataclass(frozen=True, slots=True)
class Rating:
    """Support S and refutation R of one body of evidence for one question, in one reading.

    `low` and `high` bound S with all unknown domains at their worst and best; `stream` names the
    stream that set the level, `works` the studies and citations that were admitted.
    """

    support: Certainty
    refute: Level = Level.NONE
    low: Level = Level.NONE
    high: Level = Level.NONE
    stream: str | None = None
    works: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """S, before defeat."""
        return self.support.level


class LinkKind(StrEnum):
    """Where a link of a chain comes from."""

    ASSERTED = "asserted"
    IMPLICIT = "implicit"
    BRIDGE = "bridge"
    DEFINITIONAL = "definitional"
    LITERATURE = "literature"


class LinkStatus(StrEnum):
    """How a link is backed in its source."""

    CITED = "cited"
    UNCITED = "uncited"
    VAGUE = "vague"
    IMPLICIT = "implicit"
    DEFINITIONAL = "definitional"
    STUDIED = "studied"


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain, rated for the question of that chain.

    `effective` is S_eff: support unless R(established) defeats it. `delta` is what passing its tail
    costs for this target. `note` says in two or three words why the link is weak.
    """

    subject: str
    predicate: Predicate
    object: str
    sign: int
    kind: LinkKind
    status: LinkStatus
    claims: tuple[str, ...]
    ratings: Readings[Rating]
    effective: Readings[Level]
    mechanistic: Mechanistic = Mechanistic.NONE
    delta: int = 0
    tier: Tier = Tier.NO_CLAIM
    systems: tuple[str, ...] = ()
    evidence_from: str | None = None
    note: str = ""

    @property
    def id(self) -> str:
        """Readable id: subject, sign and object."""
        return f"{self.subject}--{'increases' if self.sign > 0 else 'decreases'}--{self.object}"


@dataclass(frozen=True, slots=True)
class ChainGrade:
    """A chain of links from an exposure to an outcome, and its certainty.

    `distance` is the capped sum of deltas, `ceiling` what it can reach however good the evidence,
    `weakest` the indices of the links that hold it down, `counter` whether its sign opposes the
    claim. `found` is True where the search found it and no source argues it.
    """

    id: str
    label: str
    source: str
    links: tuple[Link, ...]
    sign: int
    certainty: Readings[Level]
    distance: int
    ceiling: Level
    weakest: tuple[int, ...]
    mechanistic: Mechanistic
    counter: bool = False
    found: bool = False
    feedback: bool = False


class Verdict(StrEnum):
    """Verdict on a claim (grading.md section 10)."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    CONTESTED = "contested"
    UNSUPPORTED = "unsupported"


class EffectDirection(StrEnum):
    """What the evidence comes to: an effect, none that matters, or why there is no answer.

    `INCONCLUSIVE`: it was measured, and what was seen leaves an effect open. `NOT_STUDIED`: nothing
    that could be identified measured it and nobody argues for it. `ARGUMENT_BREAKS`: nothing
    measured it, and every chain that leads there has a link without evidence.
    """

    IMPROVES = "improves"
    WORSENS = "worsens"
    RAISES = "raises"
    LOWERS = "lowers"
    NO_DIFFERENCE = "no-difference"
    INCONCLUSIVE = "inconclusive"
    CONTESTED = "contested"
    NOT_STUDIED = "not-studied"
    ARGUMENT_BREAKS = "argument-breaks"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What is concluded of a pair: a direction, and how sure it is in the established reading.

    `claimed` is the effect that the pair asks about; `level` the certainty of `direction`, NONE
    where nothing carries an answer; `against` that of the opposite where evidence is on both sides.
    `verdict` is the older word for it, kept for one version.
    """

    direction: EffectDirection
    level: Level
    against: Level
    claimed: EffectDirection
    verdict: Verdict


class Sense(StrEnum):
    """Benefit and harm are separate claims, never netted; of neither kind: more or less."""

    BENEFIT = "benefit"
    HARM = "harm"
    INCREASE = "increase"
    DECREASE = "decrease"


@dataclass(frozen=True, slots=True)
class Wording:
    """Wording of the claims of a pair: the strongest (`sigma`), by whom, how many hedge nothing."""

    sigma: Tier
    claims: tuple[str, ...]
    unhedged: int
    strongest: str | None = None


@dataclass(frozen=True, slots=True)
class Direct:
    """Direct evidence: works that measured the outcome (or a narrower one) under the exposure.

    Of the `works_cited` by `citing_sources` sources `works_measured` did, `human_works` of them in
    people; of the studies on record that no source cites `studies_measured` did, `human_studies` in
    people.
    """

    ratings: Readings[Rating]
    works_cited: int
    works_measured: int
    human_works: int
    studies_measured: int = 0
    human_studies: int = 0
    citing_sources: int = 1

    def describe_works(self) -> str:
        """How many of how many cited works measured the outcome, and how many sources cite them."""
        noun = "work" if self.works_cited == 1 else "works"
        place = f"these {self.citing_sources} sources" if self.citing_sources > 1 else "this source"
        return f"{self.works_measured} of {self.works_cited} {noun} cited in {place}"


@dataclass(frozen=True, slots=True)
class OriginGrade:
    """What one kind of evidence carries alone: `evidence` is `cited` or `literature`.

    `works` of it measured the outcome under the exposure.
    """

    evidence: str
    conclusion: Conclusion
    certainty: Readings[Level]
    refuted_by: Level
    works: int
    flags: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The older word for the conclusion."""
        return self.conclusion.verdict


@dataclass(frozen=True, slots=True)
class RepairSet:
    """The fewest links to raise to HIGH so that a chain reaches `level`; None: no chain can."""

    level: Level
    links: tuple[str, ...] | None

    @property
    def size(self) -> int | None:
        """How many links, or None."""
        return None if self.links is None else len(self.links)


@dataclass(frozen=True, slots=True)
class Gain:
    """What raising one link to HIGH would do: the level then, minus the level now."""

    link: str
    steps: int


@dataclass(frozen=True, slots=True)
class PairGrade:
    """One exposure, one outcome, one sense: everything grading has to say about it.

    `by_origin` is what the cited works and the literature carry each alone, where both were
    admitted.
    """

    exposure: str
    outcome: str
    sense: Sense
    sign: int
    certainty: Readings[Certainty]
    refuted_by: Level
    mechanistic: Mechanistic
    conclusion: Conclusion
    indirect: bool
    wording: Wording
    gap: int
    gap_best: int
    severity: Severity
    direct: Direct
    chains: tuple[ChainGrade, ...]
    counter_chains: tuple[ChainGrade, ...]
    repair: Readings[tuple[RepairSet, ...]]
    fragility: tuple[str, ...]
    gain: Readings[tuple[Gain, ...]]
    rewrite: str
    flags: tuple[str, ...] = ()
    by_origin: tuple[OriginGrade, ...] = ()

    @property
    def has_origin_conflict(self) -> bool:
        """Whether what the sources cite and what the literature holds come to different grades."""
        return len({(p.verdict, p.certainty.established, p.refuted_by) for p in self.by_origin}) > 1

    @property
    def verdict(self) -> Verdict:
        """The older word for the conclusion."""
        return self.conclusion.verdict

    @property
    def id(self) -> str:
        """`exposure--outcome--sense`."""
        return f"{self.exposure}--{self.outcome}--{self.sense}"


@dataclass(frozen=True, slots=True)
class BaseSummary:
    """What a grade was computed from."""

    sources: tuple[str, ...]
    claims: int
    studies: int
    works_cited: int
    works_identified: int
    profile: str
    profile_version: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class OutcomeGrade:
    """What `kg grade` returns: evidence profile of one outcome."""

    outcome: str
    narrower: tuple[str, ...]
    pairs: tuple[PairGrade, ...]
    diagnostics: tuple[Diagnostic, ...]
    base: BaseSummary


@dataclass(frozen=True, slots=True)
class RatedGrade:
    """A grade on links that were rated elsewhere, and what such links do not tell.

    `grade` holds the pairs that are listed, the first of them with its chains; `pairs` counts all
    that there are. Of the `links` of the table `unrated` were not rated; `itself` more lead from a
    node to itself and count for nothing. `mechanistic` says whether mechanistic support is stated
    for all links of those chains, `readings` whether any link differs between readings. There is no
    wording and no study, so that the fields of `grade` about these are empty.
    """

    grade: OutcomeGrade
    name: str
    pairs: int
    links: int
    nodes: int
    unrated: int
    itself: int
    mechanistic: bool
    readings: bool
