"""What a base holds and what it does not: counts, for a reader who must know its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kg.curation import RULES
from kg.model import CitationKind, Claim, Direction, EvidenceBase, Identification, Status
from kg.model.effects import effect_sign
from kg.model.record import dataclass

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Counts under one head; the first column names what is counted."""

    title: str
    head: Row
    rows: tuple[Row, ...]


def coverage(base: EvidenceBase) -> tuple[Table, ...]:
    """The tables of a base: sources, citations, vocabulary, studies, designs, gaps."""
    return (
        _sources(base),
        _citations(base),
        _vocabulary(base),
        _studies(base),
        _designs(base),
        _gaps(base),
    )


def _sources(base: EvidenceBase) -> Table:
    rows = []
    for source in base.sources:
        own = [c for c in base.claims if c.source == source.id]
        effects = [c for c in own if c in base.assertions and signed(c, base)]
        chains = sum(chain.source == source.id for chain in base.chains)
        conflicts = sum(bool({c.id for c in own} & set(k.claims)) for k in base.conflicts)
        cite = sum(bool(c.citations) for c in own)
        counts = (len(own), len(effects), cite, chains, conflicts)
        rows.append((source.id, source.coverage, *map(str, counts)))
    head = (
        "article",
        "recorded",
        "claims",
        "of an effect",
        "that cite",
        "argument chains",
        "conflicts",
    )
    return Table("Articles", head, tuple(rows))


def signed(claim: Claim, base: EvidenceBase) -> bool:
    """Whether a claim says that something goes up or down, better or worse, by something."""
    head = base.entity.get(claim.proposition.object)
    return head is not None and effect_sign(claim.proposition.predicate, head.better) is not None


def _citations(base: EvidenceBase) -> Table:
    rows = []
    for source in base.sources:
        own = [c for c in base.citations if c.source == source.id]
        kinds = Counter(c.kind for c in own)
        found = sum(c.status is Identification.IDENTIFIED for c in own)
        counts = (*(kinds[kind] for kind in CitationKind), found)
        rows.append((source.id, *map(str, counts)))
    head = ("article", "in the text", "in the list", "appeals to no work", "identified")
    return Table("Works that they name", head, tuple(rows))


def _vocabulary(base: EvidenceBase) -> Table:
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
    rows += [(what, str(number)) for what, number in counts]
    return Table("Vocabulary", ("kind", "number"), tuple(rows))


def _studies(base: EvidenceBase) -> Table:
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
    rows = tuple((what, str(number)) for what, number in counts.items())
    return Table("Studies", ("what", "number"), rows)


def _designs(base: EvidenceBase) -> Table:
    counts = Counter((study.design.value, study.system.value) for study in base.studies)
    rows = ((design, system, str(counts[design, system])) for design, system in sorted(counts))
    return Table("Designs", ("design", "system", "studies"), tuple(rows))


def _gaps(base: EvidenceBase) -> Table:
    rows = ((code, RULES[code].name, str(sum(1 for _ in RULES[code].gaps(base)))) for code in RULES)
    return Table("Gaps that `kg check --data` lists", ("code", "gap", "number"), tuple(rows))


def markdown(tables: Iterable[Table]) -> str:
    """The tables as Markdown, without a heading above them.

    >>> print(markdown([Table("T", ("a", "b"), (("x", "1"),))]))
    **T**
    <BLANKLINE>
    | a | b |
    |-|-|
    | x | 1 |
    """
    return "\n\n".join(_table(table) for table in tables)


def _table(table: Table) -> str:
    lines = [f"**{table.title}**", "", _row(table.head), "|" + "-|" * len(table.head)]
    return "\n".join([*lines, *map(_row, table.rows)])


def _row(cells: Row) -> str:
    return f"| {' | '.join(cells)} |"
