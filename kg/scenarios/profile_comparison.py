"""One base graded by several profiles: which pairs move, and which judgements move them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.grading.profiles import load_profile
from kg.model import EvidenceBase, Level, PairGrade, Reason
from kg.scenarios.request import GradeRequest

_DIRECT_EVIDENCE = "direct evidence"


@dataclass(frozen=True, slots=True)
class ProfilePair:
    """A pair by each profile: support and refutation in `established`, and what differs.

    `reasons` are the judgements of the other profiles that the first one does not make, each with
    the body that it is about.
    """

    exposure: str
    outcome: str
    sense: str
    levels: tuple[Level, ...]
    refuted: tuple[Level, ...]
    reasons: tuple[str, ...]

    @property
    def has_moved(self) -> bool:
        """Whether the profiles come to different levels."""
        return len(set(zip(self.levels, self.refuted, strict=True))) > 1


@dataclass(frozen=True, slots=True)
class ProfileComparison:
    """All pairs that were asked for, by the profiles in the order they were named."""

    profiles: tuple[str, ...]
    pairs: tuple[ProfilePair, ...]


def compare_profiles(
    base: EvidenceBase, request: GradeRequest, names: Sequence[str]
) -> ProfileComparison:
    """The pairs of a request by each profile; without an outcome those of all headlines.

    Raises:
        UnknownName: no such profile, outcome, exposure or source.
    """
    profiles = [load_profile(name) for name in names]
    grades_by_profile = [
        {
            grade.id: grade
            for baseline in replace(request, profile=name).build_baselines(base)
            for grade in baseline.grade_pairs()
        }
        for name in names
    ]
    return ProfileComparison(
        tuple(f"{profile.name} {profile.version}" for profile in profiles),
        tuple(
            _compare_pair([grades[pair_id] for grades in grades_by_profile])
            for pair_id in grades_by_profile[0]
        ),
    )


def _compare_pair(grades: Sequence[PairGrade]) -> ProfilePair:
    first, *others = grades
    known = dict(_iterate_judgements(first))
    reasons = {
        f"{subject}: {reason.text}": None
        for other in others
        for (subject, domain), reason in _iterate_judgements(other)
        if (before := known.get((subject, domain))) is None or before.change != reason.change
    }
    levels = tuple(grade.certainty.established.level for grade in grades)
    refuted = tuple(grade.refuted_by for grade in grades)
    return ProfilePair(
        first.exposure, first.outcome, str(first.sense), levels, refuted, tuple(reasons)
    )


def _iterate_judgements(grade: PairGrade) -> Iterator[tuple[tuple[str, str], Reason]]:
    """The judgements in the domains of the direct evidence, and of the links that break a chain."""
    yield from _iterate_domains(_DIRECT_EVIDENCE, grade.direct.ratings.established.support.reasons)
    for chain in grade.chains[:1]:
        for position in chain.weakest:
            link = chain.links[position]
            yield from _iterate_domains(
                f"{link.subject} to {link.object}", link.ratings.established.support.reasons
            )


def _iterate_domains(
    subject: str, reasons: Sequence[Reason]
) -> Iterator[tuple[tuple[str, str], Reason]]:
    for reason in reasons:
        domain, _, _ = reason.text.partition(":")
        if reason.rule == "5":
            yield (subject, domain), reason


__all__ = ["ProfileComparison", "ProfilePair", "compare_profiles"]
