"""A preprint, thesis or abstract is cited as settled.

## What it does
Flags a work that was not published after review, a preprint or thesis, where the text does not say
so.

## Why it matters
Nobody outside has checked it yet, and it may still change.

## Example
"A study found", with a link to a preprint.

## Remedy
Say what kind of publication it is.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, all_of, fact
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import CitationFact
from kg.weaklinks.kleene import is_in, not_
from kg.weaklinks.remedies import request_identifier
from kg.weaklinks.settings import read_words


def judge(fact_base: FactBase, citation: CitationFact) -> Judgement | None:
    """Whether a weak kind of publication goes without its label."""
    del fact_base
    if citation.kind == "appeal" or citation.status == "vague":
        return None
    condition = all_of(
        fact(
            citation.id,
            "publication",
            is_in(citation.publication, read_words("publication", "weak")),
        ),
        fact(citation.id, "labelled", not_(citation.labelled)),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    return Judgement(
        True,
        message=(
            f"The work named as {citation.label} is a {citation.publication}, "
            "and the text does not say so."
        ),
        remedy=f"Say that it is a {citation.publication}. {request_identifier()}",
    )


DETECTOR = Detector(
    code="KG131",
    name="weak-publication-status",
    severity=Severity.MILD,
    over="citations",
    needs=("citation.publication", "citation.labelled"),
    fix="F6",
    backing="no published figure",
    judge=judge,
)
