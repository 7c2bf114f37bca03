"""Grades of the shipped data, worked out once for each state of data and code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kg.formats.cache import grades
from kg.grading.profiles import PROFILE_PLUGINS
from kg.model import EvidenceBase, OutcomeGrade
from kg.resources import compute_fingerprint, hash_texts, locate_cache_folder
from kg.scenarios.request import DEFAULT_REQUEST, GradeRequest
from kg.weaklinks import DETECTORS


def grade_shipped(base: EvidenceBase, request: GradeRequest) -> tuple[OutcomeGrade, ...]:
    """What `grade_outcomes` says of the shipped data, kept until data or code change.

    The first question after a change has the outcomes graded that the sources make headlines of, so
    that the compiled form holds their grades too.
    """
    if DETECTORS.plugins or PROFILE_PLUGINS.plugins:
        from kg.api.grades import grade_outcomes

        return grade_outcomes(base, request)
    state = compute_fingerprint()
    grade_request = replace(request, reading=DEFAULT_REQUEST.reading)
    cached_grades = grades.read_cached_grades(_locate_cached_grades(state, grade_request))
    return _grade_and_cache(base, state, grade_request) if cached_grades is None else cached_grades


def _locate_cached_grades(state: str, grade_request: GradeRequest) -> Path:
    return locate_cache_folder() / "grades" / hash_texts([state, repr(grade_request)])


def _grade_and_cache(
    base: EvidenceBase, state: str, grade_request: GradeRequest
) -> tuple[OutcomeGrade, ...]:
    from kg.api.grades import grade_outcomes

    outcome_grades = grade_outcomes(base, grade_request)
    grades.store_grades(_locate_cached_grades(state, grade_request), outcome_grades)
    if not _locate_cached_grades(state, DEFAULT_REQUEST).exists():
        headlines = (
            outcome_grades
            if grade_request == DEFAULT_REQUEST
            else grade_outcomes(base, DEFAULT_REQUEST)
        )
        grades.store_grades(_locate_cached_grades(state, DEFAULT_REQUEST), headlines)
        for headline_grade in headlines:
            headline_request = GradeRequest(headline_grade.outcome)
            grades.store_grades(_locate_cached_grades(state, headline_request), (headline_grade,))
    return outcome_grades
