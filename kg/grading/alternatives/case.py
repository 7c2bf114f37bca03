"""What an alternative is given and what it answers: chains of rated steps, a number or a word."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from kg.grading.alternatives.laws import Operations
from kg.model import Level, Mechanistic, Reading, Readings
from kg.model.record import dataclass

LABEL = "uncalibrated"


class Scope(StrEnum):
    """What a method rates: all chains of a pair together, or one link by itself."""

    CHAINS = "chains"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Item:
    """One work on a link, rated alone in one reading.

    `level` is its support, `against` its refutation, `letter` its CIViC level; `curated` is True
    for works that were found. A link that is granted without a work has one item for the grant.
    """

    work: str
    level: Level
    against: Level = Level.NONE
    letter: str = "E"
    curated: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One link of a chain: the effective level of its body, and its works one by one.

    `certain` is True for links by definition, which cost nothing.
    """

    id: str
    level: Level
    items: tuple[Item, ...] = ()
    certain: bool = False
    mechanistic: Mechanistic = Mechanistic.NONE
    delta: int = 0


Chain = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The chains of one question with the claimed sign, in one reading.

    `link` is the link that methods for single links rate; None where there is none to rate.
    """

    chains: tuple[Chain, ...]
    link: Part | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method says: a number, or a word where it only orders, and how it came about."""

    value: float | None
    word: str
    why: str
    label: str = LABEL


@dataclass(frozen=True, slots=True)
class Algebra:
    """One alternative: how it rates a case, its operations, and the laws it keeps."""

    name: str
    scope: Scope
    series: str
    parallel: str
    rate: Callable[[Case], Answer]
    operations: Operations
    laws: frozenset[str]

    @property
    def text(self) -> str:
        """What the method does, from its docstring."""
        import inspect

        return inspect.getdoc(self.rate) or ""


@dataclass(frozen=True, slots=True)
class Row:
    """One method in a comparison: its answer in each reading, and after the copies were added."""

    name: str
    scope: str
    answers: Readings[Answer]
    after: Answer | None

    def moved(self, reading: str) -> bool:
        """Whether the copies changed the answer in a reading, to the figures that are shown."""
        return self.after is not None and self.after.word != self.answers[Reading(reading)].word


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """One pair by one alternative, beside the default.

    `link` is the one that is rated, where the method rates a link.
    """

    exposure: str
    outcome: str
    sense: str
    answers: Readings[Answer]
    default: Readings[Level]
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """What the volume test added: `copies` studies with the finding of `work` on `link`."""

    work: str
    link: str
    system: str
    copies: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All methods side by side on one pair, with the volume test.

    `link` is the one that methods for single links rate.
    """

    exposure: str
    outcome: str
    sense: str
    reading: str
    chains: Readings[int]
    rows: tuple[Row, ...]
    link: str | None
    copied: Copied | None
    others: int
    profile: str
    version: str


def number(value: float) -> str:
    """A number as it is shown: two decimals, more where they would round up to one.

    >>> number(0.5103), number(51.0), number(0.99965), number(0)
    ('0.51', '51.00', '0.9997', '0')
    """
    if not value:
        return "0"
    if value >= 1:
        return f"{value:.2f}"
    digits = next((n for n in (2, 3, 4, 5) if float(f"{value:.{n}f}") < 1), 7)
    return f"{value:.{digits}f}"


def answer(value: float, why: str) -> Answer:
    """An answer that is a number."""
    return Answer(float(value), number(float(value)), why)
