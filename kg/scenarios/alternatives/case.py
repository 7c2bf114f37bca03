"""What an alternative is given and what it answers: chains of rated steps, a number or a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kg.model import Level, Mechanistic, Reading, Readings
from kg.scenarios.alternatives.laws import Operations

UNCALIBRATED_LABEL = "uncalibrated"


class Scope(StrEnum):
    """What a method rates: all chains of a pair together, or one link by itself."""

    CHAINS = "chains"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class RatedWork:
    """One work on a link, rated alone in one reading.

    `level` is its support, `refute_level` its refutation, `civic_letter` its CIViC level;
    `is_curated` is True for works that were found. A link that is granted without a work has one
    item for the grant.
    """

    work: str
    level: Level
    refute_level: Level = Level.NONE
    civic_letter: str = "E"
    is_curated: bool = False


@dataclass(frozen=True, slots=True)
class CaseLink:
    """One link of a chain: the effective level of its body, and its works one by one.

    `is_certain` is True for links by definition, which cost nothing.
    """

    id: str
    level: Level
    rated_works: tuple[RatedWork, ...] = ()
    is_certain: bool = False
    mechanistic: Mechanistic = Mechanistic.NONE
    delta: int = 0


CaseChain = tuple[CaseLink, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The chains of one question with the claimed sign, in one reading.

    `link` is the link that methods for single links rate; None where there is none to rate.
    """

    chains: tuple[CaseChain, ...]
    link: CaseLink | None = None


@dataclass(frozen=True, slots=True)
class AlgebraAnswer:
    """What a method says: a number, or a word where it only orders, and how it came about."""

    value: float | None
    word: str
    why: str
    label: str = UNCALIBRATED_LABEL


@dataclass(frozen=True, slots=True)
class Algebra:
    """One alternative: how it rates a case, its operations, and the laws it keeps."""

    name: str
    scope: Scope
    series: str
    parallel: str
    rate_case: Callable[[Case], AlgebraAnswer]
    operations: Operations
    laws: frozenset[str]

    @property
    def description(self) -> str:
        """What the method does, from its docstring."""
        import inspect

        return inspect.getdoc(self.rate_case) or ""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One method in a comparison: its answer in each reading, and after the copies were added."""

    name: str
    scope: str
    answers: Readings[AlgebraAnswer]
    answer_with_copies: AlgebraAnswer | None

    def has_changed(self, reading: str) -> bool:
        """Whether the copies changed the answer in a reading, to the figures that are shown."""
        return (
            self.answer_with_copies is not None
            and self.answer_with_copies.word != self.answers[Reading(reading)].word
        )


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """One pair by one alternative, beside the default.

    `link` is the one that is rated, where the method rates a link.
    """

    exposure: str
    outcome: str
    sense: str
    answers: Readings[AlgebraAnswer]
    default_levels: Readings[Level]
    link: str | None = None


@dataclass(frozen=True, slots=True)
class CopiedStudies:
    """What the volume test added: `copies` studies with the finding of `work` on `link`."""

    work: str
    link: str
    system: str
    copies: int


@dataclass(frozen=True, slots=True)
class AlgebraComparison:
    """All methods side by side on one pair, with the volume test.

    `link` is the one that methods for single links rate.
    """

    exposure: str
    outcome: str
    sense: str
    reading: str
    chains: Readings[int]
    rows: tuple[ComparisonRow, ...]
    link: str | None
    copied_studies: CopiedStudies | None
    others: int
    profile: str
    version: str


def format_number(value: float) -> str:
    """A number as it is shown: two decimals, more where they would round up to one.

    >>> format_number(0.5103), format_number(51.0), format_number(0.99965), format_number(0)
    ('0.51', '51.00', '0.9997', '0')
    """
    if not value:
        return "0"
    if value >= 1:
        return f"{value:.2f}"
    digits = next((n for n in (2, 3, 4, 5) if float(f"{value:.{n}f}") < 1), 7)
    return f"{value:.{digits}f}"


def build_number_answer(value: float, why: str) -> AlgebraAnswer:
    """An answer that is a number."""
    return AlgebraAnswer(float(value), format_number(float(value)), why)
