"""A comparison of profiles as a document: the pairs that move first, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.model import EvidenceBase, Level
from kg.render.document import Document, ItemList, Paragraph, RowTable
from kg.scenarios.profile_comparison import ProfileComparison, ProfilePair


def build_document(comparison: ProfileComparison, base: EvidenceBase) -> Document:
    """Counts, a table of the pairs whose level moves, and the judgements that move them."""
    moved = [pair for pair in comparison.pairs if pair.has_moved]
    names = " and ".join(comparison.profiles)
    summary = f"{len(moved)} of {len(comparison.pairs)} pairs come to another level by {names}"
    reasons = tuple(
        (
            _name_pair(pair, base),
            "; ".join(pair.reasons) or "a link of its chains is rated otherwise",
        )
        for pair in moved
    )
    columns = ("pair", *comparison.profiles)
    rows = [(_name_pair(pair, base), *_list_level_cells(pair)) for pair in moved]
    return Document(
        summary,
        (
            RowTable(columns, rows).build_block(),
            ItemList(reasons),
            Paragraph(
                "Support in the established reading; where the evidence speaks against a pair, "
                "the level of that stands behind it.",
                "note",
            ),
        )
        if moved
        else (Paragraph("Every pair has the same level by all of them.", "note"),),
        table=RowTable(
            ("exposure", "outcome", "sense", *comparison.profiles, "moved", "reasons"),
            _list_rows(comparison),
        ),
        encode=lambda: _encode_comparison(comparison),
    )


def _name_pair(pair: ProfilePair, base: EvidenceBase) -> str:
    exposure, outcome = base.exposure[pair.exposure].label, base.entity[pair.outcome].label
    return f"{exposure}, {outcome} ({pair.sense})"


def _list_level_cells(pair: ProfilePair) -> tuple[str, ...]:
    return tuple(
        level.word if refuted is Level.NONE else f"{level.word}, against {refuted.word}"
        for level, refuted in zip(pair.levels, pair.refuted, strict=True)
    )


def _list_rows(comparison: ProfileComparison) -> Iterator[tuple[str, ...]]:
    for pair in comparison.pairs:
        cells = _list_level_cells(pair)
        moved = "yes" if pair.has_moved else "no"
        yield (pair.exposure, pair.outcome, pair.sense, *cells, moved, "; ".join(pair.reasons))


def _encode_comparison(comparison: ProfileComparison) -> dict[str, Any]:
    return {
        "profiles": list(comparison.profiles),
        "pairs": [
            {
                "exposure": pair.exposure,
                "outcome": pair.outcome,
                "sense": pair.sense,
                "levels": [level.key for level in pair.levels],
                "refuted_by": [level.key for level in pair.refuted],
                "moved": pair.has_moved,
                "reasons": list(pair.reasons),
            }
            for pair in comparison.pairs
        ],
    }
