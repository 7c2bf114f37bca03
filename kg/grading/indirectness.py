"""Indirectness: how far a body is from the question, facet by facet, bridges charged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, fsum

from kg.grading.evidence import Context, Evidence
from kg.grading.judgement import Judgement, Rule, recorded
from kg.grading.profiles import Profile
from kg.grading.weights import weights
from kg.model import NutrientStatus, System
from kg.model.record import dataclass


def indirectness(
    body: Sequence[Evidence], context: Context, reading: str, profile: Profile
) -> Judgement:
    """Indirectness, 0 to -3: the value at half of the weight: most of the evidence decides."""
    domain = "indirectness"
    if judged := recorded("indirectness", body):
        return judged
    cap: int = profile["indirectness"]["cap"]
    unknown = profile["indirectness"]["unknown_established"] if reading == "established" else 0.0
    rows = [_facets(item, context, profile) for item in body]

    def middle(sums: Iterable[float]) -> float:
        return _middle([(total, i) for i, total in enumerate(sums)], weights(body))

    def at(sums: Iterable[float]) -> int:
        return -min(cap, floor(middle(sums)))

    basis, sources = _basis(profile, unknown)
    counted = [row.known + unknown * row.unknown for row in rows]
    change = at(counted)
    worst, best = at(row.known + row.worst for row in rows), at(row.known for row in rows)
    texts = sorted({text for row in rows for text in row.words})
    if len(set(counted)) > 1:
        half = middle(counted)
        texts.append(f"half of the weight at {half:g}{' or less' if half else ''}")
    if body[0].summary:  # the facets of the works in it are not told
        texts, worst = [*texts, "not judged"], -cap
    return Judgement(domain, change, worst, best, "; ".join(texts) or "direct", basis, sources)


def _basis(profile: Profile, unknown: float) -> tuple[str, tuple[str, ...]]:
    cap = profile["indirectness"]["cap"]
    text = (
        f"facets and bridges add up, whole levels count, {cap} at most; an unknown facet counts "
        f"{unknown:g}; of several works the value at half of the weight"
    )
    return text, profile.cited("indirectness")


def facet_sums(
    body: Sequence[Evidence], context: Context, reading: str, profile: Profile
) -> tuple[float, ...]:
    """Sum of the facets and charges of each finding, the unknown counted as the reading has it."""
    unknown = profile["indirectness"]["unknown_established"] if reading == "established" else 0.0
    rows = (_facets(item, context, profile) for item in body)
    return tuple(row.known + unknown * row.unknown for row in rows)


@dataclass(frozen=True, slots=True)
class _Facets:
    """Sum of the known facets and charges, number of unknown facets and the worst they can be."""

    known: float
    unknown: int
    worst: float
    words: tuple[str, ...]


def _middle(rows: list[tuple[float, int]], weight: tuple[float, ...]) -> float:
    """The value at which half of the weight is as direct or more direct."""
    half = fsum(weight) / 2
    values = sorted({value for value, _ in rows})
    reached = (fsum(weight[i] for v, i in rows if v <= value) for value in values)
    return next(value for value, sum_ in zip(values, reached, strict=True) if sum_ >= half)


def _facets(item: Evidence, context: Context, profile: Profile) -> _Facets:
    rule = profile["indirectness"]
    known, unknown, worst = 0.0, 0, 0.0
    words: list[str] = []
    for name, charge in item.charges:
        known += charge
        words.append(f"{name} {charge:g}")
    for name, amount in (
        ("system", _system(item, context, rule)),
        ("condition", _condition(item, context, rule)),
        ("nutrient status", _nutrient(item, context, rule)),
        ("dose", _dose(item, context, rule)),
        ("duration", _duration(item, context, rule)),
        ("comparison", _comparison(item, rule)),
    ):
        if amount is None:
            unknown += 1
            worst += max(rule[name.replace(" ", "_")].values())
            words.append(f"{name} unknown")
        elif amount:
            known += amount
            words.append(f"{name} {amount:g}")
    return _Facets(known, unknown, worst, tuple(words))


def _system(item: Evidence, context: Context, rule: Rule) -> float | None:
    if not context.human:
        return 0.0
    if item.system is None:
        return None
    key = "bench" if item.bench else item.system.value
    return _weight(rule, "system", key)


def _human(item: Evidence) -> bool:
    return item.system in (None, System.HUMAN)


def _condition(item: Evidence, context: Context, rule: Rule) -> float | None:
    if not context.conditions or not _human(item):
        return 0.0
    condition = item.population.condition if item.population else None
    if condition is None:
        return None
    if condition in context.conditions:
        return _weight(rule, "condition", "same")
    return _weight(rule, "condition", "related" if condition in context.related else "different")


def _nutrient(item: Evidence, context: Context, rule: Rule) -> float | None:
    asked = context.nutrient_status
    if asked is None or not _human(item) or not item.allocatable:
        return 0.0
    status = item.population.nutrient_status if item.population else None
    if asked is NutrientStatus.ANY:
        lacking = status is NutrientStatus.DEFICIENT
        return _weight(rule, "nutrient_status", "different") if lacking else 0.0
    if status is None:
        return None
    same = status in (asked, NutrientStatus.ANY)
    return _weight(rule, "nutrient_status", "same" if same else "different")


def _dose(item: Evidence, context: Context, rule: Rule) -> float | None:
    if context.dose is None or not _human(item) or not item.allocatable:
        return 0.0
    dose = item.finding.dose
    low, high, unit = context.dose
    if dose is None or dose.unit != unit or dose.low <= 0 or low <= 0:
        return None
    ratio = max(dose.low / high, low / dose.high, 1.0)
    for limit, word in (("dose_near", "near"), ("dose_off", "off"), ("dose_extreme", "far")):
        if ratio <= rule[limit]:
            return _weight(rule, "dose", word)
    return _weight(rule, "dose", "extreme")


def _duration(item: Evidence, context: Context, rule: Rule) -> float | None:
    if context.weeks is None or not _human(item):
        return 0.0
    if item.finding.weeks is None:
        return None
    enough = item.finding.weeks >= context.weeks / 2
    return _weight(rule, "duration", "enough" if enough else "short")


def _comparison(item: Evidence, rule: Rule) -> float:
    indirect = item.finding.comparator == "indirect"
    return _weight(rule, "comparison", "indirect" if indirect else "controlled")


def _weight(rule: Rule, facet: str, word: str) -> float:
    """What a facet costs at a word of its scale."""
    return float(rule[facet][word])
