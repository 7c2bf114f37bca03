"""An argument passes from one thing to another as if they were the same.

## What it does
Flags a chain with a step that no source states and that joins two things, neither of which is
recorded as a kind, a part or another name of the other.

## Why it matters
Two sound links on two different things make no chain.

## Example
From a marker of inflammation in blood to inflammation in the skin, without a word.

## Remedy
Name the step and give a source for it.
"""

from __future__ import annotations

from kg.weaklinks.detector import Answer, Detector, joined
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import any_, not_
from kg.weaklinks.remedies import listed, missing
from kg.weaklinks.rows import ChainFact


def judge(facts: Facts, chain: ChainFact) -> Answer | None:
    """Whether a chain slips from one thing to another without saying so."""
    del facts
    unsaid = [step for step in chain.steps if step.implicit]
    if not unsaid:
        return Answer(False) if chain.steps else None
    value = any_(not_(step.same) for step in unsaid)
    if not value:
        names = (f"{s.subject}.{s.object}.same" for s in unsaid if s.same is None)
        return Answer(value, unknown=() if value is False else joined([names]))
    slips = [f"{s.subject_label} to {s.object_label}" for s in unsaid if s.same is False]
    return Answer(
        True,
        because=tuple(f"{s.subject}--{s.object}" for s in unsaid if s.same is False),
        message=f"{chain.label or chain.id}: the argument passes from {listed(slips)} unsaid.",
        remedy=missing(listed(f"the step from {slip}" for slip in slips)),
    )


DETECTOR = Detector(
    code="KG126",
    name="node-slippage",
    over="chains",
    needs=("step.same",),
    fix="F11",
    backing="no published figure",
    judge=judge,
)
