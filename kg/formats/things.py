"""Turns checked records of the curated format into things of the model.

Order carries meaning in `cues` and `steps` only; every other tuple comes out sorted and without
repetition, so that equality is equality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from kg import model
from kg.model import Location, Predicate, Proposition, StepKind

ORDERED = frozenset({"cues", "steps"})
"""Fields whose order carries meaning; all other tuples are sets, and sorted."""


def thing(cls: type, checked: Any, place: Location | None = None, **given: Any) -> Any:
    """The thing of the model that a checked record describes."""
    values = dict(given)
    for each in fields(cls):
        if each.name == "location":
            values["location"] = place
        elif each.name not in values:
            values[each.name] = _converted(each.name, getattr(checked, each.name))
    return cls(**values)


def _converted(name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        parts = [_converted("", part) for part in value]
        return tuple(parts) if name in ORDERED else tuple(sorted(set(parts)))
    part = _PARTS.get(type(value).__name__)
    if part is model.Dose:
        return _dose(value)
    return thing(part, value) if part else value


_PARTS: Mapping[str, type] = {
    "Identifier": model.Identifier,
    "Surrogate": model.Surrogate,
    "Dose": model.Dose,
    "StatedEffect": model.StatedEffect,
    "Described": model.Described,
    "Judgement": model.DomainJudgement,
}


def _dose(dose: Any) -> model.Dose:
    if dose.value is not None:
        return model.Dose(dose.value, dose.value, dose.unit)
    return model.Dose(dose.low, dose.high, dose.unit)


def _claim(cls: type, checked: Any, place: Location) -> Any:
    proposition = Proposition(checked.subject, checked.predicate, checked.object)
    return thing(cls, checked, place, proposition=proposition)


MAKERS = {"claims": _claim}


def study(checked: Any, place: Location, places: list[Location]) -> model.Study:
    """The study of a checked record; `places` says where each of its findings starts."""
    found = [_finding(finding, at) for finding, at in zip(checked.findings, places, strict=True)]
    ordered = tuple(sorted(found, key=lambda finding: finding.id))
    study: model.Study = thing(model.Study, checked, place, findings=ordered)
    return study


def _finding(checked: Any, place: Location) -> model.Finding:
    ci, pi = checked.ci or (None, None), checked.pi or (None, None)
    bounds = {"ci_low": ci[0], "ci_high": ci[1], "pi_low": pi[0], "pi_high": pi[1]}
    finding: model.Finding = thing(model.Finding, checked, place, **bounds)
    return finding


def missing(checked: Any, propositions: Mapping[str, Proposition]) -> tuple[int, str] | None:
    """The first step whose link is that of a claim which is not there, and that claim."""
    for index, step in enumerate(checked.steps):
        if step.claims and step.link is None and step.claims[0] not in propositions:
            return index, step.claims[0]
    return None


def chain(
    checked: Any, place: Location, propositions: Mapping[str, Proposition]
) -> model.ArgumentChain:
    """The chain of a checked record; its claimed steps are grounded in `propositions`."""
    steps = tuple(_step(checked.exposure, step, propositions) for step in checked.steps)
    made: model.ArgumentChain = thing(model.ArgumentChain, checked, place, steps=steps)
    return made


def _step(exposure: str, step: Any, propositions: Mapping[str, Proposition]) -> model.Step:
    claims = tuple(sorted(set(step.claims or ())))
    if step.bridge is not None:
        # The predicate of a bridge is not used; any fixed word keeps equality.
        return model.Step(
            StepKind.BRIDGE, exposure, Predicate.DEFINED_AS, step.bridge, note=step.note
        )
    if step.implicit is not None:
        return _grounded(StepKind.IMPLICIT, step.implicit, (), step.note)
    if step.link is not None:
        return _grounded(StepKind.CLAIM, step.link, claims, step.note)
    first = propositions[step.claims[0]]
    triple = (first.subject, first.predicate, first.object)
    return _grounded(StepKind.CLAIM, triple, claims, step.note)


def _grounded(
    kind: StepKind, triple: tuple[str, Predicate, str], claims: tuple[str, ...], note: str
) -> model.Step:
    subject, predicate, object = triple
    return model.Step(kind, subject, predicate, object, claims, note)
