"""The curators' lint: one module per gap that a base may have and still be read and graded."""

from __future__ import annotations

from kg.curation.rule import CurationRule
from kg.model import Diagnostic, EvidenceBase
from kg.registry import Registry

CURATION_RULES: Registry[CurationRule] = Registry(
    "rule",
    {
        "KG201": "kg.curation.unlinked_finding:RULE",
        "KG202": "kg.curation.entity_without_definition:RULE",
        "KG203": "kg.curation.unverified_identifier:RULE",
        "KG204": "kg.curation.unverified_study:RULE",
        "KG205": "kg.curation.figure_without_source:RULE",
        "KG206": "kg.curation.orphan_study:RULE",
        "KG207": "kg.curation.scale_not_told:RULE",
    },
)
"""Rules by code. Codes are never renumbered or reused."""


def lint(base: EvidenceBase) -> tuple[Diagnostic, ...]:
    """The gaps of a base by all rules, worst first.

    >>> lint(EvidenceBase())
    ()
    """
    diagnostics = (
        diagnostic
        for code in CURATION_RULES
        for diagnostic in CURATION_RULES[code].list_diagnostics(base)
    )
    return tuple(sorted(diagnostics, key=lambda d: d.sort_key))


__all__ = ["CURATION_RULES", "CurationRule", "lint"]
