"""What stands beside an answer: kinds of evidence alone, groups of people, outcomes, harms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.grading.conclusion import describe_conclusion
from kg.model import Direction, Entity, EntityKind, EvidenceBase, Finding, PairGrade, Study
from kg.render.phrasing import format_count, format_levels

ORIGIN_LABELS = {"cited": "cited works alone", "literature": "literature alone"}


def describe_origins(pair: PairGrade) -> tuple[str, ...]:
    """What the cited works and the literature carry alone; nothing where they agree."""
    if not pair.has_origin_conflict:
        return ()
    return tuple(
        f"{ORIGIN_LABELS[part.evidence]}, {format_count(part.works, 'work')}: {verdict_text} "
        f"[{format_levels(part.certainty)}]"
        for part, verdict_text in zip(pair.by_origin, list_origin_verdicts(pair), strict=True)
    )


def list_origin_verdicts(pair: PairGrade) -> tuple[str, ...]:
    """The verdict on the cited works alone and on the literature alone, as words; or two dashes."""
    return tuple(describe_conclusion(part.conclusion) for part in pair.by_origin) or ("-", "-")


def describe_groups(pair: PairGrade, base: EvidenceBase) -> tuple[str, ...]:
    """Studies of a pair that saw different things in groups of their people, one sentence each."""
    works = set(pair.direct.ratings.as_described.works)
    targets = base.find_descendants(pair.outcome)
    group_sentences = []
    for study in base.studies:
        if study.id in works:
            group_findings = [f for f in study.findings if f.outcome in targets and f.population]
            if len({f.direction for f in group_findings}) > 1:
                group_sentences.append(
                    f"{study.id}: {'; '.join(_describe_group(f, base) for f in group_findings)}"
                )
    return tuple(group_sentences)


def _describe_group(finding: Finding, base: EvidenceBase) -> str:
    population_label = base.population[finding.population or ""].label
    return f"in {population_label}, {finding.direction.value.replace('-', ' ')}"


MAX_HARMS_NAMED = 6


@dataclass(frozen=True, slots=True)
class HarmOnRecord:
    """An adverse event with the studies that saw more or no more of it, and claims that name it."""

    outcome: str
    seen: int
    not_seen: int
    claims: int


def list_harms(exposure_id: str, base: EvidenceBase) -> tuple[HarmOnRecord, ...]:
    """Adverse events on record for the substance of an exposure, taken the same way, in any form.

    Those that studies saw come first. A harm is listed whatever was asked: who asks about a benefit
    has to weigh both.
    """
    exposure = base.exposure.get(exposure_id)
    if exposure is None:
        return ()
    same = {
        other.id
        for other in base.exposures
        if (other.substance, other.route) == (exposure.substance, exposure.route)
    }
    harms = []
    for entity in base.entities:
        if entity.kind is EntityKind.ADVERSE_EVENT:
            directions = [
                {
                    f.direction
                    for f in study.findings
                    if f.exposure in same and f.outcome == entity.id
                }
                for study in base.studies
            ]
            seen = sum(Direction.INCREASE in found for found in directions)
            not_seen = sum(bool(found) and Direction.INCREASE not in found for found in directions)
            claim_count = sum(
                claim.proposition.subject in same and claim.proposition.object == entity.id
                for claim in base.assertions
            )
            if seen + not_seen + claim_count:
                harms.append(HarmOnRecord(entity.id, seen, not_seen, claim_count))
    return tuple(sorted(harms, key=lambda h: (-h.seen, -h.not_seen, -h.claims, h.outcome)))


def describe_harms(pair: PairGrade, base: EvidenceBase, most: int = MAX_HARMS_NAMED) -> str:
    """The harms on record for an exposure, `most` of them named; none is no evidence of safety."""
    exposure = base.exposure.get(pair.exposure)
    if exposure is None:
        return ""
    substance = base.get_label(exposure.substance)
    harms = list_harms(pair.exposure, base)
    if not harms:
        return f"none on record for {substance}, which is no evidence that there are none"
    texts = [f"{base.get_label(harm.outcome)} ({_count_harm(harm)})" for harm in harms]
    more = len(texts) - most
    more_text = f" and {more} more" if more > 0 else ""
    return f"of {substance}, any form: {', '.join(texts[:most])}{more_text}"


def _count_harm(harm: HarmOnRecord) -> str:
    parts = [f"{format_count(harm.seen, 'study')}"] if harm.seen else []
    parts += [f"{format_count(harm.not_seen, 'study')} without it"] if harm.not_seen else []
    parts += [format_count(harm.claims, "claim")] if harm.claims else []
    return ", ".join(parts)


def list_related_outcomes(pair: PairGrade, base: EvidenceBase) -> str:
    """Related outcomes that the same substance was tested on, where it never was on this one."""
    exposure, outcome = base.exposure.get(pair.exposure), base.entity.get(pair.outcome)
    if exposure is None or outcome is None:
        return ""
    if pair.direct.works_measured + pair.direct.studies_measured:
        return ""
    outcome_texts = [
        f"{other.label} ({format_count(number, 'study')})"
        for other in _find_related(outcome, base)
        if (number := sum(_has_measured(s, other, exposure.substance, base) for s in base.studies))
    ]
    return ", ".join(outcome_texts)


def _find_related(outcome: Entity, base: EvidenceBase) -> Iterator[Entity]:
    for entity in base.entities:
        if entity.id in outcome.related or outcome.id in entity.related:
            yield entity


def _has_measured(study: Study, outcome: Entity, substance: str, base: EvidenceBase) -> bool:
    return any(
        finding.outcome == outcome.id
        and (studied_exposure := base.exposure.get(finding.exposure)) is not None
        and substance in (studied_exposure.substance, *studied_exposure.components)
        for finding in study.findings
    )
