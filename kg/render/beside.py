"""What stands beside an answer: kinds of evidence alone, groups of people, related outcomes."""

from __future__ import annotations

from collections.abc import Iterator

from kg.model import Entity, EvidenceBase, Finding, PairGrade, Study
from kg.render.words import counted, levels, verdict_words

KINDS = {"cited": "cited works alone", "literature": "literature alone"}


def apart(pair: PairGrade) -> tuple[str, ...]:
    """What the cited works and the literature carry alone; nothing where they agree."""
    if not pair.differs:
        return ()
    return tuple(
        f"{KINDS[part.evidence]}, {counted(part.works, 'work')}: {said} [{levels(part.certainty)}]"
        for part, said in zip(pair.apart, each_apart(pair), strict=True)
    )


def each_apart(pair: PairGrade) -> tuple[str, ...]:
    """The verdict on the cited works alone and on the literature alone, as words; or two dashes."""
    return tuple(
        verdict_words(part.verdict, part.certainty.established, part.refuted_by, part.flags)
        for part in pair.apart
    ) or ("-", "-")


def groups(pair: PairGrade, base: EvidenceBase) -> tuple[str, ...]:
    """Studies of a pair that saw different things in groups of their people, one sentence each."""
    works = set(pair.direct.ratings.as_described.works)
    targets = base.descendants(pair.outcome)
    told = []
    for study in base.studies:
        if study.id in works:
            seen = [f for f in study.findings if f.outcome in targets and f.population]
            if len({f.direction for f in seen}) > 1:
                told.append(f"{study.id}: {'; '.join(_group(f, base) for f in seen)}")
    return tuple(told)


def _group(finding: Finding, base: EvidenceBase) -> str:
    who = base.population[finding.population or ""].label
    return f"in {who}, {finding.direction.value.replace('-', ' ')}"


def near(pair: PairGrade, base: EvidenceBase) -> str:
    """Related outcomes that the same substance was tested on, where it never was on this one."""
    asked, outcome = base.exposure.get(pair.exposure), base.entity.get(pair.outcome)
    if asked is None or outcome is None:
        return ""
    if pair.direct.works_measured + pair.direct.studies_measured:
        return ""
    found = [
        f"{other.label} ({counted(number, 'study')})"
        for other in _related(outcome, base)
        if (number := sum(_measured(s, other, asked.substance, base) for s in base.studies))
    ]
    return ", ".join(found)


def _related(outcome: Entity, base: EvidenceBase) -> Iterator[Entity]:
    for entity in base.entities:
        if entity.id in outcome.related or outcome.id in entity.related:
            yield entity


def _measured(study: Study, outcome: Entity, substance: str, base: EvidenceBase) -> bool:
    return any(
        finding.outcome == outcome.id
        and (given := base.exposure.get(finding.exposure)) is not None
        and substance in (given.substance, *given.components)
        for finding in study.findings
    )
