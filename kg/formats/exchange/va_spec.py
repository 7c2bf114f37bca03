"""GA4GH VA-Spec (1.0): a Statement with its Proposition and an EvidenceLine of direct evidence."""

from __future__ import annotations

import json
from typing import Any

from kg.formats.exchange import parts
from kg.formats.exchange.statement import Backing, Exchange, Judged, Statement
from kg.model import Level, Verdict
from kg.rdf import vocab

_DIRECTIONS = {Verdict.SUPPORTED: "supports", Verdict.REFUTED: "disputes"}


def write(statements: tuple[Statement, ...]) -> str:
    """A list of Statements; VA-Spec has no container of its own."""
    return parts.written([_written(statement) for statement in statements])


def _written(s: Statement) -> dict[str, Any]:
    direction = _DIRECTIONS.get(s.verdict, "neutral")
    level = s.refuted_by if s.verdict is Verdict.REFUTED else s.certainty.established
    line: dict[str, Any] = {
        "type": "EvidenceLine",
        "id": f"{s.iri}#direct",
        "directionOfEvidenceProvided": direction,
        "hasEvidenceItems": [f"{vocab.BASE}study/{vocab.quoted(work.id)}" for work in s.works],
        "extensions": [
            *_extensions("reason", [[j.name, j.change, j.text] for j in s.trail]),
            *_extensions("work", [[w.id, w.text, w.address] for w in s.works]),
        ],
    }
    strength = _strength(level)
    if direction != "neutral":
        line["strengthOfEvidenceProvided"] = strength
    return {
        "type": "Statement",
        "id": s.iri,
        "description": s.rewrite,
        "proposition": {
            "type": "Proposition",
            "subject": {"type": "Exposure", "id": s.exposure, "name": s.exposure_label},
            "predicate": s.does,
            "object": {"type": "Outcome", "id": s.outcome, "name": s.outcome_label},
        },
        "direction": direction,
        **({"strength": strength} if direction != "neutral" else {}),
        "hasEvidenceLines": [line],
        "specifiedBy": {"type": "Method", "name": f"GRADE after kg, profile {s.profile}"},
        "extensions": [
            *(
                {"name": parts.name_of(name), "value": value}
                for name, value in parts.own(s).items()
            ),
            *_extensions("claim", [[c.id, c.text, c.address] for c in s.claims]),
        ],
    }


def _strength(level: Level) -> dict[str, Any]:
    coding = {"system": vocab.KG, "code": level.key, "name": level.word}
    return {"name": level.word, "primaryCoding": coding}


def _extensions(name: str, rows: list[list[Any]]) -> list[dict[str, Any]]:
    return [{"name": parts.name_of(name), "value": row} for row in rows]


def read(text: str) -> tuple[Statement, ...]:
    """The statements of such a list."""
    with parts.reading("VA-Spec"):
        return parts.some(_read(statement) for statement in json.loads(text))


def _read(given: dict[str, Any]) -> Statement:
    about, (line,) = given["proposition"], given["hasEvidenceLines"]
    rows = [(parts.key_of(e["name"]), e["value"]) for e in given["extensions"]]
    inner = [(parts.key_of(e["name"]), e["value"]) for e in line["extensions"]]
    return Statement(
        iri=given["id"],
        exposure=about["subject"]["id"],
        exposure_label=about["subject"]["name"],
        outcome=about["object"]["id"],
        outcome_label=about["object"]["name"],
        does=about["predicate"],
        rewrite=given["description"],
        trail=tuple(Judged(*row) for name, row in inner if name == "reason"),
        works=tuple(Backing(*row) for name, row in inner if name == "work"),
        claims=tuple(Backing(*row) for name, row in rows if name == "claim"),
        **parts.restored(dict(row for row in rows if row[0] != "claim")),
    )


FORMAT = Exchange(write, read)
