"""A known study at least as strong found no effect or the opposite, and is not mentioned.

## What it does
Flags a claim of an effect on something that people feel when a recorded study of the same
substance, kind and route found no clear effect on that outcome, or the opposite, is at least as
strong in design as what is cited, and is not cited. Where none is recorded, only a dated search
could tell that there is none.

## Why it matters
Two reviews of one question reached LOW (PMC8094746) and HIGH (PMC8356300): who reads only one
of them does not know that there is a question.

## Example
"Zinc shortens coughs", with a cohort cited and a larger trial without effect left out.

## Remedy
State both results and how strong each is.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import (
    Condition,
    Detector,
    Judgement,
    all_of,
    fact,
    list_related_works,
    merge_names,
)
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import Truth, all_, any_, at_least, is_in, not_, or_
from kg.weaklinks.remedies import capitalise_first, join_with_and
from kg.weaklinks.settings import read_threshold, read_words

MOST_NAMED_WORKS = 3


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a recorded study speaks against a claim and goes unmentioned."""
    if claim.sign is None or claim.exposure_kind not in read_words("exposures", "dosed"):
        return None
    worded = all_of(
        fact(claim.id, "kind", is_in(claim.kind, read_words("kinds", "clinical"))),
        fact(claim.id, "sigma", at_least(claim.sigma, read_threshold("contradicted_sigma"))),
    )
    tested = [
        (f, is_contradicting(fact_base, claim, f))
        for f in fact_base.literature.get((claim.outcome,), ())
    ]
    exists = any_(c.value for _, c in tested)
    source = fact_base.source_by_id.get(claim.source or "")
    if exists is False and (source is None or source.searched is None):
        gap = Condition(None, (f"{claim.source}.searched",))
    else:
        gap = Condition(exists, merge_names(c.unknown_facts for _, c in tested if c.value is None))
    condition = all_of(worded, gap)
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    contrary_findings = [f for f, c in tested if c.value]
    labels = sorted({f.label for f in contrary_findings})
    names = format_few(labels)
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in contrary_findings),
        message=(
            f"{claim.text}: {names}, at least as strong as what is cited, found "
            f"{_describe_result(contrary_findings, claim)} and "
            f"{'is' if len(labels) == 1 else 'are'} not mentioned."
        ),
        remedy=(
            f"{capitalise_first(claim.exposure_label)} and {claim.outcome_label}: {names} found "
            f"{_describe_result(contrary_findings, claim)}; state both results and how strong each "
            "is."
        ),
        related_places=list_related_works(
            contrary_findings, "found no clear effect, or the opposite"
        ),
    )


def is_contradicting(fact_base: FactBase, claim: ClaimFact, finding: FindingFact) -> Condition:
    """Whether a recorded finding is on the same thing, null or opposite, strong and not cited."""
    contrary = None if finding.sign is None else finding.sign != claim.sign
    return all_of(
        fact(finding.id, "exposure", is_same_exposure(claim, finding)),
        fact(finding.id, "sign", contrary),
        fact(finding.id, "rank", is_strong_enough(fact_base, claim, finding)),
        fact(finding.id, "studies", not_(is_study_cited(fact_base, claim, finding))),
    )


def is_same_exposure(claim: ClaimFact, finding: FindingFact) -> Truth:
    """Whether a finding is on the exposure of a claim, or on the same substance, kind and route."""
    same_id = (
        None if None in (finding.exposure, claim.exposure) else finding.exposure == claim.exposure
    )
    fields = ("substance", "exposure_kind", "route")
    pairs = [(getattr(finding, f), getattr(claim, f)) for f in fields]
    return or_(same_id, all_(None if None in pair else pair[0] == pair[1] for pair in pairs))


def is_strong_enough(fact_base: FactBase, claim: ClaimFact, finding: FindingFact) -> Truth:
    """Whether a finding is on people and its design stands no lower than those cited."""
    if finding.rank is None or finding.rank == 0:
        return None if finding.rank is None else False
    behind = [f.rank for link in fact_base.group_evidence(claim.id) for f in link]
    if finding.rank >= read_threshold("top_rank"):
        return True
    return all_(None if rank is None else finding.rank >= rank for rank in behind)


def is_study_cited(fact_base: FactBase, claim: ClaimFact, finding: FindingFact) -> Truth:
    """Whether a source cites a study, or a synthesis that holds it."""
    if finding.studies is None:
        return None
    rows = (
        row
        for (source, _), rows in fact_base.findings_by_work.items()
        if source == claim.source
        for row in rows
    )
    return any_(None if r.studies is None else bool(r.studies & finding.studies) for r in rows)


def format_few(labels: list[str]) -> str:
    """The first labels of a list, and how many more there are.

    >>> format_few(["a 2001", "b 2002", "c 2003", "d 2004", "e 2005"])
    'a 2001, b 2002, c 2003 and 2 more'
    """
    named_labels = labels[:MOST_NAMED_WORKS]
    further_count = len(labels) - len(named_labels)
    return join_with_and(
        [*named_labels, f"{further_count} more"] if further_count else named_labels
    )


def _describe_result(contrary_findings: list[FindingFact], claim: ClaimFact) -> str:
    opposite = all(f.sign == -(claim.sign or 0) for f in contrary_findings)
    return "the opposite" if opposite else "no clear effect"


DETECTOR = Detector(
    code="KG122",
    name="contradiction-ignored",
    severity=Severity.SEVERE,
    over="claims",
    needs=(
        "finding.exposure",
        "finding.sign",
        "finding.rank",
        "finding.studies",
        "claim.kind",
        "claim.sigma",
        "source.searched",
    ),
    fix="F10",
    backing="two reviews of one question, PMC8094746 and PMC8356300",
    judge=judge,
)
