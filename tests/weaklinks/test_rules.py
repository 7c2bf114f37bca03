"""`kg rules`, and the list of diagnostics as JUnit XML and as GitHub annotations."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from kg.api.detectors import find_rule
from kg.api.detectors import list_rules as catalogue
from kg.errors import UnknownName
from kg.model import Diagnostic, Location, Result, Severity
from kg.render.escape import escape_markdown
from kg.render.findings.detectors import build_document
from kg.render.findings.github import format_github
from kg.render.findings.junit import format_junit
from kg.render.writers import write_document
from kg.weaklinks import DETECTORS
from tests.support.cli import kg

HIT = Diagnostic(
    code="KG139",
    name="hype-wording",
    severity=Severity.MILD,
    message='50 % "more" <b>\x07\n::error::x',
    subject="c1",
    location=Location("data/a,b:c.yaml", 12, 5),
    remedy="Leave it out.",
)
OPEN = Diagnostic(
    code="KG121",
    name="single-small-study",
    severity=Severity.NONE,
    message="Cannot tell.",
    subject="c2",
    result=Result.CANNOT_TELL,
    unknown=("w1.n",),
)
SEVERE = Diagnostic("KG101", "in-vitro-as-clinical", Severity.SEVERE, "Cells only.", subject="c3")


def test_the_list_has_every_detector_once_with_severity_and_fix() -> None:
    lines = kg("rules").stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(DETECTORS)
    for line in lines:
        detector = DETECTORS[line.split()[0]]
        assert line.split()[1:4] == [detector.severity.word, detector.fix, detector.name]


@pytest.mark.parametrize("asked", ["KG101", "kg101", "in-vitro-as-clinical"])
def test_a_page_has_its_sections_and_its_backing(asked: str) -> None:
    lines = kg("rules", asked).stdout.splitlines()
    assert lines[0] == "KG101 in-vitro-as-clinical, severe"
    heads = ["What it does", "Why it matters", "Example", "Remedy", "Backing", "Needs"]
    assert [line for line in lines if line in heads] == heads
    assert lines[-1] == ", ".join(DETECTORS["KG101"].needs) + "."


def test_an_unknown_code_is_a_usage_error_with_near_ones() -> None:
    done = kg("rules", "KG1O1")
    assert done.returncode == 2
    assert "did you mean 'KG1" in done.stderr
    with pytest.raises(UnknownName, match="null-spun"):
        find_rule("null-spin")


def test_json_and_markdown_hold_all_pages() -> None:
    value = json.loads(kg("rules", "--format", "json").stdout)
    assert [rule["code"] for rule in value["rules"]] == sorted(DETECTORS)
    text = write_document(build_document(catalogue()), "markdown")
    for rule in catalogue():
        assert f"\n## {rule.code} {rule.name}\n" in text
        assert f"(#{rule.code.lower()}-{rule.name})" in text
        remedy = rule.page_body.split("\n## Remedy\n")[-1]
        assert escape_markdown(" ".join(remedy.split())) in text


@pytest.mark.parametrize("form", ["csv", "jsonl", "html"])
def test_every_writer_has_the_catalogue(form: str) -> None:
    text = kg("rules", "--format", form).stdout
    assert all(code in text for code in DETECTORS)


def test_junit_is_xml_in_which_hits_fail_and_open_ones_are_skipped() -> None:
    root = ET.fromstring(format_junit([HIT, OPEN, SEVERE]))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("3", "2", "1")
    names = [suite.get("name") for suite in root]
    assert names == ["KG101 in-vitro-as-clinical", "KG121 single-small-study", "KG139 hype-wording"]
    case = root[2][0]
    assert (case.get("name"), case.get("file"), case.get("line")) == ("c1", "data/a,b:c.yaml", "12")
    assert case[0].get("type") == "mild"
    assert case[0].get("message", "").startswith('50 % "more" <b>')
    assert root[1][0][0].tag == "skipped"


def test_annotations_cannot_be_broken_out_of() -> None:
    lines = format_github([HIT, OPEN, SEVERE]).splitlines()
    assert lines[0] == "::error title=KG101 in-vitro-as-clinical::Cells only."
    assert lines[1].startswith(
        "::notice col=5,file=data/a%2Cb%3Ac.yaml,line=12,title=KG139 hype-wording::50 %25 "
    )
    assert len(lines) == 2


@pytest.mark.slow
@pytest.mark.parametrize("form", ["junit", "github"])
def test_check_writes_the_form(form: str) -> None:
    done = kg("check", "--select", "KG139", "--format", form, "--fail-on", "mild")
    assert done.returncode == 1
    assert "a3-52-science" in done.stdout or "science-backed" in done.stdout
