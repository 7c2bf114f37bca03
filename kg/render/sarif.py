"""Diagnostics as SARIF 2.1.0, the interchange format of code scanners and editors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from kg import __version__
from kg.model import Claim, Diagnostic, EvidenceBase, Location, PairGrade, Result, Severity, Waiver

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

LEVELS: Mapping[Severity, str] = {
    Severity.SEVERE: "error",
    Severity.MODERATE: "warning",
    Severity.MILD: "note",
    Severity.NONE: "none",
}
KINDS: Mapping[Result, str] = {
    Result.HIT: "fail",
    Result.CANNOT_TELL: "open",
    Result.CLEAN: "pass",
    Result.NOT_APPLICABLE: "notApplicable",
}

Json = dict[str, Any]


def sarif(
    diagnostics: Iterable[Diagnostic],
    base: EvidenceBase | None = None,
    pairs: Iterable[PairGrade] = (),
    help: Mapping[str, str] | None = None,
) -> str:
    """A SARIF 2.1.0 log with one run, as indented JSON that ends with a newline.

    `base` and `pairs` add the wording tier of a claim and the readings and gaps of a pair; `help`
    holds the explanation of a rule by its code, in Markdown.

    >>> json.loads(sarif([]))["version"]
    '2.1.0'
    """
    ordered = sorted(diagnostics, key=lambda d: d.order)
    rules = _rules(ordered, help or {})
    index = {rule["id"]: place for place, rule in enumerate(rules)}
    graded = {pair.id: pair for pair in pairs}
    driver = {"name": "kg", "version": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(d, index[d.code], base, graded) for d in ordered],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rules(diagnostics: list[Diagnostic], help: Mapping[str, str]) -> list[Json]:
    """One rule for each code; its default level is that of its worst result."""
    worst: dict[str, Diagnostic] = {}
    for diagnostic in diagnostics:
        worst.setdefault(diagnostic.code, diagnostic)
    return [_rule(worst[code], help.get(code)) for code in sorted(worst)]


def _rule(diagnostic: Diagnostic, help: str | None) -> Json:
    level = LEVELS[diagnostic.severity]
    rule: Json = {
        "id": diagnostic.code,
        "name": diagnostic.name,
        "shortDescription": {"text": diagnostic.name.replace("-", " ")},
        "defaultConfiguration": {"level": level},
    }
    if help:
        rule["help"] = {"text": help, "markdown": help}
    return rule


def _result(
    diagnostic: Diagnostic,
    rule: int,
    base: EvidenceBase | None,
    pairs: Mapping[str, PairGrade],
) -> Json:
    hit = diagnostic.result is Result.HIT
    message = f"{diagnostic.message} {diagnostic.remedy}".strip()
    result: Json = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "kind": KINDS[diagnostic.result],
        "level": LEVELS[diagnostic.severity] if hit else "none",
        "message": {"text": message},
        "locations": [_location(diagnostic.subject, diagnostic.location)],
        "partialFingerprints": {"kg/v1": fingerprint(diagnostic)},
        "properties": _properties(diagnostic, base, pairs),
    }
    if diagnostic.waived:
        result["suppressions"] = [_suppression(diagnostic.waived)]
    if diagnostic.related:
        result["relatedLocations"] = [
            _location(related.subject, related.location) | {"id": number, "message": {"text": text}}
            for number, related in enumerate(diagnostic.related, 1)
            if (text := related.message)
        ]
    return result


def _suppression(waiver: Waiver) -> Json:
    return {
        "kind": "external" if waiver.subject else "inSource",
        "status": "accepted",
        "justification": waiver.reason,
        "location": _location("", waiver.place),
    }


def fingerprint(diagnostic: Diagnostic) -> str:
    """A stable name of a result, from code, document and subject: a moved line keeps it."""
    parts = (diagnostic.code, diagnostic.source, diagnostic.subject)
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def _location(subject: str, place: Location | None) -> Json:
    location: Json = {}
    if place is not None:
        artifact = {"uri": quote(place.path)}
        location["physicalLocation"] = {"artifactLocation": artifact}
        region = {"startLine": place.line, "startColumn": place.column}
        known = {key: number for key, number in region.items() if number and place.line}
        if known:
            location["physicalLocation"]["region"] = known
    if subject:
        location["logicalLocations"] = [{"name": subject}]
    return location


def _properties(
    diagnostic: Diagnostic, base: EvidenceBase | None, pairs: Mapping[str, PairGrade]
) -> Json:
    properties: Json = {
        "name": diagnostic.name,
        "severity": diagnostic.severity.word,
        "source": diagnostic.source,
        "remedy": diagnostic.remedy,
        "unknown": list(diagnostic.unknown),
    }
    thing = base.find(diagnostic.subject) if base else None
    if isinstance(thing, Claim):
        properties["sigma"] = int(thing.tier)
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
