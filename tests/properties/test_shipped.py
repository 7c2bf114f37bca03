"""Metamorphic tests: what must change no grade and no weak link of the data that kg ships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from kg import api
from kg.grading.by_origin import grade_by_origin
from kg.grading.evidence_index import EvidenceIndex
from kg.grading.outcome import list_claimed_or_studied_pairs
from kg.grading.profiles import load_profile
from kg.model import (
    Claim,
    Design,
    Direction,
    Entity,
    EntityKind,
    EvidenceBase,
    Finding,
    Level,
    Predicate,
    Proposition,
    Role,
    Study,
    System,
    Tier,
)
from kg.model.base import OUTCOME_KINDS
from kg.search.kernels import KERNELS
from tests.properties.renaming import named_ids, renamed, republished
from tests.support.strategies import shuffled

Grades = Mapping[tuple[str, str, int], tuple[tuple[Level, ...], Level, str]]


@cache
def shipped() -> EvidenceBase:
    return api.load().base


def grades(base: EvidenceBase) -> Grades:
    """Levels, refutation and verdict of every pair, without the reports that go with them."""
    material, rules, kernel = EvidenceIndex(base), load_profile(), KERNELS["embedded"]
    outcomes = [entity for entity in base.entities if entity.kind in OUTCOME_KINDS]
    found = {}
    for outcome in outcomes:
        for exposure, sign in list_claimed_or_studied_pairs(material, outcome):
            pair = grade_by_origin(material, base.exposure[exposure], outcome, sign, rules, kernel)
            levels = tuple(pair.certainty)
            found[exposure, outcome.id, sign] = (levels, pair.refuted_by, pair.verdict.value)
    return found


@cache
def known() -> Grades:
    return grades(shipped())


@pytest.mark.slow
@pytest.mark.law("P12", "P36")
def test_other_names_change_no_grade() -> None:
    ids = sorted(named_ids(shipped()))
    places = Random(1).sample(range(len(ids)), len(ids))
    names = {id: f"n{place:05}" for id, place in zip(ids, places, strict=True)}
    found = grades(renamed(shipped(), names))
    assert found == {(names[a], names[b], sign): v for (a, b, sign), v in known().items()}


@pytest.mark.slow
@pytest.mark.law("P12", "P36")
def test_another_order_of_records_changes_no_grade_and_no_weak_link() -> None:
    other = shuffled(shipped(), Random(1))
    assert grades(other) == known()
    mine, theirs = (api.grade(base, "acne-scars") for base in (other, shipped()))
    assert mine == theirs


@pytest.mark.slow
@pytest.mark.law("P13", "no-repetition")
def test_sources_published_twice_change_no_grade() -> None:
    assert grades(republished(shipped(), 1)) == known()


@pytest.mark.slow
@pytest.mark.law("P20")
def test_a_cycle_through_a_node_changes_no_grade() -> None:
    """Sound trials lead from a node between to a new one and back."""
    base = shipped()
    heads = {claim.proposition.object for claim in base.claims}
    nodes = sorted(heads & {e.id for e in base.entities if e.kind is EntityKind.MECHANISM})
    loop = Entity("loop", "loop", EntityKind.MECHANISM)
    ways = [way for node in nodes for way in ((node, "loop"), ("loop", node))]
    up = Predicate.INCREASES
    claims = tuple(
        Claim(f"loop{n}", base.sources[0].id, 1, Role.MECHANISM, Proposition(a, up, b), Tier.PLAIN)
        for n, (a, b) in enumerate(ways[:2])
    )
    trials = tuple(
        Study(
            f"loop{n}", "t", 2020, Design.RANDOMISED, System.HUMAN, verified=True,
            findings=(Finding(f"loop{n}.f", a, b, Direction.INCREASE, n=900),),
        )
        for n, (a, b) in enumerate(ways[:2])
    )  # fmt: skip
    wider = replace(
        base,
        entities=(*base.entities, loop),
        claims=(*base.claims, *claims),
        studies=(*base.studies, *trials),
    )
    assert len(ways) > 2
    assert grades(wider) == known()


@pytest.mark.slow
@pytest.mark.law("P21", "P35")
def test_a_study_dropped_and_added_again_leaves_the_grades() -> None:
    base = shipped()
    cited = sorted(s.id for s in base.studies if s.verified and s.findings)
    dropped = base.study[Random(1).choice(cited)]
    without = replace(base, studies=tuple(s for s in base.studies if s is not dropped))
    grades(without)  # nothing of it may stay behind
    assert grades(replace(without, studies=(dropped, *without.studies))) == known()


@pytest.mark.slow
@pytest.mark.law("no-repetition")
def test_claims_repeated_without_a_work_change_no_pair_of_any_outcome() -> None:
    """Ten times, in other strengths of wording: neither wider nor neighbouring outcomes move."""
    base = shipped()
    said = [c for c in base.assertions if c.proposition.subject in base.exposure]
    again = [
        replace(c, id=f"{c.id}-again-{n}", citations=(), tier=Tier(1 + n % 4))
        for c in said[::7]
        for n in range(10)
    ]
    crowded = grades(replace(base, claims=(*base.claims, *again)))
    assert {pair: levels for pair, (levels, *_) in crowded.items()} == {
        pair: levels for pair, (levels, *_) in known().items()
    }
