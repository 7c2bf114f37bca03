"""Grades of the shipped data, worked out once for each state of data and code."""

from __future__ import annotations

from pathlib import Path

from kg.formats import graded
from kg.model import EvidenceBase, OutcomeGrade
from kg.resources import cache_directory, fingerprint, key


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
    state = fingerprint()
    asked = (outcome, exposure, source, profile, evidence)
    found = graded.kept(_place(state, asked))
    return _worked_out(base, state, asked) if found is None else found


_HEADLINES = (None, None, None, "grade", "all")


def _place(state: str, asked: tuple[str | None, ...]) -> Path:
    return cache_directory() / "grades" / key([state, repr(asked)])


def _worked_out(
    base: EvidenceBase, state: str, asked: tuple[str | None, ...]
) -> tuple[OutcomeGrade, ...]:
    from kg.api.grades import grade

    outcome, exposure, source, profile, evidence = asked
    found = grade(base, outcome, exposure, source, profile or "grade", evidence or "all")
    graded.keep(_place(state, asked), found)
    if not _place(state, _HEADLINES).exists():
        headlines = found if asked == _HEADLINES else grade(base)
        graded.keep(_place(state, _HEADLINES), headlines)
        for each in headlines:
            graded.keep(_place(state, (each.outcome, *_HEADLINES[1:])), (each,))
    return found
