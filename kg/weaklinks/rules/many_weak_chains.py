"""Many weak arguments stand in for one that holds.

## What it does
Flags an exposure and outcome that at least three arguments are put forward for, none above very
low, while the conclusion is worded as probable or certain.

## Why it matters
Paths never add: ten arguments that each break prove no more than one that breaks.

## Example
Seven reasons why zinc must help, each with a step that nobody studied.

## Remedy
Name for each argument the step that has no source, or drop it.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, all_of, fact
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import PairFact
from kg.weaklinks.kleene import Truth, all_, at_least
from kg.weaklinks.settings import read_threshold


def judge(fact_base: FactBase, pair: PairFact) -> Judgement | None:
    """Whether a firm conclusion has only weak arguments, and many of them."""
    del fact_base
    if not pair.clinical:
        return None
    if pair.levels is not None and len(pair.levels) < read_threshold("many_chains"):
        return None
    condition = all_of(
        fact(pair.id, "sigma", at_least(pair.sigma, read_threshold("many_sigma"))),
        fact(pair.id, "levels", are_all_weak(pair.levels)),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    levels = pair.levels or ()
    unbroken = sum(bool(level) for level in levels)
    return Judgement(
        True,
        deciding_ids=pair.claims,
        message=(
            f"{pair.label}: {len(levels)} arguments are put forward, {unbroken} of them unbroken "
            "and none above very low; arguments do not add up."
        ),
        remedy=(
            "Name for each argument the step that no source is given for, or split the conclusion."
        ),
        place_id=pair.strongest or "",
    )


def are_all_weak(levels: tuple[int | None, ...] | None) -> Truth:
    """Whether no argument stands above very low; unknown where one is not rated."""
    if levels is None:
        return None
    return all_(
        None if level is None else level <= read_threshold("many_level") for level in levels
    )


DETECTOR = Detector(
    code="KG137",
    name="many-weak-chains",
    severity=Severity.MODERATE,
    over="pairs",
    needs=("pair.levels", "pair.sigma"),
    fix="F11",
    backing="paths never add: no published figure",
    judge=judge,
)
