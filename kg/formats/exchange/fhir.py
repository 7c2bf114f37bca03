"""FHIR R5 Evidence (EBMonFHIR): certainty with its GRADE domains, in a Bundle of type collection.

The certainty types and ratings are codes of HL7 (terminology.hl7.org and hl7.org/fhir); `none` has
no code there, because no evidence is no rating, and is written as text.
"""

from __future__ import annotations

import json
from itertools import starmap
from typing import Any

from kg.formats.exchange import common
from kg.formats.exchange.statement import ExchangeFormat, Statement, SupportItem, TrailStep
from kg.model import Level

CERTAINTY_TYPES = "http://hl7.org/fhir/certainty-type"
CERTAINTY_RATINGS = "http://hl7.org/fhir/certainty-rating"
VARIABLE_ROLES = "http://hl7.org/fhir/variable-role"
TYPE_BY_DOMAIN = {
    "risk of bias": "RiskOfBias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication bias": "PublicationBias",
    "dose-response": "DoseResponseGradient",
    "large effect": "LargeEffect",
    "opposing confounding": "PlausibleConfounding",
}
CONCERN_BY_CHANGE = {
    0: "no-concern",
    -1: "serious-concern",
    -2: "very-serious-concern",
    -3: "extremely-serious-concern",
    1: "upcode1",
    2: "upcode2",
}


def write_evidence_bundle(statements: tuple[Statement, ...]) -> str:
    """A Bundle with one Evidence for each statement."""
    entries = [{"fullUrl": s.iri, "resource": _build_evidence(s)} for s in statements]
    return common.format_json({"resourceType": "Bundle", "type": "collection", "entry": entries})


def _build_evidence(statement: Statement) -> dict[str, Any]:
    return {
        "resourceType": "Evidence",
        "extension": [
            *starmap(_build_extension, common.list_kg_values(statement).items()),
            *(_build_item_extension("claim", claim) for claim in statement.claims),
        ],
        "url": statement.iri,
        "status": "active",
        "title": statement.text,
        "assertion": statement.rewrite,
        "variableDefinition": [
            _build_variable("exposure", statement.exposure, statement.exposure_label),
            _build_variable("measuredVariable", statement.outcome, statement.outcome_label),
        ],
        "relatedArtifact": [_build_artifact(work) for work in statement.works],
        "certainty": [
            {
                "type": _build_concept(CERTAINTY_TYPES, "Overall"),
                "rating": _build_level_rating(statement.certainty.established),
                "subcomponent": [_build_subcomponent(step) for step in statement.trail],
            }
        ],
    }


def _build_artifact(work: SupportItem) -> dict[str, Any]:
    names = {"label": work.id, "display": work.text, "citation": work.address}
    return {"type": "derived-from", **names}


def _build_concept(system: str, code: str, text: str = "") -> dict[str, Any]:
    concept: dict[str, Any] = {"coding": [{"system": system, "code": code}]}
    return {**concept, "text": text} if text else concept


def _build_level_rating(level: Level) -> dict[str, Any]:
    if level is Level.NONE:
        return {"text": "none: no evidence is offered"}
    return _build_concept(CERTAINTY_RATINGS, level.word.replace(" ", "-"), level.word)


def _build_subcomponent(judged: TrailStep) -> dict[str, Any]:
    """A domain with its code; the start level and other rules have none and are texts."""
    step_type: dict[str, Any] = {"text": judged.name}
    rating: dict[str, Any] = {"text": f"{judged.change:+d}"}
    if type_code := TYPE_BY_DOMAIN.get(judged.name):
        step_type = _build_concept(CERTAINTY_TYPES, type_code, judged.name)
        if judged.change in CONCERN_BY_CHANGE:
            rating = _build_concept(CERTAINTY_RATINGS, CONCERN_BY_CHANGE[judged.change])
    return {
        "extension": [_build_extension("change", judged.change)],
        "note": [{"text": judged.text or "-"}],
        "type": step_type,
        "rating": rating,
    }


def _build_variable(role_code: str, node_iri: str, label: str) -> dict[str, Any]:
    return {
        "variableRole": _build_concept(VARIABLE_ROLES, role_code),
        "observed": {"reference": node_iri, "display": label},
    }


def _build_extension(name: str, value: str | int) -> dict[str, Any]:
    value_key = "valueInteger" if isinstance(value, int) else "valueString"
    shown_value = value if isinstance(value, int) or value else "-"  # FHIR knows no empty string
    return {"url": common.build_kg_iri(name), value_key: shown_value}


def _build_item_extension(name: str, backing: SupportItem) -> dict[str, Any]:
    fields = (("id", backing.id), ("text", backing.text), ("source", backing.address))
    return {
        "url": common.build_kg_iri(name),
        "extension": [{"url": key, "valueString": value or "-"} for key, value in fields],
    }


def read_evidence_bundle(text: str) -> tuple[Statement, ...]:
    """The statements of such a Bundle."""
    with common.convert_read_errors("FHIR Bundle"):
        return common.require_statements(
            _read_statement(entry["resource"]) for entry in json.loads(text)["entry"]
        )


def _read_statement(evidence: dict[str, Any]) -> Statement:
    exposure, outcome = (v["observed"] for v in evidence["variableDefinition"])
    claims = [e["extension"] for e in evidence["extension"] if "extension" in e]
    plain = [e for e in evidence["extension"] if "extension" not in e]
    kg_values = {common.extract_key(e["url"]): _read_extension_value(e) for e in plain}
    works = evidence["relatedArtifact"]
    return Statement(
        iri=evidence["url"],
        exposure=exposure["reference"],
        exposure_label=exposure["display"],
        outcome=outcome["reference"],
        outcome_label=outcome["display"],
        verb=common.extract_verb(evidence["title"], exposure["display"], outcome["display"]),
        rewrite=evidence["assertion"],
        trail=tuple(_read_trail_step(part) for part in evidence["certainty"][0]["subcomponent"]),
        works=tuple(SupportItem(w["label"], w["display"], w["citation"]) for w in works),
        claims=tuple(SupportItem(*map(_read_extension_value, parts)) for parts in claims),
        **common.restore_fields(kg_values),
    )


def _read_extension_value(extension: dict[str, Any]) -> Any:
    if "valueInteger" in extension:
        return int(extension["valueInteger"])
    return _read_text(extension["valueString"])


def _read_text(text: str) -> str:
    return "" if text == "-" else text


def _read_trail_step(part: dict[str, Any]) -> TrailStep:
    change = int(part["extension"][0]["valueInteger"])
    return TrailStep(part["type"]["text"], change, _read_text(part["note"][0]["text"]))


FORMAT = ExchangeFormat(write_evidence_bundle, read_evidence_bundle)
