"""Grades as a table: one row for each exposure, outcome and sense."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from kg.model import EvidenceBase, OutcomeGrade, PairGrade
from kg.render import RenderOptions, phrasing
from kg.render.escape import escape_csv as cell

COLUMN_NAMES = (
    "outcome",
    "exposure",
    "sense",
    "verdict",
    "established",
    "as_described",
    "best_case",
    "mechanistic",
    "refuted_by",
    "indirect",
    "wording",
    "claims",
    "unhedged",
    "gap",
    "gap_best",
    "severity",
    "works_cited",
    "works_measured",
    "human_works",
    "studies_measured",
    "human_studies",
    "cited_verdict",
    "cited_established",
    "cited_refuted_by",
    "literature_verdict",
    "literature_established",
    "literature_refuted_by",
    "chains",
    "counter_chains",
    "rewrite",
    "profile",
    "version",
    "direction",
    "level",
)


def render(grade: OutcomeGrade, base: EvidenceBase, options: RenderOptions) -> str:
    """One row for each pair of an outcome."""
    return summarise((grade,), base, options)


def summarise(grades: Sequence[OutcomeGrade], base: EvidenceBase, options: RenderOptions) -> str:
    """One row for each pair of several outcomes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMN_NAMES)
    for grade in grades:
        for pair in grade.pairs:
            writer.writerow([cell(value) for value in _list_cells(grade, pair)])
    return text.getvalue()


def _list_cells(grade: OutcomeGrade, pair: PairGrade) -> tuple[str, ...]:
    return (
        pair.outcome,
        pair.exposure,
        pair.sense.value,
        pair.verdict.value,
        *(certainty.level.word for certainty in pair.certainty),
        pair.mechanistic.word,
        pair.refuted_by.word,
        "yes" if pair.indirect else "no",
        phrasing.TIER_LABELS[pair.wording.sigma],
        str(len(pair.wording.claims)),
        str(pair.wording.unhedged),
        str(pair.gap),
        str(pair.gap_best),
        pair.severity.word,
        str(pair.direct.works_cited),
        str(pair.direct.works_measured),
        str(pair.direct.human_works),
        str(pair.direct.studies_measured),
        str(pair.direct.human_studies),
        *_list_origin_cells(pair),
        str(len(pair.chains)),
        str(len(pair.counter_chains)),
        pair.rewrite,
        f"{grade.base.profile} {grade.base.profile_version}",
        grade.base.version,
        pair.conclusion.direction.value,
        pair.conclusion.level.word,
    )


def _list_origin_cells(pair: PairGrade) -> tuple[str, ...]:
    """Verdict, level and refutation of the cited works alone and of the literature alone."""
    if not pair.by_origin:
        return ("",) * 6
    return tuple(
        cell
        for part in pair.by_origin
        for cell in (part.verdict.value, part.certainty.established.word, part.refuted_by.word)
    )
