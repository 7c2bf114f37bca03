"""Concerns about a finding: those that somebody recorded, and what its numbers give rise to."""

from __future__ import annotations

from collections.abc import Sequence

from kg.grading.evidence import Evidence
from kg.grading.profiles import Profile
from kg.model import Bias, Concern, ConcernKind
from kg.model.plausibility import describe_implausible_numbers

_BIAS_ORDER = tuple(Bias)


def list_concerns(item: Evidence, profile: Profile) -> tuple[Concern, ...]:
    """The recorded concerns of a finding, and one more where its numbers are implausible."""
    concerns = item.finding.concerns
    text = describe_implausible_numbers(item.finding, profile["implausible"])
    if not text or has_concern(item, ConcernKind.IMPLAUSIBLE_RESULT):
        return concerns
    return (*concerns, Concern(ConcernKind.IMPLAUSIBLE_RESULT, text))


def has_concern(item: Evidence, kind: ConcernKind) -> bool:
    """Whether somebody recorded a concern of this kind."""
    return any(concern.kind is kind for concern in item.finding.concerns)


def find_bias(item: Evidence, profile: Profile) -> Bias | None:
    """Risk of bias of a finding: as recorded, or worse where a concern says more."""
    words: dict[str, str] = profile["concern"]
    levels = [Bias(words[c.kind]) for c in list_concerns(item, profile) if c.kind in words]
    recorded = [item.finding.risk_of_bias] if item.finding.risk_of_bias else []
    return max((*levels, *recorded), key=_BIAS_ORDER.index, default=None)


def describe_concerns(body: Sequence[Evidence], profile: Profile) -> str:
    """The concerns about the findings of a body, each with who raised it."""
    texts = (
        f"{concern.kind.replace('-', ' ')} ({item.work}: {concern.source})"
        for item in body
        for concern in list_concerns(item, profile)
    )
    return "; ".join(sorted(set(texts)))


def list_concern_flags(body: Sequence[Evidence], profile: Profile) -> tuple[str, ...]:
    """The kinds of concern about a body, in words."""
    kinds = {concern.kind for item in body for concern in list_concerns(item, profile)}
    return tuple(sorted(kind.replace("-", " ") for kind in kinds))
