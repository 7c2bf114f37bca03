"""Which pairs an outcome, an exposure or a source brings up, and their grades."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.grading.by_origin import grade_by_origin
from kg.grading.evidence_index import EvidenceIndex
from kg.grading.pair import grade_pair
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
    find_effect_sign,
    is_benefit,
)
from kg.model.base import OUTCOME_KINDS
from kg.search.graph import Kernel

_SENSE_ORDER = tuple(Sense)


def grade_outcome(
    material: EvidenceIndex,
    outcome: Entity,
    profile: Profile,
    kernel: Kernel,
    exposure: Exposure | None = None,
    halves: tuple[EvidenceIndex, ...] = (),
) -> tuple[PairGrade, ...]:
    """Grades of the pairs of an outcome: the strongest wording first, benefit before harm.

    Each also says what each of the `halves` of the evidence carries alone (see
    kg.grading.by_origin).
    """
    pairs = list_claimed_or_studied_pairs(material, outcome)
    if exposure is not None:
        pairs = {p for p in pairs if p[0] == exposure.id} or {
            (exposure.id, find_benefit_sign(outcome))
        }
    exposure_by_id = material.base.exposure
    grades = [
        replace(
            grade_pair(material, exposure_by_id[id], outcome, sign, profile, kernel),
            by_origin=tuple(
                grade_by_origin(half, exposure_by_id[id], outcome, sign, profile, kernel)
                for half in halves
            ),
        )
        for id, sign in sorted(pairs)
    ]
    return tuple(sorted(grades, key=_build_sort_key))


def list_claimed_or_studied_pairs(material: EvidenceIndex, outcome: Entity) -> set[tuple[str, int]]:
    """(exposure, sign) of every pair that a claim, an argument or a study puts forward.

    What was tested is asked whatever was found: an exposure whose studies saw no clear effect is
    asked in the direction that other studies saw, else in that of a benefit.
    """
    base, targets = material.base, material.base.find_descendants(outcome.id)
    signed_exposures: set[tuple[str, int]] = set()
    for target in targets:
        for claim in material.claims_by_object.get(target, ()):
            proposition = claim.proposition
            if proposition.subject in base.exposure:
                sign = material.find_sign(proposition.predicate, target)
                if sign is not None:
                    signed_exposures.add((proposition.subject, sign))
    for chain in material.chains:
        if chain.outcome in targets:
            signed_exposures.update(
                _find_argued_pair(chain, material, {id for id, _ in signed_exposures})
            )
    studied = [item for item in material.iterate_items_on(targets) if item.subject in base.exposure]
    study_signs = {item.sign for item in studied if item.sign}
    usual = study_signs.pop() if len(study_signs) == 1 else find_benefit_sign(outcome)
    signed_exposures |= {(item.subject, item.sign) for item in studied if item.sign}
    claimed_exposures = {id for id, _ in signed_exposures}
    signed_exposures |= {
        (item.subject, usual) for item in studied if item.subject not in claimed_exposures
    }
    return signed_exposures | set(_list_benefit_pairs(signed_exposures, outcome, base))


def _list_benefit_pairs(
    pairs: set[tuple[str, int]], outcome: Entity, base: EvidenceBase
) -> Iterator[tuple[str, int]]:
    """The benefit of each supplement that is only said to harm: the two are graded apart."""
    if outcome.kind is not EntityKind.CLINICAL_OUTCOME or outcome.better is Better.NEITHER:
        return
    good = find_benefit_sign(outcome)
    for id, sign in pairs:
        if base.exposure[id].kind is ExposureKind.SUPPLEMENTATION and sign != good:
            yield id, good


def _find_argued_pair(
    chain: ArgumentChain, material: EvidenceIndex, claimed_exposures: set[str]
) -> set[tuple[str, int]]:
    """The pair that an argument is for, where no claim says it outright."""
    if chain.exposure in claimed_exposures:
        return set()
    outcome = material.base.entity.get(chain.outcome)
    return {(chain.exposure, find_benefit_sign(outcome))} if outcome else set()


def find_benefit_sign(outcome: Entity) -> int:
    """The sign of a benefit, +1 where neither way is better."""
    return -1 if is_benefit(-1, outcome.better) else 1


def _build_sort_key(pair: PairGrade) -> tuple[int, int, int, str, int]:
    return (
        -int(pair.wording.sigma),
        -len(pair.chains),
        -len(pair.wording.claims),
        pair.exposure,
        _SENSE_ORDER.index(pair.sense),
    )


def list_headline_outcomes(material: EvidenceIndex) -> tuple[str, ...]:
    """Outcomes that the sources make claims about in headline or conclusion, sorted."""
    prominent = {Role.HEADLINE, Role.CONCLUSION}
    outcome_ids = {
        c.proposition.object
        for c in material.claims
        if c.role in prominent
        and c.tier >= Tier.SPECULATION
        and _is_outcome_change(material, c)
        and c.proposition.subject in material.base.exposure
    }
    return tuple(sorted(outcome_ids))


def _is_outcome_change(material: EvidenceIndex, claim: Claim) -> bool:
    """Whether a claim says that something changes an outcome."""
    entity = material.base.entity.get(claim.proposition.object)
    if entity is None or entity.kind not in OUTCOME_KINDS:
        return False
    return find_effect_sign(claim.proposition.predicate, entity.better) is not None
