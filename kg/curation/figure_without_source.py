"""A figure is recorded and nobody says where it was read."""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import CurationRule, MissingInformation
from kg.model import EvidenceBase, Finding, Severity

FIGURE_FIELDS = (
    *("n", "k", "events", "treated_n", "treated_events"),
    *("estimate", "ci_low", "ci_high", "p_value"),
    *("i2", "p_heterogeneity", "tau2", "pi_low", "pi_high", "egger_p"),
)


def find_missing(base: EvidenceBase) -> Iterator[MissingInformation]:
    """Findings and sizes of studies without `read`."""
    for study in base.studies:
        if study.read.strip():
            continue
        if study.n is not None:
            yield MissingInformation(study, f"n = {study.n} is recorded, and not what was read.")
        for finding in study.findings:
            if figure_names := _list_figures(finding):
                yield MissingInformation(
                    finding, f"{', '.join(figure_names)}: recorded, and not what was read."
                )


def _list_figures(finding: Finding) -> list[str]:
    return [name for name in FIGURE_FIELDS if getattr(finding, name) is not None]


RULE = CurationRule(
    code="KG205",
    name="figure-without-source",
    severity=Severity.MODERATE,
    remedy="Say in `read` of the study what was read and where, or remove the figure.",
    find_missing=find_missing,
)
