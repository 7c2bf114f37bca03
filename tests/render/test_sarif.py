"""SARIF output against the official schema and the table of results."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kg.model import Diagnostic, Location, RelatedPlace, Result, Severity
from kg.render.findings.sarif import compute_fingerprint, format_sarif
from tests.support import fixtures
from tests.support.sarif import official_schema

HIT = Diagnostic(
    code="KG101",
    name="in-vitro-as-clinical",
    severity=Severity.SEVERE,
    message="Rests only on laboratory work.",
    subject="c1",
    location=Location("data/claims/one two.yaml", 12, 5),
    remedy="Say so.",
    related=(
        RelatedPlace("w1", "laboratory work", Location("data/claims/one two.yaml", 3)),
        RelatedPlace("c0", "says so here"),
    ),
    source="article",
)
OPEN = Diagnostic(
    code="KG103",
    name="surrogate-as-outcome",
    severity=Severity.NONE,
    message="Cannot tell.",
    subject="c2",
    result=Result.CANNOT_TELL,
    unknown=("w1.kind",),
)
CLEAN = Diagnostic(
    code="KG103",
    name="surrogate-as-outcome",
    severity=Severity.NONE,
    message="Fine.",
    subject="c3",
    result=Result.CLEAN,
)
LATER = Diagnostic("KG105", "form-swap", Severity.MODERATE, "Another form.", subject="c1")
NOTICE = Diagnostic("KG139", "hype-wording", Severity.MILD, "Hype.", subject="c1")
ALL = (NOTICE, CLEAN, OPEN, LATER, HIT)


def log(*diagnostics: Diagnostic) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(format_sarif(diagnostics))
    return loaded


def results(*diagnostics: Diagnostic) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log(*diagnostics)["runs"][0]["results"]
    return found


@pytest.mark.parametrize("diagnostics", [(), (HIT,), ALL], ids=["none", "one", "all"])
def test_the_log_is_valid_sarif(diagnostics: tuple[Diagnostic, ...]) -> None:
    import jsonschema

    schema = official_schema()
    assert schema["$id"].endswith("/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    validator = jsonschema.Draft7Validator(schema)
    assert list(validator.iter_errors(log(*diagnostics))) == []


def test_the_schema_refuses_what_is_not_sarif() -> None:
    import jsonschema

    broken = log(HIT)
    broken["runs"][0]["results"][0]["level"] = "severe"
    assert list(jsonschema.Draft7Validator(official_schema()).iter_errors(broken))


def test_results_and_severities_become_kinds_and_levels() -> None:
    found = {(r["ruleId"], r["kind"]): r["level"] for r in results(*ALL)}
    assert found == {
        ("KG101", "fail"): "error",
        ("KG105", "fail"): "warning",
        ("KG139", "fail"): "note",
        ("KG103", "open"): "none",
        ("KG103", "pass"): "none",
    }


def test_each_code_is_one_rule_and_results_point_at_it() -> None:
    run = log(*ALL)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["KG101", "KG103", "KG105", "KG139"]
    assert rules[0]["name"] == "in-vitro-as-clinical"
    assert rules[0]["defaultConfiguration"] == {"level": "error"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_hit_carries_its_place_its_remedy_and_its_company() -> None:
    (result,) = results(HIT)
    assert result["message"]["text"] == "Rests only on laboratory work. Say so."
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "data/claims/one%20two.yaml"
    assert physical["region"] == {"startLine": 12, "startColumn": 5}
    related = result["relatedLocations"]
    assert [r["logicalLocations"][0]["name"] for r in related] == ["w1", "c0"]
    assert related[0]["physicalLocation"]["region"] == {"startLine": 3}
    assert "physicalLocation" not in related[1]


def test_unknown_facts_are_properties() -> None:
    (result,) = results(OPEN)
    assert result["properties"]["unknown"] == ["w1.kind"]


def test_a_fingerprint_outlives_a_moved_line_and_tells_claims_apart() -> None:
    from dataclasses import replace

    moved = replace(HIT, location=Location("elsewhere.yaml", 99), message="Other words.")
    assert compute_fingerprint(moved) == compute_fingerprint(HIT)
    others = (replace(HIT, code="x"), replace(HIT, source="x"), replace(HIT, subject="x"))
    assert len({compute_fingerprint(d) for d in (HIT, *others)}) == 4


def test_pairs_add_readings_and_gaps_and_claims_their_tier() -> None:
    grade = fixtures.grade()
    pair = grade.pairs[0]
    base = fixtures.base()
    claim = base.claims[0]
    diagnostics = [
        Diagnostic("KG128", "overclaim-gap", Severity.SEVERE, "Gap.", subject=pair.id),
        Diagnostic("KG118", "hedge-dropped", Severity.MODERATE, "Firm.", subject=claim.id),
    ]
    text = format_sarif(diagnostics, base, grade.pairs, {"KG128": "Use the verb of the level."})
    run = json.loads(text)["runs"][0]
    graded, worded = (r["properties"] for r in run["results"])
    assert graded["gap"] == pair.gap
    assert graded["established"] == pair.certainty.established.level.key
    assert worded["sigma"] == int(claim.tier)
    assert run["tool"]["driver"]["rules"][1]["help"]["text"] == "Use the verb of the level."


def test_the_order_of_diagnostics_is_irrelevant() -> None:
    assert format_sarif(ALL) == format_sarif(tuple(reversed(ALL)))
