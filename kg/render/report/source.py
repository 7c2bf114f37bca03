"""The report on one article: every pair it argues for, every claim, every citation."""

from __future__ import annotations

from collections.abc import Sequence

from kg.model import EvidenceBase, OutcomeGrade, PairGrade, Severity, Source
from kg.model.audit import CitationAudit
from kg.render import words
from kg.render.picture import DiagramOptions
from kg.render.report.document import Block, Cell, Document, Heading, Items, Paragraph, Table
from kg.render.report.outcome import citations, claim_tables, methods
from kg.render.report.references import references


def report(
    source: Source,
    grades: Sequence[OutcomeGrade],
    base: EvidenceBase,
    audit: CitationAudit,
    options: DiagramOptions,
) -> Document:
    """The whole report on a source; `grades` are those of all that it claims."""
    pairs = [pair for grade in grades for pair in grade.pairs if pair.wording.claims]
    pairs.sort(key=lambda pair: (-pair.gap, -len(pair.wording.claims), pair.id))
    blocks: list[Block] = [
        *_summary(source, pairs, base),
        *_pairs(pairs, base),
        *claim_tables(grades, base),
        Heading("Citations"),
        *citations(audit, audit.entries),
        *(methods(grades[0]) if grades else ()),
        *references(grades, base),
    ]
    return Document(f"Evidence report: {source.title}", tuple(blocks), options.date or "")


def _summary(source: Source, pairs: Sequence[PairGrade], base: EvidenceBase) -> list[Block]:
    severe = [pair for pair in pairs if pair.severity is Severity.SEVERE]
    held = [pair for pair in pairs if pair.gap <= 0]
    worst = pairs[0] if pairs else None
    said = (
        f"{len(severe)} of {words.counted(len(pairs), 'claimed effect')} are worded three or more "
        f"steps above the evidence, {len(held)} stay within it."
    )
    facts = [("Publisher", source.publisher or "not recorded")]
    if source.seller_links is not None:
        facts.append(("Links to a seller", "yes" if source.seller_links else "no"))
    if worst:
        facts.append(("Widest gap", f"{words.question(worst, base)} {words.verdict(worst)}."))
    return [
        Heading("Verdict"),
        Paragraph(said if pairs else "This source claims no effect.", "verdict"),
        Items(tuple(facts)),
    ]


def _pairs(pairs: Sequence[PairGrade], base: EvidenceBase) -> list[Block]:
    rows = tuple(
        (
            Cell(f"{base.label(pair.exposure)} → {base.label(pair.outcome)} ({pair.sense})"),
            Cell(f"{words.TIERS[pair.wording.sigma]}, {len(pair.wording.claims)}"),
            Cell(
                words.levels(pair.certainty.map(lambda c: c.level)),
                tone=pair.certainty.established.level.key,
            ),
            Cell(words.verdict(pair)),
            Cell(f"{pair.gap}" if pair.gap > 0 else "none", tone="break" if pair.gap > 2 else ""),
            Cell(pair.rewrite),
        )
        for pair in pairs
    )
    head = ("Claim", "Worded as, times", "Certainty", "Verdict", "Gap", "What could be printed")
    caption = "Certainty is established / as described / best case; the gap is in steps of wording."
    return [Heading("What it claims, widest gap first"), Table(caption, head, rows)]
