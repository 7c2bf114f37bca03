"""P12, P13, P17, P21, P23-P25, P36 on whole bases, and the no-repetition law."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.api import grade
from kg.chains import KERNELS
from kg.model import (
    BENCH,
    ArgumentChain,
    Better,
    Citation,
    CitationKind,
    Claim,
    Described,
    Design,
    Direction,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    Finding,
    Identification,
    Level,
    PairGrade,
    Population,
    Predicate,
    Proposition,
    Role,
    Route,
    Source,
    Status,
    Step,
    StepKind,
    Study,
    System,
    Tier,
    Verdict,
)

MIDDLE = ("a", "b", "c")
AGENTS = ("pill", "salt", "lack", "cream")
REPORTED = (Direction.INCREASE, Direction.DECREASE, Direction.NO_CLEAR_EFFECT)
SIGNED = (Predicate.INCREASES, Predicate.DECREASES)

ENTITIES = (
    *(Entity(id, id, EntityKind.MECHANISM) for id in MIDDLE),
    Entity("mineral", "mineral", EntityKind.SUBSTANCE),
    Entity("scar", "scar", EntityKind.CLINICAL_OUTCOME, better=Better.LOWER, population="scarred"),
    Entity("small-scar", "small scar", EntityKind.CLINICAL_OUTCOME, broader=("scar",)),
)  # fmt: skip
EXPOSURES = (
    Exposure("cream", "cream", "mineral", ExposureKind.TOPICAL, Route.TOPICAL),
    Exposure("lack", "lack", "mineral", ExposureKind.DEFICIENCY, Route.NONE),
    Exposure("pill", "pill", "mineral", ExposureKind.SUPPLEMENTATION, Route.ORAL, form="x"),
    Exposure("salt", "salt", "mineral", ExposureKind.SUPPLEMENTATION, Route.ORAL),
)


@st.composite
def bases(draw: st.DrawFn, systems: tuple[System, ...] = tuple(System)) -> EvidenceBase:
    """Small bases with cycles, conflicts, bridges, unknown works and studies."""
    subjects, heads = (
        st.sampled_from(AGENTS + MIDDLE),
        st.sampled_from((*MIDDLE, "scar", "small-scar")),
    )
    triples = st.tuples(subjects, st.sampled_from(SIGNED), heads).filter(lambda t: t[0] != t[2])
    citations = tuple(
        Citation(
            f"w{i}", "text", CitationKind.IN_TEXT, 1, Identification.UNIDENTIFIED,
            described=Described(
                draw(st.sampled_from((Design.RANDOMISED, Design.COHORT, Design.UNSTATED))),
                draw(st.sampled_from(systems)),
            ),
        )
        for i in range(3)
    )  # fmt: skip
    claims = tuple(
        Claim(
            f"c{i:02}", "text", 1, Role.MECHANISM, Proposition(*triple),
            draw(st.sampled_from(Tier)),
            citations=draw(st.sampled_from(((), ("w0",), ("w1",), ("w0", "w2")))),
        )
        for i, triple in enumerate(draw(st.lists(triples, max_size=9)))
    )  # fmt: skip
    studies = tuple(
        Study(
            f"s{i}", "t", 2020,
            draw(st.sampled_from((Design.RANDOMISED, Design.COHORT, Design.CASE_REPORT))),
            draw(st.sampled_from(systems)),
            status=draw(st.sampled_from((Status.PUBLISHED, Status.RETRACTED))),
            verified=draw(st.booleans()),
            n=draw(st.none() | st.sampled_from((40, 250, 900))),
            findings=(
                Finding(
                    f"s{i}.f", exposure, outcome,
                    draw(st.sampled_from(REPORTED)),
                ),
            ),
        )
        for i, (exposure, _, outcome) in enumerate(draw(st.lists(triples, max_size=4)))
    )  # fmt: skip
    return EvidenceBase(
        entities=ENTITIES,
        exposures=EXPOSURES,
        populations=(Population("scarred", "scarred", "scar"),),
        sources=(Source("text", "a text"),),
        claims=claims,
        citations=citations,
        studies=studies,
    )


def pairs(base: EvidenceBase, kernel: str = "embedded") -> tuple[PairGrade, ...]:
    (graded,) = grade(base, "scar", "pill", kernel=kernel, diagnostics=False)
    return graded.pairs


def certainties(base: EvidenceBase) -> list[tuple[Level, ...]]:
    return [tuple(c.level for c in pair.certainty) for pair in pairs(base)]


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


@settings(deadline=None)  # the first use of a kernel imports its library
@given(bases())
def test_every_kernel_grades_every_pair_alike(base: EvidenceBase) -> None:
    grades = [[p.certainty for p in pairs(base, name)] for name in sorted(KERNELS)]
    assert all(found == grades[0] for found in grades)


@given(bases(), st.randoms(use_true_random=False))
def test_p12_p36_order_of_claims_and_studies_changes_nothing(
    base: EvidenceBase, random: Random
) -> None:
    claims, studies = list(base.claims), list(base.studies)
    random.shuffle(claims)
    random.shuffle(studies)
    shuffled = replace(base, claims=tuple(claims), studies=tuple(studies))
    assert certainties(shuffled) == certainties(base)


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


@given(bases())
def test_p21_retraction_is_deletion(base: EvidenceBase) -> None:
    kept = tuple(s for s in base.studies if s.status is not Status.RETRACTED)
    assert certainties(replace(base, studies=kept)) == certainties(base)


@given(bases())
def test_p17_without_evidence_nothing_is_established(base: EvidenceBase) -> None:
    bare = tuple(replace(c, citations=()) for c in base.claims)
    for pair in pairs(replace(base, claims=bare, studies=())):
        assert pair.certainty.established.level is Level.NONE
        assert pair.certainty.as_described.level is Level.NONE
        assert pair.verdict is Verdict.UNSUPPORTED


@given(bases(systems=tuple(BENCH)))
def test_p24_bench_work_alone_stays_very_low_where_works_are_admitted(base: EvidenceBase) -> None:
    for pair in pairs(base):
        assert pair.certainty.as_described.level <= Level.VERY_LOW


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


def test_a_chain_of_unappraised_trials_is_low() -> None:
    """HIGH, minus one for the bias that nobody assessed, minus one for the leap over a marker."""
    (pair,) = [p for p in pairs(chain_of(Direction.DECREASE)) if p.sign < 0]
    assert pair.certainty.established.level is Level.LOW
    assert pair.indirect
    assert set(pair.fragility) == {"s1", "s2"}


def test_p25_a_defeated_chain_leaves_a_claim_unsupported_never_false() -> None:
    (pair,) = [p for p in pairs(chain_of(Direction.INCREASE)) if p.sign < 0]
    assert pair.certainty.established.level is Level.NONE
    assert pair.refuted_by is Level.NONE
    assert pair.verdict is Verdict.UNSUPPORTED


def test_direct_refutation_beats_chains() -> None:
    base = chain_of(Direction.DECREASE)
    finding = Finding("s3.f", "pill", "scar", Direction.INCREASE, n=900)
    trial = Study(
        "s3", "t", 2020, Design.RANDOMISED, System.HUMAN, verified=True, findings=(finding,)
    )
    (pair,) = [p for p in pairs(replace(base, studies=(*base.studies, trial))) if p.sign < 0]
    assert pair.verdict is Verdict.REFUTED
    assert pair.certainty.established.level is Level.NONE


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
