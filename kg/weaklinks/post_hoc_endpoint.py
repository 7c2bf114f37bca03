"""What is reported was not what the trial set out to measure.

## What it does
Flags a claim when, on some link, every trial behind it reports an outcome that its registration
does not name. Without the registration this is "cannot tell".

## Why it matters
Among many outcomes some change by chance; selective reporting was found in 11.8 % of abstracts of
non-randomised intervention studies (PMC4604617).

## Example
"Zinc cuts sick days", from a trial that was registered to measure fever.

## Remedy
Say that the outcome was chosen afterwards.
"""

from __future__ import annotations

from kg.weaklinks.detector import Answer, Condition, Detector, on, some_link, works_related
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import not_
from kg.weaklinks.remedies import capital, listed
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a claim rests, on some link, on outcomes that were not pre-specified."""
    links = [link for link in map(trials, facts.evidence(claim.id)) if link]
    if not links:
        return None
    rests = some_link(links, unplanned)
    if not rests.value:
        return Answer(rests.value, unknown=rests.unknown)
    works = listed(sorted({f.label for f in rests.findings}))
    return Answer(
        True,
        because=tuple(f.id for f in rests.findings),
        message=(
            f"{claim.text}: for at least one step the outcome was not one that the trial set out "
            f"to measure ({works})."
        ),
        remedy=(
            f"{capital(claim.exposure_label)} may affect {claim.outcome_label}; the outcome was "
            "chosen after the trial began."
        ),
        related=works_related(rests.findings, "the outcome was not pre-specified"),
    )


def trials(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link that come from trials with people."""
    trial = words("designs", "trials")
    return tuple(f for f in link if f.system in (None, "human") and f.design in trial)


def unplanned(finding: FindingFact) -> Condition:
    """Whether an outcome was not pre-specified."""
    return on(finding.work or finding.id, "prespecified", not_(finding.prespecified))


DETECTOR = Detector(
    code="KG132",
    name="post-hoc-endpoint",
    over="claims",
    needs=("finding.prespecified",),
    fix="F5",
    backing="selective reporting in 11.8 % of abstracts, PMC4604617",
    judge=judge,
)
