"""Work at another dose, or over a much shorter time, is used for the dose and time claimed.

## What it does
Flags a claim about something that is taken when, on some link, every work used less than half or
more than twice the dose claimed, or lasted less than half the time that the claim speaks of; and a
claim at a dose above the upper limit that the profile sets for the substance.

## Why it matters
An effect belongs to the conditions of use under which it was measured.

## Example
"100 mg of zinc a day clears skin", where the work cited gave 10 mg.

## Remedy
Name the dose and the duration of the study.
"""

from __future__ import annotations

from kg.weaklinks.detector import Answer, Condition, Detector, both, joined, some_link
from kg.weaklinks.facts import Facts
from kg.weaklinks.kleene import or_
from kg.weaklinks.remedies import listed, study_used
from kg.weaklinks.rows import ClaimFact, FindingFact
from kg.weaklinks.settings import threshold, words


def judge(facts: Facts, claim: ClaimFact) -> Answer | None:
    """Whether a claim is at another dose or duration than the work behind it, or above a limit."""
    if claim.exposure_kind not in words("exposures", "dosed"):
        return None
    links = [link for link in map(taken, facts.evidence(claim.id)) if link]
    if not links:
        return None
    dose = some_link(links, lambda finding: another_dose(finding, claim))
    time = some_link(links, lambda finding: too_short(finding, claim))
    over = above_limit(claim)
    value = or_(dose.value, time.value, over.value)
    if not value:
        unknown = joined(c.unknown for c in (dose, time, over))
        return Answer(value, unknown=() if value is False else unknown)
    used = (*dose.findings, *time.findings)
    remedy = (
        study_used((_conditions(f) for f in used), _claimed(claim))
        if used
        else f"Name the upper limit beside the dose: {claim.limit:g}."
    )
    works = listed(sorted({f.label for f in used})) if used else "no work"
    return Answer(
        True,
        because=tuple(dict.fromkeys(f.id for f in used)),
        message=f"{claim.text}: {_why(dose.value, time.value)} ({works}).",
        remedy=remedy,
        related=tuple((f.work or f.id, f"this work used {_conditions(f)}") for f in used),
    )


def taken(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link on something that is taken, or may be."""
    without = words("exposures", "status_kinds") | {"in_vitro", "entity"}
    return tuple(f for f in link if f.exposure_kind not in without)


def another_dose(finding: FindingFact, claim: ClaimFact) -> Condition:
    """Whether the doses lie further apart than the allowed factor; other units are unknown."""
    row = finding.work or finding.id
    if claim.dose is None or finding.dose is None:
        ids = ((claim.id, claim.dose), (row, finding.dose))
        return Condition(None, tuple(f"{id}.dose" for id, dose in ids if dose is None))
    if claim.dose[2] != finding.dose[2]:
        return Condition(None, (f"{row}.dose",))
    ratio = threshold("dose_ratio")
    low, high = claim.dose[0], claim.dose[1]
    return Condition(finding.dose[1] * ratio < low or finding.dose[0] > high * ratio)


def too_short(finding: FindingFact, claim: ClaimFact) -> Condition:
    """Whether a study lasted less than half of what the claim speaks of."""
    row = finding.work or finding.id
    if claim.horizon is None or finding.weeks is None:
        ids = ((f"{claim.id}.horizon", claim.horizon), (f"{row}.weeks", finding.weeks))
        return Condition(None, tuple(name for name, known in ids if known is None))
    return Condition(finding.weeks < claim.horizon / threshold("horizon_ratio"))


def above_limit(claim: ClaimFact) -> Condition:
    """Whether the dose claimed lies above the upper limit."""
    if claim.dose is None or claim.limit is None:
        ids = (("dose", claim.dose), ("limit", claim.limit))
        return Condition(None, tuple(f"{claim.id}.{f}" for f, known in ids if known is None))
    return both(Condition(claim.dose[1] > claim.limit))


def _why(dose: bool | None, time: bool | None) -> str:
    if dose:
        return "for at least one step the dose studied is not the dose claimed"
    if time:
        return "for at least one step the study was much shorter than what is claimed"
    return "the dose claimed lies above the upper limit"


def _conditions(finding: FindingFact) -> str:
    weeks = f"{finding.weeks:g} weeks" if finding.weeks is not None else None
    return " over ".join(part for part in (_dose(finding.dose), weeks) if part) or "another dose"


def _claimed(claim: ClaimFact) -> str:
    weeks = f"{claim.horizon:g} weeks" if claim.horizon is not None else None
    return " over ".join(part for part in (_dose(claim.dose), weeks) if part) or "what is claimed"


def _dose(dose: tuple[float, float, str] | None) -> str | None:
    if dose is None:
        return None
    low, high, unit = dose
    return f"{low:g} {unit}" if low == high else f"{low:g} to {high:g} {unit}"


DETECTOR = Detector(
    code="KG109",
    name="dose-duration-mismatch",
    over="claims",
    needs=("finding.dose", "finding.weeks", "claim.dose", "claim.horizon", "claim.limit"),
    fix="F4",
    backing="conditions of use (FDA, EFSA): no identifier checked",
    judge=judge,
)
