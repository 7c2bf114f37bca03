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

from kg.weaklinks.detector import Answer, Detector, both, on
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import is_in, not_
from kg.weaklinks.remedies import identify
from kg.weaklinks.rows import CitationFact
from kg.weaklinks.settings import words


def judge(facts: Facts, citation: CitationFact) -> Answer | None:
    """Whether a weak kind of publication goes without its label."""
    del facts
    if citation.kind == "appeal" or citation.status == "vague":
        return None
    condition = both(
        on(citation.id, "publication", is_in(citation.publication, words("publication", "weak"))),
        on(citation.id, "labelled", not_(citation.labelled)),
    )
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    return Answer(
        True,
        message=(
            f"The work named as {citation.label} is a {citation.publication}, "
            "and the text does not say so."
        ),
        remedy=f"Say that it is a {citation.publication}. {identify()}",
    )


DETECTOR = Detector(
    code="KG131",
    name="weak-publication-status",
    over="citations",
    needs=("citation.publication", "citation.labelled"),
    fix="F6",
    backing="no published figure",
    judge=judge,
)
