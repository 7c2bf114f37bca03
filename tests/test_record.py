"""Records behave as the standard frozen dataclasses that type checkers take them for."""

from __future__ import annotations

import copy
import dataclasses

import pytest

from kg.model import Certainty, Level, Location, Readings, Reason, RelatedPlace
from kg.model.record import dataclass, replace

HERE = Location("data/x.yaml", 3, 1)


def test_equality_hash_and_order() -> None:
    assert Location("a") == Location("a")
    assert hash(Location("a")) == hash(Location("a"))
    assert Location("a", 2) < Location("b", 1)
    assert Location("a").__eq__(RelatedPlace("a", "b")) is NotImplemented
    assert RelatedPlace("s", "m", HERE) == RelatedPlace("s", "m", HERE)


def test_frozen_and_slotted() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        HERE.line = 4  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del HERE.line
    assert not hasattr(HERE, "__dict__")


def test_the_standard_functions_work() -> None:
    assert [f.name for f in dataclasses.fields(HERE)] == ["path", "line", "column"]
    assert dataclasses.asdict(HERE) == {"path": "data/x.yaml", "line": 3, "column": 1}
    assert (
        dataclasses.replace(HERE, line=4) == replace(HERE, line=4) == Location("data/x.yaml", 4, 1)
    )
    assert dataclasses.is_dataclass(Location)


def test_repr_copy_and_match() -> None:
    assert repr(Location("a", 1)) == "Location(path='a', line=1, column=0)"
    assert copy.deepcopy(HERE) == HERE
    match HERE:
        case Location(path, line):
            assert (path, line) == ("data/x.yaml", 3)


def test_post_init_runs() -> None:
    with pytest.raises(ValueError, match="at least one reason"):
        Certainty(Level.LOW, ())
    assert Certainty(Level.LOW, (Reason("1", "x"),)).level is Level.LOW


def test_generic_records() -> None:
    assert list(Readings(1, 2, 3).map(lambda n: n + 1)) == [2, 3, 4]


def test_arguments_are_checked() -> None:
    with pytest.raises(TypeError, match="missing"):
        Location()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="frozen"):
        dataclass(frozen=False)
