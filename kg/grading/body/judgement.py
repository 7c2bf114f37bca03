"""A judgement in one domain: levels down, what the unknown permits, and the rule that was used.

A judgement that a source states stands above what would be computed (grading.md section 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from kg.grading.evidence import Evidence

Thresholds: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DomainDowngrade:
    """Levels down in one domain: `change` <= 0, and `worst` <= change <= `best` where unknown.

    `basis` says by which threshold, `sources` where it is published; without sources it is local.
    """

    domain: str
    change: int
    worst: int
    best: int
    text: str
    basis: str = ""
    sources: tuple[str, ...] = ()

    @classmethod
    def build_known(
        cls, domain: str, change: int, text: str, basis: str = "", sources: tuple[str, ...] = ()
    ) -> DomainDowngrade:
        """A judgement with nothing unknown in it."""
        return cls(domain, change, change, change, text, basis, sources)


def format_number(number: float) -> str:
    """A number to four figures, large ones in full.

    >>> format_number(0.315556), format_number(123456.0)
    ('0.3156', '123456')
    """
    return f"{number:.4g}" if abs(number) < 1e4 else f"{number:.0f}"


RATING_NOT_ASSESSABLE = -1  # rating of a judgement that was made and says that nobody can tell

WORST_BY_DOMAIN = {
    "risk_of_bias": -2,
    "inconsistency": -2,
    "indirectness": -3,
    "imprecision": -2,
    "publication_bias": -1,
}
"""Most levels that a computed domain takes away."""

_COSTS_UNLESS_GRANTED = frozenset({"risk_of_bias", "imprecision"})


def find_stated_rating(domain: str, body: Sequence[Evidence]) -> int | None:
    """The rating that a source states for a body: for its only finding, or in the rows of a table.

    Rows of a table that are pooled state one judgement together.
    """
    if len(body) == 1 or body[0].is_summary:
        for judgement in body[0].finding.judgements:
            if judgement.domain == domain:
                return judgement.rating
    return None


def find_stated_judgement(
    domain: str, body: Sequence[Evidence], generous: bool = False
) -> DomainDowngrade | None:
    """The judgement that a source states for a body, if it states one."""
    rating = find_stated_rating(domain, body)
    if rating is None:
        return None
    if rating == RATING_NOT_ASSESSABLE:
        return judge_unknown(domain, generous, "not assessable")
    source = next(j.source for j in body[0].finding.judgements if j.domain == domain)
    return DomainDowngrade.build_known(
        domain.replace("_", " "),
        -rating,
        f"judged {-rating} by {source}",
        "a judgement that is given stands",
    )


def judge_unknown(domain: str, generous: bool, text: str) -> DomainDowngrade:
    """A domain of which nothing is known (the table of grading.md section 1)."""
    is_costly = domain in _COSTS_UNLESS_GRANTED
    basis = (
        "what is unknown costs one level, and none in the best case"
        if is_costly
        else "what is unknown costs no level and widens the interval"
    )
    change = -1 if is_costly and not generous else 0
    return DomainDowngrade(
        domain.replace("_", " "), change, WORST_BY_DOMAIN[domain], 0, text, basis
    )


def hold_against_numbers(
    judged: DomainDowngrade | None, computed: DomainDowngrade
) -> DomainDowngrade:
    """The judgement that somebody gave, with the numbers beside it where they contradict it.

    It stands all the same. Numbers contradict a judgement of no concern where everything that they
    permit costs a level, and one of concern where nothing that they permit costs any.

    Args:
        judged: what a source judged; None where it judged nothing.
        computed: what the numbers of the same body come to.
    """
    if judged is None:
        return computed
    is_judgement = judged.worst == judged.best  # else somebody said that nobody can tell
    is_contradicted = computed.best < 0 if judged.change == 0 else computed.worst == 0
    if not (is_judgement and is_contradicted):
        return judged
    levels = "no level" if computed.change == 0 else f"{-computed.change} off"
    text = f"{judged.text}; contradicted by the numbers: {computed.text}, {levels}"
    return replace(judged, text=text)
