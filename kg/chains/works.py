"""Which records stand for one work: reports of a trial, and citations that sources repeat.

A trial is known by its registration, else by the identifiers and the names that join its reports
(grading.md section 3, E1). What one source repeats from another word for word is one citation; two
citations inside one source are two works whatever they look like, for journal and year are no key.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from kg.model import Citation, Status, Study


def works(studies: Iterable[Study], citations: Iterable[Citation]) -> Mapping[str, str]:
    """The id of the work that each study and each citation stands for, where it is another's.

    >>> from kg.model import Design, System
    >>> trial = Study("a", "t", 2020, Design.RANDOMISED, System.HUMAN, registration="NCT1")
    >>> works([trial, Study("b", "t", 2021, Design.RANDOMISED, System.HUMAN, reports=("a",))], [])
    {'b': 'a'}
    """
    return {**_trials(studies), **_repeated(citations)}


def _trials(studies: Iterable[Study]) -> dict[str, str]:
    """A retracted report joins nothing: it counts as if it were not there."""
    parent: dict[Hashable, Hashable] = {}

    def root(key: Hashable) -> Hashable:
        while parent.setdefault(key, key) != key:
            parent[key] = key = parent[parent[key]]
        return key

    known = sorted((s for s in studies if s.status is not Status.RETRACTED), key=lambda s: s.id)
    for study in known:
        for key in _keys(study):
            parent[root(key)] = root(("id", study.id))
    first: dict[Hashable, str] = {}
    return {
        study.id: kept
        for study in known
        if (kept := first.setdefault(root(("id", study.id)), study.id)) != study.id
    }


def _keys(study: Study) -> Iterator[Hashable]:
    """What names a trial: ids of its reports, and the identifiers of this one."""
    yield from (("id", other) for other in study.reports)
    for kind in ("registration", "doi", "pmid", "pmcid"):
        if value := getattr(study, kind):
            yield kind, value.casefold()


def _repeated(citations: Iterable[Citation]) -> dict[str, str]:
    """The n-th of like citations in a source is the n-th of them in every other."""
    first: dict[Hashable, str] = {}
    count: dict[Hashable, int] = {}
    found: dict[str, str] = {}
    for citation in sorted(citations, key=lambda c: (c.source, c.line, c.id)):
        likeness = _likeness(citation)
        place = count[citation.source, likeness] = count.get((citation.source, likeness), 0) + 1
        kept = first.setdefault((likeness, place), citation.id)
        if kept != citation.id:
            found[citation.id] = kept
    return found


def _likeness(citation: Citation) -> Hashable:
    """All that a text says about the work that it names."""
    return (
        citation.kind,
        citation.status,
        *(citation.journal, citation.year, citation.authors, citation.title, citation.locator),
        *(citation.doi, citation.pmid, citation.pmcid, citation.described),
    )
