"""P1-P10: the 35 antichains form a commutative, idempotent, absorptive semiring (exhaustive)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.search.algebra import ONE, ZERO, Frontier, carrier, leximin, plus, times, value

K = carrier()
PAIRS = tuple(product(K, repeat=2))


def test_carrier_has_35_elements() -> None:
    found = carrier()
    assert (len(found), len(set(found))) == (35, 35)
    assert found == K


@pytest.mark.slow
@pytest.mark.law("P1", "P4", "P6")
def test_p1_p4_p6_associative_and_distributive() -> None:
    for a, b in PAIRS:
        ab_plus, ab_times = plus(a, b), times(a, b)
        for c in K:
            assert plus(ab_plus, c) == plus(a, plus(b, c))
            assert times(ab_times, c) == times(a, times(b, c))
            assert times(a, plus(b, c)) == plus(ab_times, times(a, c))


@pytest.mark.law("P2", "P5")
@pytest.mark.parametrize("combine", [plus, times], ids=["p2", "p5"])
def test_commutative(combine: object) -> None:
    assert callable(combine)
    assert all(combine(a, b) == combine(b, a) for a, b in PAIRS)


@pytest.mark.law("P3")
def test_p3_idempotent() -> None:
    assert all(plus(a, a) == a for a in K)


@pytest.mark.law("P7")
def test_p7_zero() -> None:
    assert all(plus(ZERO, a) == a and times(ZERO, a) == ZERO for a in K)


@pytest.mark.law("P8")
def test_p8_one() -> None:
    assert all(times(ONE, a) == a for a in K)


@pytest.mark.law("P9")
def test_p9_absorption() -> None:
    assert all(plus(a, times(a, b)) == a for a, b in PAIRS)


@pytest.mark.law("P10")
def test_p10_value() -> None:
    for a, b in PAIRS:
        assert value(plus(a, b)) == max(value(a), value(b))
        assert value(times(a, b)) <= min(value(a), value(b))


def test_times_is_not_idempotent_by_intent() -> None:
    a: Frontier = frozenset({(4, 1)})
    assert times(a, a) != a


@pytest.mark.law("P29")
@given(st.lists(st.integers(1, 4), min_size=1), st.lists(st.integers(1, 4), min_size=1))
def test_leximin_refines_the_weakest_link(a: list[int], b: list[int]) -> None:
    if min(a) > min(b):
        assert leximin(a) > leximin(b)
