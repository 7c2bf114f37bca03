"""A work is named in a way that leads to no record.

## What it does
Flags a citation for which no identifier resolves and no bibliographic match was found. A citation
that nobody has looked up yet is "cannot tell". Vague appeals are left to uncited-claim.

## Why it matters
A work that cannot be found can be neither read nor weighed; it counts for nothing established.

## Example
"A 2020 study in a skin journal", where that journal has no such study.

## Remedy
Give an identifier and say what kind of work it is.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import CitationFact
from kg.weaklinks.remedies import request_identifier


def judge(fact_base: FactBase, citation: CitationFact) -> Judgement | None:
    """Whether a named work was looked for and not found."""
    del fact_base
    if citation.kind == "appeal" or citation.status == "vague":
        return None
    if citation.status in (None, "not-looked-up"):
        return Judgement(None, unknown_facts=(f"{citation.id}.status",))
    if citation.status != "unidentified":
        return Judgement(False)
    return Judgement(
        True,
        message=(
            f"The work named as {citation.label} could not be found: nothing that the text gives "
            "leads to a matching record."
        ),
        remedy=request_identifier(),
    )


DETECTOR = Detector(
    code="KG111",
    name="unresolvable-citation",
    severity=Severity.SEVERE,
    over="citations",
    needs=("citation.status",),
    fix="F6",
    backing="no published figure",
    judge=judge,
)
