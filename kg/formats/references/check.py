"""What must hold between records, and inside one: a pure function over a base.

It serves every reader, so that a base from RDF is held to the same rules as curated text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from kg.formats import faults
from kg.formats.faults import quote_value
from kg.formats.references.bounds import LINE
from kg.formats.references.cycles import check_cycles
from kg.formats.references.numbers import check_numbers
from kg.formats.references.pointers import check_references
from kg.formats.references.report import report_fault
from kg.model import (
    ArgumentChain,
    Better,
    Citation,
    Claim,
    Diagnostic,
    EvidenceBase,
    Finding,
    Identification,
    Predicate,
    StepKind,
    Tier,
)


def check_base(
    base: EvidenceBase, left_out: frozenset[str] = frozenset()
) -> tuple[Diagnostic, ...]:
    """All faults of a base: references, cycles, chains, identifiers and impossible numbers.

    `left_out` are ids of records that were left out for a fault of their own: what refers to them
    is not reported a second time.
    """
    rules: tuple[Callable[[EvidenceBase], Iterable[Diagnostic]], ...] = (
        lambda base: check_references(base, left_out),
        _check_finding_ids,
        check_cycles,
        _check_studies,
        check_numbers,
        _check_chains,
        _check_claims,
        _check_citations,
        _check_conflicts,
    )
    all_faults = islice((fault for rule in rules for fault in rule(base)), faults.MAX_FAULTS)
    unique = dict.fromkeys(all_faults)
    return tuple(sorted(unique, key=lambda fault: (fault.sort_key, str(fault.location))))


def _check_finding_ids(base: EvidenceBase) -> Iterator[Diagnostic]:
    first: dict[str, Finding] = {}
    for study in base.studies:
        for finding in study.findings:
            if (other := first.setdefault(finding.id, finding)) is not finding:
                other_place = f", in {other.location}" if other.location else ""
                message = f"is the id of two findings{other_place}"
                yield report_fault(faults.DUPLICATE_ID, finding, message)


def _check_studies(base: EvidenceBase) -> Iterator[Diagnostic]:
    for study in base.studies:
        if not (study.doi or study.pmid or study.pmcid or study.registration):
            yield report_fault(faults.STUDY_WITHOUT_IDENTIFIER, study, "has no identifier")


def _check_chains(base: EvidenceBase) -> Iterator[Diagnostic]:
    for chain in base.chains:
        for message in _list_breaks(base, chain):
            yield report_fault(faults.BROKEN_CHAIN, chain, message)
        if not chain.steps:
            yield report_fault(faults.BROKEN_CHAIN, chain, "has no steps", "Give it steps.")


def _list_breaks(base: EvidenceBase, chain: ArgumentChain) -> Iterator[str]:
    """Where two steps do not meet, or the last does not reach the outcome."""
    end = None
    for number, step in enumerate(chain.steps, 1):
        if step.kind is not StepKind.BRIDGE and end is not None and step.subject != end:
            before, after = quote_value(end), quote_value(step.subject)
            steps_end = f"breaks before step {number}: the steps so far end at {before}"
            yield f"{steps_end}, this one starts at {after}"
        end = step.object
    if end is not None and chain.outcome not in base.find_ancestors(end):
        yield f"ends at {quote_value(end)}, not at its outcome {quote_value(chain.outcome)}"


def _check_claims(base: EvidenceBase) -> Iterator[Diagnostic]:
    for claim in base.claims:
        verb, entity = claim.proposition.predicate, base.entity.get(claim.proposition.object)
        is_turning = verb in (Predicate.IMPROVES, Predicate.WORSENS)
        if is_turning and entity and entity.better is Better.NEITHER:
            change = f"something {verb} {quote_value(entity.id)}"
            message = f"says that {change}, and neither way of that is better"
            yield report_fault(faults.NO_DIRECTION, claim, message)
        if claim.tier is not Tier.NO_CLAIM and not claim.cues:
            message = f"has tier {claim.tier.value} and no `cues`"
            yield report_fault(faults.WORDING_WITHOUT_CUE, claim, message)
        yield from _check_line(claim)


def _check_citations(base: EvidenceBase) -> Iterator[Diagnostic]:
    for citation in base.citations:
        if citation.status is Identification.IDENTIFIED and citation.study is None:
            message = "is identified, but names no `study`"
            yield report_fault(faults.IDENTIFIED_WITHOUT_STUDY, citation, message)
        yield from _check_line(citation)


def _check_conflicts(base: EvidenceBase) -> Iterator[Diagnostic]:
    for conflict in base.conflicts:
        if len(conflict.claims) < 2:
            message = f"names {len(conflict.claims)} claims"
            yield report_fault(faults.CONFLICT_OF_ONE, conflict, message)


def _check_line(thing: Claim | Citation) -> Iterator[Diagnostic]:
    if not LINE.allows(thing.line):
        message = f"stands in line {thing.line}; lines count from 1"
        remedy = "Give the line of the source."
        yield report_fault(faults.IMPOSSIBLE_NUMBER, thing, message, remedy)
