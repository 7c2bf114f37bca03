"""Which pairs an outcome, an exposure or a source brings up, and their grades."""

from __future__ import annotations

from collections.abc import Iterator

from kg.chains.apart import grade_apart
from kg.chains.graph import Kernel
from kg.chains.material import Material
from kg.chains.pair import grade_pair
from kg.grading.profiles import Profile
from kg.model import (
    ArgumentChain,
    Better,
    Claim,
    Entity,
    EntityKind,
    EvidenceBase,
    Exposure,
    ExposureKind,
    PairGrade,
    Role,
    Sense,
    Tier,
    effect_sign,
    is_benefit,
)
from kg.model.base import OUTCOME_KINDS
from kg.model.record import replace

_SENSES = tuple(Sense)


def grade_outcome(
    material: Material,
    outcome: Entity,
    profile: Profile,
    kernel: Kernel,
    exposure: Exposure | None = None,
    halves: tuple[Material, ...] = (),
) -> tuple[PairGrade, ...]:
    """Grades of the pairs of an outcome: the strongest wording first, benefit before harm.

    Each also says what each of the `halves` of the evidence carries alone (see kg.chains.apart).
    """
    pairs = raised(material, outcome)
    if exposure is not None:
        pairs = {p for p in pairs if p[0] == exposure.id} or {(exposure.id, default_sign(outcome))}
    known = material.base.exposure
    grades = [
        replace(
            grade_pair(material, known[id], outcome, sign, profile, kernel),
            apart=tuple(
                grade_apart(half, known[id], outcome, sign, profile, kernel) for half in halves
            ),
        )
        for id, sign in sorted(pairs)
    ]
    return tuple(sorted(grades, key=_order))


def raised(material: Material, outcome: Entity) -> set[tuple[str, int]]:
    """(exposure, sign) of every pair that a claim, an argument or a study puts forward.

    What was tested is asked whatever was found: an exposure whose studies saw no clear effect is
    asked in the direction that other studies saw, else in that of a benefit.
    """
    base, targets = material.base, material.base.descendants(outcome.id)
    found: set[tuple[str, int]] = set()
    for claim in material.claims:
        about = claim.proposition
        if about.object in targets and about.subject in base.exposure:
            sign = material.sign(about.predicate, about.object)
            if sign is not None:
                found.add((about.subject, sign))
    for chain in material.chains:
        if chain.outcome in targets:
            found.update(_argued(chain, material, {id for id, _ in found}))
    studied = [item for item in material.on(targets) if item.subject in base.exposure]
    seen = {item.sign for item in studied if item.sign}
    usual = seen.pop() if len(seen) == 1 else default_sign(outcome)
    found |= {(item.subject, item.sign) for item in studied if item.sign}
    known = {id for id, _ in found}
    found |= {(item.subject, usual) for item in studied if item.subject not in known}
    return found | set(_other_side(found, outcome, base))


def _other_side(
    pairs: set[tuple[str, int]], outcome: Entity, base: EvidenceBase
) -> Iterator[tuple[str, int]]:
    """The benefit of each supplement that is only said to harm: the two are graded apart."""
    if outcome.kind is not EntityKind.CLINICAL_OUTCOME or outcome.better is Better.NEITHER:
        return
    good = default_sign(outcome)
    for id, sign in pairs:
        if base.exposure[id].kind is ExposureKind.SUPPLEMENTATION and sign != good:
            yield id, good


def _argued(chain: ArgumentChain, material: Material, known: set[str]) -> set[tuple[str, int]]:
    """The pair that an argument is for, where no claim says it outright."""
    if chain.exposure in known:
        return set()
    outcome = material.base.entity.get(chain.outcome)
    return {(chain.exposure, default_sign(outcome))} if outcome else set()


def default_sign(outcome: Entity) -> int:
    """The sign of a benefit, +1 where neither way is better."""
    return -1 if is_benefit(-1, outcome.better) else 1


def _order(pair: PairGrade) -> tuple[int, int, int, str, int]:
    return (
        -int(pair.wording.sigma),
        -len(pair.chains),
        -len(pair.wording.claims),
        pair.exposure,
        _SENSES.index(pair.sense),
    )


def headline_outcomes(material: Material) -> tuple[str, ...]:
    """Outcomes that the sources make claims about in headline or conclusion, sorted."""
    prominent = {Role.HEADLINE, Role.CONCLUSION}
    found = {
        c.proposition.object
        for c in material.claims
        if c.role in prominent
        and c.tier >= Tier.SPECULATION
        and _changes_outcome(material, c)
        and c.proposition.subject in material.base.exposure
    }
    return tuple(sorted(found))


def _changes_outcome(material: Material, claim: Claim) -> bool:
    """Whether a claim says that something changes an outcome."""
    entity = material.base.entity.get(claim.proposition.object)
    if entity is None or entity.kind not in OUTCOME_KINDS:
        return False
    return effect_sign(claim.proposition.predicate, entity.better) is not None
