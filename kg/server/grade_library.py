"""The base and its grades for pages and JSON, each computed once and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from kg.api.base import load_base, require_sound
from kg.api.grades import check_base, grade_all, grade_outcomes
from kg.formats.cache import grades
from kg.model import ChainGrade, Diagnostic, EvidenceBase, OutcomeGrade, PairGrade
from kg.scenarios.request import DEFAULT_REQUEST, GradeRequest

T = TypeVar("T")
MAX_CACHED_RESULTS = 64
"""Grades under other choices that are kept: each holds some hundred kilobytes."""


@dataclass(eq=False)
class GradeLibrary:
    """A base and what has been computed from it."""

    base: EvidenceBase
    _cached_results: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)

    @classmethod
    def read(cls, path: str | None, grades_file: Path | None = None) -> GradeLibrary:
        """The library of the base at a path; DataError where it cannot be used.

        `grades_file` is where `save_grades` put the grades of all pairs.
        """
        library = cls(require_sound(load_base(path)))
        if grades_file and (stored_grades := grades.read_cached_grades(grades_file)) is not None:
            library._cached_results["all", DEFAULT_REQUEST] = stored_grades
        return library

    def save_grades(self, place: Path) -> None:
        """Put the grades of all pairs where other processes can read them."""
        grades.store_grades(place, self.grade_all_pairs())

    def grade_all_pairs(self, request: GradeRequest = DEFAULT_REQUEST) -> tuple[OutcomeGrade, ...]:
        """Grades of every pair, without detectors, whatever outcome the request names."""
        all_request = replace(_drop_view(request), outcome=None)
        return self._compute_once(("all", all_request), lambda: grade_all(self.base, all_request))

    def grade_outcome(self, request: GradeRequest) -> OutcomeGrade:
        """The grade of one outcome with all its exposures, as `kg grade` gives it."""
        outcome_request = _drop_view(request)
        return self._compute_once(
            ("one", outcome_request), lambda: grade_outcomes(self.base, outcome_request)[0]
        )

    def list_weak_links(self, source: str | None = None) -> tuple[Diagnostic, ...]:
        """All weak links of the base, or of a source."""
        request = GradeRequest(source=source)
        grades = self.grade_all_pairs(request)
        return self._compute_once(("check", source), lambda: check_base(self.base, request, grades))

    @cached_property
    def pairs_by_id(self) -> dict[str, PairGrade]:
        """Every graded pair by id."""
        return {p.id: p for g in self.grade_all_pairs() for p in g.pairs}

    @cached_property
    def pairs_of_claims(self) -> dict[str, tuple[PairGrade, ...]]:
        """The pairs in which a claim takes part, those that it words itself first."""
        words: dict[str, dict[str, PairGrade]] = {}
        links: dict[str, dict[str, PairGrade]] = {}
        for pair in self.pairs_by_id.values():
            for claim in pair.wording.claims:
                words.setdefault(claim, {})[pair.id] = pair
            for chain in (*pair.chains, *pair.counter_chains):
                for claim in (c for link in chain.links for c in link.claims):
                    links.setdefault(claim, {})[pair.id] = pair
        claim_ids = words.keys() | links.keys()
        return {c: tuple({**words.get(c, {}), **links.get(c, {})}.values()) for c in claim_ids}

    @cached_property
    def chains_by_id(self) -> dict[str, tuple[ChainGrade, PairGrade]]:
        """Every graded chain by id, with the pair that it was graded for."""
        return {
            c.id: (c, pair)
            for pair in reversed(self.pairs_by_id.values())
            for c in (*pair.chains, *pair.counter_chains)
            if c.id in self.base.chain
        }

    @cached_property
    def outcome_ids(self) -> frozenset[str]:
        """Ids of the outcomes that something is said or studied about."""
        return frozenset(g.outcome for g in self.grade_all_pairs() if g.pairs)

    def _compute_once(self, key: Hashable, make: Callable[[], T]) -> T:
        if key not in self._cached_results:
            self._cached_results[key] = make()
            if len(self._cached_results) > MAX_CACHED_RESULTS:
                oldest = next(k for k in self._cached_results if k != ("all", DEFAULT_REQUEST))
                del self._cached_results[oldest]
        self._cached_results.move_to_end(key)
        cached_result: T = self._cached_results[key]
        return cached_result


def _drop_view(request: GradeRequest) -> GradeRequest:
    """The request without what only narrows how its grade is shown."""
    return replace(request, exposure=None, reading=DEFAULT_REQUEST.reading)
