"""A known study at least as strong found no effect or the opposite, and is not mentioned.

## What it does
Flags a claim of an effect on something that people feel when a recorded study of the same
substance, kind and route found no clear effect on that outcome, or the opposite, is at least as
strong in design as what is cited, and is not cited. Where none is recorded, only a dated search
could tell that there is none.

## Why it matters
Two reviews of one question reached LOW (PMC8094746) and HIGH (PMC8356300): who reads only one
of them does not know that there is a question.

## Example
"Zinc shortens coughs", with a cohort cited and a larger trial without effect left out.

## Remedy
State both results and how strong each is.
"""

from __future__ import annotations

from kg.weaklinks.detector import (
    Answer,
    Condition,
    Detector,
    both,
    joined,
    on,
    works_related,
)
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import Truth, all_, any_, at_least, is_in, not_, or_
from kg.weaklinks.remedies import capital, listed
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import threshold, words

NAMED = 3


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a recorded study speaks against a claim and goes unmentioned."""
    if claim.sign is None or claim.exposure_kind not in words("exposures", "dosed"):
        return None
    worded = both(
        on(claim.id, "kind", is_in(claim.kind, words("kinds", "clinical"))),
        on(claim.id, "sigma", at_least(claim.sigma, threshold("contradicted_sigma"))),
    )
    tested = [(f, against(facts, claim, f)) for f in facts.world.get((claim.outcome,), ())]
    exists = any_(c.value for _, c in tested)
    source = facts.source.get(claim.source or "")
    if exists is False and (source is None or source.searched is None):
        gap = Condition(None, (f"{claim.source}.searched",))
    else:
        gap = Condition(exists, joined(c.unknown for _, c in tested if c.value is None))
    condition = both(worded, gap)
    if not condition.value:
        return Answer(condition.value, unknown=condition.unknown)
    found = [f for f, c in tested if c.value]
    labels = sorted({f.label for f in found})
    names = few(labels)
    return Answer(
        True,
        because=tuple(f.id for f in found),
        message=(
            f"{claim.text}: {names}, at least as strong as what is cited, found "
            f"{_what(found, claim)} and {'is' if len(labels) == 1 else 'are'} not mentioned."
        ),
        remedy=(
            f"{capital(claim.exposure_label)} and {claim.outcome_label}: {names} found "
            f"{_what(found, claim)}; state both results and how strong each is."
        ),
        related=works_related(found, "found no clear effect, or the opposite"),
    )


def against(facts: Facts, claim: ClaimFact, finding: FindingFact) -> Condition:
    """Whether a recorded finding is on the same thing, null or opposite, strong and not cited."""
    contrary = None if finding.sign is None else finding.sign != claim.sign
    return both(
        on(finding.id, "exposure", alike(claim, finding)),
        on(finding.id, "sign", contrary),
        on(finding.id, "rank", strong_enough(facts, claim, finding)),
        on(finding.id, "studies", not_(cited(facts, claim, finding))),
    )


def alike(claim: ClaimFact, finding: FindingFact) -> Truth:
    """Whether a finding is on the exposure of a claim, or on the same substance, kind and route."""
    same = (
        None if None in (finding.exposure, claim.exposure) else finding.exposure == claim.exposure
    )
    fields = ("substance", "exposure_kind", "route")
    pairs = [(getattr(finding, f), getattr(claim, f)) for f in fields]
    return or_(same, all_(None if None in pair else pair[0] == pair[1] for pair in pairs))


def strong_enough(facts: Facts, claim: ClaimFact, finding: FindingFact) -> Truth:
    """Whether a finding is on people and its design stands no lower than those cited."""
    if finding.rank is None or finding.rank == 0:
        return None if finding.rank is None else False
    behind = [f.rank for link in facts.evidence(claim.id) for f in link]
    if finding.rank >= threshold("top_rank"):
        return True
    return all_(None if rank is None else finding.rank >= rank for rank in behind)


def cited(facts: Facts, claim: ClaimFact, finding: FindingFact) -> Truth:
    """Whether a source cites a study, or a synthesis that holds it."""
    if finding.studies is None:
        return None
    rows = (
        row for (source, _), rows in facts.records.items() if source == claim.source for row in rows
    )
    return any_(None if r.studies is None else bool(r.studies & finding.studies) for r in rows)


def few(labels: list[str]) -> str:
    """The first labels of a list, and how many more there are.

    >>> few(["a 2001", "b 2002", "c 2003", "d 2004", "e 2005"])
    'a 2001, b 2002, c 2003 and 2 more'
    """
    shown = labels[:NAMED]
    more = len(labels) - len(shown)
    return listed([*shown, f"{more} more"] if more else shown)


def _what(found: list[FindingFact], claim: ClaimFact) -> str:
    opposite = all(f.sign == -(claim.sign or 0) for f in found)
    return "the opposite" if opposite else "no clear effect"


DETECTOR = Detector(
    code="KG122",
    name="contradiction-ignored",
    over="claims",
    needs=(
        "finding.exposure",
        "finding.sign",
        "finding.rank",
        "finding.studies",
        "claim.kind",
        "claim.sigma",
        "source.searched",
    ),
    fix="F10",
    backing="two reviews of one question, PMC8094746 and PMC8356300",
    judge=judge,
)
