"""A build after a small change grades what can change, and comes to what a full run comes to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from kg import api
from kg.api.base import require_sound
from kg.api.grades import grade_all
from kg.api.incremental_grades import compute_outcome_keys, regrade_changed
from kg.model import EvidenceBase, Level, Status, Tier
from kg.resources import compute_checksum
from kg.scenarios.request import GradeRequest


@pytest.fixture(scope="module")
def base() -> EvidenceBase:
    return require_sound(api.load())


@pytest.fixture(scope="module")
def kept(base: EvidenceBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the grades of the shipped data are kept."""
    place = tmp_path_factory.mktemp("kept") / "grades.json"
    found, anew = regrade_changed(base, place=place)
    assert len(anew) == len(found)
    return place


def without_study(base: EvidenceBase, number: int) -> EvidenceBase:
    used = {c.study for c in base.citations}
    free = [s.id for s in base.studies if s.id not in used and s.findings]
    gone = free[number * 7 % len(free)]
    return replace(base, studies=tuple(s for s in base.studies if s.id != gone))


def retracted(base: EvidenceBase, number: int) -> EvidenceBase:
    counted = [s.id for s in base.studies if s.findings and s.verified]
    chosen = counted[number * 11 % len(counted)]
    return replace(
        base,
        studies=tuple(
            replace(s, status=Status.RETRACTED) if s.id == chosen else s for s in base.studies
        ),
    )


def other_finding(base: EvidenceBase, number: int) -> EvidenceBase:
    with_n = [s.id for s in base.studies if s.findings and s.findings[0].n]
    chosen = with_n[number * 5 % len(with_n)]
    return replace(
        base,
        studies=tuple(
            replace(s, findings=(replace(s.findings[0], n=3), *s.findings[1:]))
            if s.id == chosen
            else s
            for s in base.studies
        ),
    )


def other_wording(base: EvidenceBase, number: int) -> EvidenceBase:
    about = [
        c.id for c in base.claims if c.proposition.subject in base.exposure and c.tier < Tier.PLAIN
    ]
    chosen = about[number * 13 % len(about)]
    return replace(
        base,
        claims=tuple(replace(c, tier=Tier.PLAIN) if c.id == chosen else c for c in base.claims),
    )


def without_citation(base: EvidenceBase, number: int) -> EvidenceBase:
    chosen = base.citations[number * 3 % len(base.citations)].id
    return replace(
        base,
        citations=tuple(c for c in base.citations if c.id != chosen),
        claims=tuple(
            replace(c, citations=tuple(k for k in c.citations if k != chosen)) for c in base.claims
        ),
    )


CHANGES: Iterable[Callable[[EvidenceBase, int], EvidenceBase]] = (
    without_study,
    retracted,
    other_finding,
    other_wording,
    without_citation,
)


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_what_is_graded_after_a_change_equals_a_full_run(
    change: Callable[[EvidenceBase, int], EvidenceBase],
    base: EvidenceBase,
    kept: Path,
    tmp_path: Path,
) -> None:
    place = tmp_path / "grades.json"
    place.write_bytes(kept.read_bytes())
    changed = change(base, 1)
    found, touched = regrade_changed(changed, place=place)
    assert found == grade_all(changed)
    assert touched
    if change is not without_citation:
        assert len(touched) < len(found) / 2


def test_nothing_is_graded_where_nothing_changed(
    base: EvidenceBase, kept: Path, tmp_path: Path
) -> None:
    place = tmp_path / "grades.json"
    place.write_bytes(kept.read_bytes())
    found, anew = regrade_changed(base, place=place)
    assert anew == ()
    assert any(p.certainty.established.level > Level.NONE for g in found for p in g.pairs)
    keys = compute_outcome_keys(base, GradeRequest())
    assert not keys.items() & compute_outcome_keys(base, GradeRequest(profile="navguide")).items()


@pytest.mark.slow
def test_a_file_that_was_cut_short_is_not_believed(base: EvidenceBase, tmp_path: Path) -> None:
    place = tmp_path / "grades.json"
    place.write_bytes(b"0123456789abcdef\n[]")
    found, anew = regrade_changed(base, place=place)
    assert len(anew) == len(found)


@pytest.mark.slow
def test_rows_of_another_version_are_graded_again(
    base: EvidenceBase, kept: Path, tmp_path: Path
) -> None:
    """They have other keys, as the code is part of a key, and other fields."""
    rows, keys, files = json.loads(kept.read_bytes().partition(b"\n")[2])
    content = json.dumps([[row[1:] for row in rows], [f"{k}-old" for k in keys], files]).encode()
    place = tmp_path / "grades.json"
    place.write_bytes(f"{compute_checksum(content)}\n".encode() + content)
    found, anew = regrade_changed(base, place=place)
    assert len(anew) == len(found)
