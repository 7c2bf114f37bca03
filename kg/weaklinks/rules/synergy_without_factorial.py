"""Two things are said to work better together, and no study could have shown it.

## What it does
Flags a claim of synergy when none of the works behind it gave both, each alone and neither (a
factorial design) or tested an interaction. "Used together" is no claim of synergy.

## Why it matters
Without the arms that take each thing alone, help from one cannot be told from help from both.

## Example
"Zinc and copper reinforce each other", where the work cited gave a tablet with both.

## Remedy
Say that they were used together.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import Truth, all_, not_
from kg.weaklinks.settings import read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim of synergy has no factorial study behind it."""
    if claim.relation != "synergy-on":
        return None
    works = tuple(f for link in fact_base.group_evidence(claim.id) for f in link)
    values = [is_factorial(f) for f in works]
    none = all_(not_(value) for value in values)
    if none is False:
        return Judgement(False)
    undecided = (
        f"{f.work or f.id}.design" for f, v in zip(works, values, strict=True) if v is None
    )
    coverage = () if fact_base.is_complete(claim.source) else (f"{claim.source}.coverage",)
    if none is None or coverage:
        return Judgement(None, unknown_facts=merge_names([undecided, coverage]))
    return Judgement(
        True,
        deciding_ids=tuple(f.id for f in works),
        message=(
            f"{claim.text}: this claims that things work better together; no work behind it "
            "compared them together, each alone and neither."
        ),
        remedy=(
            f"They can be used together; whether the effect on {claim.outcome_label} is more "
            "than that of each alone was not tested."
        ),
        related_places=tuple((f.work or f.id, "not a factorial study") for f in works),
    )


def is_factorial(finding: FindingFact) -> Truth:
    """Whether a finding comes from a factorial design; unknown where the design may be one."""
    if finding.design is None or finding.design in read_words("designs", "maybe_factorial"):
        return None
    return finding.design in read_words("designs", "factorial")


DETECTOR = Detector(
    code="KG119",
    name="synergy-without-factorial",
    severity=Severity.MODERATE,
    over="claims",
    needs=("finding.design", "source.coverage"),
    fix="F7",
    backing="factorial design, OBI:0500014 and OBI:0500015",
    judge=judge,
)
