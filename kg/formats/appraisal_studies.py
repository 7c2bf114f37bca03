"""Rows of a table that are single studies, gathered to the bodies that they make up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.formats.appraisal import BAD_CELL
from kg.grading.evidence import Evidence
from kg.grading.published import Body
from kg.model import Bias, Diagnostic, DomainJudgement, Location, Severity
from kg.model.record import replace

_BIAS = {0: Bias.LOW, 1: Bias.SOME, 2: Bias.HIGH, 3: Bias.HIGH}


def gathered(found: Iterable[Body | Diagnostic], path: str) -> Iterator[Body | Diagnostic]:
    """Bodies of the studies that follow each other with one outcome and one design; faults pass.

    The risk of bias of a row is that of its study; every other judgement is of the body, so rows
    that give one must give the same.
    """
    group: list[Body] = []
    for one in found:
        if isinstance(one, Diagnostic):
            yield one
            continue
        if group and _key(one) != _key(group[0]):
            yield from _body(group, path)
            group = []
        group.append(one)
    if group:
        yield from _body(group, path)


def _key(body: Body) -> tuple[object, ...]:
    return body.outcome, body.evidence.design, body.evidence.system


def _body(group: Sequence[Body], path: str) -> Iterator[Body | Diagnostic]:
    faults = [*_faults(group)]
    if faults:
        yield from (
            Diagnostic(
                *(BAD_CELL, "bad-cell", Severity.SEVERE, message),
                location=Location(path, group[0].line),
            )
            for message in faults
        )
        return
    shared = {j.domain: j for body in group for j in body.evidence.finding.judgements}
    if len(group) > 1:
        shared.pop("risk_of_bias", None)
    judgements = tuple(shared.values())
    rows = tuple(_row(body.evidence, judgements, len(group) > 1) for body in group)
    published = next((b.published for b in group if b.published is not None), None)
    yield replace(group[0], rows=rows, published=published)


def _faults(group: Sequence[Body]) -> Iterator[str]:
    """What the rows of one body cannot say together."""
    lines = f"rows {group[0].line} to {group[-1].line} are pooled"
    for body in group:
        k = body.evidence.finding.k
        if k is not None and k != 1:
            yield f"row {body.line} is one study, and gives n_studies {k}; leave --pool out"
    said: dict[str, set[int]] = {}
    for body in group:
        for judgement in body.evidence.finding.judgements:
            said.setdefault(judgement.domain, set()).add(judgement.rating)
    for domain in sorted(said):
        if len(said[domain]) > 1 and domain != "risk_of_bias":
            yield f"{lines} and judge {domain} differently; a body has one judgement"
    if len({body.published for body in group} - {None}) > 1:
        yield f"{lines} and give different published certainties"


def _row(evidence: Evidence, judgements: tuple[DomainJudgement, ...], several: bool) -> Evidence:
    """The evidence of one study: its own bias, the judgements of the body."""
    own = {j.domain: j.rating for j in evidence.finding.judgements}
    bias = _BIAS.get(own.get("risk_of_bias", -1)) if several else None
    finding = replace(evidence.finding, k=1, risk_of_bias=bias, judgements=judgements)
    return replace(evidence, finding=finding)
