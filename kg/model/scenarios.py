"""What grading says of suppositions: grades before and after, next evidence, other choices.

`WhatIf`, `Plan` and `Sensitivity` are what `kg whatif`, `kg plan` and `kg sensitivity` draw.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.model.evidence import Study
from kg.model.grades import BaseSummary, Conclusion, Level, Readings, Sense, Verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pair stands: its three levels, what refutes it, what is concluded, and why."""

    levels: Readings[Level]
    refuted_by: Level
    conclusion: Conclusion
    why: str

    @property
    def verdict(self) -> Verdict:
        """The older word for the conclusion."""
        return self.conclusion.verdict


@dataclass(frozen=True, slots=True)
class StandingChange:
    """One pair of exposure and outcome, before and after."""

    exposure: str
    outcome: str
    sense: Sense
    sign: int
    before: Standing
    after: Standing

    @property
    def has_changed(self) -> bool:
        """Whether a level, what refutes the pair or its conclusion changed."""
        a, b = self.before, self.after
        return (a.levels, a.refuted_by, a.conclusion) != (b.levels, b.refuted_by, b.conclusion)


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link whose effective levels moved; None on a side where there is no such link.

    `direct` marks the body of evidence on the pair itself. `why` are the steps by which the link
    comes to its level after the change.
    """

    link: str
    direct: bool
    before: Readings[Level] | None
    after: Readings[Level] | None
    why: str


@dataclass(frozen=True, slots=True)
class PairChange:
    """A pair before and after a supposition, with the links that moved."""

    standings: StandingChange
    links: tuple[LinkChange, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What an outcome's grades would be with some works added and some removed."""

    outcome: str
    added: tuple[Study, ...]
    removed: tuple[str, ...]
    pairs: tuple[PairChange, ...]
    base: BaseSummary


@dataclass(frozen=True, slots=True)
class PlanStep:
    """Evidence that could be got next for a pair, what it costs, and what it would reach.

    `kind` is `identify`, `study`, `back` or `identify-and-back`; `works` are citations to identify,
    `links` those to raise to HIGH, `study` the study to run. Costs are an order, not a price.
    """

    kind: str
    cost: int
    reaches: Readings[Level]
    works: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    study: Study | None = None


@dataclass(frozen=True, slots=True)
class PairPlan:
    """Moves that raise the established level of a pair, cheapest first.

    `idle` are citations that raise nothing on their own, even if each is found as described.
    """

    exposure: str
    outcome: str
    sense: Sense
    now: Standing
    moves: tuple[PlanStep, ...]
    idle: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The next evidence for an outcome."""

    outcome: str
    pairs: tuple[PairPlan, ...]
    base: BaseSummary


@dataclass(frozen=True, slots=True)
class Variation:
    """One grading choice set otherwise, all others as they are, and where a pair then stands."""

    choice: str
    setting: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class PairSensitivity:
    """A pair as it is graded, and under every variation."""

    exposure: str
    outcome: str
    sense: Sense
    now: Standing
    variations: tuple[Variation, ...]

    @property
    def deciding_variations(self) -> tuple[Variation, ...]:
        """Variations under which a level or the conclusion differs."""
        current_standing = self.now
        return tuple(
            v
            for v in self.variations
            if (v.standing.levels, v.standing.conclusion)
            != (current_standing.levels, current_standing.conclusion)
        )


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What of an outcome's grades is stable, and what hangs on one choice."""

    outcome: str
    pairs: tuple[PairSensitivity, ...]
    base: BaseSummary
