"""Other ways to combine evidence, for comparison only: none of their numbers is calibrated.

Each takes the chains of one question in one reading as a `Case` and returns an `Answer`. The
default (`kg.search.algebra`) is not among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.registry import Registry

if TYPE_CHECKING:
    from kg.scenarios.alternatives.case import Algebra

ALGEBRAS: Registry[Algebra] = Registry(
    "algebra",
    {
        "weakest": "kg.scenarios.alternatives.ordinal:WEAKEST",
        "leximin": "kg.scenarios.alternatives.ordinal:LEXIMIN",
        "product": "kg.scenarios.alternatives.probability:PRODUCT",
        "noisy-or": "kg.scenarios.alternatives.probability:NOISY_OR",
        "noisy-or-studies": "kg.scenarios.alternatives.probability:NOISY_OR_STUDIES",
        "worlds": "kg.scenarios.alternatives.worlds:WORLDS",
        "subjective": "kg.scenarios.alternatives.opinions:SUBJECTIVE",
        "dempster": "kg.scenarios.alternatives.opinions:DEMPSTER",
        "indra": "kg.scenarios.alternatives.counts:INDRA",
        "aop": "kg.scenarios.alternatives.ordinal:AOP",
        "civic": "kg.scenarios.alternatives.counts:CIVIC",
        "opentargets": "kg.scenarios.alternatives.counts:OPENTARGETS",
        "arax": "kg.scenarios.alternatives.counts:ARAX",
    },
    group="kg.algebras",
    is_valid=lambda entry: callable(getattr(entry, "rate_case", None)),
)
