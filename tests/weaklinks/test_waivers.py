"""Findings that are allowed for a reason, in comments and in a file, and faults of waivers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kg.formats.curated.waivers import read_waiver_comments, read_waivers_file
from kg.model import Diagnostic, Location, Result, Severity, Waiver
from kg.render.findings.github import format_github
from kg.render.findings.junit import format_junit
from kg.weaklinks.waivers import mark_waived, report_unused_waivers
from tests.support.cli import kg
from tests.support.sarif import official_schema

ROOT = Path(__file__).resolve().parents[2]
CODES = ("KG101", "KG102")


def comments(folder: Path, text: str) -> tuple[list[Waiver], list[str]]:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    waivers, faults = read_waiver_comments(folder, CODES)
    return [*waivers], [fault.message for fault in faults]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- id: a  # kg: allow KG101 -- why\n", 1),
        ("# kg: allow KG101 -- why\n\n# other\n- id: a\n", 4),
        ("x: 1\n  # kg:allow KG101 --why\n  y: 2\n", 3),
    ],
)
def test_a_comment_means_its_record_or_the_next(tmp_path: Path, text: str, line: int) -> None:
    waivers, faults = comments(tmp_path, text)
    assert faults == []
    assert [(w.code, w.reason, w.line) for w in waivers] == [("KG101", "why", line)]


def test_several_codes_share_a_reason(tmp_path: Path) -> None:
    waivers, _ = comments(tmp_path, "a: 1 # kg: allow KG101, KG102 -- it is said above\n")
    assert [w.code for w in waivers] == ["KG101", "KG102"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1 # kg: allow KG101\n", "without a reason"),
        ("a: 1 # kg: allow KG101 -- \n", "no waiver"),
        ("a: 1 # kg: alow KG101 -- why\n", "no waiver"),
        ("a: 1 # kg: allow KG999 -- why\n", "no code 'KG999'"),
    ],
)
def test_a_waiver_without_a_reason_waives_nothing(tmp_path: Path, text: str, said: str) -> None:
    waivers, faults = comments(tmp_path, text)
    assert waivers == []
    assert said in faults[0]


def test_text_that_looks_like_a_waiver_is_text(tmp_path: Path) -> None:
    quoted = 'a: "x # kg: allow KG101 -- why"\nb: |\n  # kg: allow KG101 -- why\nc: d#kg:x\n'
    assert comments(tmp_path, quoted) == ([], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[allow]]\ncode="KG101"\nsubject="c"\n', "without a reason"),
        ('[[allow]]\ncode="KG101"\nreason="r"\n', "`subject` is missing"),
        ('[[allow]]\ncode="KG101"\nsubject="c"\nreason="r"\nuntil="x"\n', "until: not read"),
        ("allow = 3\n", "no list"),
        ("[alow]\n", "'alow' is not read"),
        ("allow = [1]\n", "no table"),
    ],
)
def test_faults_of_a_waivers_file(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "w.toml"
    file.write_text(text, encoding="utf-8")
    waivers, faults = read_waivers_file(file, CODES)
    assert waivers == ()
    assert said in faults[0].message


HIT = Diagnostic(
    "KG101", "in-vitro-as-clinical", Severity.SEVERE, "m", "c1", Location("a.yaml", 4, 3)
)
OPEN = Diagnostic(
    "KG101", "in-vitro-as-clinical", Severity.NONE, "m", "c2", result=Result.CANNOT_TELL
)
HERE = Waiver("KG101", "known", Location("a.yaml", 3), line=4)
NAMED = Waiver("KG101", "known", Location("w.toml"), subject="c2")


def test_only_hits_are_waived_and_only_what_is_meant() -> None:
    assert mark_waived((HIT, OPEN), (HERE, NAMED))[0].waived == HERE
    assert mark_waived((HIT, OPEN), (HERE, NAMED))[1].waived is None
    assert [d.code for d in report_unused_waivers((HIT, OPEN), (HERE, NAMED))] == ["KG071"]
    for other in (Waiver("KG102", "r", HERE.place, line=4), Waiver("KG101", "r", HERE.place, 5)):
        assert mark_waived((HIT,), (other,)) == (HIT,)


def test_build_servers_skip_and_hosts_leave_out_what_is_waived() -> None:
    found = mark_waived((HIT,), (HERE,))
    assert 'failures="0" skipped="1"' in format_junit(found)
    assert "waived: known" in format_junit(found)
    assert format_github(found) == ""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The base of the command-line tests with two waivers that are needed and one that is not."""
    copied = tmp_path / "base"
    shutil.copytree(ROOT / "tests" / "cases" / "cli" / "base", copied)
    return copied


def findings(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(kg("check", *arguments, "--format", "json").stdout)[
        "diagnostics"
    ]
    return found


@pytest.mark.slow
def test_the_command_counts_waivers_and_does_not_fail_on_them(base: Path) -> None:
    hits = [d for d in findings("--base", str(base)) if d["result"] == "hit"]
    worst = [d for d in hits if d["severity"] == "severe"]
    assert worst
    entries = "".join(
        f'[[allow]]\ncode = "{d["code"]}"\nsubject = "{d["subject"]}"\nreason = "a made-up base"\n'
        for d in worst
    )
    (base / "waivers.toml").write_text(entries, encoding="utf-8")
    assert (
        kg("check", "--base", str(base), "--fail-on", "severe", "--select", "KG1").returncode == 0
    )
    text = kg("check", "--base", str(base)).stdout
    assert f"{len(worst)} waived (--all lists them)" in text
    assert "severe" not in text.splitlines()[-1]
    assert "a made-up base" in kg("check", "--base", str(base), "--all").stdout
    log = json.loads(kg("check", "--base", str(base), "--format", "sarif").stdout)
    jsonschema.validate(log, official_schema())
    suppressed = [r for r in log["runs"][0]["results"] if r.get("suppressions")]
    assert len(suppressed) == len(worst)
    assert suppressed[0]["suppressions"][0]["kind"] == "external"
    assert suppressed[0]["suppressions"][0]["justification"] == "a made-up base"


@pytest.mark.medium
def test_a_comment_waives_through_the_command_and_unused_ones_are_told(base: Path) -> None:
    hit = next(
        d
        for d in findings("--base", str(base))
        if d["result"] == "hit" and d["location"] and d["code"].startswith("KG1")
    )
    file = ROOT / hit["location"]["path"]
    lines = file.read_text(encoding="utf-8").split("\n")
    number = hit["location"]["line"] - 1
    lines[number] += f"  # kg: allow {hit['code']} -- made up"
    lines.insert(0, "# kg: allow KG136 -- nothing here")
    file.write_text("\n".join(lines), encoding="utf-8")
    found = findings("--base", str(base))
    same = next(d for d in found if (d["code"], d["subject"]) == (hit["code"], hit["subject"]))
    assert same["waived"]["reason"] == "made up"
    assert [d["code"] for d in found if d["code"].startswith("KG07")] == ["KG071"]


@pytest.mark.medium
def test_a_file_that_is_not_there_is_told(base: Path) -> None:
    done = kg("check", "--base", str(base), "--waivers", str(base / "no.toml"))
    assert done.returncode == 2
    assert "name a waivers file" in done.stderr
    (base / "waivers.toml").write_text("[", encoding="utf-8")
    assert kg("check", "--base", str(base)).returncode == 3
