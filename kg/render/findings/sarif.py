"""Diagnostics as SARIF 2.1.0, the interchange format of code scanners and editors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from kg._version import __version__
from kg.model import Claim, Diagnostic, EvidenceBase, Location, PairGrade, Result, Severity, Waiver

SCHEMA_ADDRESS = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

LEVEL_BY_SEVERITY: Mapping[Severity, str] = {
    Severity.SEVERE: "error",
    Severity.MODERATE: "warning",
    Severity.MILD: "note",
    Severity.NONE: "none",
}
KIND_BY_RESULT: Mapping[Result, str] = {
    Result.HIT: "fail",
    Result.CANNOT_TELL: "open",
    Result.CLEAN: "pass",
    Result.NOT_APPLICABLE: "notApplicable",
}

Json = dict[str, Any]


def format_sarif(
    diagnostics: Iterable[Diagnostic],
    base: EvidenceBase | None = None,
    pairs: Iterable[PairGrade] = (),
    help: Mapping[str, str] | None = None,
) -> str:
    """A SARIF 2.1.0 log with one run, as indented JSON that ends with a newline.

    `base` and `pairs` add the wording tier of a claim and the readings and gaps of a pair; `help`
    holds the explanation of a rule by its code, in Markdown.

    >>> json.loads(format_sarif([]))["version"]
    '2.1.0'
    """
    ordered_diagnostics = sorted(diagnostics, key=lambda d: d.sort_key)
    rules = _list_rules(ordered_diagnostics, help or {})
    index = {rule["id"]: place for place, rule in enumerate(rules)}
    pairs_by_id = {pair.id: pair for pair in pairs}
    driver = {"name": "kg", "version": __version__, "rules": rules}
    sarif_run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            _build_result(d, index[d.code], base, pairs_by_id) for d in ordered_diagnostics
        ],
    }
    sarif_log = {"$schema": SCHEMA_ADDRESS, "version": "2.1.0", "runs": [sarif_run]}
    return json.dumps(sarif_log, indent=2, ensure_ascii=False) + "\n"


def _list_rules(diagnostics: list[Diagnostic], help: Mapping[str, str]) -> list[Json]:
    """One rule for each code; its default level is that of its worst result."""
    worst: dict[str, Diagnostic] = {}
    for diagnostic in diagnostics:
        worst.setdefault(diagnostic.code, diagnostic)
    return [_build_rule(worst[code], help.get(code)) for code in sorted(worst)]


def _build_rule(diagnostic: Diagnostic, help: str | None) -> Json:
    level = LEVEL_BY_SEVERITY[diagnostic.severity]
    rule: Json = {
        "id": diagnostic.code,
        "name": diagnostic.name,
        "shortDescription": {"text": diagnostic.name.replace("-", " ")},
        "defaultConfiguration": {"level": level},
    }
    if help:
        rule["help"] = {"text": help, "markdown": help}
    return rule


def _build_result(
    diagnostic: Diagnostic,
    rule: int,
    base: EvidenceBase | None,
    pairs: Mapping[str, PairGrade],
) -> Json:
    is_hit = diagnostic.result is Result.HIT
    message = f"{diagnostic.message} {diagnostic.remedy}".strip()
    result: Json = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "kind": KIND_BY_RESULT[diagnostic.result],
        "level": LEVEL_BY_SEVERITY[diagnostic.severity] if is_hit else "none",
        "message": {"text": message},
        "locations": [_build_location(diagnostic.subject, diagnostic.location)],
        "partialFingerprints": {"kg/v1": compute_fingerprint(diagnostic)},
        "properties": _list_properties(diagnostic, base, pairs),
    }
    if diagnostic.waived:
        result["suppressions"] = [_build_suppression(diagnostic.waived)]
    if diagnostic.related:
        result["relatedLocations"] = [
            _build_location(related.subject, related.location)
            | {"id": number, "message": {"text": text}}
            for number, related in enumerate(diagnostic.related, 1)
            if (text := related.message)
        ]
    return result


def _build_suppression(waiver: Waiver) -> Json:
    return {
        "kind": "external" if waiver.subject else "inSource",
        "status": "accepted",
        "justification": waiver.reason,
        "location": _build_location("", waiver.place),
    }


def compute_fingerprint(diagnostic: Diagnostic) -> str:
    """A stable name of a result, from code, document and subject: a moved line keeps it."""
    parts = (diagnostic.code, diagnostic.source, diagnostic.subject)
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def _build_location(subject: str, place: Location | None) -> Json:
    location: Json = {}
    if place is not None:
        artifact = {"uri": quote(place.path)}
        location["physicalLocation"] = {"artifactLocation": artifact}
        region = {"startLine": place.line, "startColumn": place.column}
        known_region = {key: number for key, number in region.items() if number and place.line}
        if known_region:
            location["physicalLocation"]["region"] = known_region
    if subject:
        location["logicalLocations"] = [{"name": subject}]
    return location


def _list_properties(
    diagnostic: Diagnostic, base: EvidenceBase | None, pairs: Mapping[str, PairGrade]
) -> Json:
    properties: Json = {
        "name": diagnostic.name,
        "severity": diagnostic.severity.word,
        "source": diagnostic.source,
        "remedy": diagnostic.remedy,
        "unknown": list(diagnostic.unknown),
    }
    subject_record = base.find_record(diagnostic.subject) if base else None
    if isinstance(subject_record, Claim):
        properties["sigma"] = int(subject_record.tier)
    pair = pairs.get(diagnostic.subject)
    if pair is not None:
        properties |= {
            "sigma": int(pair.wording.sigma),
            "established": pair.certainty.established.level.key,
            "as_described": pair.certainty.as_described.level.key,
            "best_case": pair.certainty.best_case.level.key,
            "gap": pair.gap,
            "gap_best": pair.gap_best,
        }
    return properties
