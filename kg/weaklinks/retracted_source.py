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

from kg.weaklinks.detector import Answer, Detector, on
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import is_in
from kg.weaklinks.remedies import identify
from kg.weaklinks.rows import CitationFact
from kg.weaklinks.settings import words


def judge(facts: Facts, citation: CitationFact) -> Answer | None:
    """Whether a cited work is retracted or under an expression of concern."""
    del facts
    if citation.kind == "appeal" or citation.status == "vague":
        return None
    withdrawn = words("publication", "withdrawn")
    condition = on(citation.id, "publication", is_in(citation.publication, withdrawn))
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    what = "retracted" if citation.publication == "retracted" else "under an expression of concern"
    return Answer(
        True,
        message=f"The work named as {citation.label} is {what}.",
        remedy=f"Leave the work out, or say that it is {what}. {identify()}",
    )


DETECTOR = Detector(
    code="KG120",
    name="retracted-source",
    over="citations",
    needs=("citation.publication",),
    fix="F6",
    backing="retracted work in meta-analyses, 10.1371/journal.pone.0215840",
    judge=judge,
)
