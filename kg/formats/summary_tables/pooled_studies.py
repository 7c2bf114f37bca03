"""Rows of a table that are single studies, gathered to the bodies that they make up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kg.formats.summary_tables.reader import BAD_CELL, build_table_fault
from kg.grading.evidence import Evidence, is_ratio, turn_numbers
from kg.grading.published import PublishedBody
from kg.model import Bias, Diagnostic, DomainJudgement, Scale

_BIAS_BY_RATING = {0: Bias.LOW, 1: Bias.SOME, 2: Bias.HIGH, 3: Bias.HIGH}


def group_studies(
    rows: Iterable[PublishedBody | Diagnostic], path: str
) -> Iterator[PublishedBody | Diagnostic]:
    """Bodies of the studies that follow each other with one outcome and one design; faults pass.

    The risk of bias of a row is that of its study; every other judgement is of the body, so rows
    that give one must give the same.
    """
    group: list[PublishedBody] = []
    for row in rows:
        if isinstance(row, Diagnostic):
            yield row
            continue
        if group and _build_group_key(row) != _build_group_key(group[0]):
            yield from _pool_group(group, path)
            group = []
        group.append(row)
    if group:
        yield from _pool_group(group, path)


def _build_group_key(body: PublishedBody) -> tuple[object, ...]:
    return body.outcome, body.evidence.design, body.evidence.system


def _pool_group(group: Sequence[PublishedBody], path: str) -> Iterator[PublishedBody | Diagnostic]:
    faults = [*_find_group_faults(group)]
    if faults:
        line = group[0].line
        yield from (build_table_fault(BAD_CELL, message, path, line) for message in faults)
        return
    shared = {j.domain: j for body in group for j in body.evidence.finding.judgements}
    if len(group) > 1:
        shared.pop("risk_of_bias", None)
    judgements = tuple(shared.values())
    rows = tuple(_build_study_evidence(body.evidence, judgements, len(group) > 1) for body in group)
    published = next((b.published_level for b in group if b.published_level is not None), None)
    yield replace(group[0], rows=rows, published_level=published)


def _find_group_faults(group: Sequence[PublishedBody]) -> Iterator[str]:
    """What the rows of one body cannot say together."""
    row_range = f"rows {group[0].line} to {group[-1].line} are pooled"
    for body in group:
        study_count = body.evidence.finding.k
        if study_count not in (None, 1):
            count = f"gives n_studies {study_count}"
            yield f"row {body.line} is one study, and {count}; leave --pool out"
    ratings_by_domain: dict[str, set[int]] = {}
    for body in group:
        for judgement in body.evidence.finding.judgements:
            ratings_by_domain.setdefault(judgement.domain, set()).add(judgement.rating)
    for domain in sorted(ratings_by_domain):
        if len(ratings_by_domain[domain]) > 1 and domain != "risk_of_bias":
            yield f"{row_range} and judge {domain} differently; a body has one judgement"
    scaled = [b for b in group if b.evidence.finding.measure and not is_ratio(b.evidence.finding)]
    if len({body.evidence.finding.scale is None for body in scaled}) > 1:
        yield f"{row_range} and only some name their scale; write it in each row or in none"
    if len({body.published_level for body in group} - {None}) > 1:
        yield f"{row_range} and give different published certainties"


def _build_study_evidence(
    evidence: Evidence, judgements: tuple[DomainJudgement, ...], is_pooled: bool
) -> Evidence:
    """The evidence of one study: its own bias, the judgements of the body."""
    rating_by_domain = {j.domain: j.rating for j in evidence.finding.judgements}
    bias = _BIAS_BY_RATING.get(rating_by_domain.get("risk_of_bias", -1)) if is_pooled else None
    finding = replace(evidence.finding, k=1, risk_of_bias=bias, judgements=judgements)
    if is_pooled and not is_ratio(finding) and finding.scale is Scale.HIGHER_IS_WORSE:
        finding = turn_numbers(finding)  # so that more is better in every row
    return replace(evidence, finding=finding)
