"""Which records are reports of one trial.

A trial is known by its registration, else by the identifiers and the names that join its reports
(grading.md section 3, E1).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from kg.model.evidence import Study
from kg.model.terms import Status


def trials(studies: Iterable[Study]) -> dict[str, str]:
    """The id of the first report of a trial, for each other report of it.

    A retracted report joins nothing: it counts as if it were not there.
    """
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
