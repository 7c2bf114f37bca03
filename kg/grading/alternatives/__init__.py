"""Other ways to combine evidence, for comparison only: none of their numbers is calibrated.

Each takes the chains of one question in one reading as a `Case` and returns an `Answer`. The
default (`kg.grading.algebra`) is not among them.
"""

from __future__ import annotations

from kg.grading.alternatives.case import Algebra
from kg.registry import Registry

ALGEBRAS: Registry[Algebra] = Registry(
    "algebra",
    {
        "weakest": "kg.grading.alternatives.ordinal:WEAKEST",
        "leximin": "kg.grading.alternatives.ordinal:LEXIMIN",
        "product": "kg.grading.alternatives.probability:PRODUCT",
        "noisy-or": "kg.grading.alternatives.probability:NOISY_OR",
        "noisy-or-studies": "kg.grading.alternatives.probability:NOISY_OR_STUDIES",
        "worlds": "kg.grading.alternatives.worlds:WORLDS",
        "subjective": "kg.grading.alternatives.opinions:SUBJECTIVE",
        "dempster": "kg.grading.alternatives.opinions:DEMPSTER",
        "indra": "kg.grading.alternatives.counts:INDRA",
        "aop": "kg.grading.alternatives.ordinal:AOP",
        "civic": "kg.grading.alternatives.counts:CIVIC",
        "opentargets": "kg.grading.alternatives.counts:OPENTARGETS",
        "arax": "kg.grading.alternatives.counts:ARAX",
    },
    group="kg.algebras",
)
