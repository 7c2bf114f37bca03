"""Grades of the shipped data, worked out once for each state of data and code."""

from __future__ import annotations

from pathlib import Path

from kg.formats.cache import grades
from kg.model import EvidenceBase, OutcomeGrade
from kg.resources import compute_fingerprint, hash_texts, locate_cache_folder


def grade_shipped(
    base: EvidenceBase,
    outcome: str | None = None,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
) -> tuple[OutcomeGrade, ...]:
    """What `grade` says of the shipped data, from the cache where data and code are as they were.

    The first question after a change has the outcomes graded that the sources make headlines of, so
    that the compiled form holds their grades too.
    """
    state = compute_fingerprint()
    grade_request = (outcome, exposure, source, profile, evidence)
    cached_grades = grades.read_cached_grades(_locate_cached_grades(state, grade_request))
    return _grade_and_cache(base, state, grade_request) if cached_grades is None else cached_grades


_HEADLINES_REQUEST = (None, None, None, "grade", "all")


def _locate_cached_grades(state: str, grade_request: tuple[str | None, ...]) -> Path:
    return locate_cache_folder() / "grades" / hash_texts([state, repr(grade_request)])


def _grade_and_cache(
    base: EvidenceBase, state: str, grade_request: tuple[str | None, ...]
) -> tuple[OutcomeGrade, ...]:
    from kg.api.grades import grade

    outcome, exposure, source, profile, evidence = grade_request
    outcome_grades = grade(base, outcome, exposure, source, profile or "grade", evidence or "all")
    grades.store_grades(_locate_cached_grades(state, grade_request), outcome_grades)
    if not _locate_cached_grades(state, _HEADLINES_REQUEST).exists():
        headlines = outcome_grades if grade_request == _HEADLINES_REQUEST else grade(base)
        grades.store_grades(_locate_cached_grades(state, _HEADLINES_REQUEST), headlines)
        for headline_grade in headlines:
            grades.store_grades(
                _locate_cached_grades(state, (headline_grade.outcome, *_HEADLINES_REQUEST[1:])),
                (headline_grade,),
            )
    return outcome_grades
