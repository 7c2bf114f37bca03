"""An algebra for which everything is high."""

from kg.model import Level
from kg.scenarios.alternatives.case import Algebra, AlgebraAnswer, Case, Scope
from kg.scenarios.alternatives.laws import Operations


def rate_high(case: Case) -> AlgebraAnswer:
    """High, whatever the evidence."""
    return AlgebraAnswer(None, Level.HIGH.word, f"{len(case.chains)} chains")


OPTIMISM = Algebra(
    "optimism",
    Scope.CHAINS,
    "high",
    "high",
    rate_high,
    Operations(lambda a, b: 4, 4, (4,), lambda a, b: 4, 4),
    frozenset(),
)
