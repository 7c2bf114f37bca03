"""Numbers of a base that cannot be: out of bounds, or against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kg.formats import faults
from kg.formats.faults import quote_value, suggest_similar_name
from kg.formats.references.bounds import FINDING_BOUNDS, LEVELS, STUDY_BOUNDS, NumberBounds
from kg.formats.references.report import report_fault
from kg.model import Diagnostic, Direction, EvidenceBase, Finding, Study, find_scale_sign
from kg.model.vocabulary import (
    DOMAINS,
    UPGRADES,
    EffectMeasure,
    list_domain_words,
    list_measure_words,
    parse_domain,
    parse_measure,
)


def check_numbers(base: EvidenceBase) -> Iterator[Diagnostic]:
    """A fault for every number of a dose, a study or a finding that cannot be."""
    for exposure in base.exposures:
        yield from _check_dose(exposure)
    for study in base.studies:
        yield from _check_bounds(study, STUDY_BOUNDS)
        for finding in study.findings:
            yield from _check_finding(base, study, finding)


def _check_dose(thing: Any) -> Iterator[Diagnostic]:
    dose = thing.dose
    if dose is not None and not 0 <= dose.low <= dose.high:
        message = f"has a dose from {dose.low:g} to {dose.high:g}"
        remedy = "Give low first, and neither below 0."
        yield report_fault(faults.IMPOSSIBLE_INTERVAL, thing, message, remedy)


def _check_finding(base: EvidenceBase, study: Study, finding: Finding) -> Iterator[Diagnostic]:
    yield from _check_dose(finding)
    yield from _check_bounds(finding, FINDING_BOUNDS)
    yield from _check_intervals(finding)
    yield from _check_words(finding)
    yield from _check_direction(base, finding)
    for judgement in finding.judgements:
        if not LEVELS.allows(judgement.rating):
            message = f"has a judgement of {judgement.rating} levels down, {LEVELS}"
            remedy = "Rate 0, 1, 2 or 3 levels down."
            yield report_fault(faults.IMPOSSIBLE_NUMBER, finding, message, remedy)
    if finding.mid is not None and not finding.mid_source:
        message = f"has a smallest difference of {finding.mid:g} that nobody set"
        remedy = "Say in `mid_source` who says that smaller ones do not matter."
        yield report_fault(faults.IMPOSSIBLE_NUMBER, finding, message, remedy)
    if finding.risk_mid is not None and not finding.mid_source:
        message = f"has a smallest difference in risk of {finding.risk_mid:g} that nobody set"
        remedy = "Say in `mid_source` who says that smaller ones do not matter."
        yield report_fault(faults.IMPOSSIBLE_NUMBER, finding, message, remedy)
    if finding.baseline_risk is not None and not finding.baseline_risk_source:
        message = f"has a baseline risk of {finding.baseline_risk:g} from nowhere"
        remedy = "Say in `baseline_risk_source` where it is from."
        yield report_fault(faults.IMPOSSIBLE_NUMBER, finding, message, remedy)
    if finding.i2 is not None and 0 < finding.i2 < 1:
        message = f"has i2 {finding.i2:g}, which may be {finding.i2:g} % or {100 * finding.i2:g} %"
        remedy = "Write per cent, such as 84; round what is below 1 % to 0 or 1."
        yield report_fault(faults.IMPOSSIBLE_NUMBER, finding, message, remedy)
    people = finding.n if finding.n is not None else study.n
    for part_name, part, whole in (
        ("treated participants", finding.treated_n, people),
        ("events", finding.treated_events, finding.treated_n),
    ):
        if part is not None and whole is not None and part > whole:
            message = f"has {part} {part_name} among {whole}"
            yield report_fault(faults.IMPOSSIBLE_NUMBER, finding, message)
    if finding.events is not None and people is not None and finding.events > people:
        message = f"has {finding.events} events among {people} participants"
        yield report_fault(faults.IMPOSSIBLE_NUMBER, finding, message)


def _check_bounds(thing: Any, table: Mapping[str, NumberBounds]) -> Iterator[Diagnostic]:
    for name, bounds in table.items():
        value = getattr(thing, name)
        if value is not None and not bounds.allows(value):
            message = f"has {name} {value:g}, {bounds}"
            yield report_fault(faults.IMPOSSIBLE_NUMBER, thing, message)


def _check_intervals(finding: Finding) -> Iterator[Diagnostic]:
    for message in _list_interval_faults(finding):
        yield report_fault(faults.IMPOSSIBLE_INTERVAL, finding, message)


def _list_interval_faults(finding: Finding) -> Iterator[str]:
    estimate, measure, known = finding.estimate, finding.measure, parse_measure(finding.measure)
    is_ratio = known is not None and known.is_ratio
    intervals = (
        ("confidence interval", finding.ci_low, finding.ci_high),
        ("prediction interval", finding.pi_low, finding.pi_high),
    )
    for name, low_end, high_end in intervals:
        if (low_end is None) != (high_end is None):
            yield f"has a {name} with one end"
        if low_end is None or high_end is None:
            continue
        interval = f"has a {name} of {low_end:g} to {high_end:g}"
        if not low_end <= high_end:
            yield f"{interval}, low end above high end"
        elif estimate is not None and not low_end <= estimate <= high_end:
            yield f"{interval} around an estimate of {estimate:g}"
        if is_ratio and low_end <= 0:
            yield f"{interval}, but {measure} is a ratio and above 0"
    if is_ratio and estimate is not None and not estimate > 0:
        yield f"has {measure} {estimate:g}, but a ratio is above 0"


def _check_words(finding: Finding) -> Iterator[Diagnostic]:
    """Faults where a measure or the domain of a judgement is no word of the vocabulary."""
    word = finding.measure
    if word is None:
        if finding.ci_low is not None or finding.estimate is not None:
            message = "has an effect without a measure"
            yield report_fault(faults.EFFECT_WITHOUT_MEASURE, finding, message)
    elif parse_measure(word) is None:
        message = f"has the measure {quote_value(word)}, which is not known"
        known_words = f"Known are {', '.join(EffectMeasure)}."
        remedy = suggest_similar_name(word, list_measure_words()) or known_words
        yield report_fault(faults.UNKNOWN_WORD, finding, message, remedy)
    for domain in (judgement.domain for judgement in finding.judgements):
        if parse_domain(domain) is None:
            message = f"judges {quote_value(domain)}, which is no domain of GRADE"
            known_words = f"Known are {', '.join((*DOMAINS, *UPGRADES))}."
            remedy = suggest_similar_name(domain, list_domain_words()) or known_words
            yield report_fault(faults.UNKNOWN_WORD, finding, message, remedy)


_EXPECTED_SIGN = {Direction.INCREASE: 1, Direction.DECREASE: -1}


def _check_direction(base: EvidenceBase, finding: Finding) -> Iterator[Diagnostic]:
    """Faults where the numbers contradict the direction that is recorded.

    Points on a scale that runs against the outcome are turned first; where nobody named the scale,
    a difference is read as it stands.
    """
    sign, measure = _EXPECTED_SIGN.get(finding.direction), parse_measure(finding.measure)
    if sign is None or measure is None or finding.estimate is None:
        return
    if measure.is_ratio and not finding.estimate > 0:
        return  # the interval check reports it
    outcome = base.entity.get(finding.outcome)
    scale_sign = find_scale_sign(finding.scale, outcome.better) if outcome else None
    turn = 1 if measure.is_ratio or scale_sign is None else scale_sign
    if sign * turn * (finding.estimate - measure.null_value) > 0:
        return
    numbers = f"{finding.measure} is {finding.estimate:g} and no effect is {measure.null_value:g}"
    message, remedy = f"says {finding.direction.value}, but {numbers}", ""
    if not measure.is_ratio and scale_sign is None and finding.estimate:
        remedy = "Check the direction and the estimate; name the `scale` if it runs the other way."
        if finding.scale is not None:
            message += ", and its outcome has no better way that the scale could run against"
            remedy = "Give the outcome `better: higher` or `better: lower`."
    yield report_fault(faults.DIRECTION_AGAINST_NUMBERS, finding, message, remedy)
