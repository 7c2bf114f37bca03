"""Grades of outcomes and the weak links behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from kg.grading.by_origin import split_by_origin
from kg.grading.evidence_index import EvidenceIndex
from kg.grading.pair import find_pair_claims, grade_pair
from kg.model import (
    ChainGrade,
    CitationKind,
    Diagnostic,
    Entity,
    EvidenceBase,
    OutcomeGrade,
    PairGrade,
)
from kg.model.source_part import extract_source_part
from kg.scenarios.request import DEFAULT_REQUEST, Baseline, GradeRequest


def grade_outcomes(
    base: EvidenceBase, request: GradeRequest, with_diagnostics: bool = True
) -> tuple[OutcomeGrade, ...]:
    """Grades of the outcomes that are asked for: one, those of an exposure, or all headlines.

    Args:
        base: What is graded.
        request: What of it, and how.
        with_diagnostics: Whether to look for weak links, too.

    Raises:
        UnknownName: no such outcome, exposure, source, profile or kernel.
        UsageError: nothing at all is asked about.
    """
    baselines = request.build_baselines(base)
    parts = split_by_origin(baselines[0].evidence_index)
    return tuple(_grade_baseline(baseline, parts, with_diagnostics) for baseline in baselines)


def _grade_baseline(
    baseline: Baseline, parts: tuple[EvidenceIndex, ...], with_diagnostics: bool
) -> OutcomeGrade:
    base = baseline.evidence_index.base
    pairs = baseline.grade_pairs(parts)
    diagnostics: tuple[Diagnostic, ...] = ()
    if with_diagnostics:
        concerned_ids = _collect_concerned_ids(base, baseline.outcome, pairs)
        diagnostics = _detect_weak_links(baseline.evidence_index, (baseline,), pairs, concerned_ids)
    return baseline.build_grade(pairs, diagnostics)


def _detect_weak_links(
    index: EvidenceIndex,
    baselines: Sequence[Baseline],
    pairs: Sequence[PairGrade],
    concerned_ids: frozenset[str] | None = None,
) -> tuple[Diagnostic, ...]:
    """The weak links of each source by what it says itself, and those that lie across sources.

    What another source says or cites neither makes nor mends a weak link of this one.
    """
    from kg.weaklinks import detect
    from kg.weaklinks.fact_base import FactBase

    source_ids = _list_source_ids(index)
    diagnostics: list[Diagnostic] = []
    for source_id in source_ids:
        own_base = extract_source_part(index.base, source_id)
        own_index = EvidenceIndex(own_base, None, index.choice, index.excluded_works)
        known_pairs = {pair.id: pair for pair in pairs} if own_base == index.base else {}
        own_pairs = _grade_own_pairs(baselines, own_index, known_pairs)
        facts = FactBase.extract(own_base, own_pairs)
        diagnostics += detect(facts, subject_ids=concerned_ids, across_sources=False)
    facts = FactBase.extract(index.base, tuple(pairs))
    diagnostics += detect(facts, subject_ids=concerned_ids, across_sources=True)
    return tuple(
        sorted(
            (d for d in diagnostics if not d.source or d.source in source_ids),
            key=lambda d: d.sort_key,
        )
    )


def _list_source_ids(index: EvidenceIndex) -> tuple[str, ...]:
    """Ids of the sources that are asked about, with those that only claims or citations name."""
    base = index.base
    all_ids = {
        *base.source,
        *(claim.source for claim in base.claims),
        *(citation.source for citation in base.citations),
        *(chain.source for chain in base.chains),
    }
    return tuple(sorted(all_ids if index.sources is None else all_ids & index.sources))


def _grade_own_pairs(
    baselines: Sequence[Baseline], own_index: EvidenceIndex, known_pairs: Mapping[str, PairGrade]
) -> tuple[PairGrade, ...]:
    """Grades of the pairs that a source claims or argues for, on what it says alone."""
    return tuple(
        known_pairs.get(f"{exposure.id}--{own.outcome.id}--{own.classify_sense(sign)}")
        or grade_pair(own_index, exposure, own.outcome, sign, own.profile, own.kernel)
        for baseline in baselines
        for own in (replace(baseline, evidence_index=own_index),)
        for targets in (own_index.base.find_descendants(own.outcome.id),)
        for exposure, sign in own.list_pairs()
        if find_pair_claims(own_index, exposure.id, targets, sign)
        or own_index.find_arguments(exposure.id, targets)
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
    """The chains for a claim and those against it.

    Args:
        pair: A grade.
    """
    return (*pair.chains, *pair.counter_chains)


def grade_all(
    base: EvidenceBase,
    request: GradeRequest = DEFAULT_REQUEST,
    known_pairs: Mapping[str, tuple[PairGrade, ...]] = MappingProxyType({}),
) -> tuple[OutcomeGrade, ...]:
    """Grades of every pair that a claim, an argument or a study puts forward, without detectors.

    Args:
        base: The base, sound.
        request: Source, profile, evidence and kernel.
        known_pairs: Pairs of outcomes that need no grading, by outcome.
    """
    return tuple(
        baseline.build_grade(
            known_pairs[baseline.outcome.id]
            if baseline.outcome.id in known_pairs
            else baseline.grade_pairs()
        )
        for baseline in request.build_baselines(base, every=True)
    )


def check_base(
    base: EvidenceBase,
    request: GradeRequest = DEFAULT_REQUEST,
    grades: Sequence[OutcomeGrade] | None = None,
) -> tuple[Diagnostic, ...]:
    """All weak links of a base or of one source: hits and undecided cases, worst first.

    Args:
        base: The base, sound.
        request: Source, profile and evidence.
        grades: Those of `grade_all` for the same request, where somebody has them already.
    """
    if grades is None:
        grades = grade_all(base, request)
    pairs = [p for outcome_grade in grades for p in outcome_grade.pairs]
    baselines = request.build_baselines(base, every=True)
    return _detect_weak_links(request.build_evidence_index(base), baselines, pairs)
