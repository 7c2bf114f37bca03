"""What a relative effect means for people: the difference in risk at a baseline risk.

Formulas of the Cochrane Handbook, chapter 15 (15.4.4): with a baseline risk p, the risk with the
exposure is RR p for a risk ratio, OR p / (1 - p + OR p) for an odds ratio, and 1 - (1 - p)^HR for a
hazard ratio. The interval of the ratio gives that of the difference; the baseline risk is taken as
known, as summary-of-findings tables do.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import Finding
from kg.model.vocabulary import EffectMeasure, is_percentage, parse_measure

RISK_RATIOS = frozenset(
    {
        EffectMeasure.RISK_RATIO,
        EffectMeasure.ODDS_RATIO,
        EffectMeasure.HAZARD_RATIO,
        EffectMeasure.RATE_RATIO,
        EffectMeasure.PREVALENCE_RATIO,
    }
)
"""Ratios that a baseline risk turns into a difference in risk."""


@dataclass(frozen=True, slots=True)
class AbsoluteEffect:
    """A difference in risk with its interval, as shares of 1, and the baseline risk behind it.

    Negative is fewer people with the outcome. `source` says where the baseline risk is from;
    without a baseline risk the study itself reported the difference.
    """

    difference: float | None
    low: float | None
    high: float | None
    baseline_risk: float | None = None
    source: str = ""

    def __str__(self) -> str:
        """The difference per 1000 people, as summary-of-findings tables print it."""
        if self.difference is None:
            return "no estimate"
        text = format_people(self.difference)
        if self.low is not None and self.high is not None:
            text += f" ({format_people(self.low)} to {format_people(self.high)})"
        text += " per 1000"
        if self.baseline_risk is not None:
            text += f", from {1000 * self.baseline_risk:.3g} in 1000"
        return text


def compute_absolute_effect(finding: Finding) -> AbsoluteEffect | None:
    """The difference in risk that a finding amounts to; None where it is not known.

    A risk difference is one already. A ratio needs the baseline risk; a mean difference has none.

    >>> from kg.model import Direction
    >>> finding = Finding("f", "e", "o", Direction.DECREASE, measure="OR", estimate=0.5,
    ...     ci_low=0.25, ci_high=1, baseline_risk=0.2, baseline_risk_source="control group")
    >>> str(compute_absolute_effect(finding))
    '89 fewer (141 fewer to 0 fewer) per 1000, from 200 in 1000'
    """
    measure = parse_measure(finding.measure)
    ends = (finding.estimate, finding.ci_low, finding.ci_high)
    baseline_risk = finding.baseline_risk
    if measure is EffectMeasure.RISK_DIFFERENCE:
        share = 0.01 if finding.unit and is_percentage(finding.unit) else 1.0
        difference, low, high = (None if end is None else share * end for end in ends)
        is_share = all(abs(value or 0) <= 1 for value in (difference, low, high))
        return AbsoluteEffect(difference, low, high) if is_share else None
    if measure is None or measure not in RISK_RATIOS or baseline_risk is None:
        return None
    difference, low, high = (
        None if ratio is None else compute_risk_difference(measure, ratio, baseline_risk)
        for ratio in ends
    )
    source = finding.baseline_risk_source or ""
    return AbsoluteEffect(difference, low, high, baseline_risk, source)


def compute_risk_difference(measure: EffectMeasure, ratio: float, baseline_risk: float) -> float:
    """Risk with the exposure less the risk without it, as a share of 1, between -1 and 1.

    Args:
        measure: a ratio; rates are taken as risks (Cochrane Handbook 15.4.4).
        ratio: above 0.
        baseline_risk: share of people without the exposure who have the outcome, 0 to 1.

    >>> round(compute_risk_difference(EffectMeasure.RISK_RATIO, 0.75, 0.2), 3)
    -0.05
    """
    if measure is EffectMeasure.ODDS_RATIO:
        risk = ratio * baseline_risk / (1 - baseline_risk + ratio * baseline_risk)
    elif measure is EffectMeasure.HAZARD_RATIO:
        risk = 1 - (1 - baseline_risk) ** ratio
    else:
        risk = min(1.0, ratio * baseline_risk)
    return risk - baseline_risk


def format_people(difference: float) -> str:
    """A difference in risk as people per 1000.

    >>> format_people(-0.0123), format_people(0.0004)
    ('12 fewer', '0.4 more')
    """
    people = abs(1000 * difference)
    digits = 0 if people >= 1 or not people else 1
    return f"{people:.{digits}f} {'more' if difference > 0 else 'fewer'}"
