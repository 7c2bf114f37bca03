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

from kg.weaklinks.detector import Answer, Detector, both, on
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, all_, at_least
from kg.weaklinks.rows import PairFact
from kg.weaklinks.settings import threshold


def judge(facts: Facts, pair: PairFact) -> Answer | None:
    """Whether a firm conclusion has only weak arguments, and many of them."""
    del facts
    if not pair.clinical:
        return None
    if pair.levels is not None and len(pair.levels) < threshold("many_chains"):
        return None
    condition = both(
        on(pair.id, "sigma", at_least(pair.sigma, threshold("many_sigma"))),
        on(pair.id, "levels", all_weak(pair.levels)),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    levels = pair.levels or ()
    unbroken = sum(bool(level) for level in levels)
    return Answer(
        True,
        because=pair.claims,
        message=(
            f"{pair.label}: {len(levels)} arguments are put forward, {unbroken} of them unbroken "
            "and none above very low; arguments do not add up."
        ),
        remedy=(
            "Name for each argument the step that no source is given for, or split the conclusion."
        ),
        place=pair.strongest or "",
    )


def all_weak(levels: tuple[int | None, ...] | None) -> Truth:
    """Whether no argument stands above very low; unknown where one is not rated."""
    if levels is None:
        return None
    return all_(None if level is None else level <= threshold("many_level") for level in levels)


DETECTOR = Detector(
    code="KG137",
    name="many-weak-chains",
    over="pairs",
    needs=("pair.levels", "pair.sigma"),
    fix="F11",
    backing="paths never add: no published figure",
    judge=judge,
)
