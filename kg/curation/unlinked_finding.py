"""A finding bears on nothing that a source says.

Neither a claim nor a step of a chain is about its substance and its outcome, nor about a wider one,
a narrower one or a neighbour (`related`, `part_of`, `surrogate_for`): it is graded when somebody
asks for the outcome, and has a place in no argument.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import CurationRule, MissingInformation
from kg.model import Entity, EvidenceBase, Severity, StepKind


def find_missing(base: EvidenceBase) -> Iterator[MissingInformation]:
    """Findings whose substance and outcome no claim and no step joins."""
    asserted_pairs = [*_list_claimed_pairs(base), *_list_step_pairs(base)]
    for study in base.studies:
        for finding in study.findings:
            outcomes = _list_related_outcomes(base, finding.outcome)
            substance_ids = _list_substances(base, finding.exposure)
            if not any(
                object_id in outcomes and substance_ids & _list_substances(base, subject_id)
                for subject_id, object_id in asserted_pairs
            ):
                exposure, outcome = (
                    base.get_label(finding.exposure),
                    base.get_label(finding.outcome),
                )
                message = f"No claim and no chain is about {exposure} and {outcome}."
                yield MissingInformation(finding, message)


def _list_related_outcomes(base: EvidenceBase, outcome: str) -> frozenset[str]:
    """An outcome, the wider and the narrower ones, and the neighbours of all of them."""
    line = base.find_ancestors(outcome) | base.find_descendants(outcome)
    pointing = (e.id for e in base.entities if line & set(_list_neighbours(e)))
    pointed = (
        id
        for entity_id in line
        if entity_id in base.entity
        for id in _list_neighbours(base.entity[entity_id])
    )
    return line.union(pointing, pointed)


def _list_neighbours(entity: Entity) -> tuple[str, ...]:
    return (*entity.related, *entity.part_of, *(s.outcome for s in entity.surrogate_for))


def _list_claimed_pairs(base: EvidenceBase) -> set[tuple[str, str]]:
    """What is claimed of an exposure: itself, or what the chains that start at it end at."""
    pairs = {(c.proposition.subject, c.proposition.object) for c in base.claims}
    return pairs | {(chain.exposure, chain.outcome) for chain in base.chains}


def _list_step_pairs(base: EvidenceBase) -> Iterator[tuple[str, str]]:
    """Every object that a chain passes, with the exposure that it starts at."""
    for chain in base.chains:
        for step in chain.steps:
            if step.kind is not StepKind.BRIDGE:
                yield chain.exposure, step.object
                yield step.subject, step.object


def _list_substances(base: EvidenceBase, id: str) -> frozenset[str]:
    """The substances of an exposure with the wider ones; of an entity, itself and those."""
    exposure = base.exposure.get(id)
    if exposure is None:
        return base.find_ancestors(id)
    parts = (exposure.substance, exposure.form, *exposure.components)
    inner = (
        _list_substances(base, part)
        if part != id and part in base.exposure
        else base.find_ancestors(part)
        for part in parts
        if part
    )
    return frozenset().union(*inner)


RULE = CurationRule(
    code="KG201",
    name="unlinked-finding",
    severity=Severity.MILD,
    remedy="Record the claim that it bears on, or correct its exposure or outcome.",
    find_missing=find_missing,
)
