"""`--profile FILE`: a profile of one's own extends a shipped one, and its faults have lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.api.base import create_profile
from kg.errors import DataError, UsageError
from kg.grading.profiles import load_profile, read_profile_file
from tests.support.cli import kg


def test_a_file_says_what_differs_from_the_profile_that_it_extends(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('extends = "navguide"\n[imprecision]\nparticipants = 800\n', encoding="utf-8")
    profile, base = read_profile_file(file), load_profile("navguide")
    assert profile.name == "mine"
    assert profile["imprecision"] == {**base["imprecision"], "participants": 800}
    assert profile["start"] == base["start"]
    version = profile.version
    file.write_text("[imprecision]\nparticipants = 900\n", encoding="utf-8")
    assert read_profile_file(file).version != version
    assert read_profile_file(file)["start"] == load_profile()["start"]
    shown = kg("grade", "--outcome", "acne-scars", "--profile", str(file))
    assert "profile mine own-" in shown.stdout


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[imprecision]\nparticipant = 8\n", 2, "did you mean 'participants'?"),
        ("[imprecision]\n\nevents = 'x'\n", 3, "not a number"),
        ("[imprecision]\nevents = true\n", 2, "not a number"),
        ("[imprecisio]\nevents = 3\n", 1, "did you mean 'imprecision'?"),
        ("imprecision = 3\n", 1, "'imprecision' is 3"),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        read_profile_file(file)
    assert str(raised.value).startswith(f"{file}:{line}: ")
    assert words in str(raised.value)


@pytest.mark.parametrize("text", ["[", "extends = 'nothing'", "extends = 3", "extends = [1]"])
def test_what_is_no_profile_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"bad\.toml"):
        read_profile_file(file)
    with pytest.raises(DataError, match=r"missing\.toml"):
        read_profile_file(tmp_path / "missing.toml")


def test_a_template_changes_nothing_until_a_line_is_edited(tmp_path: Path) -> None:
    file = create_profile("mine", tmp_path)
    assert (file, read_profile_file(file).name) == (tmp_path / "mine.toml", "mine")
    own, shipped = read_profile_file(file), load_profile()
    tables = {table for table, value in shipped.table.items() if isinstance(value, dict)}
    assert {table: own[table] for table in tables} == {table: shipped[table] for table in tables}
    text = file.read_text(encoding="utf-8")
    assert all(f"[{table}]" in text for table in tables)
    file.write_text(text.replace("# participants = 400", "participants = 800"), encoding="utf-8")
    assert read_profile_file(file)["imprecision"]["participants"] == 800
    with pytest.raises(UsageError, match="is there already"):
        create_profile("mine", tmp_path)
    done = kg("new", "profile", "../x", "--base", tmp_path)
    assert (done.returncode, "is no name" in done.stderr) == (2, True)
    assert kg("new", "profile", "other", "--base", tmp_path).stdout.strip().endswith("other.toml")
