"""The work that is cited can be found, and does not say what it is cited for.

## What it does
Flags a claim when the record of a work that it cites reports the outcome in another direction, or,
where all findings of the record are kept, does not report it. A work that cannot be found is
"cannot tell" here.

## Why it matters
16.9 % of quotations misquote their source, 8.0 % so that it does not support them at all
(10.1186/s41073-025-00173-z).

## Example
"Zinc shortens colds", with a trial that found colds as long as without.

## Remedy
Cite a work that reports it, or say what this one found.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Condition, Detector, Judgement, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import CitationFact, ClaimFact, FindingFact
from kg.weaklinks.kleene import Truth, all_, and_, any_, not_, or_
from kg.weaklinks.remedies import request_identifier


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a work that a claim cites reports something else."""
    cited_works = (fact_base.citation_by_id.get(id) for id in claim.cites or ())
    works = [
        citation
        for citation in cited_works
        if citation is not None and citation.kind != "appeal" and citation.status != "vague"
    ]
    if not works or claim.sign is None:
        return None
    tested = [(work, is_reported_otherwise(fact_base, work, claim)) for work in works]
    value = any_(condition.value for _, condition in tested)
    if not value:
        unknown = merge_names(c.unknown_facts for _, c in tested if c.value is None)
        return Judgement(value, unknown_facts=() if value is False else unknown)
    wrong = [work for work, condition in tested if condition.value]
    names = " and ".join(work.label for work in wrong)
    return Judgement(
        True,
        deciding_ids=tuple(work.id for work in wrong),
        message=f"{claim.text}: {names}, cited for this, does not report it.",
        remedy=f"Say what {names} found, or cite a work that reports this. {request_identifier()}",
        related_places=tuple((work.id, "does not report what it is cited for") for work in wrong),
    )


def is_reported_otherwise(fact_base: FactBase, work: CitationFact, claim: ClaimFact) -> Condition:
    """Whether the record of a work has the outcome in another direction, or not at all."""
    if work.status != "identified":
        return Condition(None, (f"{work.id}.status",))
    rows = fact_base.findings_by_work.get((work.source, work.id), ())
    rows_on_topic = [(row, _is_on_topic(row, claim)) for row in rows]
    agrees = any_(and_(a, _has_same_direction(row, claim)) for row, a in rows_on_topic)
    differs = any_(and_(a, not_(_has_same_direction(row, claim))) for row, a in rows_on_topic)
    is_absent = and_(all_(not_(a) for _, a in rows_on_topic), work.findings_complete)
    value = and_(not_(agrees), or_(differs, is_absent))
    if value is not None:
        return Condition(value)
    missing = (
        f"{r.id}.{f}" for r, a in rows_on_topic if a is not False for f in _list_unknown_fields(r)
    )
    return Condition(None, merge_names([missing]) or (f"{work.id}.findings_complete",))


def _is_on_topic(row: FindingFact, claim: ClaimFact) -> Truth:
    """Whether a recorded finding is on what the claim is about: substance, kind, outcome."""
    outcome = None if row.outcome is None else row.outcome in {claim.outcome, *claim.outcome_family}
    pairs = ((row.substance, claim.substance), (row.exposure_kind, claim.exposure_kind))
    same = row.exposure == claim.exposure if row.exposure and claim.exposure else None
    alike = all_(None if None in pair else pair[0] == pair[1] for pair in pairs)
    return and_(outcome, or_(same, alike))


def _has_same_direction(row: FindingFact, claim: ClaimFact) -> Truth:
    return None if row.sign is None else row.sign == claim.sign


def _list_unknown_fields(row: FindingFact) -> tuple[str, ...]:
    return tuple(f for f in ("outcome", "exposure", "sign") if getattr(row, f) is None)


DETECTOR = Detector(
    code="KG113",
    name="citation-does-not-support",
    severity=Severity.SEVERE,
    over="claims",
    needs=(
        "citation.status",
        "citation.findings_complete",
        "finding.outcome",
        "finding.exposure",
        "finding.sign",
    ),
    fix="F6",
    backing="quotation errors in 16.9 %, major ones in 8.0 %, 10.1186/s41073-025-00173-z",
    judge=judge,
)
