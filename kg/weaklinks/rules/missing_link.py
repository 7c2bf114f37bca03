"""The best argument for a claim has a step for which no evidence is offered.

## What it does
Flags an exposure and clinical outcome whose best chain holds a link of level NONE in the
established reading, unless direct evidence carries the claim without any chain.

## Why it matters
A chain is no surer than its weakest link, and one missing link leaves nothing to stand on.

## Example
Zinc raises an enzyme (studied), the enzyme clears skin (nobody says how that is known).

## Remedy
Name the step that has no source, or split the conclusion.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import PairFact
from kg.weaklinks.kleene import any_
from kg.weaklinks.remedies import describe_missing_evidence
from kg.weaklinks.settings import read_threshold


def judge(fact_base: FactBase, pair: PairFact) -> Judgement | None:
    """Whether the best chain of a pair holds a link without established evidence."""
    del fact_base
    if not pair.clinical or (
        pair.sigma is not None and pair.sigma < read_threshold("headline_sigma")
    ):
        return None
    if pair.direct or pair.witness == ():
        return None
    if pair.witness is None:
        return Judgement(None, unknown_facts=(f"{pair.id}.witness",))
    value = any_(None if link.level is None else link.level == 0 for link in pair.witness)
    if not value:
        unrated = (f"{link.id}.level" for link in pair.witness if link.level is None)
        return Judgement(value, unknown_facts=() if value is False else merge_names([unrated]))
    holes = tuple(link for link in pair.witness if link.level == 0)
    first = next((link for link in holes if link.id == pair.breaks_at), holes[0])
    reason_note = f" ({first.why})" if first.why else ""
    return Judgement(
        True,
        deciding_ids=tuple(link.id for link in holes),
        message=(
            f"{pair.label}: the best argument breaks at {first.label}{reason_note}; "
            f"{len(holes)} of its {len(pair.witness)} steps are not established."
        ),
        remedy=describe_missing_evidence(first),
        related_places=tuple((c, "a step without evidence") for link in holes for c in link.claims),
        place_id=pair.strongest or "",
    )


DETECTOR = Detector(
    code="KG124",
    name="missing-link",
    severity=Severity.SEVERE,
    over="pairs",
    needs=("pair.witness", "link.level"),
    fix="F11",
    backing="a chain is no surer than its weakest link: no published figure",
    judge=judge,
)
