"""Findings of one body pooled to one: inverse variance, random effects.

Pooled are findings of one outcome on one scale that give an effect with its interval; ratios are
pooled as logarithms. What cannot be pooled stays beside it and votes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import Any

from kg.grading.body.distributions import NORMAL_QUANTILE
from kg.grading.body.meta_analysis import EffectWithError, MetaAnalysis, combine_effects
from kg.grading.evidence import Evidence, get_null_value, is_ratio
from kg.grading.profiles import Profile
from kg.model import SYNTHESIS_DESIGNS, Design, Direction, Finding, Reason, System
from kg.model.vocabulary import EffectMeasure, fold_spelling, parse_measure

EffectScale = tuple[str, ...]
_SIGN_BY_DIRECTION = {Direction.INCREASE: 1, Direction.DECREASE: -1}
_LEAST_MAGNITUDE, _GREATEST_MAGNITUDE = 1e-70, 1e70
_POOLING_BASIS = "inverse variance, random effects after DerSimonian and Laird, 95 % intervals"


@dataclass(frozen=True, slots=True)
class PooledBody:
    """A body as it is rated.

    `items` holds what was pooled as one finding, `weighted_items` all findings with their weights;
    `reason` says what was done, None where there was nothing to pool.
    """

    items: tuple[Evidence, ...]
    weighted_items: tuple[Evidence, ...]
    reason: Reason | None = None


def pool_body(body: tuple[Evidence, ...], profile: Profile) -> PooledBody:
    """The body with its effects pooled, unless a synthesis among them did that already."""
    if len(body) < 2 or any(_is_synthesis(item) for item in body):
        return PooledBody(body, body)
    scales: dict[EffectScale, list[Evidence]] = {}
    unpooled_items: list[tuple[str, Evidence]] = []
    for item in body:
        obstacle_text = find_obstacle(item)
        if obstacle_text is None:
            scales.setdefault(_identify_scale(item), []).append(item)
        else:
            unpooled_items.append((obstacle_text, item))
    if not scales:
        return PooledBody(body, body)
    pooled_effects = []
    for scale in sorted(scales):
        group = scales[scale]
        pooled_effect = _pool_effects(group, profile) if len(group) > 1 else None
        if pooled_effect is not None:
            pooled_effects.append(pooled_effect)
        else:
            alone = f"alone on its scale ({scale[0]})"
            unpooled_items += [
                (alone if len(group) == 1 else "no finite pooled effect", unpooled_item)
                for unpooled_item in group
            ]
    parts = (
        pooled_effects[0].weighted_items
        if len(pooled_effects) == 1 and not unpooled_items
        else body
    )
    reason = Reason(
        "5",
        _describe_pooling(pooled_effects, unpooled_items),
        basis=_POOLING_BASIS,
        sources=("DL", "HTS"),
    )
    return PooledBody(
        (
            *(scale_effect.pooled_item for scale_effect in pooled_effects),
            *(unpooled_item for _, unpooled_item in unpooled_items),
        ),
        parts,
        reason,
    )


def _is_synthesis(item: Evidence) -> bool:
    return item.design in SYNTHESIS_DESIGNS or (item.is_summary and item.finding.k != 1)


def find_obstacle(item: Evidence) -> str | None:
    """Why a finding cannot be pooled; None: it can, with others on its scale."""
    finding = item.finding
    measure = parse_measure(finding.measure)
    if measure is None or finding.estimate is None:
        return "no effect size"
    if finding.ci_low is None or finding.ci_high is None:
        return "no interval"
    is_unit_free = measure.is_unit_free or measure is EffectMeasure.RISK_DIFFERENCE
    if not is_unit_free and not finding.unit and not item.is_summary:
        return "no unit"
    if measure.needs_scale and finding.scale is None and not item.is_summary and not item.sign:
        return "a scale that is not told"
    direction_sign = _SIGN_BY_DIRECTION.get(finding.direction)
    if (
        direction_sign
        and not item.is_summary
        and direction_sign * (finding.estimate - get_null_value(finding)) < 0
    ):
        return "a scale that runs the other way"
    return None if _compute_effect(finding) else "no usable interval"


def _compute_effect(finding: Finding) -> EffectWithError | None:
    """Effect and standard error; None where the interval gives none."""
    values = (finding.estimate, finding.ci_low, finding.ci_high)
    numbers = [value for value in values if value is not None]
    if is_ratio(finding):
        if min(numbers) <= 0:
            return None
        numbers = [log(value) for value in numbers]
    effect, low, high = numbers
    error = (high - low) / (2 * NORMAL_QUANTILE)
    is_usable = (
        _LEAST_MAGNITUDE < error < _GREATEST_MAGNITUDE and abs(effect) < _GREATEST_MAGNITUDE
    )  # squares stay finite
    return (effect, error) if is_usable else None


def _identify_scale(item: Evidence) -> EffectScale:
    """What must be the same for effects to be pooled: outcome, measure, unit, sense, comparator."""
    finding = item.finding
    measure = parse_measure(finding.measure)
    unit = "" if measure is None or measure.is_unit_free else fold_spelling(finding.unit or "")
    return (
        measure.value if measure else "",
        unit,
        finding.outcome,
        str(item.increase_sign),
        fold_spelling(finding.comparator or ""),
    )


@dataclass(frozen=True, slots=True)
class PooledEffect:
    """Items of one scale as one finding, and the items with their weights."""

    pooled_item: Evidence
    weighted_items: tuple[Evidence, ...]


def _pool_effects(group: Sequence[Evidence], profile: Profile) -> PooledEffect | None:
    """A group as one finding; None where it has no finite answer."""
    rule = profile["pooling"]
    rows = sorted(
        ((_compute_effect(item.finding) or (0.0, 1.0), item) for item in group),
        key=lambda row: (row[0], row[1].work),  # by value: ids must not change the last digit
    )
    effects, items = tuple(effect for effect, _ in rows), [item for _, item in rows]
    meta_analysis = combine_effects(
        effects, rule["prediction_studies"], profile["publication"]["studies"]
    )
    if meta_analysis is None or (
        is_ratio(items[0].finding) and max(map(abs, meta_analysis.interval_ends)) > 700
    ):
        return None
    parts = tuple(replace(i, weight=w) for i, w in zip(items, meta_analysis.weights, strict=True))
    return PooledEffect(
        _build_pooled_item(items, effects, meta_analysis),
        tuple(sorted(parts, key=lambda i: i.work)),
    )


def _build_pooled_item(
    items: Sequence[Evidence], effects: Sequence[EffectWithError], meta_analysis: MetaAnalysis
) -> Evidence:
    """The pooled finding, as a synthesis of the works."""
    first = items[0].finding
    back = exp if is_ratio(first) else float
    sizes = [item.finding.n for item in items]
    events = [item.finding.events for item in items]
    low, high = (back(end) for end in meta_analysis.interval)
    prediction = meta_analysis.prediction and tuple(back(end) for end in meta_analysis.prediction)
    finding = replace(
        first,
        id="pooled",
        n=None if None in sizes else sum(size or 0 for size in sizes),
        k=len(items),
        events=None if None in events else sum(count or 0 for count in events),
        estimate=back(meta_analysis.effect),
        ci_low=low,
        ci_high=high,
        p_value=None,
        i2=meta_analysis.i2,
        p_heterogeneity=meta_analysis.p_heterogeneity,
        tau2=meta_analysis.tau2,
        pi_low=prediction[0] if prediction else None,
        pi_high=prediction[1] if prediction else None,
        egger_p=meta_analysis.egger_p,
        large_effect=min(item.finding.large_effect for item in items),
        dose_response=all(item.finding.dose_response for item in items),
        opposing_confounding=all(item.finding.opposing_confounding for item in items),
        judgements=first.judgements if items[0].is_summary else (),
        concerns=(),  # those of the works count by their weights
        treated_n=None,
        treated_events=None,
        **{name: _find_shared_value(items, name) for name in _SHARED_FIELDS},
    )
    above = {effect > 0 for effect, _ in effects if effect}
    return replace(
        items[0],
        work="+".join(sorted(item.work for item in items)),
        design=Design.SYNTHESIS_OF_MIXED,
        sign=items[0].increase_sign if meta_analysis.effect > 0 else -items[0].increase_sign,
        finding=finding,
        pooled_studies=tuple(sorted(item.work for item in items)),
        both_sides=len(above) > 1,
    )


_SHARED_FIELDS = (
    *("mid", "mid_source", "risk_mid", "baseline_risk", "baseline_risk_source", "instrument"),
)
"""What a pooled effect keeps where all its studies agree on it."""


def _find_shared_value(items: Sequence[Evidence], name: str) -> Any:
    """The value of a field that all findings share; None where they differ."""
    values = {getattr(item.finding, name) for item in items}
    return values.pop() if len(values) == 1 else None


# Text for the trail


def _format_study_noun(group: Sequence[Evidence]) -> str:
    trials = all("random" in i.design or "trial" in i.design for i in group)
    return f"{len(group)} {'trials' if trials and group[0].system is System.HUMAN else 'studies'}"


def _describe_pooled_finding(pooled_finding: Finding, noun: str) -> str:
    parts = [
        f"pooled from {noun}: {pooled_finding.measure} {pooled_finding.estimate:.3g} "
        f"({pooled_finding.ci_low:.3g} to {pooled_finding.ci_high:.3g})",
        f"tau2 {pooled_finding.tau2:.3g}",
        f"I2 {pooled_finding.i2:.3g} %",
        f"p {pooled_finding.p_heterogeneity:.2g}",
    ]
    if pooled_finding.pi_low is not None:
        parts.append(
            f"prediction interval {pooled_finding.pi_low:.3g} to {pooled_finding.pi_high:.3g}"
        )
    else:
        why = "too few studies" if pooled_finding.tau2 else "no spread between studies"
        parts.append(f"{why} for a prediction interval")
    if pooled_finding.egger_p is not None:
        parts.append(f"Egger p {pooled_finding.egger_p:.2g}")
    return ", ".join(parts)


def _describe_pooling(
    pooled_effects: Sequence[PooledEffect], unpooled_items: Sequence[tuple[str, Evidence]]
) -> str:
    pooled_text = "; ".join(
        _describe_pooled_finding(m.pooled_item.finding, _format_study_noun(m.weighted_items))
        for m in pooled_effects
    )
    if not unpooled_items:
        return pooled_text
    works: dict[str, list[str]] = {}
    for why, item in unpooled_items:
        works.setdefault(why, []).append(item.work)
    beside = ", ".join(f"{why} ({', '.join(sorted(works[why]))})" for why in sorted(works))
    return (
        f"{pooled_text}; beside it, by direction: {beside}"
        if pooled_text
        else f"not pooled: {beside}"
    )
