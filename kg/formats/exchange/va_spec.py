"""GA4GH VA-Spec (1.0): a Statement with its Proposition and an EvidenceLine of direct evidence."""

from __future__ import annotations

import json
from itertools import starmap
from typing import Any

from kg.formats.exchange import common
from kg.formats.exchange.statement import ExchangeFormat, Statement, SupportItem, TrailStep
from kg.model import Level, Verdict
from kg.rdf import vocab

_DIRECTION_BY_VERDICT = {Verdict.SUPPORTED: "supports", Verdict.REFUTED: "disputes"}


def write_va_statements(statements: tuple[Statement, ...]) -> str:
    """A list of Statements; VA-Spec has no container of its own."""
    return common.format_json([_build_va_statement(statement) for statement in statements])


def _build_va_statement(statement: Statement) -> dict[str, Any]:
    direction = _DIRECTION_BY_VERDICT.get(statement.verdict, "neutral")
    is_refuted = statement.verdict is Verdict.REFUTED
    level = statement.refuted_by if is_refuted else statement.certainty.established
    study_iri = f"{vocab.BASE}study/"
    line: dict[str, Any] = {
        "type": "EvidenceLine",
        "id": f"{statement.iri}#direct",
        "directionOfEvidenceProvided": direction,
        "hasEvidenceItems": [f"{study_iri}{vocab.encode_id(w.id)}" for w in statement.works],
        "extensions": [
            *(_build_extension("reason", [s.name, s.change, s.text]) for s in statement.trail),
            *(_build_extension("work", [w.id, w.text, w.address]) for w in statement.works),
        ],
    }
    strength = _build_strength(level)
    if direction != "neutral":
        line["strengthOfEvidenceProvided"] = strength
    return {
        "type": "Statement",
        "id": statement.iri,
        "description": statement.rewrite,
        "proposition": {
            "type": "Proposition",
            "subject": _build_node("Exposure", statement.exposure, statement.exposure_label),
            "predicate": statement.verb,
            "object": _build_node("Outcome", statement.outcome, statement.outcome_label),
        },
        "direction": direction,
        **({"strength": strength} if direction != "neutral" else {}),
        "hasEvidenceLines": [line],
        "specifiedBy": {"type": "Method", "name": f"GRADE after kg, profile {statement.profile}"},
        "extensions": [
            *starmap(_build_extension, common.list_kg_values(statement).items()),
            *(_build_extension("claim", [c.id, c.text, c.address]) for c in statement.claims),
        ],
    }


def _build_strength(level: Level) -> dict[str, Any]:
    coding = {"system": vocab.KG_VOCABULARY, "code": level.key, "name": level.word}
    return {"name": level.word, "primaryCoding": coding}


def _build_node(kind: str, iri: str, label: str) -> dict[str, Any]:
    return {"type": kind, "id": iri, "name": label}


def _build_extension(name: str, value: Any) -> dict[str, Any]:
    return {"name": common.build_kg_iri(name), "value": value}


def read_va_statements(text: str) -> tuple[Statement, ...]:
    """The statements of such a list."""
    with common.convert_read_errors("VA-Spec"):
        return common.require_statements(
            _read_statement(statement) for statement in json.loads(text)
        )


def _read_statement(va_statement: dict[str, Any]) -> Statement:
    proposition, (line,) = va_statement["proposition"], va_statement["hasEvidenceLines"]
    rows = [(common.extract_key(e["name"]), e["value"]) for e in va_statement["extensions"]]
    line_rows = [(common.extract_key(e["name"]), e["value"]) for e in line["extensions"]]
    return Statement(
        iri=va_statement["id"],
        exposure=proposition["subject"]["id"],
        exposure_label=proposition["subject"]["name"],
        outcome=proposition["object"]["id"],
        outcome_label=proposition["object"]["name"],
        verb=proposition["predicate"],
        rewrite=va_statement["description"],
        trail=tuple(TrailStep(*row) for name, row in line_rows if name == "reason"),
        works=tuple(SupportItem(*row) for name, row in line_rows if name == "work"),
        claims=tuple(SupportItem(*row) for name, row in rows if name == "claim"),
        **common.restore_fields(dict(row for row in rows if row[0] != "claim")),
    )


FORMAT = ExchangeFormat(write_va_statements, read_va_statements)
