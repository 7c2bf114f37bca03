"""Grades of outcomes and the weak links behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kg.grading.by_origin import split_by_origin
from kg.grading.evidence_index import EvidenceIndex
from kg.model import (
    ChainGrade,
    CitationKind,
    Diagnostic,
    Entity,
    EvidenceBase,
    OutcomeGrade,
    PairGrade,
)
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
        diagnostics = _detect_weak_links(baseline.evidence_index, pairs, concerned_ids)
    return baseline.build_grade(pairs, diagnostics)


def _detect_weak_links(
    evidence_index: EvidenceIndex,
    pairs: Sequence[PairGrade],
    concerned_ids: frozenset[str] | None = None,
) -> tuple[Diagnostic, ...]:
    from kg.weaklinks import detect
    from kg.weaklinks.fact_base import FactBase

    all_diagnostics = detect(
        FactBase.extract(evidence_index.base, tuple(pairs)), subject_ids=concerned_ids
    )
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
    diagnostics = _detect_weak_links(request.build_evidence_index(base), pairs)
    return tuple(sorted(diagnostics, key=lambda d: d.sort_key))
