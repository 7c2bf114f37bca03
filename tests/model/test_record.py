"""Records are frozen, slotted standard dataclasses that check themselves."""

from __future__ import annotations

import dataclasses

import pytest

from kg import model
from kg.model import Certainty, Level, Location, Readings, Reason

RECORDS = [
    value for name in model.__all__ if dataclasses.is_dataclass(value := getattr(model, name))
]


@pytest.mark.parametrize("cls", RECORDS)
def test_every_record_is_frozen(cls: type) -> None:
    record: object = object.__new__(cls)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, cls.__match_args__[0], None)  # type: ignore[attr-defined]
    assert cls is model.EvidenceBase or not hasattr(record, "__dict__")


def test_locations_are_ordered() -> None:
    assert Location("a", 2) < Location("b", 1)


def test_post_init_runs() -> None:
    with pytest.raises(ValueError, match="at least one reason"):
        Certainty(Level.LOW, ())
    assert Certainty(Level.LOW, (Reason("1", "x"),)).level is Level.LOW


def test_readings_are_mapped_one_by_one() -> None:
    assert list(Readings(1, 2, 3).map(lambda n: n + 1)) == [2, 3, 4]
