"""Laws on whole bases: what a question comes to, and what must not change it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import (
    BENCH_SYSTEMS,
    ArgumentChain,
    Claim,
    Design,
    Direction,
    EvidenceBase,
    Finding,
    Level,
    Population,
    Predicate,
    Proposition,
    Role,
    Source,
    Status,
    Step,
    StepKind,
    Study,
    System,
    Tier,
    Verdict,
)
from kg.search.kernels import KERNELS
from tests.properties.small import ENTITIES, EXPOSURES, FEW, bases, certainties, pairs


@pytest.mark.medium
@pytest.mark.law("P23")
@FEW
@given(bases())
def test_p23_readings_are_ordered_for_links_chains_and_outcomes(base: EvidenceBase) -> None:
    for pair in pairs(base):
        assert sorted(c.level for c in pair.certainty) == [c.level for c in pair.certainty]
        assert pair.gap_best <= pair.gap
        for chain in (*pair.chains, *pair.counter_chains):
            assert sorted(chain.certainty) == list(chain.certainty)
            assert chain.certainty.best_case <= chain.ceiling
            for link in chain.links:
                assert sorted(link.effective) == list(link.effective)


@pytest.mark.slow
@pytest.mark.law("P11")
@FEW
@given(bases())
def test_every_kernel_grades_every_pair_alike(base: EvidenceBase) -> None:
    grades = [[p.certainty for p in pairs(base, name)] for name in sorted(KERNELS)]
    assert all(found == grades[0] for found in grades)


@pytest.mark.medium
@pytest.mark.law("P12", "P36")
@FEW
@given(bases(), st.randoms(use_true_random=False))
def test_p12_p36_order_of_claims_and_studies_changes_nothing(
    base: EvidenceBase, random: Random
) -> None:
    claims, studies = list(base.claims), list(base.studies)
    random.shuffle(claims)
    random.shuffle(studies)
    shuffled = replace(base, claims=tuple(claims), studies=tuple(studies))
    assert certainties(shuffled) == certainties(base)


@pytest.mark.slow
@pytest.mark.law("no-repetition")
@FEW
@given(bases(), st.integers(1, 10))
def test_repeating_a_claim_changes_no_grade(base: EvidenceBase, times: int) -> None:
    again = tuple(
        replace(claim, id=f"{claim.id}-{n}", restates=claim.id, citations=())
        for claim in base.claims
        for n in range(times)
    )
    twice = tuple(replace(c, id=f"{c.id}-twin") for c in base.claims)
    assert certainties(replace(base, claims=base.claims + again)) == certainties(base)
    assert certainties(replace(base, claims=base.claims + twice)) == certainties(base)


@pytest.mark.medium
@pytest.mark.law("P21")
@FEW
@given(bases())
def test_p21_retraction_is_deletion(base: EvidenceBase) -> None:
    kept = tuple(s for s in base.studies if s.status is not Status.RETRACTED)
    assert certainties(replace(base, studies=kept)) == certainties(base)


@pytest.mark.medium
@pytest.mark.law("P17")
@FEW
@given(bases())
def test_p17_without_evidence_nothing_is_established(base: EvidenceBase) -> None:
    bare = tuple(replace(c, citations=()) for c in base.claims)
    for pair in pairs(replace(base, claims=bare, studies=())):
        assert pair.certainty.established.level is Level.NONE
        assert pair.certainty.as_described.level is Level.NONE
        assert pair.verdict is Verdict.UNSUPPORTED


@pytest.mark.medium
@pytest.mark.law("P24")
@FEW
@given(bases(systems=tuple(BENCH_SYSTEMS)))
def test_p24_bench_work_alone_stays_very_low_where_works_are_admitted(base: EvidenceBase) -> None:
    for pair in pairs(base):
        assert pair.certainty.as_described.level <= Level.VERY_LOW


@pytest.mark.medium
@pytest.mark.law("P24")
@FEW
@given(bases(systems=(System.ANIMAL,)))
def test_p24_animal_work_alone_stays_low_where_works_are_admitted(base: EvidenceBase) -> None:
    for pair in pairs(base):
        assert pair.certainty.as_described.level <= Level.LOW


def chain_of(direction: Direction) -> EvidenceBase:
    """pill -> a -> scar, where large verified trials find `direction` on the first link."""

    def trial(id: str, exposure: str, outcome: str, found: Direction) -> Study:
        finding = Finding(f"{id}.f", exposure, outcome, found, n=900)
        return Study(
            id, "t", 2020, Design.RANDOMISED, System.HUMAN, verified=True, findings=(finding,)
        )

    said = Claim(
        "c1", "text", 1, Role.MECHANISM, Proposition("pill", Predicate.DECREASES, "a"), Tier.PLAIN
    )
    step = Claim(
        "c2", "text", 1, Role.MECHANISM, Proposition("a", Predicate.INCREASES, "scar"), Tier.PLAIN
    )
    steps = tuple(
        Step(StepKind.CLAIM, about.subject, about.predicate, about.object, (c.id,))
        for c, about in ((c, c.proposition) for c in (said, step))
    )
    return EvidenceBase(
        entities=ENTITIES,
        exposures=EXPOSURES,
        populations=(Population("scarred", "scarred", "scar"),),
        sources=(Source("text", "a text"),),
        claims=(said, step),
        chains=(ArgumentChain("x", "text", "x", "pill", "scar", steps),),
        studies=(
            trial("s1", "pill", "a", direction),
            trial("s2", "a", "scar", Direction.INCREASE),
        ),
    )


def test_a_chain_of_unappraised_trials_is_very_low() -> None:
    """HIGH, minus one each for bias not assessed, no interval, and the leap over a marker."""
    (pair,) = [p for p in pairs(chain_of(Direction.DECREASE)) if p.sign < 0]
    assert pair.certainty.established.level is Level.VERY_LOW
    assert pair.indirect
    assert set(pair.fragility) == {"s1", "s2"}


@pytest.mark.law("P25")
def test_p25_a_defeated_chain_leaves_a_claim_unsupported_never_false() -> None:
    (pair,) = [p for p in pairs(chain_of(Direction.INCREASE)) if p.sign < 0]
    assert pair.certainty.established.level is Level.NONE
    assert pair.refuted_by is Level.NONE
    assert pair.verdict is Verdict.UNSUPPORTED


@pytest.mark.law("P25")
def test_direct_refutation_beats_chains() -> None:
    base = chain_of(Direction.DECREASE)
    finding = Finding("s3.f", "pill", "scar", Direction.INCREASE, n=900)
    trial = Study(
        "s3", "t", 2020, Design.RANDOMISED, System.HUMAN, verified=True, findings=(finding,)
    )
    (pair,) = [p for p in pairs(replace(base, studies=(*base.studies, trial))) if p.sign < 0]
    assert pair.verdict is Verdict.REFUTED
    assert pair.certainty.established.level is Level.NONE


@pytest.mark.medium
@pytest.mark.law("no-volume")
@pytest.mark.parametrize("copies", [1, 50])
def test_fifty_copies_of_the_weakest_item_change_nothing(copies: int) -> None:
    base = chain_of(Direction.DECREASE)
    cells = tuple(
        Study(
            f"cell{i}", "t", 2020, Design.EXPERIMENT, System.IN_VITRO, verified=True,
            findings=(Finding(f"cell{i}.f", "pill", "scar", Direction.DECREASE, n=10),),
        )
        for i in range(copies)
    )  # fmt: skip
    (before,) = [p for p in pairs(base) if p.sign < 0]
    (after,) = [p for p in pairs(replace(base, studies=base.studies + cells)) if p.sign < 0]
    assert after.certainty.established.level is before.certainty.established.level
