"""What the headline claims was studied in people by none of the works cited.

## What it does
Flags an exposure and clinical outcome that a headline or conclusion claims as a benefit when no
work that the source cites tested this substance, form and route on this outcome in people. One
such work of any quality is enough to clear it.

## Why it matters
Everything else is inference from neighbours: other forms, other routes, other outcomes.

## Example
"Zinc picolinate for burns", where every work cited is about zinc and colds.

## Remedy
Say so: "No study cited here tested zinc picolinate on burns."
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Condition, Detector, Judgement, all_of, fact, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import FindingFact, PairFact
from kg.weaklinks.kleene import all_, not_, or_
from kg.weaklinks.remedies import describe_untested
from kg.weaklinks.settings import read_threshold, read_words


def judge(fact_base: FactBase, pair: PairFact) -> Judgement | None:
    """Whether no cited work tested the pair in people."""
    low = pair.sigma is not None and pair.sigma < read_threshold("headline_sigma")
    if pair.sense != "benefit" or low or not pair.clinical or not is_in_headline(fact_base, pair):
        return None
    sources = sorted(
        {fact_base.claim_by_id[c].source or "" for c in pair.claims if c in fact_base.claim_by_id}
    )
    source_findings = [f for f in fact_base.findings if f.source in sources]
    none = all_of(*(is_on_other_topic(f, pair) for f in source_findings))
    if none.value is False:
        return Judgement(False)
    is_complete = all_(fact_base.is_complete(source_id) or None for source_id in sources)
    if none.value is None or not is_complete or pair.sigma is None:
        gaps = (f"{s}.coverage" for s in sources if not fact_base.is_complete(s))
        sigma_gap = (f"{pair.id}.sigma",) if pair.sigma is None else ()
        return Judgement(None, unknown_facts=merge_names([none.unknown_facts, gaps, sigma_gap]))
    works = len({f.work or f.id for f in source_findings})
    return Judgement(
        True,
        message=f"{pair.label}: none of the {works} works cited tested this in people.",
        remedy=describe_untested(pair),
        place_id=pair.strongest or "",
    )


def is_in_headline(fact_base: FactBase, pair: PairFact) -> bool:
    """Whether a headline, conclusion, advice or advertisement puts the pair forward."""
    claim_roles = (fact_base.claim_by_id[c].role for c in pair.claims if c in fact_base.claim_by_id)
    return any(role in read_words("roles", "headline") for role in claim_roles)


def is_on_other_topic(finding: FindingFact, pair: PairFact) -> Condition:
    """Whether a finding is on something else than the pair, or not in people."""
    same_exposure = None if finding.exposure is None else finding.exposure == pair.exposure
    same_outcome = None if finding.outcome is None else finding.outcome in pair.outcome_family
    is_human = None if finding.system is None else finding.system == "human"
    value = or_(not_(same_exposure), not_(same_outcome), not_(is_human))
    if value is not None:
        return Condition(value)
    work_id = finding.work or finding.id
    parts = (("exposure", same_exposure), ("outcome", same_outcome), ("system", is_human))
    return Condition(
        None,
        merge_names(
            fact(work_id, field, known_value).unknown_facts for field, known_value in parts
        ),
    )


DETECTOR = Detector(
    code="KG140",
    name="headline-unstudied",
    severity=Severity.SEVERE,
    over="pairs",
    needs=("finding.exposure", "finding.system", "source.coverage", "pair.sigma"),
    fix="F1",
    backing="no published figure",
    judge=judge,
)
