"""Laws on whole bases: names, repetition, reports, cycles, classes of evidence, lineage."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.grading.evidence_index import EvidenceIndex
from kg.grading.pair import grade_pair
from kg.grading.profiles import Profile, list_profiles, load_profile
from kg.grading.question import Question
from kg.model import (
    BENCH_SYSTEMS,
    Bias,
    Certainty,
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
    Reading,
    Readings,
    Role,
    Status,
    Study,
    System,
    Tier,
)
from kg.rdf.decode import decode_base
from kg.rdf.encode import encode_base
from kg.search.algebra import value
from kg.search.kernels import KERNELS
from tests.properties.renaming import named_ids, renamed, republished
from tests.properties.small import (
    ENTITIES,
    EXPOSURES,
    FEW,
    HEADS,
    MIDDLE,
    POPULATIONS,
    bases,
    certainties,
    pairs,
    studies,
)

KERNEL = KERNELS["embedded"]
ADMITTING = (Reading.ESTABLISHED, Reading.AS_DESCRIBED)


def question(base: EvidenceBase, name: str = "grade") -> Question:
    return Question(
        EvidenceIndex(base), base.exposure["pill"], base.entity["scar"], load_profile(name), KERNEL
    )


def levels(base: EvidenceBase, sign: int, name: str = "grade") -> tuple[Level, ...]:
    """The levels of the pill on scars with a sign, whether or not anybody brings the pair up."""
    return tuple(c.level for c in graded(base, sign, load_profile(name)))


def graded(base: EvidenceBase, sign: int, rules: Profile) -> Readings[Certainty]:
    exposure, outcome = base.exposure["pill"], base.entity["scar"]
    return grade_pair(EvidenceIndex(base), exposure, outcome, sign, rules, KERNEL).certainty


@pytest.mark.medium
@pytest.mark.law("P12", "P36")
@FEW
@given(bases(), st.randoms(use_true_random=False))
def test_names_change_nothing(base: EvidenceBase, random: Random) -> None:
    ids = sorted(named_ids(base) - {"pill", "scar"})
    places = list(range(len(ids)))
    random.shuffle(places)
    names = {id: f"n{place:03}" for id, place in zip(ids, places, strict=True)}
    assert certainties(renamed(base, names)) == certainties(base)


@pytest.mark.medium
@pytest.mark.law("P13")
@FEW
@given(bases(), st.data())
def test_a_second_report_of_a_trial_changes_nothing(
    base: EvidenceBase, data: st.DataObject
) -> None:
    if not base.studies:
        return
    first = data.draw(st.sampled_from(base.studies))
    kind = data.draw(st.sampled_from(("reports", "registration", "doi", "pmid", "pmcid")))
    again = replace(
        first,
        id="again",
        findings=tuple(replace(f, id=f"again.{f.id}") for f in first.findings),
    )
    if kind == "reports":
        again = replace(again, reports=(first.id,))
    else:
        first, again = (_known_by(kind, study) for study in (first, again))
    rest = tuple(s for s in base.studies if s.id != first.id)
    before = replace(base, studies=(*rest, first))
    assert certainties(replace(base, studies=(*rest, first, again))) == certainties(before)


def _known_by(kind: str, study: Study) -> Study:
    named: dict[str, Any] = {kind: "123"}
    return replace(study, **named)


@pytest.mark.slow
@pytest.mark.law("P13", "no-repetition")
@FEW
@given(bases(), st.integers(1, 4))
def test_another_source_that_says_the_same_changes_nothing(base: EvidenceBase, copies: int) -> None:
    assert certainties(republished(base, copies)) == certainties(base)


@pytest.mark.medium
@pytest.mark.law("P14")
@FEW
@given(bases())
def test_a_synthesis_replaces_its_trials(base: EvidenceBase) -> None:
    pooled = {(f.exposure, f.outcome): f for study in base.studies for f in study.findings}
    review = Study(
        "review", "t", 2024, Design.SYNTHESIS_OF_RANDOMISED, System.HUMAN, verified=True, n=900,
        contains=tuple(study.id for study in base.studies),
        findings=tuple(
            replace(f, id=f"review.{n}", direction=Direction.DECREASE)
            for n, f in enumerate(pooled.values())
        ),
    )  # fmt: skip
    both = replace(base, studies=(*base.studies, review))
    alone = replace(base, studies=(review,))
    for sign in (1, -1):
        assert levels(both, sign) == levels(alone, sign)


@pytest.mark.medium
@pytest.mark.law("P15")
@FEW
@given(bases())
def test_raising_a_link_never_lowers_a_claim(base: EvidenceBase) -> None:
    asked = question(base)
    for reading in Reading:
        now = KERNEL.find_frontiers(asked.build_graph(reading))
        for index in range(len(asked.links)):
            then = KERNEL.find_frontiers(asked.build_graph(reading, raised_links={index}))
            assert all(value(then[sign]) >= value(now[sign]) for sign in (1, -1))


@pytest.mark.medium
@pytest.mark.law("P16")
@FEW
@given(bases(), st.sampled_from(HEADS), st.sampled_from(("pill", *MIDDLE)))
def test_one_more_claim_without_a_work_never_lowers(
    base: EvidenceBase, head: str, tail: str
) -> None:
    if head == tail:
        return
    said = Proposition(tail, Predicate.DECREASES, head)
    claim = Claim("more", "text", 1, Role.MECHANISM, said, Tier.PLAIN)
    for sign in (1, -1):
        before, after = (
            levels(base, sign),
            levels(replace(base, claims=(*base.claims, claim)), sign),
        )
        assert all(after[r] >= before[r] for r in (0, 1))


@pytest.mark.medium
@pytest.mark.law("P16", "no-repetition")
@FEW
@given(
    bases(),
    st.sampled_from(HEADS),
    st.sampled_from(("pill", *MIDDLE)),
    st.sampled_from((Predicate.INCREASES, Predicate.DECREASES)),
    st.integers(1, 10),
)
def test_claims_without_a_work_raise_nothing_that_is_established_or_described(
    base: EvidenceBase, head: str, tail: str, predicate: Predicate, count: int
) -> None:
    if head == tail:
        return
    said = Proposition(tail, predicate, head)
    more = [
        Claim(f"more-{n}", "text", n, Role.MECHANISM, said, Tier(1 + n % 4)) for n in range(count)
    ]
    crowded = replace(base, claims=(*base.claims, *more))
    for sign in (1, -1):
        before, after = levels(base, sign), levels(crowded, sign)
        assert after[:2] == before[:2]


@pytest.mark.medium
@pytest.mark.law("P13", "no-repetition")
@FEW
@given(bases(), st.data(), st.integers(1, 10))
def test_a_claim_that_is_repeated_without_a_work_changes_nothing(
    base: EvidenceBase, data: st.DataObject, count: int
) -> None:
    if not base.claims:
        return
    claim = data.draw(st.sampled_from(base.claims))
    again = [
        replace(claim, id=f"again-{n}", line=900 + n, citations=(), tier=Tier(1 + n % 4))
        for n in range(count)
    ]
    assert certainties(replace(base, claims=(*base.claims, *again))) == certainties(base)


@pytest.mark.medium
@pytest.mark.law("P19")
@pytest.mark.parametrize("name", list_profiles())
@FEW
@given(base=bases())
def test_direct_evidence_alone_is_the_grade_of_its_body(name: str, base: EvidenceBase) -> None:
    direct = tuple(
        replace(
            s,
            findings=tuple(
                replace(f, outcome="scar") for f in s.findings if f.exposure in base.exposure
            ),
        )
        for s in base.studies
    )
    bare = replace(base, claims=(), chains=(), studies=direct)
    asked = question(bare, name)
    for sign in (1, -1):
        ratings, _ = asked.rate_direct_evidence(sign)
        if not ratings.best_case.works:
            continue
        assert levels(bare, sign, name)[:2] == tuple(ratings[r].level for r in ADMITTING)


@pytest.mark.slow
@pytest.mark.law("P20")
@FEW
@given(
    bases(), st.sampled_from(MIDDLE), st.sampled_from((Predicate.INCREASES, Predicate.DECREASES))
)
def test_a_cycle_that_turns_no_sign_changes_nothing(
    base: EvidenceBase, at: str, predicate: Predicate
) -> None:
    loop = Entity("loop", "loop", EntityKind.MECHANISM)
    said = [(at, predicate, "loop"), ("loop", predicate, at)]
    claims = tuple(
        Claim(f"loop{n}", "text", 1, Role.MECHANISM, Proposition(*triple), Tier.PLAIN)
        for n, triple in enumerate(said)
    )
    seen = Direction.INCREASE if predicate is Predicate.INCREASES else Direction.DECREASE
    trials = tuple(
        Study(
            f"loop{n}", "t", 2020, Design.RANDOMISED, System.HUMAN, verified=True,
            findings=(Finding(f"loop{n}.f", tail, head, seen, n=900),),
        )
        for n, (tail, _, head) in enumerate(said)
    )  # fmt: skip
    for extra in (
        replace(base, claims=base.claims + claims),
        replace(base, studies=base.studies + trials),
    ):
        wider = replace(extra, entities=(*base.entities, loop))
        for sign in (1, -1):
            assert levels(wider, sign) == levels(base, sign)


@pytest.mark.medium
@pytest.mark.law("P21")
@FEW
@given(bases())
def test_a_retraction_is_a_deletion_for_every_sign(base: EvidenceBase) -> None:
    kept = replace(base, studies=tuple(s for s in base.studies if s.status is not Status.RETRACTED))
    for sign in (1, -1):
        assert levels(kept, sign) == levels(base, sign)


CEILINGS = {
    **dict.fromkeys(BENCH_SYSTEMS, Level.VERY_LOW),
    System.ANIMAL: Level.LOW,
}


@pytest.mark.medium
@pytest.mark.law("P24")
@pytest.mark.parametrize("name", list_profiles())
@FEW
@given(base=bases())
def test_a_link_on_weak_systems_alone_holds_its_chains_down(name: str, base: EvidenceBase) -> None:
    ceilings_by_work: dict[str, list[Level]] = {}
    for study in base.studies:  # a trial may be reported as of several systems
        ceiling = CEILINGS.get(study.system, Level.HIGH)
        ceilings_by_work.setdefault(base.trial[study.id], []).append(ceiling)
    for c in base.citations:
        if c.described and c.described.system:
            ceilings_by_work[c.id] = [CEILINGS.get(c.described.system, Level.HIGH)]
    for pair in pairs(base, profile=name):
        for chain in (*pair.chains, *pair.counter_chains):
            for link in chain.links:
                for reading in Reading:
                    works = link.ratings[reading].works
                    ceilings = [c for w in works for c in ceilings_by_work[w]]
                    if ceilings:
                        assert chain.certainty[reading] <= max(ceilings)


WEAK = tuple(sorted(CEILINGS))


@pytest.mark.slow
@pytest.mark.law("no-volume")
@pytest.mark.parametrize("system", WEAK)
@FEW
@given(base=bases(), data=st.data())
def test_no_number_of_weak_findings_lifts_a_grade_above_their_class(
    system: System, base: EvidenceBase, data: st.DataObject
) -> None:
    weak = [data.draw(studies(f"weak{n}", (system,))) for n in range(data.draw(st.integers(1, 5)))]
    weak = [replace(w, status=Status.PUBLISHED, verified=True) for w in weak]
    more = tuple(
        replace(
            w, id=f"{w.id}-{n}", findings=tuple(replace(f, id=f"{f.id}-{n}") for f in w.findings)
        )
        for w in weak
        for n in range(data.draw(st.sampled_from((1, 12))))
    )
    for sign in (1, -1):
        before, after = levels(base, sign), levels(replace(base, studies=base.studies + more), sign)
        for reading in (0, 1):
            assert after[reading] <= max(before[reading], CEILINGS[system])


STARTS = {
    Design.COHORT: Level.LOW,
    Design.CROSS_SECTIONAL: Level.VERY_LOW,
    Design.NON_RANDOMISED: Level.LOW,
    Design.CASE_REPORT: Level.VERY_LOW,
}


@pytest.mark.slow
@pytest.mark.law("no-volume")
@pytest.mark.parametrize("design", STARTS)
@FEW
@given(base=bases(), data=st.data())
def test_no_number_of_weaker_studies_of_people_lifts_a_grade_above_their_class(
    design: Design, base: EvidenceBase, data: st.DataObject
) -> None:
    some = [data.draw(studies(f"weak{n}", (System.HUMAN,))) for n in range(2)]
    more = tuple(
        replace(
            w,
            id=f"{w.id}-{n}",
            design=design,
            status=Status.PUBLISHED,
            verified=True,
            findings=tuple(replace(f, id=f"{f.id}-{n}") for f in w.findings),
        )
        for w in some
        for n in range(data.draw(st.sampled_from((1, 12))))
    )
    for sign in (1, -1):
        before, after = levels(base, sign), levels(replace(base, studies=base.studies + more), sign)
        for reading in (0, 1):
            assert after[reading] <= max(before[reading], STARTS[design])


@pytest.mark.law("no-volume")
def test_work_on_animals_never_brings_back_chains_that_people_ruled_out() -> None:
    """A case against in people lets no chain count; animals that show the effect change nothing."""

    def study(
        id: str, tail: str, head: str, design: Design, system: System, seen: Direction, n: int
    ) -> Study:
        finding = Finding(f"{id}.f", tail, head, seen, population="scarred", n=n)
        finding = replace(finding, risk_of_bias=Bias.LOW)
        return Study(id, "t", 2020, design, system, verified=True, findings=(finding,))

    down, up = Direction.DECREASE, Direction.INCREASE
    chain = (
        study("s1", "pill", "marker", Design.RANDOMISED, System.HUMAN, down, 900),
        study("s2", "marker", "scar", Design.RANDOMISED, System.HUMAN, up, 900),
    )
    case = study("s3", "pill", "scar", Design.CASE_REPORT, System.HUMAN, up, 1)
    mouse = study("s4", "pill", "scar", Design.RANDOMISED, System.ANIMAL, down, 900)
    bare = EvidenceBase(ENTITIES, EXPOSURES, POPULATIONS)
    assert levels(replace(bare, studies=chain), -1)[0] > Level.LOW
    assert levels(replace(bare, studies=(*chain, case)), -1)[0] is Level.NONE
    assert levels(replace(bare, studies=(*chain, case, mouse)), -1)[0] <= Level.LOW


@pytest.mark.medium
@pytest.mark.law("P25")
@FEW
@given(bases())
def test_refutation_comes_from_direct_evidence_alone(base: EvidenceBase) -> None:
    direct = tuple(
        replace(s, findings=tuple(f for f in s.findings if f.outcome in ("scar", "small-scar")))
        for s in base.studies
    )
    rules = load_profile()
    exposure, outcome = base.exposure["pill"], base.entity["scar"]
    for sign in (1, -1):
        whole, alone = (
            grade_pair(EvidenceIndex(b), exposure, outcome, sign, rules, KERNEL)
            for b in (base, replace(base, studies=direct))
        )
        assert whole.refuted_by == alone.refuted_by


@pytest.mark.slow
@pytest.mark.law("P30")
@FEW
@given(bases())
def test_a_base_that_went_through_rdf_has_the_same_grades(base: EvidenceBase) -> None:
    again = decode_base(encode_base(base)).base
    for sign in (1, -1):
        assert levels(again, sign) == levels(base, sign)


@pytest.mark.medium
@pytest.mark.law("P32")
@FEW
@given(
    base=bases(),
    plausible=st.lists(st.integers(0, 3), min_size=7, max_size=7),
    support=st.integers(0, 3),
)
def test_the_mechanistic_axis_moves_no_clinical_level(
    base: EvidenceBase, plausible: list[int], support: int
) -> None:
    rules = load_profile()
    words = rules["mechanism"]["plausibility"]
    mechanism = {
        "plausibility": dict(zip(words, plausible, strict=True)),
        "support_identified": support,
        "support_described": support,
    }
    other = Profile(rules.name, rules.version, rules.title, {**rules.table, "mechanism": mechanism})
    for sign in (1, -1):
        assert graded(base, sign, other) == graded(base, sign, rules)


@pytest.mark.medium
@pytest.mark.law("P35")
@FEW
@given(bases())
def test_fragility_is_leaving_one_study_out(base: EvidenceBase) -> None:
    exposure, outcome = base.exposure["pill"], base.entity["scar"]
    for sign in (1, -1):
        pair = grade_pair(EvidenceIndex(base), exposure, outcome, sign, load_profile(), KERNEL)
        now = pair.certainty.established.level
        material = EvidenceIndex(base)
        lowering = set()
        for trial in {material.resolve_work(study.id) for study in base.studies}:
            rest = tuple(s for s in base.studies if material.resolve_work(s.id) != trial)
            less = question(replace(base, studies=rest))
            if less.judge_standing(sign, Reading.ESTABLISHED).level < now:
                lowering.add(trial)
        assert set(pair.fragility) == lowering


@pytest.mark.law("P35")
@FEW
@given(bases())
def test_leaving_a_work_out_is_never_having_had_it(base: EvidenceBase) -> None:
    """The index and the question that are cut are those that are built without the work."""
    index = EvidenceIndex(base)
    asked = question(base)
    for work in {index.resolve_work(study.id) for study in base.studies}:
        cut, built = index.exclude_work(work), EvidenceIndex(base, without=frozenset({work}))
        assert cut.candidate_links == built.candidate_links
        left = {object: items for object, items in cut.items_by_object.items() if items}
        assert left == built.items_by_object
        assert asked.exclude_work(work).links == asked.ask_again(built).links


@pytest.mark.medium
@pytest.mark.law("P35")
@FEW
@given(bases())
def test_a_study_outside_the_lineage_changes_nothing(base: EvidenceBase) -> None:
    asked = question(base)
    for sign in (1, -1):
        rated = [asked.rate_direct_evidence(sign)[0], *(link.ratings for link in asked.links)]
        used = {work for ratings in rated for rating in ratings for work in rating.works}
        kept = tuple(s for s in base.studies if asked.evidence_index.resolve_work(s.id) in used)
        if len(kept) < len(base.studies):
            assert levels(replace(base, studies=kept), sign)[:2] == levels(base, sign)[:2]
