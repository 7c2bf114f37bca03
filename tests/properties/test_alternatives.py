"""P29, P33, P34, P35, the declared laws of the alternatives, and their pathologies in numbers."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from math import isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Level
from kg.scenarios.alternatives import ALGEBRAS
from kg.scenarios.alternatives.case import Case, CaseLink, RatedWork, format_number
from kg.scenarios.alternatives.counts import (
    combine_arax_weights,
    compute_indra_belief,
    sum_civic_points,
    sum_harmonically,
)
from kg.scenarios.alternatives.laws import (
    Operations,
    find_counterexample,
    find_kept_laws,
    list_laws,
)
from kg.scenarios.alternatives.opinions import (
    SURE_OPINION,
    VACUOUS_OPINION,
    Opinion,
    combine_masses,
    discount_opinion,
    form_opinion,
    fuse_by_averaging,
    fuse_cumulatively,
)
from kg.scenarios.alternatives.pages import format_page
from kg.scenarios.alternatives.probability import combine_either, combine_noisy_or, multiply_along
from kg.scenarios.alternatives.settings import convert_level
from kg.scenarios.alternatives.worlds import compute_exact_chance, sample_chance
from kg.search.algebra import leximin

ROOT = Path(__file__).resolve().parent.parent.parent
RATED = (Level.VERY_LOW, Level.LOW, Level.MODERATE, Level.HIGH)
WORKS = tuple("stuvwxyz")


def rated(method: str, case: Case) -> float:
    value = ALGEBRAS[method].rate_case(case).value
    assert value is not None
    return value


def part(name: str, level: Level, *works: str) -> CaseLink:
    return CaseLink(name, level, tuple(RatedWork(work, level) for work in works or (name,)))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Chains over a few links; links may share works, chains may share links."""
    level = {work: draw(st.sampled_from(RATED)) for work in WORKS}
    links = [
        CaseLink(
            f"l{n}",
            max(level[w] for w in works),
            tuple(RatedWork(w, level[w]) for w in sorted(works)),
        )
        for n, works in enumerate(
            draw(
                st.lists(
                    st.sets(st.sampled_from(WORKS), min_size=1, max_size=3), min_size=1, max_size=5
                )
            )
        )
    ]
    chain = st.lists(st.sampled_from(links), min_size=1, max_size=3, unique_by=lambda p: p.id)
    chains = draw(st.lists(chain.map(tuple), min_size=1, max_size=4, unique_by=_ids))
    return Case(tuple(chains), links[0])


def _ids(chain: tuple[CaseLink, ...]) -> frozenset[str]:
    return frozenset(link.id for link in chain)


def fractions() -> st.SearchStrategy[Fraction]:
    return st.fractions(0, 1, max_denominator=20)


@st.composite
def opinions(draw: st.DrawFn) -> Opinion:
    """Opinions with some doubt left."""
    belief = draw(fractions().filter(lambda b: b < 1))
    denial = draw(fractions().filter(lambda d: d < 1)) * (1 - belief)
    return (belief, denial, 1 - belief - denial)


@pytest.mark.law("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P33", "P34")
@pytest.mark.parametrize("name", ALGEBRAS)
def test_each_keeps_the_laws_that_it_declares_and_no_other(name: str) -> None:
    algebra = ALGEBRAS[name]
    assert algebra.name == name
    asked = set(list_laws(algebra.operations))
    assert find_kept_laws(algebra.operations) == algebra.laws & asked == algebra.laws
    assert {n for n in asked if find_counterexample(algebra.operations, n)} == asked - algebra.laws


@pytest.mark.parametrize("name", ALGEBRAS)
def test_each_says_what_it_does_and_is_labelled(name: str) -> None:
    algebra = ALGEBRAS[name]
    assert algebra.description
    for case in (Case(()), Case(((part("a", Level.LOW),),), part("a", Level.LOW))):
        found = algebra.rate_case(case)
        assert found.label == "uncalibrated"
        assert found.word
        assert found.why
    assert ALGEBRAS[name].rate_case(Case(())).word in ("0", "none")


# Laws on random elements


@pytest.mark.medium
@given(a=fractions(), b=fractions(), c=fractions())
def test_noisy_or_is_a_monoid_and_product_a_semiring(a: Fraction, b: Fraction, c: Fraction) -> None:
    assert combine_either(a, combine_either(b, c)) == combine_either(combine_either(a, b), c)
    assert combine_either(a, b) == combine_either(b, a) >= max(a, b)
    assert a * max(b, c) == max(a * b, a * c)


@pytest.mark.law("P29")
@given(
    a=st.lists(st.sampled_from(RATED), min_size=1), b=st.lists(st.sampled_from(RATED), min_size=1)
)
def test_p29_leximin_refines_the_weakest_link(a: list[Level], b: list[Level]) -> None:
    if min(a) > min(b):
        assert leximin(a) > leximin(b)


@pytest.mark.medium
@pytest.mark.law("P33")
@given(cases())
def test_p33_a_product_is_no_more_than_any_link(case: Case) -> None:
    for chain in case.chains:
        assert all(multiply_along(chain) <= convert_level(link.level) + 1e-12 for link in chain)


@pytest.mark.medium
@pytest.mark.law("P33")
@given(cases())
def test_p33_worlds_never_exceed_noisy_or_on_shared_lineage(case: Case) -> None:
    lineage = frozenset(
        frozenset(frozenset(item.work for item in link.rated_works) for link in chain)
        for chain in case.chains
    )
    chances = {
        i.work: convert_level(i.level) for c in case.chains for link in c for i in link.rated_works
    }
    alone = combine_noisy_or(compute_exact_chance(frozenset({chain}), chances) for chain in lineage)
    assert compute_exact_chance(lineage, chances) <= alone + 1e-9


@pytest.mark.law("P33")
@given(st.lists(st.sampled_from(RATED), min_size=1, max_size=6))
def test_p33_worlds_is_the_product_on_a_series_without_shared_works(levels: list[Level]) -> None:
    chain = tuple(part(f"l{n}", level) for n, level in enumerate(levels))
    case = Case((chain,))
    assert isclose(rated("worlds", case), rated("product", case))


@pytest.mark.medium
@pytest.mark.law("P34")
@given(a=opinions(), b=opinions())
def test_p34_fusion(a: Opinion, b: Opinion) -> None:
    assert fuse_cumulatively(a, VACUOUS_OPINION) == a == fuse_cumulatively(VACUOUS_OPINION, a)
    assert fuse_by_averaging(a, a) == a
    assert fuse_cumulatively(a, b) == fuse_cumulatively(b, a)
    assert (
        sum(fuse_cumulatively(a, b))
        == sum(fuse_by_averaging(a, b))
        == sum(discount_opinion(a, b))
        == 1
    )


@pytest.mark.medium
@pytest.mark.law("P35")
@given(case=cases(), level=st.sampled_from(RATED))
def test_p35_a_work_outside_the_lineage_changes_nothing(case: Case, level: Level) -> None:
    used = {i.work for chain in case.chains for link in chain for i in link.rated_works}
    lineage = frozenset(
        frozenset(frozenset(item.work for item in link.rated_works) for link in chain)
        for chain in case.chains
    )
    chances = {
        i.work: convert_level(i.level) for c in case.chains for link in c for i in link.rated_works
    }
    outside = {**chances, "outsider": convert_level(level)}
    assert "outsider" not in used
    assert compute_exact_chance(lineage, outside) == compute_exact_chance(lineage, chances)
    assert sample_chance(lineage, outside, 256, 1) == sample_chance(lineage, chances, 256, 1)


@pytest.mark.medium
@given(cases())
def test_sampling_comes_near_the_exact_answer(case: Case) -> None:
    lineage = frozenset(
        frozenset(frozenset(item.work for item in link.rated_works) for link in chain)
        for chain in case.chains
    )
    chances = {
        i.work: convert_level(i.level) for c in case.chains for link in c for i in link.rated_works
    }
    assert (
        abs(sample_chance(lineage, chances, 1 << 14, 1) - compute_exact_chance(lineage, chances))
        < 0.03
    )


# Pathologies, number by number


def test_product_falls_with_every_link() -> None:
    chain = tuple(part(f"l{n}", Level.HIGH) for n in range(10))
    assert round(rated("product", Case((chain[:5],))), 2) == 0.59
    assert round(rated("product", Case((chain,))), 2) == 0.35


def test_noisy_or_does_not_distribute() -> None:
    a, b, c = Fraction(1, 2), Fraction(6, 10), Fraction(7, 10)
    assert (a * combine_either(b, c), combine_either(a * b, a * c)) == (
        Fraction("0.44"),
        Fraction("0.545"),
    )


def test_noisy_or_outgrows_a_shared_link() -> None:
    found = [combine_noisy_or([0.5 * 0.9] * branches) for branches in (1, 2, 4, 8, 16)]
    assert [f"{value:.2f}" for value in found] == ["0.45", "0.70", "0.91", "0.99", "1.00"]


def test_worlds_count_a_shared_study_once() -> None:
    lineage = frozenset(frozenset({frozenset("s"), frozenset(b)}) for b in "ab")
    assert isclose(compute_exact_chance(lineage, {"s": 0.5, "a": 0.9, "b": 0.9}), 0.495)
    assert f"{combine_noisy_or([0.45, 0.45]):.4f}" == "0.6975"


def test_one_study_entered_eleven_times() -> None:
    one: Opinion = (Fraction(6, 10), Fraction(1, 10), Fraction(3, 10))
    belief, denial, doubt = reduce(fuse_cumulatively, [one] * 11)
    assert (belief, denial, doubt) == (Fraction(33, 40), Fraction(11, 80), Fraction(3, 80))
    assert [int(100 * part + Fraction(1, 2)) for part in (belief, denial, doubt)] == [83, 14, 4]


def test_averaging_is_not_associative() -> None:
    a, b, c = (Fraction(1, 2), Fraction(0), Fraction(1, 2)), VACUOUS_OPINION, SURE_OPINION
    assert fuse_by_averaging(fuse_by_averaging(a, a), b) != fuse_by_averaging(
        a, fuse_by_averaging(a, b)
    )
    assert fuse_by_averaging(c, c) == c


def test_dempster_takes_repetition_for_confirmation() -> None:
    yes, either_way = frozenset("y"), frozenset("yn")
    held: dict[frozenset[str], float] = {either_way: 1.0}
    for _ in range(5):
        held, conflict = combine_masses(held, {yes: 0.6, either_way: 0.4})
        assert conflict == 0
    assert round(held[yes], 2) == 0.99


def test_zadeh() -> None:
    a, b, rare = frozenset("a"), frozenset("b"), frozenset("r")
    joined, conflict = combine_masses({a: 0.99, rare: 0.01}, {b: 0.99, rare: 0.01})
    assert round(conflict, 4) == 0.9999
    assert joined.keys() == {rare}
    assert isclose(joined[rare], 1)
    assert combine_masses({a: 1.0}, {b: 1.0}) == ({}, 1)


def test_dempster_shows_its_conflict() -> None:
    torn = CaseLink(
        "torn",
        Level.LOW,
        (RatedWork("a", Level.HIGH), RatedWork("b", Level.NONE, refute_level=Level.HIGH)),
    )
    assert "conflict K 0.81" in ALGEBRAS["dempster"].rate_case(Case(((torn,),))).why


def test_indra_counts_mentions() -> None:
    assert [round(compute_indra_belief(n, 0), 2) for n in (1, 2, 3, 5)] == [0.65, 0.86, 0.92, 0.95]
    assert round(compute_indra_belief(1000, 0), 6) == 0.95
    link = CaseLink(
        "l", Level.LOW, (RatedWork("a", Level.LOW), RatedWork("b", Level.NONE, Level.LOW))
    )
    assert isclose(rated("indra", Case((), link)), 0.65 * 0.35)


def test_fifty_weak_items_weigh_as_one_strong_one_for_civic() -> None:
    assert sum_civic_points([("D", 1)] * 50) == sum_civic_points([("A", 5)]) == 50


def test_open_targets_is_bounded() -> None:
    assert round(float(sum_harmonically([0.2] * 50)), 3) == 0.198
    assert float(sum_harmonically([1] * 1000)) < 1.0001


def test_arax_climbs_to_certainty() -> None:
    assert round(combine_arax_weights([0.2] * 10), 3) == 0.893
    assert round(combine_arax_weights([0.2] * 50), 5) == 0.99999


@pytest.mark.parametrize("name", ["product", "noisy-or", "worlds", "subjective", "dempster"])
@pytest.mark.parametrize("level", RATED)
def test_one_work_on_one_link_is_worth_its_number(name: str, level: Level) -> None:
    link = part("l", level)
    assert isclose(rated(name, Case(((link,),), link)), convert_level(level))


@pytest.mark.parametrize("support", Level)
@pytest.mark.parametrize("against", Level)
def test_an_opinion_is_whole(support: Level, against: Level) -> None:
    belief, denial, doubt = form_opinion(RatedWork("w", support, against))
    assert isclose(belief + denial + doubt, 1)
    assert min(belief, denial, doubt) >= 0


def test_a_series_that_is_better_than_its_links_breaks_a_law() -> None:
    rising = Operations(max, 0, (0, 1, 2), times=max, one=0)
    found = find_counterexample(rising, "P10")
    assert found is not None
    assert (found.elements, found.left, found.right) == ((0, 1), 1, 0)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (0.004, "0.00"),
        (0.5103, "0.51"),
        (0.996, "0.996"),
        (0.99996, "0.99996"),
        (3, "3.00"),
    ],
)
def test_a_number_is_never_rounded_up_to_certainty(value: float, shown: str) -> None:
    assert format_number(value) == shown


def test_the_reference_holds_the_page_of_each() -> None:
    text = (ROOT / "docs" / "reference" / "algebras.md").read_text(encoding="utf-8")
    for name in ALGEBRAS:
        assert format_page(ALGEBRAS[name]) in text


@pytest.mark.parametrize("name", ["subjective", "dempster"])
def test_an_opinion_is_worth_its_belief(name: str) -> None:
    value = ALGEBRAS[name].operations.read_value
    assert value is not None
    assert value((Fraction(6, 10), Fraction(1, 10), Fraction(3, 10))) == Fraction(6, 10)
