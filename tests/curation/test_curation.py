"""`kg check --data`, the curators' lint: each rule hits and leaves alone; all forms of the list."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.api.base import lint_base
from kg.curation import CURATION_RULES
from kg.model import Severity
from tests.support.cli import kg

CASES = Path(__file__).parents[1] / "cases" / "curation"
GAPS: list[dict[str, Any]] = yaml.safe_load((CASES / "gaps.yaml").read_text(encoding="utf-8"))
BASE: dict[str, list[dict[str, Any]]] = {
    "entities": [
        {"id": "zinc", "label": "zinc", "kind": "substance", "definition": "A metal."},
        *(
            {"id": id, "label": id, "kind": "clinical-outcome", "definition": "D.", **more}
            for id, more in (
                ("hand-rash", {"broader": ["rash"]}),
                ("itch", {"related": ["rash"]}),
                ("rash", {"better": "lower"}),
                ("sleep", {}),
            )
        ),
    ],
    "exposures": [
        {"id": f"zinc-{name}", "label": name, "substance": "zinc", "kind": kind, "route": route}
        for name, kind, route in (
            ("cream", "topical", "topical"),
            ("oral", "supplementation", "oral"),
        )
    ],
    "sources": [{"id": "tale", "title": "Zinc and rash"}],
    "claims": [
        {
            **{"id": "c1", "source": "tale", "line": 1, "role": "headline", "tier": 0},
            **{"subject": "zinc-oral", "predicate": "improves", "object": "rash"},
        }
    ],
}


def written(add: dict[str, list[dict[str, Any]]], folder: Path) -> Path:
    base = copy.deepcopy(BASE)
    for section, records in add.items():
        base.setdefault(section, []).extend(records)
    file = folder / "base.yaml"
    file.write_text(yaml.safe_dump(base, sort_keys=False), encoding="utf-8")
    return file


@pytest.mark.parametrize("case", GAPS, ids=lambda case: f"{case['code']}: {case['why']}")
def test_a_gap_is_named_where_it_is(case: dict[str, Any], tmp_path: Path) -> None:
    found = lint_base(written(case["add"], tmp_path)).diagnostics
    hits = [d for d in found if d.code == case["code"]]
    assert all(d in hits for d in found if d.severity is Severity.SEVERE), "the case is sound"
    assert sorted(d.subject for d in hits) == case["hits"]
    for diagnostic in hits:
        assert diagnostic.location
        assert diagnostic.location.line > 1
        assert diagnostic.message.endswith(".")
        assert diagnostic.remedy.endswith(".")


def test_the_base_of_the_cases_has_no_gap(tmp_path: Path) -> None:
    assert lint_base(written({}, tmp_path)).diagnostics == ()


def test_every_rule_has_a_hit_and_a_near_miss() -> None:
    for code in CURATION_RULES:
        assert {bool(case["hits"]) for case in GAPS if case["code"] == code} == {True, False}
        assert CURATION_RULES[code].code == code
        assert CURATION_RULES.find_target(code).startswith("kg.curation.")


SPEAKING: dict[str, list[dict[str, Any]]] = {
    "entities": [{"id": "tin", "label": "tin\x1b[31m", "kind": "substance"}]
}


@pytest.mark.medium
def test_the_list_names_code_place_and_remedy(tmp_path: Path) -> None:
    file = written(SPEAKING, tmp_path)
    done = kg("check", "--data", "--base", str(file))
    assert done.returncode == 0
    assert re.search(r"base\.yaml:\d+:\d+: KG202 moderate entity-without-def", done.stdout)
    assert "remedy: Say in one sentence" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stdout.endswith("1 moderate\n")
    assert kg("check", "--data", "--base", str(file), "--fail-on", "moderate").returncode == 1
    assert kg("check", "--data", "--base", str(file), "--ignore", "KG2").stdout == "clean\n"


@pytest.mark.medium
@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_every_form_lists_the_gaps(form: str, tmp_path: Path) -> None:
    done = kg("check", "--data", "--base", str(written(SPEAKING, tmp_path)), "--format", form)
    assert done.returncode == 0
    assert "KG202" in done.stdout
    if form == "sarif":
        (result,) = json.loads(done.stdout)["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] > 1


@pytest.mark.medium
def test_severe_faults_are_listed_and_told_by_the_status(tmp_path: Path) -> None:
    broken = {"claims": [{"id": "c2", "source": "tale", "line": 2, "tier": 0}], **SPEAKING}
    done = kg("check", "--data", "--base", str(written(broken, tmp_path)))
    assert done.returncode == 3
    assert "KG006 severe missing-key [c2]" in done.stdout
    assert "KG202 moderate" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--source", "tale"), "leave --source out"),
        (("--select", "KG299"), "no code named 'KG299'"),
    ],
)
def test_a_wrong_call_is_told(words: tuple[str, ...], message: str) -> None:
    done = kg("check", "--data", *words)
    assert done.returncode == 2
    assert message in done.stderr


def test_the_shipped_data_have_no_gap_but_mild_ones() -> None:
    found = lint_base().diagnostics
    assert {d.severity.word for d in found} <= {"mild"}, [str(d) for d in found if d.severity > 1]
    assert all(d.location for d in found)
