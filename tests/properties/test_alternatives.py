"""P29, P33, P34, P35, the declared laws of the alternatives, and their pathologies in numbers."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from math import isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.grading.algebra import leximin
from kg.grading.alternatives import ALGEBRAS
from kg.grading.alternatives.case import Case, Item, Part, number
from kg.grading.alternatives.counts import arax, civic, indra, opentargets
from kg.grading.alternatives.laws import Operations, counterexample, kept, laws_of
from kg.grading.alternatives.opinions import (
    SURE,
    VACUOUS,
    Opinion,
    averaging,
    combine,
    cumulative,
    discount,
    opinion,
)
from kg.grading.alternatives.pages import page
from kg.grading.alternatives.probability import along, either, noisy_or
from kg.grading.alternatives.settings import number_of
from kg.grading.alternatives.worlds import exact, sampled
from kg.model import Level

ROOT = Path(__file__).resolve().parent.parent.parent
RATED = (Level.VERY_LOW, Level.LOW, Level.MODERATE, Level.HIGH)
WORKS = tuple("stuvwxyz")


def rated(method: str, case: Case) -> float:
    value = ALGEBRAS[method].rate(case).value
    assert value is not None
    return value


def part(name: str, level: Level, *works: str) -> Part:
    return Part(name, level, tuple(Item(work, level) for work in works or (name,)))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Chains over a few links; links may share works, chains may share links."""
    level = {work: draw(st.sampled_from(RATED)) for work in WORKS}
    links = [
        Part(f"l{n}", max(level[w] for w in works), tuple(Item(w, level[w]) for w in sorted(works)))
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


def _ids(chain: tuple[Part, ...]) -> frozenset[str]:
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
    asked = set(laws_of(algebra.operations))
    assert kept(algebra.operations) == algebra.laws & asked == algebra.laws
    assert {n for n in asked if counterexample(algebra.operations, n)} == asked - algebra.laws


@pytest.mark.parametrize("name", ALGEBRAS)
def test_each_says_what_it_does_and_is_labelled(name: str) -> None:
    algebra = ALGEBRAS[name]
    assert algebra.text
    for case in (Case(()), Case(((part("a", Level.LOW),),), part("a", Level.LOW))):
        found = algebra.rate(case)
        assert found.label == "uncalibrated"
        assert found.word
        assert found.why
    assert ALGEBRAS[name].rate(Case(())).word in ("0", "none")


# Laws on random elements


@given(a=fractions(), b=fractions(), c=fractions())
def test_noisy_or_is_a_monoid_and_product_a_semiring(a: Fraction, b: Fraction, c: Fraction) -> None:
    assert either(a, either(b, c)) == either(either(a, b), c)
    assert either(a, b) == either(b, a) >= max(a, b)
    assert a * max(b, c) == max(a * b, a * c)


@pytest.mark.law("P29")
@given(
    a=st.lists(st.sampled_from(RATED), min_size=1), b=st.lists(st.sampled_from(RATED), min_size=1)
)
def test_p29_leximin_refines_the_weakest_link(a: list[Level], b: list[Level]) -> None:
    if min(a) > min(b):
        assert leximin(a) > leximin(b)


@pytest.mark.law("P33")
@given(cases())
def test_p33_a_product_is_no_more_than_any_link(case: Case) -> None:
    for chain in case.chains:
        assert all(along(chain) <= number_of(link.level) + 1e-12 for link in chain)


@pytest.mark.law("P33")
@given(cases())
def test_p33_worlds_never_exceed_noisy_or_on_shared_lineage(case: Case) -> None:
    lineage = frozenset(
        frozenset(frozenset(item.work for item in link.items) for link in chain)
        for chain in case.chains
    )
    chances = {i.work: number_of(i.level) for c in case.chains for link in c for i in link.items}
    alone = noisy_or(exact(frozenset({chain}), chances) for chain in lineage)
    assert exact(lineage, chances) <= alone + 1e-9


@pytest.mark.law("P33")
@given(st.lists(st.sampled_from(RATED), min_size=1, max_size=6))
def test_p33_worlds_is_the_product_on_a_series_without_shared_works(levels: list[Level]) -> None:
    chain = tuple(part(f"l{n}", level) for n, level in enumerate(levels))
    case = Case((chain,))
    assert isclose(rated("worlds", case), rated("product", case))


@pytest.mark.law("P34")
@given(a=opinions(), b=opinions())
def test_p34_fusion(a: Opinion, b: Opinion) -> None:
    assert cumulative(a, VACUOUS) == a == cumulative(VACUOUS, a)
    assert averaging(a, a) == a
    assert cumulative(a, b) == cumulative(b, a)
    assert sum(cumulative(a, b)) == sum(averaging(a, b)) == sum(discount(a, b)) == 1


@pytest.mark.law("P35")
@given(case=cases(), level=st.sampled_from(RATED))
def test_p35_a_work_outside_the_lineage_changes_nothing(case: Case, level: Level) -> None:
    used = {i.work for chain in case.chains for link in chain for i in link.items}
    lineage = frozenset(
        frozenset(frozenset(item.work for item in link.items) for link in chain)
        for chain in case.chains
    )
    chances = {i.work: number_of(i.level) for c in case.chains for link in c for i in link.items}
    outside = {**chances, "outsider": number_of(level)}
    assert "outsider" not in used
    assert exact(lineage, outside) == exact(lineage, chances)
    assert sampled(lineage, outside, 256, 1) == sampled(lineage, chances, 256, 1)


@given(cases())
def test_sampling_comes_near_the_exact_answer(case: Case) -> None:
    lineage = frozenset(
        frozenset(frozenset(item.work for item in link.items) for link in chain)
        for chain in case.chains
    )
    chances = {i.work: number_of(i.level) for c in case.chains for link in c for i in link.items}
    assert abs(sampled(lineage, chances, 1 << 14, 1) - exact(lineage, chances)) < 0.03


# Pathologies, number by number


def test_product_falls_with_every_link() -> None:
    chain = tuple(part(f"l{n}", Level.HIGH) for n in range(10))
    assert round(rated("product", Case((chain[:5],))), 2) == 0.59
    assert round(rated("product", Case((chain,))), 2) == 0.35


def test_noisy_or_does_not_distribute() -> None:
    a, b, c = Fraction(1, 2), Fraction(6, 10), Fraction(7, 10)
    assert (a * either(b, c), either(a * b, a * c)) == (Fraction("0.44"), Fraction("0.545"))


def test_noisy_or_outgrows_a_shared_link() -> None:
    found = [noisy_or([0.5 * 0.9] * branches) for branches in (1, 2, 4, 8, 16)]
    assert [f"{value:.2f}" for value in found] == ["0.45", "0.70", "0.91", "0.99", "1.00"]


def test_worlds_count_a_shared_study_once() -> None:
    lineage = frozenset(frozenset({frozenset("s"), frozenset(b)}) for b in "ab")
    assert isclose(exact(lineage, {"s": 0.5, "a": 0.9, "b": 0.9}), 0.495)
    assert f"{noisy_or([0.45, 0.45]):.4f}" == "0.6975"


def test_one_study_entered_eleven_times() -> None:
    one: Opinion = (Fraction(6, 10), Fraction(1, 10), Fraction(3, 10))
    belief, denial, doubt = reduce(cumulative, [one] * 11)
    assert (belief, denial, doubt) == (Fraction(33, 40), Fraction(11, 80), Fraction(3, 80))
    assert [int(100 * part + Fraction(1, 2)) for part in (belief, denial, doubt)] == [83, 14, 4]


def test_averaging_is_not_associative() -> None:
    a, b, c = (Fraction(1, 2), Fraction(0), Fraction(1, 2)), VACUOUS, SURE
    assert averaging(averaging(a, a), b) != averaging(a, averaging(a, b))
    assert averaging(c, c) == c


def test_dempster_takes_repetition_for_confirmation() -> None:
    yes, either_way = frozenset("y"), frozenset("yn")
    held: dict[frozenset[str], float] = {either_way: 1.0}
    for _ in range(5):
        held, conflict = combine(held, {yes: 0.6, either_way: 0.4})
        assert conflict == 0
    assert round(held[yes], 2) == 0.99


def test_zadeh() -> None:
    a, b, rare = frozenset("a"), frozenset("b"), frozenset("r")
    joined, conflict = combine({a: 0.99, rare: 0.01}, {b: 0.99, rare: 0.01})
    assert round(conflict, 4) == 0.9999
    assert joined.keys() == {rare}
    assert isclose(joined[rare], 1)
    assert combine({a: 1.0}, {b: 1.0}) == ({}, 1)


def test_dempster_shows_its_conflict() -> None:
    torn = Part(
        "torn", Level.LOW, (Item("a", Level.HIGH), Item("b", Level.NONE, against=Level.HIGH))
    )
    assert "conflict K 0.81" in ALGEBRAS["dempster"].rate(Case(((torn,),))).why


def test_indra_counts_mentions() -> None:
    assert [round(indra(n, 0), 2) for n in (1, 2, 3, 5)] == [0.65, 0.86, 0.92, 0.95]
    assert round(indra(1000, 0), 6) == 0.95
    link = Part("l", Level.LOW, (Item("a", Level.LOW), Item("b", Level.NONE, Level.LOW)))
    assert isclose(rated("indra", Case((), link)), 0.65 * 0.35)


def test_fifty_weak_items_weigh_as_one_strong_one_for_civic() -> None:
    assert civic([("D", 1)] * 50) == civic([("A", 5)]) == 50


def test_open_targets_is_bounded() -> None:
    assert round(float(opentargets([0.2] * 50)), 3) == 0.198
    assert float(opentargets([1] * 1000)) < 1.0001


def test_arax_climbs_to_certainty() -> None:
    assert round(arax([0.2] * 10), 3) == 0.893
    assert round(arax([0.2] * 50), 5) == 0.99999


@pytest.mark.parametrize("name", ["product", "noisy-or", "worlds", "subjective", "dempster"])
@pytest.mark.parametrize("level", RATED)
def test_one_work_on_one_link_is_worth_its_number(name: str, level: Level) -> None:
    link = part("l", level)
    assert isclose(rated(name, Case(((link,),), link)), number_of(level))


@pytest.mark.parametrize("support", Level)
@pytest.mark.parametrize("against", Level)
def test_an_opinion_is_whole(support: Level, against: Level) -> None:
    belief, denial, doubt = opinion(Item("w", support, against))
    assert isclose(belief + denial + doubt, 1)
    assert min(belief, denial, doubt) >= 0


def test_a_series_that_is_better_than_its_links_breaks_a_law() -> None:
    rising = Operations(max, 0, (0, 1, 2), times=max, one=0)
    found = counterexample(rising, "P10")
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
    assert number(value) == shown


def test_the_reference_holds_the_page_of_each() -> None:
    text = (ROOT / "docs" / "reference" / "algebras.md").read_text(encoding="utf-8")
    for name in ALGEBRAS:
        assert page(ALGEBRAS[name]) in text


@pytest.mark.parametrize("name", ["subjective", "dempster"])
def test_an_opinion_is_worth_its_belief(name: str) -> None:
    value = ALGEBRAS[name].operations.value
    assert value is not None
    assert value((Fraction(6, 10), Fraction(1, 10), Fraction(3, 10))) == Fraction(6, 10)
