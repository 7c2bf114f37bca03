"""A work is cited that has been retracted, or that its journal has voiced concern about.

## What it does
Flags a citation whose record carries a retraction or an expression of concern. A corrected work is
not flagged. A work whose status nobody looked up is "cannot tell".

## Why it matters
Retracted work goes on being counted, in syntheses, too (10.1371/journal.pone.0215840).

## Example
A trial of zinc, withdrawn by its journal two years before the article was written.

## Remedy
Leave the work out, or cite it as retracted.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, fact
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import CitationFact
from kg.weaklinks.kleene import is_in
from kg.weaklinks.remedies import request_identifier
from kg.weaklinks.settings import read_words


def judge(fact_base: FactBase, citation: CitationFact) -> Judgement | None:
    """Whether a cited work is retracted or under an expression of concern."""
    del fact_base
    if citation.kind == "appeal" or citation.status == "vague":
        return None
    withdrawn = read_words("publication", "withdrawn")
    condition = fact(citation.id, "publication", is_in(citation.publication, withdrawn))
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    status_text = (
        "retracted" if citation.publication == "retracted" else "under an expression of concern"
    )
    return Judgement(
        True,
        message=f"The work named as {citation.label} is {status_text}.",
        remedy=f"Leave the work out, or say that it is {status_text}. {request_identifier()}",
    )


DETECTOR = Detector(
    code="KG120",
    name="retracted-source",
    severity=Severity.SEVERE,
    over="citations",
    needs=("citation.publication",),
    fix="F6",
    backing="retracted work in meta-analyses, 10.1371/journal.pone.0215840",
    judge=judge,
)
