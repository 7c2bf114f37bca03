"""Findings of one body pooled to one: inverse variance, random effects, by statsmodels.

Pooled are findings of one outcome on one scale that give an effect with its interval; ratios are
pooled as logarithms. What cannot be pooled stays beside it and votes. statsmodels is imported only
where a body needs it, for that costs more than all the rest of a grade.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import exp, isfinite, log, sqrt
from typing import Any

from kg.grading.evidence import RATIOS, Evidence, null_value
from kg.grading.profiles import Profile
from kg.model import SYNTHESES, Design, Direction, Finding, Reason, System
from kg.model.record import dataclass, replace

Scale = tuple[str, ...]
Effect = tuple[float, float]
"""An effect, as a logarithm where it is a ratio, and its standard error."""

_SAME = {"WMD": "MD", "risk ratio": "RR", "odds ratio": "OR", "hazard ratio": "HR"}
_UNIT_FREE = RATIOS | {"SMD", "Hedges g", "Cohen d"}
_SIGNS = {Direction.INCREASE: 1, Direction.DECREASE: -1}
_Z = 1.959963984540054  # normal quantile of 97.5 %: intervals are those of 95 %
_LEAST, _MOST = 1e-70, 1e70
_BASIS = "inverse variance, random effects after DerSimonian and Laird, 95 % intervals"


@dataclass(frozen=True, slots=True)
class Pooled:
    """A body as it is rated.

    `body` holds what was pooled as one finding, `parts` all findings with their weights; `reason`
    says what was done, None where there was nothing to pool.
    """

    body: tuple[Evidence, ...]
    parts: tuple[Evidence, ...]
    reason: Reason | None = None


def pooled(body: tuple[Evidence, ...], profile: Profile) -> Pooled:
    """The body with its effects pooled, unless a synthesis among them did that already."""
    if len(body) < 2 or any(_is_synthesis(item) for item in body):
        return Pooled(body, body)
    scales: dict[Scale, list[Evidence]] = {}
    left: list[tuple[str, Evidence]] = []
    for item in body:
        why = obstacle(item)
        if why is None:
            scales.setdefault(_scale(item), []).append(item)
        else:
            left.append((why, item))
    if not scales:
        return Pooled(body, body)
    made = []
    for scale in sorted(scales):
        group = scales[scale]
        found = _pool(group, profile) if len(group) > 1 else None
        if found is not None:
            made.append(found)
        else:
            alone = f"alone on its scale ({scale[0]})"
            left += [(alone if len(group) == 1 else "no finite pooled effect", i) for i in group]
    parts = made[0].parts if len(made) == 1 and not left else body
    reason = Reason("5", _text(made, left), basis=_BASIS, sources=("DL", "HTS"))
    return Pooled((*(m.one for m in made), *(i for _, i in left)), parts, reason)


def _is_synthesis(item: Evidence) -> bool:
    return item.design in SYNTHESES or (item.summary and item.finding.k != 1)


def obstacle(item: Evidence) -> str | None:
    """Why a finding cannot be pooled; None: it can, with others on its scale."""
    finding = item.finding
    if finding.measure is None or finding.estimate is None:
        return "no effect size"
    if finding.ci_low is None or finding.ci_high is None:
        return "no interval"
    free = finding.measure in _UNIT_FREE or finding.measure == "RD"
    if not free and not finding.unit and not item.summary:
        return "no unit"
    said = _SIGNS.get(finding.direction)
    if said and not item.summary and said * (finding.estimate - null_value(finding)) < 0:
        return "a scale that runs the other way"
    return None if _effect(finding) else "no usable interval"


def _effect(finding: Finding) -> Effect | None:
    """Effect and standard error; None where the interval gives none."""
    values = (finding.estimate, finding.ci_low, finding.ci_high)
    numbers = [value for value in values if value is not None]
    if finding.measure in RATIOS:
        if min(numbers) <= 0:
            return None
        numbers = [log(value) for value in numbers]
    effect, low, high = numbers
    error = (high - low) / (2 * _Z)
    sound = _LEAST < error < _MOST and abs(effect) < _MOST  # squares stay finite
    return (effect, error) if sound else None


def _scale(item: Evidence) -> Scale:
    """What must be the same for effects to be pooled: outcome, measure, unit, sense, comparator."""
    finding = item.finding
    measure = _SAME.get(finding.measure or "", finding.measure or "")
    unit = "" if measure in _UNIT_FREE else finding.unit or ""
    return measure, unit, finding.outcome, str(item.turn), (finding.comparator or "").casefold()


@dataclass(frozen=True, slots=True)
class _Made:
    one: Evidence
    parts: tuple[Evidence, ...]


def _pool(group: Sequence[Evidence], profile: Profile) -> _Made | None:
    """A group as one finding; None where the library finds no finite answer."""
    rule = profile["pooling"]
    rows = sorted(
        ((_effect(item.finding) or (0.0, 1.0), item) for item in group),
        key=lambda row: (row[0], row[1].work),  # by value: ids must not change the last digit
    )
    effects, items = tuple(effect for effect, _ in rows), [item for _, item in rows]
    found = _combined(effects, rule["prediction_studies"], profile["publication"]["studies"])
    if found is None or (items[0].finding.measure in RATIOS and max(map(abs, found.ends)) > 700):
        return None
    parts = tuple(replace(i, weight=w) for i, w in zip(items, found.weights, strict=True))
    return _Made(_one(items, effects, found), tuple(sorted(parts, key=lambda i: i.work)))


def _one(items: Sequence[Evidence], effects: Sequence[Effect], found: _Combined) -> Evidence:
    """The pooled finding, as a synthesis of the works."""
    first = items[0].finding
    back = exp if first.measure in RATIOS else float
    sizes = [item.finding.n for item in items]
    events = [item.finding.events for item in items]
    low, high = (back(end) for end in found.interval)
    prediction = found.prediction and tuple(back(end) for end in found.prediction)
    finding = replace(
        first,
        id="pooled",
        n=None if None in sizes else sum(size or 0 for size in sizes),
        k=len(items),
        events=None if None in events else sum(count or 0 for count in events),
        estimate=back(found.effect),
        ci_low=low,
        ci_high=high,
        p_value=None,
        i2=found.i2,
        p_heterogeneity=found.p_heterogeneity,
        tau2=found.tau2,
        pi_low=prediction[0] if prediction else None,
        pi_high=prediction[1] if prediction else None,
        egger_p=found.egger_p,
        large_effect=min(item.finding.large_effect for item in items),
        dose_response=all(item.finding.dose_response for item in items),
        opposing_confounding=all(item.finding.opposing_confounding for item in items),
        judgements=first.judgements if items[0].summary else (),
        mid=first.mid if len({item.finding.mid for item in items}) == 1 else None,
    )
    above = {effect > 0 for effect, _ in effects if effect}
    return replace(
        items[0],
        work="+".join(sorted(item.work for item in items)),
        design=Design.SYNTHESIS_OF_MIXED,
        sign=items[0].turn if found.effect > 0 else -items[0].turn,
        finding=finding,
        contains=tuple(sorted(item.work for item in items)),
        both_sides=len(above) > 1,
    )


# Text for the trail


def _noun(group: Sequence[Evidence]) -> str:
    trials = all("random" in i.design or "trial" in i.design for i in group)
    return f"{len(group)} {'trials' if trials and group[0].system is System.HUMAN else 'studies'}"


def _told(one: Finding, noun: str) -> str:
    parts = [
        f"pooled from {noun}: {one.measure} {one.estimate:.3g} "
        f"({one.ci_low:.3g} to {one.ci_high:.3g})",
        f"tau2 {one.tau2:.3g}",
        f"I2 {one.i2:.3g} %",
        f"p {one.p_heterogeneity:.2g}",
    ]
    if one.pi_low is not None:
        parts.append(f"prediction interval {one.pi_low:.3g} to {one.pi_high:.3g}")
    else:
        why = "too few studies" if one.tau2 else "no spread between studies"
        parts.append(f"{why} for a prediction interval")
    if one.egger_p is not None:
        parts.append(f"Egger p {one.egger_p:.2g}")
    return ", ".join(parts)


def _text(made: Sequence[_Made], left: Sequence[tuple[str, Evidence]]) -> str:
    told = "; ".join(_told(m.one.finding, _noun(m.parts)) for m in made)
    if not left:
        return told
    works: dict[str, list[str]] = {}
    for why, item in left:
        works.setdefault(why, []).append(item.work)
    beside = ", ".join(f"{why} ({', '.join(sorted(works[why]))})" for why in sorted(works))
    return f"{told}; beside it, by direction: {beside}" if told else f"not pooled: {beside}"


# What the library computes


@dataclass(frozen=True, slots=True)
class _Combined:
    """A random-effects meta-analysis; `weights` in the order of the effects, summing to 1."""

    effect: float
    interval: tuple[float, float]
    tau2: float
    i2: float
    p_heterogeneity: float
    prediction: tuple[float, float] | None
    egger_p: float | None
    weights: tuple[float, ...]

    @property
    def ends(self) -> tuple[float, ...]:
        """The ends of all intervals."""
        return (*self.interval, *(self.prediction or ()))


@lru_cache(maxsize=4096)
def _combined(
    effects: tuple[Effect, ...], prediction_studies: int, egger_studies: int
) -> _Combined | None:
    """The meta-analysis of effects with their standard errors, sorted."""
    import numpy as np
    from statsmodels.stats.meta_analysis import combine_effects

    effect, error = (np.array(column) for column in zip(*effects, strict=True))
    with np.errstate(all="ignore"):
        found = combine_effects(effect, error**2, method_re="dl")
        fixed, random = found.conf_int()[:2]
        # The library leaves tau2 below 0; cut off at 0, as DerSimonian and Laird have it, random
        # effects are fixed effects.
        spread = found.tau2 > 0
        middle = float(found.mean_effect_re if spread else found.mean_effect_fe)
        deviation = float(found.sd_eff_w_re if spread else found.sd_eff_w_fe)
        low, high = (float(end) for end in (random if spread else fixed))
        tau2 = max(0.0, float(found.tau2))
        prediction = _prediction(middle, sqrt(tau2 + deviation**2), len(effects))
        share = found.weights_rel_re if spread else found.weights_rel_fe
        made = _Combined(
            effect=middle,
            interval=(low, high),
            tau2=tau2,
            i2=max(0.0, 100 * float(found.i2)),
            p_heterogeneity=float(found.test_homogeneity().pvalue),
            prediction=prediction if spread and len(effects) >= prediction_studies else None,
            egger_p=_egger(effect, error) if len(effects) >= egger_studies else None,
            weights=tuple(float(weight) for weight in share),
        )
    numbers = (made.effect, *made.interval, made.tau2, made.i2, made.p_heterogeneity)
    return made if all(map(isfinite, (*numbers, *made.weights))) else None


def _prediction(middle: float, deviation: float, studies: int) -> tuple[float, float] | None:
    """The 95 % prediction interval, by the t distribution with two degrees less than studies."""
    from scipy.stats import t

    if studies < 3:
        return None
    reach = float(t.isf(0.025, studies - 2)) * deviation
    return middle - reach, middle + reach


def _egger(effect: Any, error: Any) -> float | None:
    """P of the intercept in Egger's regression of effect / error on 1 / error."""
    from statsmodels.regression.linear_model import OLS
    from statsmodels.tools import add_constant

    if len(set(error)) < 2:
        return None
    fitted = OLS(effect / error, add_constant(1 / error, has_constant="add")).fit()
    p = float(fitted.pvalues[0])
    return p if isfinite(p) else None
