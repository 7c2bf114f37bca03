"""The grade of a pair: verdict, chains with their break, repair, gain, fragility, wording."""

from __future__ import annotations

from functools import partial

from kg.grading.chain import collect_chains
from kg.grading.conclusion import conclude, name_effect, state_in_a_sentence
from kg.grading.evidence import Evidence
from kg.grading.evidence_index import EvidenceIndex
from kg.grading.improvement import compute_gains, find_fragile_studies, find_repair_sets
from kg.grading.profiles import Profile
from kg.grading.question import Question
from kg.grading.wording import compute_wording_gap, is_plural, rate_gap
from kg.model import (
    CitationKind,
    Claim,
    Direct,
    Entity,
    Exposure,
    Mechanistic,
    PairGrade,
    Rating,
    Reading,
    Readings,
    Role,
    Sense,
    System,
    Tier,
    Wording,
    is_benefit,
)
from kg.search.graph import Kernel


def grade_pair(
    material: EvidenceIndex,
    exposure: Exposure,
    outcome: Entity,
    sign: int,
    profile: Profile,
    kernel: Kernel,
) -> PairGrade:
    """Everything grading has to say about one exposure, one outcome and one sign.

    Args:
        material: claims, chains and evidence that may be used.
        exposure: what is said to act.
        outcome: what it is said to change.
        sign: +1 where it is said to raise the outcome, -1 where to lower it.
        profile: the rules, see `load_profile`.
        kernel: what searches for chains, one of `KERNELS`; the grade is the same with each.

    >>> from kg.grading.profiles import load_profile
    >>> from kg.model import EntityKind, EvidenceBase, ExposureKind
    >>> from kg.search.kernels.plain import KERNEL
    >>> pill = Exposure("pill", "Pill", "pill", ExposureKind.SUPPLEMENTATION)
    >>> scar = Entity("scar", "Scars", EntityKind.CLINICAL_OUTCOME)
    >>> material = EvidenceIndex(EvidenceBase(entities=(scar,), exposures=(pill,)))
    >>> grade_pair(material, pill, scar, -1, load_profile("grade"), KERNEL).verdict.value
    'unsupported'
    """
    question = Question(material, exposure, outcome, profile, kernel)
    direct, evidence = question.rate_direct_evidence(sign)
    refuted = direct.established.refute
    certainty = Readings.compute(partial(question.judge_standing, sign))
    chains = collect_chains(question, sign)
    wording = _summarise_wording(material, exposure, question.target_ids, sign)
    level = certainty.established.level
    gap = compute_wording_gap(wording.sigma, level, profile)
    best = certainty.best_case.level
    benefit = is_benefit(sign, outcome.better)
    pro = tuple(c for c in chains if not c.counter)
    flags = direct.established.flags
    conclusion = conclude(name_effect(outcome, sign), level, refuted, flags, bool(pro))
    return PairGrade(
        exposure=exposure.id,
        outcome=outcome.id,
        sense=classify_sense(benefit, sign),
        sign=sign,
        certainty=certainty,
        refuted_by=refuted,
        mechanistic=max((c.mechanistic for c in pro), default=Mechanistic.NONE),
        conclusion=conclusion,
        indirect=question.find_chain_level(sign, Reading.ESTABLISHED) > direct.established.level,
        wording=wording,
        gap=gap,
        gap_best=compute_wording_gap(wording.sigma, best, profile),
        severity=rate_gap(gap, profile),
        direct=_summarise_direct_evidence(material, direct, evidence),
        chains=pro,
        counter_chains=tuple(c for c in chains if c.counter),
        repair=Readings.compute(partial(find_repair_sets, question, sign)),
        fragility=find_fragile_studies(question, sign),
        gain=Readings.compute(lambda r: compute_gains(question, sign, r, pro)),
        rewrite=state_in_a_sentence(
            conclusion,
            exposure.label,
            outcome.label,
            is_plural(exposure.label),
            bool(direct.as_described.works),
        ),
        flags=flags,
    )


def classify_sense(benefit: bool | None, sign: int) -> Sense:
    """Benefit or harm, or a change that is neither."""
    if benefit is None:
        return Sense.INCREASE if sign > 0 else Sense.DECREASE
    return Sense.BENEFIT if benefit else Sense.HARM


# Wording


def find_pair_claims(
    material: EvidenceIndex, exposure: str, targets: frozenset[str], sign: int
) -> tuple[Claim, ...]:
    """Claims that say the exposure changes one of the targets with this sign."""
    return tuple(
        claim
        for claim in material.claims_by_subject.get(exposure, ())
        if claim.proposition.object in targets
        and material.find_sign(claim.proposition.predicate, claim.proposition.object) == sign
    )


def _summarise_wording(
    material: EvidenceIndex, exposure: Exposure, targets: frozenset[str], sign: int
) -> Wording:
    claims = find_pair_claims(material, exposure.id, targets, sign)
    sigma = max((c.tier for c in claims), default=Tier.NO_CLAIM)
    first = sorted((c for c in claims if c.tier == sigma), key=_rank_prominence)
    return Wording(
        sigma=sigma,
        claims=tuple(c.id for c in claims),
        unhedged=sum(c.tier is Tier.PLAIN for c in claims),
        strongest=first[0].id if first else None,
    )


_ROLES_BY_PROMINENCE = (Role.CONCLUSION, Role.HEADLINE, Role.EVIDENCE_STATEMENT, Role.RESTATEMENT)


def _rank_prominence(claim: Claim) -> tuple[int, int, str]:
    """Sort key: what a text leaves its reader with comes first, its last conclusion."""
    role_rank = (
        _ROLES_BY_PROMINENCE.index(claim.role)
        if claim.role in _ROLES_BY_PROMINENCE
        else len(_ROLES_BY_PROMINENCE)
    )
    return (role_rank, -claim.line, claim.id)


def _summarise_direct_evidence(
    material: EvidenceIndex, ratings: Readings[Rating], evidence: tuple[Evidence, ...]
) -> Direct:
    sources, base = material.sources, material.base
    source_citations = [
        c
        for c in base.citations
        if c.kind is not CitationKind.APPEAL and (sources is None or c.source in sources)
    ]
    work_ids = {e.work for e in evidence}
    human = {e.work for e in evidence if e.system is System.HUMAN}
    cited_work_ids = {
        material.resolve_work(record_id)
        for c in source_citations
        for record_id in (c.id, c.study)
        if record_id
    }
    return Direct(
        ratings=ratings,
        works_cited=len(source_citations),
        works_measured=len(work_ids & cited_work_ids),
        human_works=len(human & cited_work_ids),
        studies_measured=len(work_ids - cited_work_ids),
        human_studies=len(human - cited_work_ids),
        citing_sources=len({citation.source for citation in source_citations}),
    )
