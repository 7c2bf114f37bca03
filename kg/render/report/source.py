"""The report on one article: every pair it argues for, every claim, every citation."""

from __future__ import annotations

from collections.abc import Sequence

from kg.model import EvidenceBase, OutcomeGrade, PairGrade, Severity, Source
from kg.model.audit import CitationAudit
from kg.render import phrasing
from kg.render.diagram.picture import DiagramOptions
from kg.render.document import (
    Block,
    Document,
    DocumentTable,
    Heading,
    ItemList,
    Paragraph,
    TableCell,
)
from kg.render.report.outcome import build_citation_table, build_claim_tables, build_methods
from kg.render.report.references import build_references


def build_source_report(
    source: Source,
    grades: Sequence[OutcomeGrade],
    base: EvidenceBase,
    audit: CitationAudit,
    options: DiagramOptions,
) -> Document:
    """The whole report on a source; `grades` are those of all that it claims."""
    pairs = [pair for grade in grades for pair in grade.pairs if _count_claims(pair, base)]
    pairs.sort(key=lambda pair: (-pair.gap, -len(pair.wording.claims), pair.id))
    blocks: list[Block] = [
        *_build_summary(source, pairs, base),
        *_build_pair_table(pairs, base),
        *build_claim_tables(grades, base),
        Heading("Citations"),
        *build_citation_table(audit, audit.entries),
        *(build_methods(grades[0]) if grades else ()),
        *build_references(grades, base),
    ]
    return Document(f"Evidence report: {source.title}", tuple(blocks), options.date or "")


def _count_claims(pair: PairGrade, base: EvidenceBase) -> int:
    """How many claims are about this outcome: what is said of a narrower one is not said of it."""
    return sum(base.claim[id].proposition.object == pair.outcome for id in pair.wording.claims)


def _build_summary(source: Source, pairs: Sequence[PairGrade], base: EvidenceBase) -> list[Block]:
    severe = [pair for pair in pairs if pair.severity is Severity.SEVERE]
    modest_pairs = [pair for pair in pairs if pair.gap <= 0]
    worst_pair = pairs[0] if pairs else None
    effect_count = phrasing.format_count(len(pairs), "claimed effect")
    verdict_text = (
        f"{len(severe)} of {effect_count} are worded three or more "
        f"steps above the evidence, {len(modest_pairs)} stay within it."
    )
    facts = [("Publisher", source.publisher or "not recorded")]
    if source.seller_links is not None:
        facts.append(("Links to a seller", "yes" if source.seller_links else "no"))
    if worst_pair:
        question_text = phrasing.format_question(worst_pair, base)
        facts.append(
            ("Widest gap", f"{question_text} {phrasing.describe_verdict(worst_pair, base)}.")
        )
    return [
        Heading("Verdict"),
        Paragraph(verdict_text if pairs else "This source claims no effect.", "verdict"),
        ItemList(tuple(facts)),
    ]


def _build_pair_table(pairs: Sequence[PairGrade], base: EvidenceBase) -> list[Block]:
    pair_rows = tuple(
        (
            TableCell(
                f"{base.get_label(pair.exposure)} → {base.get_label(pair.outcome)} ({pair.sense})"
            ),
            TableCell(f"{phrasing.TIER_LABELS[pair.wording.sigma]}, {_count_claims(pair, base)}"),
            TableCell(
                phrasing.format_levels(pair.certainty.map(lambda c: c.level)),
                tone=pair.certainty.established.level.key,
            ),
            TableCell(phrasing.describe_verdict(pair, base)),
            TableCell(
                f"{pair.gap}" if pair.gap > 0 else "none", tone="break" if pair.gap > 2 else ""
            ),
            TableCell(pair.rewrite),
        )
        for pair in pairs
    )
    column_names = (
        "Claim",
        "Worded as, times",
        "Certainty",
        "Verdict",
        "Gap",
        "What could be printed",
    )
    caption = "Certainty is established / as described / best case; the gap is in steps of wording."
    return [
        Heading("What it claims, widest gap first"),
        DocumentTable(caption, column_names, pair_rows),
    ]
