"""`kg new` and the guide that says how to go on: templates, edits, nothing overwritten."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg import api
from kg.api.base import create_template, lint_base
from kg.curation import CURATION_RULES
from kg.curation.templates import FILE_TEMPLATES
from kg.errors import OutsideError, UsageError
from kg.formats import faults
from kg.model import Design, Direction, Predicate, Role, System
from tests.support.cli import ROOT, kg
from tests.support.documents import BLOCK

GUIDE = ROOT / "docs" / "how-to" / "curate.md"
FILES = {"article": ("cramp-tale", "claims"), "study": ("roguin-maor-2017", "studies")}


def edited() -> dict[str, str]:
    """The files that the guide shows, by their path."""
    blocks = BLOCK.finditer(GUIDE.read_text(encoding="utf-8"))
    named = ((block["info"].partition(" ")[2], block["body"]) for block in blocks)
    return {file.removeprefix("my-data/"): body for file, body in named if file}


@pytest.mark.parametrize("kind", FILE_TEMPLATES)
def test_a_template_wants_what_is_empty_and_nothing_else(kind: str, tmp_path: Path) -> None:
    id, folder = FILES[kind]
    file = create_template(kind, id, tmp_path / "base")
    assert file == tmp_path / "base" / folder / f"{id}.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) <= 100
    met = api.validate(tmp_path / "base")
    assert met
    for fault in met:
        assert fault.code in {faults.MISSING_KEY.code, faults.STUDY_WITHOUT_IDENTIFIER.code}
        assert fault.location
        if fault.code == faults.MISSING_KEY.code:
            assert re.fullmatch(r"[ -]*[a-z_]+:", lines[fault.location.line - 1])


@pytest.mark.parametrize("kind", FILE_TEMPLATES)
def test_the_guide_fills_in_every_key_that_the_template_has(kind: str) -> None:
    id, folder = FILES[kind]
    empty = yaml.safe_load(FILE_TEMPLATES[kind].format_text(id))
    full = yaml.safe_load(edited()[f"{folder}/{id}.yaml"])
    optional = {"pmcid", "registration"}
    assert _keys(empty) - _keys(full) <= optional
    assert {r["id"] for r in _records(empty)} & {r["id"] for r in _records(full)}


def _records(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        inner = [record for each in value.values() for record in _records(each)]
        return [value, *inner] if "id" in value else inner
    return [record for each in value for record in _records(each)] if type(value) is list else []


def _keys(value: Any) -> set[str]:
    return {key for record in _records(value) for key in record}


def test_the_words_of_a_template_are_those_of_the_model() -> None:
    article, study = (
        " ".join(line.strip(" #") for line in FILE_TEMPLATES[kind].format_text("x").splitlines())
        for kind in ("article", "study")
    )
    for enum, text in (
        *((enum, article) for enum in (Role, Predicate)),
        *((enum, study) for enum in (Design, System, Direction)),
    ):
        assert ", ".join(word.value for word in enum) in text


def test_the_edits_of_the_guide_make_a_sound_base(tmp_path: Path) -> None:
    for kind, (id, _) in FILES.items():
        create_template(kind, id, tmp_path)
    assert api.validate(tmp_path)
    for file, text in edited().items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    assert api.validate(tmp_path) == ()
    assert lint_base(tmp_path).diagnostics == ()
    assert {s.id for s in api.load(tmp_path).base.studies} == {"roguin-maor-2017"}


@pytest.mark.medium
def test_nothing_is_overwritten(tmp_path: Path) -> None:
    file = create_template("study", "one-2020", tmp_path)
    file.write_text("# mine\n", encoding="utf-8")
    done = kg("new", "study", "one-2020", "--base", str(tmp_path))
    assert done.returncode == 2
    assert "is there already; it is not overwritten" in done.stderr
    assert file.read_text(encoding="utf-8") == "# mine\n"


def test_an_id_that_is_taken_is_told_with_its_place(tmp_path: Path) -> None:
    for file, text in edited().items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"'night-cramps' is taken already, in .*things\.yaml:15"):
        create_template("study", "night-cramps", tmp_path)
    assert not (tmp_path / "studies" / "night-cramps.yaml").exists()


@pytest.mark.parametrize("id", ["", "..", "a/b", "../x", "a b", "-x", "é", "x" * 121, "a\n"])
def test_an_id_is_no_path(id: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no id"):
        create_template("study", id, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        create_template("study", "x", tmp_path / "file")
    with pytest.raises(OutsideError, match="cannot write"):
        create_template("study", "x", tmp_path / "file" / "deeper")


def test_a_base_must_be_named() -> None:
    done = kg("new", "article", "x")
    assert done.returncode == 2
    assert "name the directory of your data with --base" in done.stderr


def test_the_guide_lists_every_rule_as_it_is() -> None:
    rows = []
    for code in CURATION_RULES:
        rule = CURATION_RULES[code]
        page = inspect.getdoc(sys.modules[rule.find_missing.__module__]) or ""
        rows.append(f"| {code} | {rule.name} | {rule.severity.word} | {page.splitlines()[0]} |")
    assert re.findall(r"^\| KG.+$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE) == rows
