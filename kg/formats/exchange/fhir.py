"""FHIR R5 Evidence (EBMonFHIR): certainty with its GRADE domains, in a Bundle of type collection.

The certainty types and ratings are codes of HL7 (terminology.hl7.org and hl7.org/fhir); `none` has
no code there, because no evidence is no rating, and is written as text.
"""

from __future__ import annotations

import json
from typing import Any

from kg.formats.exchange import parts
from kg.formats.exchange.statement import Backing, Exchange, Judged, Statement
from kg.model import Level

TYPES = "http://hl7.org/fhir/certainty-type"
RATINGS = "http://hl7.org/fhir/certainty-rating"
ROLES = "http://hl7.org/fhir/variable-role"
DOMAINS = {
    "risk of bias": "RiskOfBias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication bias": "PublicationBias",
    "dose-response": "DoseResponseGradient",
    "large effect": "LargeEffect",
    "opposing confounding": "PlausibleConfounding",
}
CONCERNS = {
    0: "no-concern",
    -1: "serious-concern",
    -2: "very-serious-concern",
    -3: "extremely-serious-concern",
    1: "upcode1",
    2: "upcode2",
}


def write(statements: tuple[Statement, ...]) -> str:
    """A Bundle with one Evidence for each statement."""
    entries = [{"fullUrl": s.iri, "resource": _evidence(s)} for s in statements]
    return parts.written({"resourceType": "Bundle", "type": "collection", "entry": entries})


def _evidence(s: Statement) -> dict[str, Any]:
    return {
        "resourceType": "Evidence",
        "extension": [_extension(name, value) for name, value in parts.own(s).items()]
        + [_row("claim", claim) for claim in s.claims],
        "url": s.iri,
        "status": "active",
        "title": s.text,
        "assertion": s.rewrite,
        "variableDefinition": [
            _variable("exposure", s.exposure, s.exposure_label),
            _variable("measuredVariable", s.outcome, s.outcome_label),
        ],
        "relatedArtifact": [
            {"type": "derived-from", "label": w.id, "display": w.text, "citation": w.address}
            for w in s.works
        ],
        "certainty": [
            {
                "type": _concept(TYPES, "Overall"),
                "rating": _level(s.certainty.established),
                "subcomponent": [_judged(j) for j in s.trail],
            }
        ],
    }


def _concept(system: str, code: str, text: str = "") -> dict[str, Any]:
    concept: dict[str, Any] = {"coding": [{"system": system, "code": code}]}
    return {**concept, "text": text} if text else concept


def _level(level: Level) -> dict[str, Any]:
    if level is Level.NONE:
        return {"text": "none: no evidence is offered"}
    return _concept(RATINGS, level.word.replace(" ", "-"), level.word)


def _judged(judged: Judged) -> dict[str, Any]:
    """A domain with its code; the start level and other rules have none and are texts."""
    code = DOMAINS.get(judged.name)
    return {
        "extension": [_extension("change", judged.change)],
        "note": [{"text": judged.text or "-"}],
        "type": _concept(TYPES, code, judged.name) if code else {"text": judged.name},
        "rating": _concept(RATINGS, CONCERNS[judged.change])
        if code and judged.change in CONCERNS
        else {"text": f"{judged.change:+d}"},
    }


def _variable(role: str, iri: str, label: str) -> dict[str, Any]:
    return {
        "variableRole": _concept(ROLES, role),
        "observed": {"reference": iri, "display": label},
    }


def _extension(name: str, value: str | int) -> dict[str, Any]:
    kind = "valueInteger" if isinstance(value, int) else "valueString"
    shown = value if isinstance(value, int) or value else "-"  # FHIR knows no empty string
    return {"url": parts.name_of(name), kind: shown}


def _row(name: str, backing: Backing) -> dict[str, Any]:
    fields = (("id", backing.id), ("text", backing.text), ("source", backing.address))
    return {
        "url": parts.name_of(name),
        "extension": [{"url": key, "valueString": value or "-"} for key, value in fields],
    }


def read(text: str) -> tuple[Statement, ...]:
    """The statements of such a Bundle."""
    with parts.reading("FHIR Bundle"):
        return parts.some(_statement(entry["resource"]) for entry in json.loads(text)["entry"])


def _statement(given: dict[str, Any]) -> Statement:
    exposure, outcome = (v["observed"] for v in given["variableDefinition"])
    plain = {parts.key_of(e["url"]): _value(e) for e in given["extension"] if "extension" not in e}
    claims = [e["extension"] for e in given["extension"] if "extension" in e]
    return Statement(
        iri=given["url"],
        exposure=exposure["reference"],
        exposure_label=exposure["display"],
        outcome=outcome["reference"],
        outcome_label=outcome["display"],
        does=parts.verb_of(given["title"], exposure["display"], outcome["display"]),
        rewrite=given["assertion"],
        trail=tuple(_trail(part) for part in given["certainty"][0]["subcomponent"]),
        works=tuple(
            Backing(w["label"], w["display"], w["citation"]) for w in given["relatedArtifact"]
        ),
        claims=tuple(Backing(*(_said(part["valueString"]) for part in row)) for row in claims),
        **parts.restored(plain),
    )


def _value(extension: dict[str, Any]) -> str | int:
    if "valueInteger" in extension:
        return int(extension["valueInteger"])
    return _said(extension["valueString"])


def _said(text: str) -> str:
    return "" if text == "-" else text


def _trail(part: dict[str, Any]) -> Judged:
    change = int(part["extension"][0]["valueInteger"])
    return Judged(part["type"]["text"], change, _said(part["note"][0]["text"]))


FORMAT = Exchange(write, read)
