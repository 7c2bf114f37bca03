"""Between which numbers a value may lie: one table for the schema of editors and for every base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class NumberBounds(NamedTuple):
    """The least and the largest value, both allowed; `high` is None where there is no largest.

    >>> str(NumberBounds(0, 100)), str(NumberBounds(0))
    ('not between 0 and 100', 'which must be 0 or more')
    """

    low: float
    high: float | None = None

    def allows(self, value: float) -> bool:
        """Whether a value lies within."""
        return value >= self.low and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        if self.high is None:
            return f"which must be {self.low:g} or more"
        return f"not between {self.low:g} and {self.high:g}"


COUNT = POSITIVE = NumberBounds(0)
LINE = NumberBounds(1)
YEAR = NumberBounds(1500, 2100)
LEVELS = NumberBounds(0, 3)
STEPS = NumberBounds(0, 2)
PROBABILITY = NumberBounds(0, 1)
PERCENT = NumberBounds(0, 100)

STUDY_BOUNDS: Mapping[str, NumberBounds] = {"n": COUNT, "year": YEAR}
FINDING_BOUNDS: Mapping[str, NumberBounds] = {
    **dict.fromkeys(("n", "k", "events", "treated_n", "treated_events"), COUNT),
    **dict.fromkeys(("weeks", "tau2", "mid"), POSITIVE),
    **dict.fromkeys(("p_value", "p_heterogeneity", "egger_p"), PROBABILITY),
    **dict.fromkeys(("risk_mid", "baseline_risk"), PROBABILITY),
    "i2": PERCENT,
    "large_effect": STEPS,
}
