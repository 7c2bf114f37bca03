"""Strong Kleene logic: unknown means that some completion is true and some is false."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from kg.weaklinks.kleene import Truth, all_, and_, any_, at_least, is_in, not_, or_

values = st.lists(st.sampled_from([True, False, None]), max_size=6)


def completions(parts: Sequence[Truth]) -> list[tuple[bool, ...]]:
    return list(product(*([part] if part is not None else [True, False] for part in parts)))


def agreed(found: set[bool]) -> Truth:
    return found.pop() if len(found) == 1 else None


@given(values)
def test_all_is_what_every_completion_agrees_on(parts: list[Truth]) -> None:
    assert all_(parts) is agreed({all(c) for c in completions(parts)})


@given(values)
def test_any_is_what_every_completion_agrees_on(parts: list[Truth]) -> None:
    assert any_(parts) is agreed({any(c) for c in completions(parts)})


@given(values)
def test_and_or_take_the_same_values_as_arguments(parts: list[Truth]) -> None:
    assert and_(*parts) is all_(parts)
    assert or_(*parts) is any_(parts)


@given(st.sampled_from([True, False, None]))
def test_not_twice_is_nothing(value: Truth) -> None:
    assert not_(not_(value)) is value


@given(values, st.integers(0, 5))
def test_forgetting_a_value_never_turns_true_into_false(parts: list[Truth], place: int) -> None:
    forgotten = [None if i == place else part for i, part in enumerate(parts)]
    for combine in (all_, any_):
        assert combine(forgotten) in (combine(parts), None)


def test_comparisons_of_unknown_values_are_unknown() -> None:
    assert is_in(None, ("a",)) is None
    assert at_least(None, 3) is None
    assert at_least(3, 3)
    assert is_in("b", ("a",)) is False
