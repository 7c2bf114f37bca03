"""Facts from the records of studies: who took part, how many, what came out, and how precisely."""

from __future__ import annotations

from typing import TypedDict

from kg.model import (
    BENCH_SYSTEMS,
    Citation,
    Claim,
    ConcernKind,
    Direction,
    Dose,
    EvidenceBase,
    ExposureKind,
    Finding,
    Status,
    Study,
    System,
)
from kg.model.plausibility import describe_implausible_numbers
from kg.weaklinks.settings import load_settings

SIGN_BY_DIRECTION = {Direction.INCREASE: 1, Direction.DECREASE: -1, Direction.NO_CLEAR_EFFECT: 0}


class ParticipantColumns(TypedDict):
    """The columns of a finding that say who took part."""

    population: str | None
    population_label: str
    condition: str | None


class RecordColumns(TypedDict, total=False):
    """The columns of a finding that a record fills."""

    sign: int | None
    n: int | None
    events: int | None
    measure: str | None
    p_value: float | None
    ci_low: float | None
    ci_high: float | None
    mid: float | None
    doubt: str | None
    dose: tuple[float, float, str] | None
    weeks: float | None
    studies: frozenset[str] | None
    indicator: str | None
    rank: int | None


def extract_participants(base: EvidenceBase, id: str | None) -> ParticipantColumns:
    """Who took part, and which condition they have."""
    population_record = base.population.get(id or "")
    return {
        "population": id,
        "population_label": population_record.label if population_record else "others",
        "condition": population_record.condition if population_record else None,
    }


def extract_description(citation: Citation) -> RecordColumns:
    """What the text alone says of a work that has no record."""
    work_description = citation.described
    if work_description is None:
        return {}
    return {
        "n": work_description.n,
        "rank": rank_design(work_description.system, work_description.design),
    }


def extract_record(base: EvidenceBase, study: Study, finding: Finding | None) -> RecordColumns:
    """What the record of a study says, of one finding where that is known."""
    facts: RecordColumns = {
        "n": study.n,
        # a retracted study speaks neither for nor against anything
        "rank": 0 if study.status is Status.RETRACTED else rank_design(study.system, study.design),
        "studies": frozenset(
            base.trial.get(study_id, study_id) for study_id in (study.id, *study.contains)
        ),
    }
    if finding is None:
        return facts
    exposure = base.exposure.get(finding.exposure)
    dietary = exposure is not None and exposure.kind is ExposureKind.DIETARY
    return {
        **facts,
        "n": study.n if finding.n is None else finding.n,
        "sign": SIGN_BY_DIRECTION.get(finding.direction),
        "events": finding.events,
        "measure": finding.measure,
        "p_value": finding.p_value,
        "ci_low": finding.ci_low,
        "ci_high": finding.ci_high,
        "mid": finding.mid,
        "doubt": describe_doubt(finding),
        "dose": convert_dose(finding.dose),
        "weeks": finding.weeks,
        "indicator": "intake" if dietary else None,
    }


def find_recorded_finding(study: Study, claim: Claim) -> Finding | None:
    """The finding of a study that a claim is about; None where that is none or more than one."""
    proposition = claim.proposition
    same = [f for f in study.findings if f.outcome == proposition.object]
    exact = [f for f in same if f.exposure == proposition.subject]
    matching_findings = exact or same
    return matching_findings[0] if len(matching_findings) == 1 else None


def describe_doubt(finding: Finding) -> str:
    """What is too good to be true about a result, by its curator or its numbers; else empty."""
    for concern in finding.concerns:
        if concern.kind is ConcernKind.IMPLAUSIBLE_RESULT:
            return concern.source
    return describe_implausible_numbers(finding, load_settings()["implausible"])


def convert_dose(dose: Dose | None) -> tuple[float, float, str] | None:
    """Low, high and unit of a dose."""
    return (dose.low, dose.high, dose.unit) if dose else None


def rank_design(system: System | None, design: str | None) -> int | None:
    """Where a design stands among designs; 0 for work that is not on people."""
    if system is not None and (system in BENCH_SYSTEMS or system is System.ANIMAL):
        return 0
    place: int | None = load_settings()["rank"].get(design)
    return place


def format_study(study: Study) -> str:
    """How a study is named in a message: its first author, or its journal, and its year."""
    author = study.authors.partition(",")[0].partition(" ")[0]
    return f"{author or study.journal or study.title} {study.year}"
