"""Facts about arguments: steps, signs, and whether the ends of an unsaid step are one thing."""

from __future__ import annotations

from kg.model import (
    ArgumentChain,
    Better,
    ChainGrade,
    Entity,
    EvidenceBase,
    ExposureKind,
    Level,
    Link,
    LinkKind,
    PairGrade,
    Step,
    StepKind,
    find_effect_sign,
    is_benefit,
)
from kg.weaklinks.facts import ChainFact, LinkFact, StepFact
from kg.weaklinks.settings import read_threshold

GOOD_SIGN = {Better.HIGHER: 1, Better.LOWER: -1}


def extract_chain(base: EvidenceBase, chain: ArgumentChain) -> ChainFact:
    """The steps of an argument; where two steps do not meet, the unsaid step between them."""
    outcome = base.entity.get(chain.outcome)
    steps: list[StepFact] = []
    for step in chain.steps:
        if steps and steps[-1].object != step.subject:
            steps.append(_build_implicit_step(base, steps[-1].object, step.subject))
        steps.append(_extract_step(base, step))
    return ChainFact(
        id=chain.id,
        source=chain.source,
        label=chain.label,
        outcome=chain.outcome,
        outcome_label=base.get_label(chain.outcome),
        good=GOOD_SIGN.get(outcome.better) if outcome else None,
        claimed=_is_benefit_claimed(base, chain),
        steps=tuple(steps),
    )


def _extract_step(base: EvidenceBase, step: Step) -> StepFact:
    unsaid = step.kind is StepKind.IMPLICIT and step.subject not in base.exposure
    return StepFact(
        subject=step.subject,
        object=step.object,
        subject_label=base.get_label(step.subject),
        object_label=base.get_label(step.object),
        sign=_find_step_sign(base, step),
        implicit=unsaid,
        same=is_same_node(base, step.subject, step.object) if unsaid else None,
        bridge=step.kind is StepKind.BRIDGE,
    )


def _build_implicit_step(base: EvidenceBase, subject: str, object: str) -> StepFact:
    exposures = subject in base.exposure and object in base.exposure
    is_same = is_same_node(base, subject, object)
    return StepFact(
        subject=subject,
        object=object,
        subject_label=base.get_label(subject),
        object_label=base.get_label(object),
        sign=1 if is_same else None,
        implicit=not exposures,
        same=is_same,
    )


def _find_step_sign(base: EvidenceBase, step: Step) -> int | None:
    if step.kind is StepKind.BRIDGE:
        object = base.exposure.get(step.object)
        return -1 if object is not None and object.kind is ExposureKind.DEFICIENCY else 1
    object_entity = base.entity.get(step.object)
    return find_effect_sign(step.predicate, object_entity.better) if object_entity else None


def is_same_node(base: EvidenceBase, first_id: str, second_id: str) -> bool | None:
    """Whether two nodes are recorded as one thing: is-a or part-of either way, or equivalent."""
    if first_id == second_id:
        return True
    first, second = base.entity.get(first_id), base.entity.get(second_id)
    if first is None or second is None:
        return (
            None if base.find_node(first_id) is None or base.find_node(second_id) is None else False
        )
    if first_id in base.find_ancestors(second_id) or second_id in base.find_ancestors(first_id):
        return True
    return (
        first_id in second.part_of
        or second_id in first.part_of
        or bool(_list_exact_identifiers(first) & _list_exact_identifiers(second))
    )


def _list_exact_identifiers(entity: Entity) -> set[str]:
    return {i.curie for i in entity.identifiers if i.match == "exact"}


def _is_benefit_claimed(base: EvidenceBase, chain: ArgumentChain) -> bool | None:
    """Whether the source claims a benefit for the outcome of a chain, or for a kind above it."""
    above = base.find_ancestors(chain.outcome)
    for claim in base.claims:
        object_entity = base.entity.get(claim.proposition.object)
        if claim.source != chain.source or object_entity is None or object_entity.id not in above:
            continue
        sign = find_effect_sign(claim.proposition.predicate, object_entity.better)
        is_firm = claim.tier >= read_threshold("headline_sigma")
        exposed = claim.proposition.subject in base.exposure
        if is_firm and exposed and sign is not None and is_benefit(sign, object_entity.better):
            return True
    source = base.source.get(chain.source)
    return False if source is not None and source.coverage == "complete" else None


def find_source_chain(pair: PairGrade, source: str) -> ChainGrade | None:
    """The best chain of a pair that this source argues."""
    return next((c for c in pair.chains if c.source == source), None)


def find_witness(pair: PairGrade) -> ChainGrade | None:
    """The best chain of a pair: one that holds, else the best that a source argues."""
    holding = (c for c in pair.chains if c.certainty.established is not Level.NONE)
    argued = (c for c in pair.chains if not c.found)
    return next(holding, None) or next(argued, None)


def extract_links(base: EvidenceBase, chain: ChainGrade | None) -> tuple[LinkFact, ...]:
    """The links of a witness with their established level; none without one."""
    return tuple(
        LinkFact(
            id=link.id,
            label=_format_link(base, link),
            level=int(link.effective.established),
            why=link.note,
            status=_classify_backing(link),
            claims=link.claims,
        )
        for link in (chain.links if chain else ())
    )


def _classify_backing(link: Link) -> str:
    """How a link is backed; `contested` where evidence against it outweighs that for it."""
    if link.ratings.established.refute > Level.NONE and link.effective.established is Level.NONE:
        return "contested"
    return "bridge" if link.kind is LinkKind.BRIDGE else link.status


def _format_link(base: EvidenceBase, link: Link) -> str:
    subject, object = base.get_label(link.subject), base.get_label(link.object)
    if link.kind is LinkKind.BRIDGE:
        return f"the step from {object} to {subject}"
    return f'"{subject} {link.predicate.replace("-", " ")} {object}"'
