"""Grades that are written down: what comes back is what was worked out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import api
from kg.api.base import require_sound
from kg.formats.cache import grades
from kg.model import OutcomeGrade


@pytest.fixture(scope="module")
def headlines() -> tuple[OutcomeGrade, ...]:
    return api.grade(require_sound(api.load()))


def test_every_headline_grade_comes_back_as_it_was(headlines: tuple[OutcomeGrade, ...]) -> None:
    assert len(headlines) > 10
    assert grades.unpack_grades(grades.pack_grades(headlines)) == headlines


@pytest.mark.slow
@given(st.data())
def test_a_spoilt_file_is_no_grade(
    headlines: tuple[OutcomeGrade, ...], data: st.DataObject
) -> None:
    rows = bytearray(grades.pack_grades(headlines[:1]))
    place = data.draw(st.integers(0, len(rows) - 1))
    rows[place] ^= data.draw(st.integers(1, 255))
    assert grades.unpack_grades(bytes(rows)) is None
    assert grades.unpack_grades(bytes(rows[:place])) is None


def test_a_cache_that_cannot_be_written_is_no_fault(
    tmp_path: Path, headlines: tuple[OutcomeGrade, ...]
) -> None:
    (tmp_path / "file").touch()
    grades.store_grades(tmp_path / "new", headlines[:1])
    assert grades.read_cached_grades(tmp_path / "new") == headlines[:1]
    grades.store_grades(tmp_path / "file" / "new", headlines[:1])
    assert grades.read_cached_grades(tmp_path / "file" / "new") is None
