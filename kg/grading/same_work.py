"""Which records stand for one work: reports of a trial, and citations that sources repeat.

Reports of a trial are joined by `kg.model.trials`. What one source repeats from another word for
word is one citation; two citations inside one source are two works whatever they look like, for
journal and year are no key.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from kg.model import Citation, Study
from kg.model.trials import map_reports_to_trials


def map_canonical_work_ids(
    studies: Iterable[Study], citations: Iterable[Citation]
) -> Mapping[str, str]:
    """The id of the work that each study and each citation stands for, where it is another's.

    >>> from kg.model import Design, System
    >>> trial = Study("a", "t", 2020, Design.RANDOMISED, System.HUMAN, registration="NCT1")
    >>> report = Study("b", "t", 2021, Design.RANDOMISED, System.HUMAN, reports=("a",))
    >>> map_canonical_work_ids([trial, report], [])
    {'b': 'a'}
    """
    return {**map_reports_to_trials(studies), **_map_repeated_citations(citations)}


def _map_repeated_citations(citations: Iterable[Citation]) -> dict[str, str]:
    """The n-th of like citations in a source is the n-th of them in every other."""
    first: dict[Hashable, str] = {}
    count: dict[Hashable, int] = {}
    original_by_citation: dict[str, str] = {}
    for citation in sorted(citations, key=lambda c: (c.source, c.line, c.id)):
        likeness = _build_likeness_key(citation)
        place = count[citation.source, likeness] = count.get((citation.source, likeness), 0) + 1
        original_id = first.setdefault((likeness, place), citation.id)
        if original_id != citation.id:
            original_by_citation[citation.id] = original_id
    return original_by_citation


def _build_likeness_key(citation: Citation) -> Hashable:
    """All that a text says about the work that it names."""
    return (
        citation.kind,
        citation.status,
        *(citation.journal, citation.year, citation.authors, citation.title, citation.locator),
        *(citation.doi, citation.pmid, citation.pmcid, citation.described),
    )
