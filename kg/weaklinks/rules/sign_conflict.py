"""More of one thing is good for one outcome and bad for another, and both are claimed as benefits.

## What it does
Flags a source whose own arguments send one mediator towards a better and a worse outcome, while
it claims to improve both.

## Why it matters
The exposure cannot raise the mediator and lower it; at least one of the benefits must give way,
unless a phase or condition separates the two.

## Example
More callus tissue is said to fill cracks and, elsewhere, to thicken corns; the cream helps both.

## Remedy
State both effects, or say what separates them.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ChainFact, SourceFact, StepFact
from kg.weaklinks.remedies import capitalise_first, join_with_and


def judge(fact_base: FactBase, source: SourceFact) -> Judgement | None:
    """Whether the arguments of a source pull one mediator both ways."""
    chains = [c for c in fact_base.chains if c.source == source.id and c.claimed is not False]
    effects = [effect for chain in chains for effect in list_mediator_effects(chain)]
    shared = {node for node, _, chain in effects if _list_outcomes(effects, node) - {chain.outcome}}
    effects = [e for e in effects if e[0] in shared]
    if not effects:
        return None
    good = {(n, c.outcome): c for n, sign, c in effects if sign == 1 and c.claimed}
    bad = {(n, c.outcome): c for n, sign, c in effects if sign == -1 and c.claimed}
    conflicts = sorted(
        (node, better, worse)
        for node, better in good
        for harm_node, worse in bad
        if node == harm_node and better != worse
    )
    if conflicts:
        return _build_hit(source, conflicts, {**bad, **good})
    unknown = merge_names(
        [
            f"{chain.id}.{name}"
            for name, known_value in (("claimed", chain.claimed), ("sign", sign))
            if known_value is None
        ]
        for _, sign, chain in effects
    )
    return Judgement(None, unknown_facts=unknown) if unknown else Judgement(False)


def list_mediator_effects(chain: ChainFact) -> Iterator[tuple[str, int | None, ChainFact]]:
    """Each mediator of a chain, and whether more of it makes the outcome better (+1) or worse."""
    sign: int | None = chain.good
    for previous_step, step in zip(reversed(chain.steps[:-1]), reversed(chain.steps), strict=False):
        sign = None if sign is None or step.sign is None else sign * step.sign
        if not previous_step.bridge:
            yield step.subject, sign, chain


def _list_outcomes(effects: list[tuple[str, int | None, ChainFact]], node: str) -> set[str]:
    return {chain.outcome for other, _, chain in effects if other == node}


def _build_hit(
    source: SourceFact,
    conflicts: list[tuple[str, str, str]],
    chains: dict[tuple[str, str], ChainFact],
) -> Judgement:
    node, better, worse = conflicts[0]
    steps: dict[str, StepFact] = {s.subject: s for c in chains.values() for s in c.steps}
    mediators = join_with_and(dict.fromkeys(steps[n].subject_label for n, _, _ in conflicts))
    make_verb = "make" if len({n for n, _, _ in conflicts}) > 1 else "makes"
    good, bad = chains[node, better], chains[node, worse]
    return Judgement(
        True,
        deciding_ids=tuple(dict.fromkeys(n for n, _, _ in conflicts)),
        message=(
            f"{source.label or source.id}: by its own arguments more {mediators} {make_verb} "
            f"{good.outcome_label} better and {bad.outcome_label} worse, yet both are claimed to "
            "improve."
        ),
        remedy=(
            f"{capitalise_first(mediators)} may help {good.outcome_label} and harm "
            f"{bad.outcome_label}; "
            "which of the two prevails was not tested."
        ),
        related_places=tuple(
            (chains[n, o].id, "an argument through the same mediator")
            for n, o in dict.fromkeys((n, o) for n, b, w in conflicts for o in (b, w))
        ),
    )


DETECTOR = Detector(
    code="KG127",
    name="sign-conflict",
    severity=Severity.MODERATE,
    over="sources",
    needs=("step.sign", "chain.claimed", "chain.good"),
    fix="F10",
    backing="no published figure",
    judge=judge,
)
