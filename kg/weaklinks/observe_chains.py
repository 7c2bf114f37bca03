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
    effect_sign,
    is_benefit,
)
from kg.weaklinks.rows import ChainFact, LinkFact, StepFact
from kg.weaklinks.settings import threshold

GOOD = {Better.HIGHER: 1, Better.LOWER: -1}


def chain_facts(base: EvidenceBase, chain: ArgumentChain) -> ChainFact:
    """The steps of an argument; where two steps do not meet, the unsaid step between them."""
    outcome = base.entity.get(chain.outcome)
    steps: list[StepFact] = []
    for step in chain.steps:
        if steps and steps[-1].object != step.subject:
            steps.append(_unsaid(base, steps[-1].object, step.subject))
        steps.append(_step(base, step))
    return ChainFact(
        id=chain.id,
        source=chain.source,
        label=chain.label,
        outcome=chain.outcome,
        outcome_label=base.label(chain.outcome),
        good=GOOD.get(outcome.better) if outcome else None,
        claimed=_claimed(base, chain),
        steps=tuple(steps),
    )


def _step(base: EvidenceBase, step: Step) -> StepFact:
    unsaid = step.kind is StepKind.IMPLICIT and step.subject not in base.exposure
    return StepFact(
        subject=step.subject,
        object=step.object,
        subject_label=base.label(step.subject),
        object_label=base.label(step.object),
        sign=_sign(base, step),
        implicit=unsaid,
        same=same(base, step.subject, step.object) if unsaid else None,
        bridge=step.kind is StepKind.BRIDGE,
    )


def _unsaid(base: EvidenceBase, subject: str, object: str) -> StepFact:
    exposures = subject in base.exposure and object in base.exposure
    one = same(base, subject, object)
    return StepFact(
        subject=subject,
        object=object,
        subject_label=base.label(subject),
        object_label=base.label(object),
        sign=1 if one else None,
        implicit=not exposures,
        same=one,
    )


def _sign(base: EvidenceBase, step: Step) -> int | None:
    if step.kind is StepKind.BRIDGE:
        object = base.exposure.get(step.object)
        return -1 if object is not None and object.kind is ExposureKind.DEFICIENCY else 1
    head = base.entity.get(step.object)
    return effect_sign(step.predicate, head.better) if head else None


def same(base: EvidenceBase, one: str, other: str) -> bool | None:
    """Whether two nodes are recorded as one thing: is-a or part-of either way, or equivalent."""
    if one == other:
        return True
    first, second = base.entity.get(one), base.entity.get(other)
    if first is None or second is None:
        return None if base.node(one) is None or base.node(other) is None else False
    if one in base.ancestors(other) or other in base.ancestors(one):
        return True
    return one in second.part_of or other in first.part_of or bool(_exact(first) & _exact(second))


def _exact(entity: Entity) -> set[str]:
    return {i.curie for i in entity.identifiers if i.match == "exact"}


def _claimed(base: EvidenceBase, chain: ArgumentChain) -> bool | None:
    """Whether the source claims a benefit for the outcome of a chain, or for a kind above it."""
    above = base.ancestors(chain.outcome)
    for claim in base.claims:
        head = base.entity.get(claim.proposition.object)
        if claim.source != chain.source or head is None or head.id not in above:
            continue
        sign = effect_sign(claim.proposition.predicate, head.better)
        firm = claim.tier >= threshold("headline_sigma")
        exposed = claim.proposition.subject in base.exposure
        if firm and exposed and sign is not None and is_benefit(sign, head.better):
            return True
    source = base.source.get(chain.source)
    return False if source is not None and source.coverage == "complete" else None


def source_chain(pair: PairGrade, source: str) -> ChainGrade | None:
    """The best chain of a pair that this source argues."""
    return next((c for c in pair.chains if c.source == source), None)


def witness(pair: PairGrade) -> ChainGrade | None:
    """The best chain of a pair: one that holds, else the best that a source argues."""
    holding = (c for c in pair.chains if c.certainty.established is not Level.NONE)
    argued = (c for c in pair.chains if not c.found)
    return next(holding, None) or next(argued, None)


def link_facts(base: EvidenceBase, chain: ChainGrade | None) -> tuple[LinkFact, ...]:
    """The links of a witness with their established level; none without one."""
    return tuple(
        LinkFact(
            id=link.id,
            label=_link_label(base, link),
            level=int(link.effective.established),
            why=link.note,
            status=_status(link),
            claims=link.claims,
        )
        for link in (chain.links if chain else ())
    )


def _status(link: Link) -> str:
    """How a link is backed; `contested` where evidence against it outweighs that for it."""
    if link.ratings.established.refute > Level.NONE and link.effective.established is Level.NONE:
        return "contested"
    return "bridge" if link.kind is LinkKind.BRIDGE else link.status


def _link_label(base: EvidenceBase, link: Link) -> str:
    subject, object = base.label(link.subject), base.label(link.object)
    if link.kind is LinkKind.BRIDGE:
        return f"the step from {object} to {subject}"
    return f'"{subject} {link.predicate.replace("-", " ")} {object}"'
