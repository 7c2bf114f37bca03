"""The five GRADE domains for one stream of evidence, each as a judgement with its bounds.

Every function returns a `Judgement`: levels down (0 or negative), the worst and most favourable
value that the unknown permits, and the reason in words. grading.md section 5; thresholds come from
the profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor
from typing import Any, TypeAlias

from kg.grading.evidence import RATIOS, Context, Evidence, includes_null, null_value
from kg.grading.profiles import Profile
from kg.model import SYNTHESES, Bias, Finding, NutrientStatus, System
from kg.model.record import dataclass

Rule: TypeAlias = dict[str, Any]


def _weight(rule: Rule, facet: str, word: str) -> float:
    """What a facet costs at a word of its scale."""
    return float(rule[facet][word])


STANDARDISED = frozenset({"SMD", "Hedges g", "Cohen d"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """Levels down in one domain: `change` <= 0, and `worst` <= change <= `best` where unknown."""

    domain: str
    change: int
    worst: int
    best: int
    text: str

    @classmethod
    def known(cls, domain: str, change: int, text: str) -> Judgement:
        """A judgement with nothing unknown in it."""
        return cls(domain, change, change, change, text)


NOT_ASSESSABLE = -1  # rating of a judgement that was made and says that nobody can tell

WORST = {
    "risk_of_bias": -2,
    "inconsistency": -2,
    "indirectness": -3,
    "imprecision": -2,
    "publication_bias": -1,
}
"""Most levels that a computed domain takes away."""

_COSTS_UNLESS_GRANTED = frozenset({"risk_of_bias", "imprecision"})


def stated(domain: str, body: Sequence[Evidence]) -> int | None:
    """The rating that a source states for the only finding of a body, if it states one."""
    if len(body) == 1:
        for judgement in body[0].finding.judgements:
            if judgement.domain == domain:
                return judgement.rating
    return None


def recorded(domain: str, body: Sequence[Evidence], generous: bool = False) -> Judgement | None:
    """The judgement that a source states for the only finding of a body, if it states one."""
    rating = stated(domain, body)
    if rating is None:
        return None
    if rating == NOT_ASSESSABLE:
        return _unknown(domain, generous, "not assessable")
    source = next(j.source for j in body[0].finding.judgements if j.domain == domain)
    return Judgement.known(domain.replace("_", " "), -rating, f"judged {-rating} by {source}")


def _unknown(domain: str, generous: bool, text: str) -> Judgement:
    """A domain of which nothing is known (the table of grading.md section 1)."""
    change = -1 if domain in _COSTS_UNLESS_GRANTED and not generous else 0
    return Judgement(domain.replace("_", " "), change, WORST[domain], 0, text)


def weights(body: Sequence[Evidence]) -> tuple[float, ...]:
    """Participants of each finding, or its number of studies where one size is unknown.

    Syntheses that may share their studies weigh together as much as the largest of them.
    """
    known = all(item.finding.n for item in body)
    sizes = [float((item.finding.n if known else item.finding.k) or 1) for item in body]
    pooled = [size for item, size in zip(body, sizes, strict=True) if item.design in SYNTHESES]
    if len(pooled) < 2 or _disjoint(body):
        return tuple(sizes)
    share = max(pooled) / sum(pooled)
    return tuple(
        size * share if item.design in SYNTHESES else size
        for item, size in zip(body, sizes, strict=True)
    )


def _disjoint(body: Sequence[Evidence]) -> bool:
    """Whether the syntheses of a body list their studies and share none."""
    listed = [set(item.contains) for item in body if item.design in SYNTHESES]
    return all(listed) and len(set().union(*listed)) == sum(map(len, listed))


def risk_of_bias(body: Sequence[Evidence], generous: bool, profile: Profile) -> Judgement:
    """Risk of bias, 0 to -2, by the share of weight at high and at low risk."""
    domain = "risk of bias"
    if judged := recorded("risk_of_bias", body, generous):
        return judged
    rule = profile["bias"]
    share = dict(zip((*Bias, None), (0.0,) * 4, strict=True))
    total = sum(weights(body))
    for item, weight in zip(body, weights(body), strict=True):
        share[item.finding.risk_of_bias] += weight / total
    unknown = share[None]
    worst = _bias(share[Bias.HIGH] + unknown, share[Bias.LOW], rule)
    best = _bias(share[Bias.HIGH], share[Bias.LOW] + unknown, rule)
    if unknown > 1 - 1e-9:
        return Judgement(domain, 0 if generous else -1, worst, best, "not assessable")
    change = best if generous else _bias(share[Bias.HIGH], share[Bias.LOW], rule)
    text = f"{share[Bias.HIGH]:.0%} of the weight at high risk, {share[Bias.LOW]:.0%} at low risk"
    return Judgement(domain, change, worst, best, text)


def _bias(high: float, low: float, rule: Rule) -> int:
    if high >= rule["very_serious_high_share"]:
        return -2
    return -1 if high >= rule["serious_high_share"] or low < rule["low_share"] else 0


def inconsistency(body: Sequence[Evidence], profile: Profile) -> Judgement:
    """Inconsistency, 0 to -2: prediction interval, else I2, else agreement of directions."""
    domain = "inconsistency"
    if judged := recorded("inconsistency", body):
        return judged
    rule = profile["inconsistency"]
    if len(body) > 1:
        return _both(_agreement(body, rule), _within(body, profile))
    finding = body[0].finding
    if _single(body[0]):
        return Judgement.known(domain, 0, "one study")
    if finding.tau2 is not None and finding.pi_low is not None and finding.pi_high is not None:
        return _prediction(finding, rule)
    return _heterogeneity(finding, rule)


def _within(body: Sequence[Evidence], profile: Profile) -> Judgement | None:
    """Inconsistency within the largest synthesis of a body, if it holds one."""
    pooled = [item for item in body if not _single(item)]
    if not pooled:
        return None
    largest = max(pooled, key=lambda item: (item.finding.n or 0, item.finding.k or 0, item.work))
    return inconsistency((largest,), profile)


def _both(between: Judgement, within: Judgement | None) -> Judgement:
    """The more serious of disagreement between works and within the largest synthesis."""
    if within is None:
        return between
    return Judgement(
        between.domain,
        min(between.change, within.change),
        min(between.worst, within.worst),
        min(between.best, within.best),
        f"{between.text}; largest synthesis: {within.text}",
    )


def _single(item: Evidence) -> bool:
    """Whether the item is one study, which cannot disagree with itself."""
    if item.finding.k is not None and item.finding.k < 2:
        return True
    return item.design not in SYNTHESES and not item.summary


def _heterogeneity(finding: Finding, rule: Rule) -> Judgement:
    domain = "inconsistency"
    if finding.i2 is None:
        return Judgement(domain, 0, -2, 0, "heterogeneity not reported")
    text = f"I2 {finding.i2:g} %"
    p = finding.p_heterogeneity
    if finding.i2 <= rule["i2_serious"] or (p is not None and p >= rule["p_heterogeneity"]):
        return Judgement.known(domain, 0, text)
    if finding.i2 > rule["i2_very_serious"]:
        return Judgement(domain, -1, -2, -1, f"{text}; sides of the effects not reported")
    return Judgement.known(domain, -1, text)


def _prediction(finding: Finding, rule: Rule) -> Judgement:
    low, high = finding.pi_low or 0.0, finding.pi_high or 0.0
    wide = True
    if finding.ci_low is not None and finding.ci_high is not None:
        wide = high - low > rule["prediction_ratio"] * (finding.ci_high - finding.ci_low)
    serious = low <= null_value(finding) <= high and wide
    text = f"prediction interval {low:g} to {high:g}"
    return Judgement.known("inconsistency", -1 if serious else 0, text)


def _agreement(body: Sequence[Evidence], rule: Rule) -> Judgement:
    share = majority(body)
    text = f"{share:.0%} of the weight agrees on the direction"
    return Judgement.known("inconsistency", 0 if share >= rule["agreement"] else -1, text)


def majority(body: Sequence[Evidence]) -> float:
    """Share of the weight on the more frequent direction."""
    total = sum(weights(body))
    sums = dict.fromkeys((1, -1, 0, None), 0.0)
    for item, weight in zip(body, weights(body), strict=True):
        sums[item.sign] += weight
    return max(sums.values()) / total


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

    def at(sums: Iterable[float]) -> int:
        values = [(floor(total), i) for i, total in enumerate(sums)]
        return -min(cap, _middle(values, weights(body)))

    change = at(row.known + unknown * row.unknown for row in rows)
    worst, best = at(row.known + row.worst for row in rows), at(row.known for row in rows)
    texts = sorted({text for row in rows for text in row.words})
    if body[0].summary:  # the facets of the works in it are not told
        return Judgement(domain, change, -cap, best, "; ".join([*texts, "not judged"]))
    return Judgement(domain, change, worst, best, "; ".join(texts) or "direct")


@dataclass(frozen=True, slots=True)
class _Facets:
    """Sum of the known facets and charges, number of unknown facets and the worst they can be."""

    known: float
    unknown: int
    worst: float
    words: tuple[str, ...]


def _middle(rows: list[tuple[int, int]], weight: tuple[float, ...]) -> int:
    """The value at which half of the weight is as direct or more direct."""
    half, reached = sum(weight) / 2, 0.0
    for value, i in sorted(rows):
        reached += weight[i]
        if reached >= half:
            return value
    return rows[-1][0]


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


def imprecision(body: Sequence[Evidence], generous: bool, profile: Profile) -> Judgement:
    """Imprecision, 0 to -2: optimal information size, and what the interval includes."""
    domain = "imprecision"
    if judged := recorded("imprecision", body, generous):
        return judged
    rule = profile["imprecision"]
    sizes = [item.finding.n for item in body]
    events = [item.finding.events for item in body]
    least = together(body, [size or 0 for size in sizes])
    enough = least >= rule["participants"]  # those that are not told can only add to it
    n = least if enough or None not in sizes else None
    count = None if None in events else together(body, [e or 0 for e in events])
    interval = body[0].finding if len(body) == 1 else None
    if n is None and count is None:
        return Judgement(domain, 0 if generous else -1, -2, 0, "size not reported")
    unmet = count < rule["events"] if count is not None else (n or 0) < rule["participants"]
    more = " or more" if None in sizes else ""
    text = f"{'?' if n is None else f'{n}{more}'} participants"
    text += f", {count} events" if count else ""
    if n is not None and n < rule["very_small"]:
        return Judgement.known(domain, -2, text)
    if interval is not None and interval.ci_low is not None and interval.ci_high is not None:
        text += f", interval {interval.ci_low:g} to {interval.ci_high:g}"
        if includes_null(interval):
            return Judgement.known(domain, _null_interval(interval, unmet, rule), text)
    change = -1 if unmet else 0
    worst = -2 if body[0].summary else change  # the interval of a summary is not told
    return Judgement(domain, change, worst, change, text)


def together(body: Sequence[Evidence], counts: Sequence[int]) -> int:
    """What works count together: their sum, but overlapping works only once (E2).

    Syntheses whose studies are not listed may share them with each other and with the trials
    beside them, so only the largest counts then.
    """
    pooled = [(i, n) for i, n in zip(body, counts, strict=True) if i.design in SYNTHESES]
    single = sum(n for i, n in zip(body, counts, strict=True) if i.design not in SYNTHESES)
    if _disjoint(body):
        return single + sum(n for _, n in pooled)
    return max(single, *(n for _, n in pooled))


def _null_interval(finding: Finding, unmet: bool, rule: Rule) -> int:
    low, high = appreciable(finding, rule)
    ci_low, ci_high = finding.ci_low or 0.0, finding.ci_high or 0.0
    if low is None or high is None:
        return -1
    crossed = (ci_low < low) + (ci_high > high)
    if crossed == 2:
        return -2 if unmet else -1
    return -1 if crossed or unmet else 0


def appreciable(finding: Finding, rule: Rule) -> tuple[float | None, float | None]:
    """Effects that count as appreciable: the MID of a source, else ratio or SMD thresholds."""
    if finding.mid is not None:
        null = null_value(finding)
        return null - finding.mid, null + finding.mid
    if finding.measure in RATIOS:
        return rule["ratio_low"], rule["ratio_high"]
    if finding.measure in STANDARDISED:
        return -rule["smd"], rule["smd"]
    return None, None


def publication_bias(body: Sequence[Evidence], profile: Profile) -> Judgement:
    """Publication bias, 0 or -1: Egger from ten studies on, or small studies paid by the seller."""
    domain = "publication bias"
    if judged := recorded("publication_bias", body):
        return judged
    rule = profile["publication"]
    if body[0].summary and body[0].finding.k is None:
        return _unknown("publication_bias", False, "number of studies not reported")
    studies = together(body, [item.finding.k or 1 for item in body])
    small = profile["imprecision"]["participants"]
    paid = all(i.seller_funded and (i.finding.n or small) < small for i in body)
    if paid:
        return Judgement.known(domain, -1, "all small and paid by the seller")
    eggers = [i.finding.egger_p for i in body if i.finding.egger_p is not None]
    if studies < rule["studies"]:
        return Judgement.known(domain, 0, f"{_studies(studies)}, too few to test")
    if not eggers:
        return Judgement(domain, 0, -1, 0, f"{_studies(studies)}, not tested")
    biased = min(eggers) < rule["egger_p"]
    return Judgement.known(domain, -1 if biased else 0, f"Egger p = {min(eggers):g}")


def _studies(count: int) -> str:
    return "1 study" if count == 1 else f"{count} studies"
