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

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ChainFact
from kg.weaklinks.kleene import any_, not_
from kg.weaklinks.remedies import describe_missing_source, join_with_and


def judge(fact_base: FactBase, chain: ChainFact) -> Judgement | None:
    """Whether a chain slips from one thing to another without saying so."""
    del fact_base
    unsaid = [step for step in chain.steps if step.implicit]
    if not unsaid:
        return Judgement(False) if chain.steps else None
    value = any_(not_(step.same) for step in unsaid)
    if not value:
        names = (
            f"{implicit_step.subject}.{implicit_step.object}.same"
            for implicit_step in unsaid
            if implicit_step.same is None
        )
        return Judgement(value, unknown_facts=() if value is False else merge_names([names]))
    slips = [
        f"{implicit_step.subject_label} to {implicit_step.object_label}"
        for implicit_step in unsaid
        if implicit_step.same is False
    ]
    return Judgement(
        True,
        deciding_ids=tuple(
            f"{implicit_step.subject}--{implicit_step.object}"
            for implicit_step in unsaid
            if implicit_step.same is False
        ),
        message=(
            f"{chain.label or chain.id}: the argument passes from {join_with_and(slips)} unsaid."
        ),
        remedy=describe_missing_source(join_with_and(f"the step from {slip}" for slip in slips)),
    )


DETECTOR = Detector(
    code="KG126",
    name="node-slippage",
    severity=Severity.SEVERE,
    over="chains",
    needs=("step.same",),
    fix="F11",
    backing="no published figure",
    judge=judge,
)
