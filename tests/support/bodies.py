"""Evidence of a body, one item at a time."""

from __future__ import annotations

from typing import Any

from kg.grading.evidence import Evidence
from kg.model import (
    Design,
    Direction,
    Finding,
    Population,
    System,
)

RR: dict[str, Any] = {"measure": "RR"}


def item(
    work: str = "w",
    design: Design = Design.RANDOMISED,
    sign: int | None = 1,
    system: System | None = System.HUMAN,
    population: Population | None = None,
    charges: tuple[tuple[str, float], ...] = (),
    **numbers: Any,
) -> Evidence:
    """A finding on a pill and pain, of 500 people unless `numbers` say otherwise."""
    finding = Finding(f"{work}.f", "pill", "pain", Direction.INCREASE, **{"n": 500, **numbers})
    return Evidence(work, design, system, sign, finding, True, population, charges)


def ci(low: float, high: float) -> dict[str, Any]:
    """The interval of a finding."""
    return {"ci_low": low, "ci_high": high}
