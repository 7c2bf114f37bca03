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

from kg.model import Severity
from kg.model.vocabulary import convert_dose
from kg.weaklinks.detector import Condition, Detector, Judgement, all_of, any_link, merge_names
from kg.weaklinks.fact_base import FactBase
from kg.weaklinks.facts import ClaimFact, FindingFact
from kg.weaklinks.kleene import or_
from kg.weaklinks.remedies import describe_study_use, join_with_and
from kg.weaklinks.settings import read_threshold, read_words


def judge(fact_base: FactBase, claim: ClaimFact) -> Judgement | None:
    """Whether a claim is at another dose or duration than the work behind it, or above a limit."""
    if claim.exposure_kind not in read_words("exposures", "dosed"):
        return None
    links = [
        link for link in map(filter_intake_findings, fact_base.group_evidence(claim.id)) if link
    ]
    if not links:
        return None
    dose_test = any_link(links, lambda finding: has_other_dose(finding, claim))
    time = any_link(links, lambda finding: is_too_short(finding, claim))
    limit_test = is_above_limit(claim)
    value = or_(dose_test.value, time.value, limit_test.value)
    if not value:
        unknown = merge_names(c.unknown_facts for c in (dose_test, time, limit_test))
        return Judgement(value, unknown_facts=() if value is False else unknown)
    mismatch_findings = (*dose_test.findings, *time.findings)
    remedy = (
        describe_study_use(
            (_format_study_conditions(f) for f in mismatch_findings),
            _format_claim_conditions(claim),
        )
        if mismatch_findings
        else f"Name the upper limit beside the dose: {claim.limit:g}."
    )
    works = (
        join_with_and(sorted({f.label for f in mismatch_findings}))
        if mismatch_findings
        else "no work"
    )
    return Judgement(
        True,
        deciding_ids=tuple(dict.fromkeys(f.id for f in mismatch_findings)),
        message=f"{claim.text}: {_describe_mismatch(dose_test.value, time.value)} ({works}).",
        remedy=remedy,
        related_places=tuple(
            (f.work or f.id, f"this work used {_format_study_conditions(f)}")
            for f in mismatch_findings
        ),
    )


def filter_intake_findings(link: tuple[FindingFact, ...]) -> tuple[FindingFact, ...]:
    """The findings of a link on something that is taken, or may be."""
    without = read_words("exposures", "status_kinds") | {"in_vitro", "entity"}
    return tuple(f for f in link if f.exposure_kind not in without)


def has_other_dose(finding: FindingFact, claim: ClaimFact) -> Condition:
    """Whether the doses lie further apart than the allowed factor; other units are unknown."""
    work_id = finding.work or finding.id
    if claim.dose is None or finding.dose is None:
        ids = ((claim.id, claim.dose), (work_id, finding.dose))
        return Condition(None, tuple(f"{row_id}.dose" for row_id, dose in ids if dose is None))
    studied = convert_dose(finding.dose, claim.dose[2])
    if studied is None:
        return Condition(None, (f"{work_id}.dose",))
    ratio = read_threshold("dose_ratio")
    claim_low, high = claim.dose[0], claim.dose[1]
    return Condition(studied[1] * ratio < claim_low or studied[0] > high * ratio)


def is_too_short(finding: FindingFact, claim: ClaimFact) -> Condition:
    """Whether a study lasted less than half of what the claim speaks of."""
    work_id = finding.work or finding.id
    if claim.horizon is None or finding.weeks is None:
        ids = ((f"{claim.id}.horizon", claim.horizon), (f"{work_id}.weeks", finding.weeks))
        return Condition(None, tuple(name for name, known_value in ids if known_value is None))
    return Condition(finding.weeks < claim.horizon / read_threshold("horizon_ratio"))


def is_above_limit(claim: ClaimFact) -> Condition:
    """Whether the dose claimed lies above the upper limit."""
    if claim.dose is None or claim.limit is None:
        ids = (("dose", claim.dose), ("limit", claim.limit))
        return Condition(
            None, tuple(f"{claim.id}.{f}" for f, known_value in ids if known_value is None)
        )
    return all_of(Condition(claim.dose[1] > claim.limit))


def _describe_mismatch(dose: bool | None, time: bool | None) -> str:
    if dose:
        return "for at least one step the dose studied is not the dose claimed"
    if time:
        return "for at least one step the study was much shorter than what is claimed"
    return "the dose claimed lies above the upper limit"


def _format_study_conditions(finding: FindingFact) -> str:
    weeks = f"{finding.weeks:g} weeks" if finding.weeks is not None else None
    return (
        " over ".join(part for part in (_format_dose(finding.dose), weeks) if part)
        or "another dose"
    )


def _format_claim_conditions(claim: ClaimFact) -> str:
    weeks = f"{claim.horizon:g} weeks" if claim.horizon is not None else None
    return (
        " over ".join(part for part in (_format_dose(claim.dose), weeks) if part)
        or "what is claimed"
    )


def _format_dose(dose: tuple[float, float, str] | None) -> str | None:
    if dose is None:
        return None
    low, high, unit = dose
    return f"{low:g} {unit}" if low == high else f"{low:g} to {high:g} {unit}"


DETECTOR = Detector(
    code="KG109",
    name="dose-duration-mismatch",
    severity=Severity.MODERATE,
    over="claims",
    needs=("finding.dose", "finding.weeks", "claim.dose", "claim.horizon", "claim.limit"),
    fix="F4",
    backing="conditions of use (FDA, EFSA): no identifier checked",
    judge=judge,
)
