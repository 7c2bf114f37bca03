"""The curators' lint: one module per gap that a base may have and still be read and graded."""

from __future__ import annotations

from kg.curation.rule import Rule
from kg.model import Diagnostic, EvidenceBase
from kg.registry import Registry

RULES: Registry[Rule] = Registry(
    "rule",
    {
        "KG201": "kg.curation.unlinked_finding:RULE",
        "KG202": "kg.curation.entity_without_definition:RULE",
        "KG203": "kg.curation.unverified_identifier:RULE",
        "KG204": "kg.curation.unverified_study:RULE",
        "KG205": "kg.curation.figure_without_source:RULE",
        "KG206": "kg.curation.orphan_study:RULE",
    },
)
"""Rules by code. Codes are never renumbered or reused."""


def lint(base: EvidenceBase) -> tuple[Diagnostic, ...]:
    """The gaps of a base by all rules, worst first.

    >>> lint(EvidenceBase())
    ()
    """
    found = (diagnostic for code in RULES for diagnostic in RULES[code].diagnostics(base))
    return tuple(sorted(found, key=lambda d: d.order))


__all__ = ["RULES", "Rule", "lint"]
