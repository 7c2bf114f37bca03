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

ORDERED_FIELDS = frozenset({"cues", "steps"})
"""Fields whose order carries meaning; all other tuples are sets, and sorted."""


def build_thing(cls: type, checked: Any, place: Location | None = None, **extra_fields: Any) -> Any:
    """The thing of the model that a checked record describes."""
    values = dict(extra_fields)
    for model_field in fields(cls):
        if model_field.name == "location":
            values["location"] = place
        elif model_field.name not in values:
            values[model_field.name] = _convert_value(
                model_field.name, getattr(checked, model_field.name)
            )
    return cls(**values)


def _convert_value(name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        parts = [_convert_value("", part) for part in value]
        return tuple(parts) if name in ORDERED_FIELDS else tuple(sorted(set(parts)))
    part = _PART_CLASSES.get(type(value).__name__.removesuffix("Record"))
    if part is model.Dose:
        return _build_dose(value)
    return build_thing(part, value) if part else value


_PART_CLASSES: Mapping[str, type] = {
    "Identifier": model.Identifier,
    "Surrogate": model.Surrogate,
    "Dose": model.Dose,
    "StatedEffect": model.StatedEffect,
    "Described": model.Described,
    "Judgement": model.DomainJudgement,
    "Concern": model.Concern,
}


def _build_dose(dose: Any) -> model.Dose:
    if dose.value is not None:
        return model.Dose(dose.value, dose.value, dose.unit)
    return model.Dose(dose.low, dose.high, dose.unit)


def _build_claim(cls: type, checked: Any, place: Location) -> Any:
    proposition = Proposition(checked.subject, checked.predicate, checked.object)
    return build_thing(cls, checked, place, proposition=proposition)


BUILDER_BY_SECTION = {"claims": _build_claim}


def build_study(checked: Any, place: Location, places: list[Location]) -> model.Study:
    """The study of a checked record; `places` says where each of its findings starts."""
    built_findings = [
        _build_finding(finding, finding_location)
        for finding, finding_location in zip(checked.findings, places, strict=True)
    ]
    sorted_findings = tuple(sorted(built_findings, key=lambda finding: finding.id))
    study: model.Study = build_thing(model.Study, checked, place, findings=sorted_findings)
    return study


def _build_finding(checked: Any, place: Location) -> model.Finding:
    ci, pi = checked.ci or (None, None), checked.pi or (None, None)
    bounds = {"ci_low": ci[0], "ci_high": ci[1], "pi_low": pi[0], "pi_high": pi[1]}
    finding: model.Finding = build_thing(model.Finding, checked, place, **bounds)
    return finding


def find_unknown_claim(
    checked: Any, propositions: Mapping[str, Proposition]
) -> tuple[int, str] | None:
    """The first step whose link is that of a claim which is not there, and that claim."""
    for index, step in enumerate(checked.steps):
        if step.claims and step.link is None and step.claims[0] not in propositions:
            return index, step.claims[0]
    return None


def build_chain(
    checked: Any, place: Location, propositions: Mapping[str, Proposition]
) -> model.ArgumentChain:
    """The chain of a checked record; its claimed steps are grounded in `propositions`."""
    steps = tuple(_build_step(checked.exposure, step, propositions) for step in checked.steps)
    built_chain: model.ArgumentChain = build_thing(model.ArgumentChain, checked, place, steps=steps)
    return built_chain


def _build_step(exposure: str, step: Any, propositions: Mapping[str, Proposition]) -> model.Step:
    claim_ids = tuple(sorted(set(step.claims or ())))
    if step.bridge is not None:
        # The predicate of a bridge is not used; any fixed word keeps equality.
        return model.Step(
            StepKind.BRIDGE, exposure, Predicate.DEFINED_AS, step.bridge, note=step.note
        )
    if step.implicit is not None:
        return _build_grounded_step(StepKind.IMPLICIT, step.implicit, (), step.note)
    if step.link is not None:
        return _build_grounded_step(StepKind.CLAIM, step.link, claim_ids, step.note)
    first = propositions[step.claims[0]]
    triple = (first.subject, first.predicate, first.object)
    return _build_grounded_step(StepKind.CLAIM, triple, claim_ids, step.note)


def _build_grounded_step(
    step_kind: StepKind, triple: tuple[str, Predicate, str], claim_ids: tuple[str, ...], note: str
) -> model.Step:
    subject, predicate, object = triple
    return model.Step(step_kind, subject, predicate, object, claim_ids, note)
