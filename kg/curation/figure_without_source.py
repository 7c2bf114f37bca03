"""A figure is recorded and nobody says where it was read."""

from __future__ import annotations

from collections.abc import Iterator

from kg.curation.rule import Gap, Rule
from kg.model import EvidenceBase, Finding, Severity

FIGURES = (
    *("n", "k", "events", "estimate", "ci_low", "ci_high", "p_value"),
    *("i2", "p_heterogeneity", "tau2", "pi_low", "pi_high", "egger_p"),
)


def gaps(base: EvidenceBase) -> Iterator[Gap]:
    """Findings and sizes of studies without `read`."""
    for study in base.studies:
        if study.read.strip():
            continue
        if study.n is not None:
            yield Gap(study, f"n = {study.n} is recorded, and not what was read.")
        for finding in study.findings:
            if found := _figures(finding):
                yield Gap(finding, f"{', '.join(found)}: recorded, and not what was read.")


def _figures(finding: Finding) -> list[str]:
    return [name for name in FIGURES if getattr(finding, name) is not None]


RULE = Rule(
    code="KG205",
    name="figure-without-source",
    severity=Severity.MODERATE,
    remedy="Say in `read` of the study what was read and where, or remove the figure.",
    gaps=gaps,
)
