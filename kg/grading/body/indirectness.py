"""Indirectness: how far a body is from the question, facet by facet, bridges charged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, fsum

from kg.grading.body.concerns import has_concern
from kg.grading.body.judgement import DomainDowngrade, Thresholds, find_stated_judgement
from kg.grading.body.weights import compute_weights
from kg.grading.evidence import Evidence, QuestionContext
from kg.grading.profiles import Profile
from kg.model import ConcernKind, NutrientStatus, System
from kg.model.vocabulary import convert_dose, fold_spelling

_FACET_SCALES = {"age or sex": "condition"}


def judge_indirectness(
    body: Sequence[Evidence], context: QuestionContext, reading: str, profile: Profile
) -> DomainDowngrade:
    """Indirectness, 0 to -3: the value at half of the weight: most of the evidence decides."""
    domain = "indirectness"
    if judged := find_stated_judgement("indirectness", body):
        return judged
    level_cap: int = profile["indirectness"]["cap"]
    unknown = profile["indirectness"]["unknown_established"] if reading == "established" else 0.0
    rows = [_sum_item_facets(item, context, profile) for item in body]

    def find_weighted_middle(sums: Iterable[float]) -> float:
        return _find_weighted_median(
            [(total, i) for i, total in enumerate(sums)], compute_weights(body)
        )

    def count_levels_down(sums: Iterable[float]) -> int:
        return -min(level_cap, floor(find_weighted_middle(sums)))

    basis, sources = _describe_basis(profile, unknown)
    facet_totals = [row.known_sum + unknown * row.unknown_count for row in rows]
    change = count_levels_down(facet_totals)
    worst, best = (
        count_levels_down(row.known_sum + row.worst_sum for row in rows),
        count_levels_down(row.known_sum for row in rows),
    )
    texts = sorted({text for row in rows for text in row.texts})
    if len(set(facet_totals)) > 1:
        half = find_weighted_middle(facet_totals)
        texts.append(f"half of the weight at {half:g}{' or less' if half else ''}")
    if body[0].is_summary:  # the facets of the works in it are not told
        texts, worst = [*texts, "not judged"], -level_cap
    return DomainDowngrade(
        domain, change, worst, best, "; ".join(texts) or "direct", basis, sources
    )


def _describe_basis(profile: Profile, unknown: float) -> tuple[str, tuple[str, ...]]:
    level_cap = profile["indirectness"]["cap"]
    text = (
        f"facets and bridges add up, whole levels count, {level_cap} at most; an unknown facet "
        "counts "
        f"{unknown:g}; of several works the value at half of the weight"
    )
    return text, profile.list_sources("indirectness")


def sum_facets(
    body: Sequence[Evidence], context: QuestionContext, reading: str, profile: Profile
) -> tuple[float, ...]:
    """Sum of the facets and charges of each finding, the unknown counted as the reading has it."""
    unknown = profile["indirectness"]["unknown_established"] if reading == "established" else 0.0
    rows = (_sum_item_facets(item, context, profile) for item in body)
    return tuple(row.known_sum + unknown * row.unknown_count for row in rows)


@dataclass(frozen=True, slots=True)
class _Facets:
    """Sum of the known facets and charges, number of unknown facets and the worst they can be."""

    known_sum: float
    unknown_count: int
    worst_sum: float
    texts: tuple[str, ...]


def _find_weighted_median(rows: list[tuple[float, int]], weight: tuple[float, ...]) -> float:
    """The value at which half of the weight is as direct or more direct."""
    half = fsum(weight) / 2
    values = sorted({value for value, _ in rows})
    cumulative_weights = (fsum(weight[i] for v, i in rows if v <= value) for value in values)
    return next(
        value for value, sum_ in zip(values, cumulative_weights, strict=True) if sum_ >= half
    )


def _sum_item_facets(item: Evidence, context: QuestionContext, profile: Profile) -> _Facets:
    rule = profile["indirectness"]
    known_sum, unknown, worst_sum = 0.0, 0, 0.0
    words: list[str] = []
    for name, charge in item.charges:
        known_sum += charge
        words.append(f"{name} {charge:g}")
    for name, amount in (
        ("system", _charge_system(item, context, rule)),
        ("condition", _charge_condition(item, context, rule)),
        ("age or sex", _charge_age_or_sex(item, context, rule)),
        ("nutrient status", _charge_nutrient_status(item, context, rule)),
        ("dose", _charge_dose(item, context, rule)),
        ("duration", _charge_duration(item, context, rule)),
        ("comparison", _charge_comparison(item, rule)),
    ):
        if amount is None:
            unknown += 1
            worst_sum += max(rule[_FACET_SCALES.get(name, name.replace(" ", "_"))].values())
            words.append(f"{name} unknown")
        elif amount:
            known_sum += amount
            words.append(f"{name} {amount:g}")
    return _Facets(known_sum, unknown, worst_sum, tuple(words))


def _charge_system(item: Evidence, context: QuestionContext, rule: Thresholds) -> float | None:
    if not context.is_human:
        return 0.0
    if item.system is None:
        return None
    key = "bench" if item.is_bench else item.system.value
    return _get_charge(rule, "system", key)


def _is_human(item: Evidence) -> bool:
    return item.system in (None, System.HUMAN)


def _charge_condition(item: Evidence, context: QuestionContext, rule: Thresholds) -> float | None:
    if not context.conditions or not _is_human(item):
        return 0.0
    condition = item.population.condition if item.population else None
    if condition is None:
        return None
    if condition in context.conditions:
        return _get_charge(rule, "condition", "same")
    return _get_charge(
        rule, "condition", "related" if condition in context.related_conditions else "different"
    )


def _charge_age_or_sex(item: Evidence, context: QuestionContext, rule: Thresholds) -> float | None:
    """The charge for other ages or the other sex, beyond what the condition costs already.

    Condition, age and sex are one facet of the scale, which is charged once.
    """
    if not (context.age or context.sex) or not _is_human(item):
        return 0.0
    age, sex = (item.population.age, item.population.sex) if item.population else (None, None)
    matches = [_is_same_age(context.age, age)] if context.age else []
    matches += [sex == context.sex if sex else None] if context.sex else []
    by_condition, most = _charge_condition(item, context, rule), max(rule["condition"].values())
    if False in matches:
        return max(0.0, _get_charge(rule, "condition", "different") - (by_condition or 0.0))
    is_counted = by_condition is None or by_condition >= most
    return None if None in matches and not is_counted else 0.0


def _is_same_age(target: str, studied: str | None) -> bool | None:
    """Whether two ranges of age share a year; None where one is not stated in years.

    >>> _is_same_age("18-40 years", "60-80 years"), _is_same_age("over 60 years", None)
    (False, None)
    """
    if studied and fold_spelling(target) == fold_spelling(studied):
        return True
    ranges = [[int(year) for year in re.findall(r"\d+", text or "")] for text in (target, studied)]
    if any(len(years) != 2 for years in ranges):
        return None
    (low, high), (studied_low, studied_high) = ranges
    return low <= studied_high and studied_low <= high


def _charge_nutrient_status(
    item: Evidence, context: QuestionContext, rule: Thresholds
) -> float | None:
    target_status = context.nutrient_status
    if target_status is None or not _is_human(item) or not item.is_allocatable:
        return 0.0
    status = item.population.nutrient_status if item.population else None
    if target_status is NutrientStatus.ANY:
        lacking = status is NutrientStatus.DEFICIENT
        return _get_charge(rule, "nutrient_status", "different") if lacking else 0.0
    if status is None:
        return None
    is_same = status in (target_status, NutrientStatus.ANY)
    return _get_charge(rule, "nutrient_status", "same" if is_same else "different")


def _charge_dose(item: Evidence, context: QuestionContext, rule: Thresholds) -> float | None:
    if context.target_dose is None or not _is_human(item) or not item.is_allocatable:
        return 0.0
    dose = item.finding.dose
    low, high, unit = context.target_dose
    studied = convert_dose((dose.low, dose.high, dose.unit), unit) if dose else None
    if studied is None or studied[0] <= 0 or low <= 0:
        return None
    ratio = max(studied[0] / high, low / studied[1], 1.0)
    for limit, word in (("dose_near", "near"), ("dose_off", "off"), ("dose_extreme", "far")):
        if ratio <= rule[limit]:
            return _get_charge(rule, "dose", word)
    return _get_charge(rule, "dose", "extreme")


def _charge_duration(item: Evidence, context: QuestionContext, rule: Thresholds) -> float | None:
    if context.target_weeks is None or not _is_human(item):
        return 0.0
    if item.finding.weeks is None:
        return None
    enough = item.finding.weeks >= context.target_weeks / 2
    return _get_charge(rule, "duration", "enough" if enough else "short")


def _charge_comparison(item: Evidence, rule: Thresholds) -> float:
    if has_concern(item, ConcernKind.ACTIVE_COMPARATOR):
        return _get_charge(rule, "comparison", "active")
    indirect = fold_spelling(item.finding.comparator or "") == "indirect"
    return _get_charge(rule, "comparison", "indirect" if indirect else "controlled")


def _get_charge(rule: Thresholds, facet: str, word: str) -> float:
    """What a facet costs at a word of its scale."""
    return float(rule[facet][word])
