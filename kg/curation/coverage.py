"""What a base holds and what it does not: counts, for a reader who must know its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kg.curation import CURATION_RULES
from kg.model import CitationKind, Claim, Direction, EvidenceBase, Identification, Status
from kg.model.effects import find_effect_sign

TextRow = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """Counts under one head; the first column names what is counted."""

    title: str
    column_names: TextRow
    rows: tuple[TextRow, ...]


def count_coverage(base: EvidenceBase) -> tuple[CoverageTable, ...]:
    """The tables of a base: sources, citations, vocabulary, studies, designs, gaps."""
    return (
        _count_sources(base),
        _count_citations(base),
        _count_vocabulary(base),
        _count_studies(base),
        _count_designs(base),
        _count_gaps(base),
    )


def _count_sources(base: EvidenceBase) -> CoverageTable:
    rows = []
    for source in base.sources:
        source_claims = [c for c in base.claims if c.source == source.id]
        effects = [c for c in source_claims if c in base.assertions and is_effect_claim(c, base)]
        chains = sum(chain.source == source.id for chain in base.chains)
        conflicts = sum(bool({c.id for c in source_claims} & set(k.claims)) for k in base.conflicts)
        cite = sum(bool(c.citations) for c in source_claims)
        counts = (len(source_claims), len(effects), cite, chains, conflicts)
        rows.append((source.id, source.coverage, *map(str, counts)))
    column_names = (
        "article",
        "recorded",
        "claims",
        "of an effect",
        "that cite",
        "argument chains",
        "conflicts",
    )
    return CoverageTable("Articles", column_names, tuple(rows))


def is_effect_claim(claim: Claim, base: EvidenceBase) -> bool:
    """Whether a claim says that something goes up or down, better or worse, by something."""
    object_entity = base.entity.get(claim.proposition.object)
    return (
        object_entity is not None
        and find_effect_sign(claim.proposition.predicate, object_entity.better) is not None
    )


def _count_citations(base: EvidenceBase) -> CoverageTable:
    rows = []
    for source in base.sources:
        source_citations = [c for c in base.citations if c.source == source.id]
        kinds = Counter(c.kind for c in source_citations)
        identified_count = sum(c.status is Identification.IDENTIFIED for c in source_citations)
        counts = (*(kinds[kind] for kind in CitationKind), identified_count)
        rows.append((source.id, *map(str, counts)))
    column_names = ("article", "in the text", "in the list", "appeals to no work", "identified")
    return CoverageTable("Works that they name", column_names, tuple(rows))


def _count_vocabulary(base: EvidenceBase) -> CoverageTable:
    kinds = Counter(entity.kind.value for entity in base.entities)
    identifiers = [i for entity in base.entities for i in entity.identifiers]
    rows = [(kind.replace("-", " "), str(kinds[kind])) for kind in sorted(kinds)]
    counts = (
        ("exposures", len(base.exposures)),
        ("populations", len(base.populations)),
        ("entities with an identifier elsewhere", sum(bool(e.identifiers) for e in base.entities)),
        ("identifiers, all", len(identifiers)),
        ("identifiers, looked up", sum(i.verified for i in identifiers)),
    )
    rows += [(row_label, str(row_count)) for row_label, row_count in counts]
    return CoverageTable("Vocabulary", ("kind", "number"), tuple(rows))


def _count_studies(base: EvidenceBase) -> CoverageTable:
    findings = [finding for study in base.studies for finding in study.findings]
    unclear = (Direction.NO_CLEAR_EFFECT, Direction.MIXED)
    counts = {
        "studies": len(base.studies),
        "verified: a record was read and agreed": sum(s.verified for s in base.studies),
        "without a finding": sum(not s.findings for s in base.studies),
        "registered": sum(bool(s.registration) for s in base.studies),
        "looked up for retraction": sum(s.status is not Status.UNKNOWN for s in base.studies),
        "of unknown funding": sum(s.seller_funded is None for s in base.studies),
        "paid for or written by a seller of what they test": sum(
            s.seller_funded is True for s in base.studies
        ),
        "findings": len(findings),
        "findings, null or mixed": sum(f.direction in unclear for f in findings),
        "findings with an estimate": sum(f.estimate is not None for f in findings),
        "findings with an interval": sum(f.ci_low is not None for f in findings),
        "findings whose risk of bias a source states": sum(
            f.risk_of_bias is not None for f in findings
        ),
    }
    rows = tuple((row_label, str(row_count)) for row_label, row_count in counts.items())
    return CoverageTable("Studies", ("what", "number"), rows)


def _count_designs(base: EvidenceBase) -> CoverageTable:
    counts = Counter((study.design.value, study.system.value) for study in base.studies)
    rows = ((design, system, str(counts[design, system])) for design, system in sorted(counts))
    return CoverageTable("Designs", ("design", "system", "studies"), tuple(rows))


def _count_gaps(base: EvidenceBase) -> CoverageTable:
    rows = (
        (
            code,
            CURATION_RULES[code].name,
            str(sum(1 for _ in CURATION_RULES[code].find_missing(base))),
        )
        for code in CURATION_RULES
    )
    return CoverageTable(
        "Gaps that `kg check --data` lists", ("code", "gap", "number"), tuple(rows)
    )


def format_tables(tables: Iterable[CoverageTable]) -> str:
    """The tables as Markdown, without a heading above them.

    >>> print(format_tables([CoverageTable("T", ("a", "b"), (("x", "1"),))]))
    **T**
    <BLANKLINE>
    | a | b |
    |-|-|
    | x | 1 |
    """
    return "\n\n".join(_format_table(table) for table in tables)


def _format_table(table: CoverageTable) -> str:
    lines = [
        f"**{table.title}**",
        "",
        _format_row(table.column_names),
        "|" + "-|" * len(table.column_names),
    ]
    return "\n".join([*lines, *map(_format_row, table.rows)])


def _format_row(cells: TextRow) -> str:
    return f"| {' | '.join(cells)} |"
