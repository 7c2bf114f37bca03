"""The base and its grades for pages and JSON, each computed once and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from kg import api
from kg.formats import graded
from kg.model import OUTCOME_KINDS, ChainGrade, Diagnostic, EvidenceBase, OutcomeGrade, PairGrade

T = TypeVar("T")
KEPT = 64
"""Grades under other choices that are kept: each holds some hundred kilobytes."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of grading that a client may make."""

    source: str | None = None
    profile: str = "grade"
    evidence: str = "all"


DEFAULT = Choices()


@dataclass(eq=False)
class Library:
    """A base and what has been computed from it."""

    base: EvidenceBase
    shipped: bool = False
    _kept: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)

    @classmethod
    def read(cls, path: str | None, grades: Path | None = None) -> Library:
        """The library of the base at a path; DataError where it cannot be used.

        `grades` is where `keep` put the grades of all pairs.
        """
        library = cls(api.sound(api.load(path)), shipped=path is None)
        if grades is not None and (found := graded.kept(grades)) is not None:
            library._kept["all", DEFAULT] = found
        return library

    def keep(self, place: Path) -> None:
        """Put the grades of all pairs where other processes can read them."""
        graded.keep(place, self.all_grades())

    def all_grades(self, choices: Choices = DEFAULT) -> tuple[OutcomeGrade, ...]:
        """Grades of every pair, without detectors."""
        return self._once(
            ("all", choices),
            lambda: api.grade_all(self.base, choices.source, choices.profile, choices.evidence),
        )

    def grade(self, outcome: str, choices: Choices = DEFAULT) -> OutcomeGrade:
        """The grade of one outcome, as `kg grade` gives it."""
        return self._once(
            ("one", outcome, choices),
            lambda: api.grade(
                self.base,
                outcome=outcome,
                source=choices.source,
                profile=choices.profile,
                evidence=choices.evidence,
            )[0],
        )

    def diagnostics(self, source: str | None = None) -> tuple[Diagnostic, ...]:
        """All weak links of the base, or of a source."""
        grades = self.all_grades(Choices(source))
        return self._once(("check", source), lambda: api.check(self.base, source, grades=grades))

    @cached_property
    def pairs(self) -> dict[str, PairGrade]:
        """Every graded pair by id."""
        return {p.id: p for g in self.all_grades() for p in g.pairs}

    @cached_property
    def pairs_of_claims(self) -> dict[str, tuple[PairGrade, ...]]:
        """The pairs in which a claim takes part, those that it words itself first."""
        words: dict[str, dict[str, PairGrade]] = {}
        links: dict[str, dict[str, PairGrade]] = {}
        for pair in self.pairs.values():
            for claim in pair.wording.claims:
                words.setdefault(claim, {})[pair.id] = pair
            for chain in (*pair.chains, *pair.counter_chains):
                for claim in (c for link in chain.links for c in link.claims):
                    links.setdefault(claim, {})[pair.id] = pair
        both = words.keys() | links.keys()
        return {c: tuple({**words.get(c, {}), **links.get(c, {})}.values()) for c in both}

    @cached_property
    def chains(self) -> dict[str, tuple[ChainGrade, PairGrade]]:
        """Every graded chain by id, with the pair that it was graded for."""
        return {
            c.id: (c, pair)
            for pair in reversed(self.pairs.values())
            for c in (*pair.chains, *pair.counter_chains)
            if c.id in self.base.chain
        }

    @cached_property
    def graded(self) -> frozenset[str]:
        """Ids of the outcomes that something is said or studied about."""
        return frozenset(g.outcome for g in self.all_grades() if g.pairs)

    def is_outcome(self, id: str) -> bool:
        """Whether an id is that of something that an exposure may change."""
        entity = self.base.entity.get(id)
        return entity is not None and entity.kind in OUTCOME_KINDS

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        if key not in self._kept:
            self._kept[key] = make()
            if len(self._kept) > KEPT:
                oldest = next(k for k in self._kept if k != ("all", DEFAULT))
                del self._kept[oldest]
        self._kept.move_to_end(key)
        found: T = self._kept[key]
        return found
