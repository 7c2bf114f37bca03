"""Two supports that look independent are one study.

## What it does
Flags a claim when, on some link, two of the works behind it share a study: the same one cited
twice, or a trial beside the synthesis that holds it. The same journal and year make no same study.

## Why it matters
Counted twice, one study looks like a result that was repeated.

## Example
"A trial and a review agree", where the review is of that trial.

## Remedy
Count the study once.
"""

from __future__ import annotations

from itertools import combinations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import Truth, any_
from kg.weaklinks.remedies import join_with_and


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether two works behind one link of a claim share a study."""
    links = fact_base.group_evidence(claim.id)
    pairs = [
        (a, b)
        for link in links
        for a, b in combinations(link, 2)
        if (a.work or a.id) != (b.work or b.id)
    ]
    if not pairs:
        return None
    values = [has_common_study(a, b) for a, b in pairs]
    value = any_(values)
    if not value:
        unknown = (
            f"{f.work or f.id}.studies"
            for pair, v in zip(pairs, values, strict=True)
            if v is None
            for f in pair
            if f.studies is None
        )
        return Judgement(value, unknown_facts=() if value is False else merge_names([unknown]))
    shared = [pair for pair, v in zip(pairs, values, strict=True) if v]
    works = join_with_and(sorted({f.label for pair in shared for f in pair}))
    return Judgement(
        True,
        deciding_ids=tuple(sorted({f.id for pair in shared for f in pair})),
        message=f"{claim.text}: works offered as separate support share a study ({works}).",
        remedy=f"Count the study behind {works} once.",
        related_places=tuple(
            (work_id, "shares a study with another work cited")
            for work_id in sorted({f.work or f.id for pair in shared for f in pair})
        ),
    )


def has_common_study(first_finding: FindingFact, other: FindingFact) -> Truth:
    """Whether two works draw on one study, syntheses included."""
    if first_finding.studies is None or other.studies is None:
        return None
    return bool(first_finding.studies & other.studies)


DETECTOR = Detector(
    code="KG130",
    name="double-counting",
    severity=Severity.MODERATE,
    over="claims",
    needs=("finding.studies",),
    fix="F9",
    backing="no published figure",
    judge=judge,
)
