"""Evidence items: a finding, in the frame of the question that is asked of it.

A study gives its own findings; a citation whose work was not identified gives the finding that the
citing text describes. Retracted works, vague attributions and records that are not about the link
give none, in any reading (grading.md sections 1 and 3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kg.model import (
    BENCH_SYSTEMS,
    Better,
    Bias,
    Citation,
    Claim,
    Design,
    Direction,
    Finding,
    Identification,
    NutrientStatus,
    Population,
    Scale,
    Status,
    Study,
    System,
    find_scale_sign,
)
from kg.model.vocabulary import parse_domain, parse_measure

DESCRIBED_STATUSES = frozenset({Identification.UNIDENTIFIED, Identification.NOT_LOOKED_UP})
DESIGNS_WITHOUT_EVIDENCE = frozenset({Design.NARRATIVE_REVIEW, Design.OPINION})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One admitted finding, held against a link.

    `sign` is what the finding says about the link's sign: +1 for, -1 against, 0 no clear effect,
    None mixed. `work` is the id of a study or citation; `charges` are those of the bridge that was
    crossed; `is_allocatable` is False for exposures that no trial can allocate. `is_summary` marks
    the row of a table that stands for a whole body: what it leaves out is unknown, never absent.
    `increase_sign` is what an increase says about the link. Pooling gives each finding its
    `weight`, and tells whether the effects lie on `both_sides` of no effect.
    """

    work: str
    design: Design
    system: System | None
    sign: int | None
    finding: Finding
    is_identified: bool
    population: Population | None = None
    charges: tuple[tuple[str, float], ...] = ()
    is_allocatable: bool = True
    pooled_studies: tuple[str, ...] = ()
    seller_funded: bool | None = None
    is_summary: bool = False
    increase_sign: int = 1
    weight: float | None = None
    both_sides: bool | None = None

    @property
    def is_bench(self) -> bool:
        """Whether the work was done in vitro, ex vivo or in silico."""
        return self.system in BENCH_SYSTEMS


@dataclass(frozen=True, slots=True)
class QuestionContext:
    """What a body is rated for: who is meant, at what dose, over what time.

    The default is a link asked for by itself: its own question, so that no facet is charged.
    """

    is_human: bool = False
    conditions: frozenset[str] = frozenset()
    related_conditions: frozenset[str] = frozenset()
    nutrient_status: NutrientStatus | None = None
    age: str | None = None
    sex: str | None = None
    target_dose: tuple[float, float, str] | None = None
    target_weeks: float | None = None


LINK_CONTEXT = QuestionContext()


def build_study_evidence(
    study: Study, finding: Finding, population: Population | None, better: Better = Better.NEITHER
) -> Evidence | None:
    """The evidence of a study's finding; None for retracted works and for opinion.

    `better` is which way of the outcome is good: it says what the points of a scale mean.
    """
    if study.status is Status.RETRACTED or study.design in DESIGNS_WITHOUT_EVIDENCE:
        return None
    if finding.direction is Direction.UNSTATED:
        return None
    finding = turn_to_outcome(normalise_finding(finding), better)
    return Evidence(
        work=study.id,
        design=study.design,
        system=study.system,
        sign=_SIGN_BY_DIRECTION[finding.direction],
        finding=finding if finding.n is not None else replace(finding, n=study.n),
        is_identified=study.verified,
        population=population,
        pooled_studies=study.contains,
        seller_funded=study.seller_funded,
    )


def build_citation_evidence(
    citation: Citation, claim: Claim, sign: int, population: Population | None
) -> Evidence | None:
    """The evidence that a text describes when it cites a work that was not identified.

    None for vague attributions, mismatches and works of no evidential design: those are admitted
    in no reading.
    """
    work_description = citation.described
    if citation.status not in DESCRIBED_STATUSES or work_description is None:
        return None
    design = work_description.design or Design.UNSTATED
    if design in DESIGNS_WITHOUT_EVIDENCE:
        return None
    finding = Finding(
        id=f"{citation.id}.{claim.id}",
        exposure=claim.proposition.subject,
        outcome=claim.proposition.object,
        direction=Direction.INCREASE if sign > 0 else Direction.DECREASE,
        n=work_description.n,
    )
    return Evidence(citation.id, design, work_description.system, sign, finding, False, population)


def normalise_finding(finding: Finding) -> Finding:
    """A finding whose judgements name known domains, without numbers of an unknown measure.

    Without a measure nobody knows whether no effect is 0 or 1, so that effect and interval are
    unknown, which never favours a claim.
    """
    judgements = tuple(
        replace(judgement, domain=parse_domain(judgement.domain) or judgement.domain)
        for judgement in finding.judgements
    )
    if parse_measure(finding.measure) is not None:
        return replace(finding, judgements=judgements)
    return replace(
        finding,
        judgements=judgements,
        measure=None,
        estimate=None,
        ci_low=None,
        ci_high=None,
        pi_low=None,
        pi_high=None,
        mid=None,
    )


def turn_to_outcome(finding: Finding, better: Better) -> Finding:
    """The finding with numbers in which more is more of its outcome.

    Numbers of a difference on a scale that runs against the outcome change their sign; ratios count
    people and have no scale.
    """
    if is_ratio(finding) or find_scale_sign(finding.scale, better) != -1:
        return finding
    return turn_numbers(finding)


def turn_numbers(finding: Finding) -> Finding:
    """The finding as the same scale read from its other end gives it."""
    ci_low, ci_high, pi_low, pi_high, estimate = (
        None if number is None else -number
        for number in (
            finding.ci_high,
            finding.ci_low,
            finding.pi_high,
            finding.pi_low,
            finding.estimate,
        )
    )
    return replace(
        finding,
        scale=_OPPOSITE_SCALE[finding.scale],
        estimate=estimate,
        ci_low=ci_low,
        ci_high=ci_high,
        pi_low=pi_low,
        pi_high=pi_high,
    )


def is_ratio(finding: Finding) -> bool:
    """Whether the effect of a finding is a ratio."""
    measure = parse_measure(finding.measure)
    return measure is not None and measure.is_ratio


def get_null_value(finding: Finding) -> float:
    """The value of no effect: 1 for ratio measures, 0 for all others."""
    return 1.0 if is_ratio(finding) else 0.0


def has_null_in_interval(finding: Finding) -> bool | None:
    """Whether the interval includes no effect; None where there is no interval."""
    low, high = finding.ci_low, finding.ci_high
    if low is None or high is None:
        return None
    return low <= get_null_value(finding) <= high


def find_direction(item: Evidence) -> int | None:
    """The side on which a finding lies: +1, -1, 0 for no effect, None where nobody knows.

    A row of a table states no direction: the side of its own estimate is its direction, whether it
    was pooled or not.
    """
    if not item.is_summary:
        return item.sign
    if item.finding.estimate is None:
        return None
    distance = item.finding.estimate - get_null_value(item.finding)
    return ((distance > 0) - (distance < 0)) * item.increase_sign


def find_vote(item: Evidence) -> int | None:
    """Direction of a finding: a null where the interval includes no effect, whatever is said.

    So is an estimate below the smallest difference that matters, where a source states one.
    """
    return 0 if has_null_in_interval(item.finding) or is_trivial(item.finding) else item.sign


def is_trivial(finding: Finding) -> bool:
    """Whether the estimate is smaller than the smallest difference that matters."""
    if finding.mid is None or finding.estimate is None:
        return False
    return abs(finding.estimate - get_null_value(finding)) < finding.mid


def merge_reports(items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """One item a work, and no study beside a synthesis that contains it (E1, E2).

    Of several reports of one outcome the most complete stays. A work whose reports, of several
    outcomes of the head or equally complete ones of the same, saw different things is mixed.
    """
    works: dict[str, dict[str, list[Evidence]]] = {}
    for item in items:
        works.setdefault(item.work, {}).setdefault(item.finding.outcome, []).append(item)
    reports = {
        work: [_select_fullest(same) for same in items_by_outcome.values()]
        for work, items_by_outcome in works.items()
    }
    contained = {
        study
        for items_by_outcome in reports.values()
        for same in items_by_outcome
        for fullest_item in same
        for study in fullest_item.pooled_studies
    }
    return tuple(
        _merge_work_reports([item for same in reports[work] for item in same])
        for work in sorted(reports)
        if work not in contained
    )


def _select_fullest(items: list[Evidence]) -> list[Evidence]:
    """The items that say most."""
    if len(items) == 1:
        return items
    greatest_completeness = max(map(_rank_completeness, items))
    return [item for item in items if _rank_completeness(item) == greatest_completeness]


def _merge_work_reports(reports: list[Evidence]) -> Evidence:
    """One item for all reports of a work: no name of a record decides which."""
    tied = _select_fullest(reports)
    item = max(tied, key=_rank_caution)
    if len({other.population for other in tied}) > 1:
        item = replace(item, population=None)
    if len({find_vote(other) for other in reports}) > 1:
        item = replace(item, sign=None, finding=replace(item.finding, ci_low=None, ci_high=None))
    return item


def _rank_completeness(item: Evidence) -> tuple[bool, int, int]:
    """Sort key: items that say more come later, those on everybody after those on a group."""
    finding = item.finding
    optional_values = (finding.n, finding.ci_low, finding.risk_of_bias, finding.i2, finding.p_value)
    judgement_points = 2 * bool(finding.judgements)
    filled_fields = judgement_points + sum(value is not None for value in optional_values)
    return (finding.population is None, filled_fields, finding.n or 0)


def _rank_caution(item: Evidence) -> tuple[object, ...]:
    """Sort key of items that say as much: what is less direct or more biased comes later."""
    finding = item.finding
    numbers = (finding.estimate, finding.ci_low, finding.ci_high, finding.events, finding.weeks)
    return (
        sum(amount for _, amount in item.charges),
        _BIAS_ORDER.index(finding.risk_of_bias),
        str(item.system),
        str(item.design),
        item.is_identified,
        *(-1.0 if value is None else value for value in numbers),
        str(finding.dose),
        finding.id,
    )


_OPPOSITE_SCALE = {
    None: None,
    Scale.HIGHER_IS_BETTER: Scale.HIGHER_IS_WORSE,
    Scale.HIGHER_IS_WORSE: Scale.HIGHER_IS_BETTER,
}
_BIAS_ORDER = (None, *Bias)
_SIGN_BY_DIRECTION = {
    Direction.INCREASE: 1,
    Direction.DECREASE: -1,
    Direction.NO_CLEAR_EFFECT: 0,
    Direction.MIXED: None,
}
