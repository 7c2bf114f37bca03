"""GA4GH VA-Spec (1.0): a Statement with its Proposition and an EvidenceLine of direct evidence."""

from __future__ import annotations

import json
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
    level = (
        statement.refuted_by
        if statement.verdict is Verdict.REFUTED
        else statement.certainty.established
    )
    line: dict[str, Any] = {
        "type": "EvidenceLine",
        "id": f"{statement.iri}#direct",
        "directionOfEvidenceProvided": direction,
        "hasEvidenceItems": [
            f"{vocab.BASE}study/{vocab.encode_id(work.id)}" for work in statement.works
        ],
        "extensions": [
            *_build_extensions(
                "reason",
                [
                    [trail_step.name, trail_step.change, trail_step.text]
                    for trail_step in statement.trail
                ],
            ),
            *_build_extensions(
                "work",
                [
                    [work_item.id, work_item.text, work_item.address]
                    for work_item in statement.works
                ],
            ),
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
            "subject": {
                "type": "Exposure",
                "id": statement.exposure,
                "name": statement.exposure_label,
            },
            "predicate": statement.verb,
            "object": {"type": "Outcome", "id": statement.outcome, "name": statement.outcome_label},
        },
        "direction": direction,
        **({"strength": strength} if direction != "neutral" else {}),
        "hasEvidenceLines": [line],
        "specifiedBy": {"type": "Method", "name": f"GRADE after kg, profile {statement.profile}"},
        "extensions": [
            *(
                {"name": common.build_kg_iri(name), "value": value}
                for name, value in common.list_kg_values(statement).items()
            ),
            *_build_extensions(
                "claim",
                [
                    [claim_item.id, claim_item.text, claim_item.address]
                    for claim_item in statement.claims
                ],
            ),
        ],
    }


def _build_strength(level: Level) -> dict[str, Any]:
    coding = {"system": vocab.KG_VOCABULARY, "code": level.key, "name": level.word}
    return {"name": level.word, "primaryCoding": coding}


def _build_extensions(name: str, rows: list[list[Any]]) -> list[dict[str, Any]]:
    return [{"name": common.build_kg_iri(name), "value": row} for row in rows]


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
