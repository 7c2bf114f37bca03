"""Which records are reports of one trial.

A trial is known by its registration, else by the identifiers and the names that join its reports
(grading.md section 3, E1).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from kg.model.evidence import Study
from kg.model.terms import Status
from kg.model.vocabulary import normalise_doi, normalise_registrations


def map_reports_to_trials(studies: Iterable[Study]) -> dict[str, str]:
    """The id of the first report of a trial, for each other report of it.

    A retracted report joins nothing: it counts as if it were not there.
    """
    parent: dict[Hashable, Hashable] = {}

    def find_root(root_key: Hashable) -> Hashable:
        while parent.setdefault(root_key, root_key) != root_key:
            parent[root_key] = root_key = parent[parent[root_key]]
        return root_key

    valid_studies = sorted(
        (s for s in studies if s.status is not Status.RETRACTED), key=lambda s: s.id
    )
    for study in valid_studies:
        for trial_key in _list_trial_keys(study):
            parent[find_root(trial_key)] = find_root(("id", study.id))
    first: dict[Hashable, str] = {}
    return {
        study.id: first_report
        for study in valid_studies
        if (first_report := first.setdefault(find_root(("id", study.id)), study.id)) != study.id
    }


def _list_trial_keys(study: Study) -> Iterator[Hashable]:
    """What names a trial: ids of its reports, and the identifiers of this one."""
    yield from (("id", report_id) for report_id in study.reports)
    yield from (("registration", n) for n in normalise_registrations(study.registration or ""))
    if study.doi:
        yield "doi", normalise_doi(study.doi)
    for kind in ("pmid", "pmcid"):
        if value := getattr(study, kind):
            yield kind, value.casefold()
