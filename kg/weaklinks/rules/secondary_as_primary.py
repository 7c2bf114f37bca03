"""A review, an opinion or a page is presented as a study.

## What it does
Flags a work that the text calls a study or trial, or reports as one, while its record is a review,
an opinion or something that is no study.

## Why it matters
The reader counts one more experiment than was made.

## Example
"A study found that zinc helps", where the work is a survey of the literature.

## Remedy
Say what kind of work it is, and cite the study that it reports.
"""

from __future__ import annotations

from kg.model import Severity
from kg.weaklinks.detector import Detector, Judgement, all_of, fact, format_word
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import CitationFact
from kg.weaklinks.kleene import Truth, is_in
from kg.weaklinks.remedies import request_identifier
from kg.weaklinks.settings import read_words


def judge(fact_base: FactBase, citation: CitationFact) -> Judgement | None:
    """Whether a work that is told as a study is none."""
    del fact_base
    if citation.kind == "appeal" or citation.status == "vague":
        return None
    condition = all_of(
        fact(citation.id, "told_as_study", citation.told_as_study),
        fact(citation.id, "record_design", is_secondary(citation)),
    )
    if not condition.value:
        return Judgement(condition.value, unknown_facts=condition.unknown_facts)
    kind = format_word(citation.record_design) if citation.record_design else "no study"
    return Judgement(
        True,
        message=f"{citation.label} is presented as a study; its record is {_add_article(kind)}.",
        remedy=(
            f"Call it {_add_article(kind)}, and cite the study that it reports. "
            f"{request_identifier()}"
        ),
    )


def is_secondary(citation: CitationFact) -> Truth:
    """Whether the record of a work is no research of its own."""
    if citation.status == "not-a-study":
        return True
    return is_in(citation.record_design, read_words("designs", "secondary"))


def _add_article(kind: str) -> str:
    if kind.startswith("no "):
        return kind
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


DETECTOR = Detector(
    code="KG114",
    name="secondary-as-primary",
    severity=Severity.MODERATE,
    over="citations",
    needs=("citation.told_as_study", "citation.record_design"),
    fix="F6",
    backing="no published figure",
    judge=judge,
)
