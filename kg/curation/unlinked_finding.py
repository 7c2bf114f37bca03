"""A finding bears on nothing that a source says.

Neither a claim nor a step of a chain is about its substance and its outcome, nor about a wider one,
a narrower one or a neighbour (`related`, `part_of`, `surrogate_for`): it is graded when somebody
asks for the outcome, and has a place in no argument.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import Gap, Rule
from kg.model import Entity, EvidenceBase, Severity, StepKind


def gaps(base: EvidenceBase) -> Iterator[Gap]:
    """Findings whose substance and outcome no claim and no step joins."""
    said = [*_claimed(base), *_stepped(base)]
    for study in base.studies:
        for finding in study.findings:
            outcomes = _near(base, finding.outcome)
            given = _substances(base, finding.exposure)
            if not any(head in outcomes and given & _substances(base, tail) for tail, head in said):
                exposure, outcome = base.label(finding.exposure), base.label(finding.outcome)
                message = f"No claim and no chain is about {exposure} and {outcome}."
                yield Gap(finding, message)


def _near(base: EvidenceBase, outcome: str) -> frozenset[str]:
    """An outcome, the wider and the narrower ones, and the neighbours of all of them."""
    line = base.ancestors(outcome) | base.descendants(outcome)
    pointing = (e.id for e in base.entities if line & set(_neighbours(e)))
    pointed = (id for each in line if each in base.entity for id in _neighbours(base.entity[each]))
    return line.union(pointing, pointed)


def _neighbours(entity: Entity) -> tuple[str, ...]:
    return (*entity.related, *entity.part_of, *(s.outcome for s in entity.surrogate_for))


def _claimed(base: EvidenceBase) -> set[tuple[str, str]]:
    """What is claimed of an exposure: itself, or what the chains that start at it end at."""
    pairs = {(c.proposition.subject, c.proposition.object) for c in base.claims}
    return pairs | {(chain.exposure, chain.outcome) for chain in base.chains}


def _stepped(base: EvidenceBase) -> Iterator[tuple[str, str]]:
    """Every object that a chain passes, with the exposure that it starts at."""
    for chain in base.chains:
        for step in chain.steps:
            if step.kind is not StepKind.BRIDGE:
                yield chain.exposure, step.object
                yield step.subject, step.object


def _substances(base: EvidenceBase, id: str) -> frozenset[str]:
    """The substances of an exposure with the wider ones; of an entity, itself and those."""
    exposure = base.exposure.get(id)
    if exposure is None:
        return base.ancestors(id)
    parts = (exposure.substance, exposure.form, *exposure.components)
    inner = (
        _substances(base, part) if part != id and part in base.exposure else base.ancestors(part)
        for part in parts
        if part
    )
    return frozenset().union(*inner)


RULE = Rule(
    code="KG201",
    name="unlinked-finding",
    severity=Severity.MILD,
    remedy="Record the claim that it bears on, or correct its exposure or outcome.",
    gaps=gaps,
)
