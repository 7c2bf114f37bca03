"""Grades of outcomes and the weak links behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kg.api.base import build_evidence_index, resolve_exposure, summarise_base
from kg.errors import UsageError
from kg.grading.by_origin import split_by_origin
from kg.grading.evidence_index import EvidenceIndex
from kg.grading.outcome import grade_outcome, list_claimed_or_studied_pairs, list_headline_outcomes
from kg.grading.profiles import load_profile as grading_profile
from kg.model import (
    ChainGrade,
    CitationKind,
    Diagnostic,
    Entity,
    EvidenceBase,
    Exposure,
    OutcomeGrade,
    PairGrade,
)


def grade(
    base: EvidenceBase,
    outcome: str | None = None,
    exposure: str | None = None,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    kernel: str = "embedded",
    diagnostics: bool = True,
) -> tuple[OutcomeGrade, ...]:
    """Grades of one outcome, of all that an exposure is said to change, or of a source's headlines.

    Raises UnknownName for an outcome, exposure, source or profile that does not exist, and
    UsageError where nothing at all is asked about.
    """
    from kg.search.kernels import KERNELS

    evidence_index = build_evidence_index(base, source, evidence)
    rules = grading_profile(profile)
    search_kernel = KERNELS[kernel]
    agent = resolve_exposure(base, exposure) if exposure else None
    parts = split_by_origin(evidence_index)
    grades = []
    for target in resolve_outcomes(evidence_index, outcome, agent):
        pairs = grade_outcome(evidence_index, target, rules, search_kernel, agent, parts)
        grades.append(
            OutcomeGrade(
                outcome=target.id,
                narrower=_list_narrower_outcomes(base, target),
                pairs=pairs,
                diagnostics=_detect_weak_links(
                    base, pairs, evidence_index, _collect_concerned_ids(base, target, pairs)
                )
                if diagnostics
                else (),
                base=summarise_base(base, evidence_index, rules.name, rules.version),
            )
        )
    return tuple(grades)


def resolve_outcomes(
    evidence_index: EvidenceIndex, outcome: str | None, agent: Exposure | None
) -> tuple[Entity, ...]:
    """The outcome of this name; without one all that an exposure, or a source, is about."""
    base = evidence_index.base
    if outcome is not None:
        return (base.resolve_outcome(outcome),)
    if agent is not None:
        object_ids = {
            c.proposition.object
            for c in evidence_index.claims
            if c.proposition.subject == agent.id
            and evidence_index.find_sign(c.proposition.predicate, c.proposition.object) is not None
        }
        object_ids |= {c.outcome for c in evidence_index.chains if c.exposure == agent.id}
        object_ids |= {
            i.object
            for items in evidence_index.items_by_object.values()
            for i in items
            if i.subject == agent.id
        }
        outcome_ids = sorted(object_ids & set(base.entity))
        if not outcome_ids:
            raise UsageError(f"nothing is said about what {agent.id!r} does; see kg list exposures")
        return tuple(base.entity[id] for id in outcome_ids)
    outcome_ids = list(list_headline_outcomes(evidence_index))
    if not outcome_ids:
        raise UsageError("no headline claims to grade; name one with --outcome (kg list outcomes)")
    return tuple(base.entity[id] for id in outcome_ids)


def _detect_weak_links(
    base: EvidenceBase,
    pairs: Sequence[PairGrade],
    evidence_index: EvidenceIndex,
    concerned_ids: frozenset[str] | None = None,
) -> tuple[Diagnostic, ...]:
    from kg.weaklinks import detect
    from kg.weaklinks.fact_base import FactBase

    all_diagnostics = detect(FactBase.extract(base, tuple(pairs)), subject_ids=concerned_ids)
    sources = evidence_index.sources
    return tuple(
        d for d in all_diagnostics if sources is None or not d.source or d.source in sources
    )


def _collect_concerned_ids(
    base: EvidenceBase, outcome: Entity, pairs: Sequence[PairGrade]
) -> frozenset[str]:
    """Ids of what concerns an outcome: its claims and links, their citations, its pairs."""
    targets = base.find_descendants(outcome.id)
    claims = {
        c
        for pair in pairs
        for chain in list_all_chains(pair)
        for link in chain.links
        for c in link.claims
    }
    claims |= {c for pair in pairs for c in pair.wording.claims}
    claims |= {c.id for c in base.assertions if c.proposition.object in targets}
    known_claims = [base.claim[claim_id] for claim_id in claims if claim_id in base.claim]
    citations = {c for claim in known_claims for c in claim.citations}
    sources = {claim.source for claim in known_claims}
    reference_list_ids = {
        c.id for c in base.citations if c.source in sources and c.kind is _REFERENCE_LIST
    }
    other_ids = {p.id for p in pairs} | {c.id for p in pairs for c in list_all_chains(p)}
    other_ids |= sources | reference_list_ids
    return frozenset(claims | citations | other_ids)


_REFERENCE_LIST = CitationKind.REFERENCE_LIST


def list_all_chains(pair: PairGrade) -> tuple[ChainGrade, ...]:
    """The chains for a claim and those against it."""
    return (*pair.chains, *pair.counter_chains)


def grade_all(
    base: EvidenceBase,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    kernel: str = "embedded",
    known_pairs: Mapping[str, tuple[PairGrade, ...]] = MappingProxyType({}),
) -> tuple[OutcomeGrade, ...]:
    """Grades of every pair that a claim, an argument or a study puts forward, without detectors.

    The pairs of outcomes that are `known_pairs` are taken as they are.
    """
    from kg.model.base import OUTCOME_KINDS
    from kg.search.kernels import KERNELS

    evidence_index, rules, search_kernel = (
        build_evidence_index(base, source, evidence),
        grading_profile(profile),
        KERNELS[kernel],
    )
    base_summary = summarise_base(base, evidence_index, rules.name, rules.version)
    return tuple(
        OutcomeGrade(
            outcome=entity.id,
            narrower=_list_narrower_outcomes(base, entity),
            pairs=known_pairs[entity.id]
            if entity.id in known_pairs
            else grade_outcome(evidence_index, entity, rules, search_kernel),
            diagnostics=(),
            base=base_summary,
        )
        for entity in base.entities
        if entity.kind in OUTCOME_KINDS and list_claimed_or_studied_pairs(evidence_index, entity)
    )


def _list_narrower_outcomes(base: EvidenceBase, outcome: Entity) -> tuple[str, ...]:
    return tuple(sorted(base.find_descendants(outcome.id) - {outcome.id}))


def check(
    base: EvidenceBase,
    source: str | None = None,
    profile: str = "grade",
    evidence: str = "all",
    grades: Sequence[OutcomeGrade] | None = None,
) -> tuple[Diagnostic, ...]:
    """All weak links of a base or of one source: hits and what could not be told, worst first.

    `grades` are those of `grade_all` for the same choices, where somebody has them already.
    """
    evidence_index = build_evidence_index(base, source, evidence)
    if grades is None:
        grades = grade_all(base, source, profile, evidence)
    pairs = [p for outcome_grade in grades for p in outcome_grade.pairs]
    return tuple(sorted(_detect_weak_links(base, pairs, evidence_index), key=lambda d: d.sort_key))
