"""What the headline claims was studied in people by none of the works cited.

## What it does
Flags an exposure and clinical outcome that a headline or conclusion claims as a benefit when no
work that the source cites tested this substance, form and route on this outcome in people. One
such work of any quality is enough to clear it.

## Why it matters
Everything else is inference from neighbours: other forms, other routes, other outcomes.

## Example
"Zinc picolinate for burns", where every work cited is about zinc and colds.

## Remedy
Say so: "No study cited here tested zinc picolinate on burns."
"""

from __future__ import annotations

from kg.weaklinks.detector import Answer, Condition, Detector, both, joined, on
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import all_, not_, or_
from kg.weaklinks.remedies import untested
from kg.weaklinks.rows import FindingFact, PairFact
from kg.weaklinks.settings import threshold, words


def judge(facts: Facts, pair: PairFact) -> Answer | None:
    """Whether no cited work tested the pair in people."""
    low = pair.sigma is not None and pair.sigma < threshold("headline_sigma")
    if pair.sense != "benefit" or low or not pair.clinical or not in_headline(facts, pair):
        return None
    sources = sorted({facts.claim[c].source or "" for c in pair.claims if c in facts.claim})
    cited = [f for f in facts.findings if f.source in sources]
    none = both(*(elsewhere(f, pair) for f in cited))
    if none.value is False:
        return Answer(False)
    whole = all_(facts.complete(source) or None for source in sources)
    if none.value is None or not whole or pair.sigma is None:
        gaps = (f"{s}.coverage" for s in sources if not facts.complete(s))
        sigma = (f"{pair.id}.sigma",) if pair.sigma is None else ()
        return Answer(None, unknown=joined([none.unknown, gaps, sigma]))
    works = len({f.work or f.id for f in cited})
    return Answer(
        True,
        message=f"{pair.label}: none of the {works} works cited tested this in people.",
        remedy=untested(pair),
        place=pair.strongest or "",
    )


def in_headline(facts: Facts, pair: PairFact) -> bool:
    """Whether a headline, conclusion, advice or advertisement puts the pair forward."""
    said = (facts.claim[c].role for c in pair.claims if c in facts.claim)
    return any(role in words("roles", "headline") for role in said)


def elsewhere(finding: FindingFact, pair: PairFact) -> Condition:
    """Whether a finding is on something else than the pair, or not in people."""
    same_exposure = None if finding.exposure is None else finding.exposure == pair.exposure
    same_outcome = None if finding.outcome is None else finding.outcome in pair.outcome_family
    human = None if finding.system is None else finding.system == "human"
    value = or_(not_(same_exposure), not_(same_outcome), not_(human))
    if value is not None:
        return Condition(value)
    row = finding.work or finding.id
    parts = (("exposure", same_exposure), ("outcome", same_outcome), ("system", human))
    return Condition(None, joined(on(row, field, known).unknown for field, known in parts))


DETECTOR = Detector(
    code="KG140",
    name="headline-unstudied",
    over="pairs",
    needs=("finding.exposure", "finding.system", "source.coverage", "pair.sigma"),
    fix="F1",
    backing="no published figure",
    judge=judge,
)
