"""Facts from the records of studies: who took part, how many, what came out, and how precisely."""

from __future__ import annotations

from typing import TypedDict

from kg.model import (
    BENCH,
    Citation,
    Claim,
    Direction,
    Dose,
    EvidenceBase,
    ExposureKind,
    Finding,
    Study,
    System,
)
from kg.weaklinks.settings import settings

SIGNS = {Direction.INCREASE: 1, Direction.DECREASE: -1, Direction.NO_CLEAR_EFFECT: 0}


class Who(TypedDict):
    """The columns of a finding that say who took part."""

    population: str | None
    population_label: str
    condition: str | None


class Recorded(TypedDict, total=False):
    """The columns of a finding that a record fills."""

    sign: int | None
    n: int | None
    events: int | None
    measure: str | None
    p_value: float | None
    ci_low: float | None
    ci_high: float | None
    mid: float | None
    dose: tuple[float, float, str] | None
    weeks: float | None
    studies: frozenset[str] | None
    indicator: str | None
    rank: int | None


def who(base: EvidenceBase, id: str | None) -> Who:
    """Who took part, and which condition they have."""
    known = base.population.get(id or "")
    return {
        "population": id,
        "population_label": known.label if known else "others",
        "condition": known.condition if known else None,
    }


def described_facts(citation: Citation) -> Recorded:
    """What the text alone says of a work that has no record."""
    described = citation.described
    if described is None:
        return {}
    return {"n": described.n, "rank": rank(described.system, described.design)}


def record_facts(base: EvidenceBase, study: Study, finding: Finding | None) -> Recorded:
    """What the record of a study says, of one finding where that is known."""
    facts: Recorded = {
        "n": study.n,
        "rank": rank(study.system, study.design),
        "studies": frozenset(base.trial.get(id, id) for id in (study.id, *study.contains)),
    }
    if finding is None:
        return facts
    exposure = base.exposure.get(finding.exposure)
    dietary = exposure is not None and exposure.kind is ExposureKind.DIETARY
    return {
        **facts,
        "n": study.n if finding.n is None else finding.n,
        "sign": SIGNS.get(finding.direction),
        "events": finding.events,
        "measure": finding.measure,
        "p_value": finding.p_value,
        "ci_low": finding.ci_low,
        "ci_high": finding.ci_high,
        "mid": finding.mid,
        "dose": dose_fact(finding.dose),
        "weeks": finding.weeks,
        "indicator": "intake" if dietary else None,
    }


def on_record(study: Study, claim: Claim) -> Finding | None:
    """The finding of a study that a claim is about; None where that is none or more than one."""
    said = claim.proposition
    same = [f for f in study.findings if f.outcome == said.object]
    exact = [f for f in same if f.exposure == said.subject]
    found = exact or same
    return found[0] if len(found) == 1 else None


def dose_fact(dose: Dose | None) -> tuple[float, float, str] | None:
    """Low, high and unit of a dose."""
    return (dose.low, dose.high, dose.unit) if dose else None


def rank(system: System | None, design: str | None) -> int | None:
    """Where a design stands among designs; 0 for work that is not on people."""
    if system is not None and (system in BENCH or system is System.ANIMAL):
        return 0
    place: int | None = settings()["rank"].get(design)
    return place


def study_label(study: Study) -> str:
    """How a study is named in a message: its first author, or its journal, and its year."""
    author = study.authors.partition(",")[0].partition(" ")[0]
    return f"{author or study.journal or study.title} {study.year}"
