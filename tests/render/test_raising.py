"""What is said to raise a grade: the same on every face, and nothing that would not."""

from __future__ import annotations

import pytest

import kg
from kg.model import Level, PairGrade, Reading
from kg.render.grade import improvement


def pairs(outcome: str) -> tuple[PairGrade, ...]:
    [grade] = kg.grade(kg.load().base, outcome=outcome)
    return grade.pairs


@pytest.mark.medium
@pytest.mark.parametrize("outcome", ["c-reactive-protein", "muscle-cramps"])
def test_chains_raise_nothing_where_direct_evidence_speaks_against(outcome: str) -> None:
    against = [p for p in pairs(outcome) if p.refuted_by is not Level.NONE]
    assert against
    for pair in against:
        for reading in Reading:
            assert all(
                found.links is None for found in improvement.list_higher_repairs(pair, reading)
            )
            assert pair.gain[reading] == ()
        assert "do not count" in improvement.describe_chain_repairs(pair, Reading.ESTABLISHED)
        assert improvement.describe_direct_repair(pair, kg.load().base).startswith(
            "sound studies of "
        )


@pytest.mark.medium
def test_only_levels_above_the_present_one_are_named() -> None:
    [pair] = [p for p in pairs("c-reactive-protein") if p.exposure == "magnesium-dietary"]
    told = improvement.describe_chain_repairs(pair, Reading.ESTABLISHED)
    assert told == "low, moderate or high with sound evidence on 2 links"
