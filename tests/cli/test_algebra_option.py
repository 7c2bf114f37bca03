"""`kg grade --algebra NAME`: every alternative by name, beside the default and labelled."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kg.scenarios.alternatives import ALGEBRAS
from tests.support.cli import kg

BASE = str(Path(__file__).resolve().parents[1] / "cases" / "cli" / "base")
GRADE = ("grade", "--base", BASE)


@pytest.mark.medium
@pytest.mark.parametrize("name", ALGEBRAS)
def test_every_alternative_rates_by_name_and_says_uncalibrated(name: str) -> None:
    found = json.loads(kg(*GRADE, "--algebra", name, "--format", "json").stdout)
    assert (found["method"], found["label"]) == (name, "uncalibrated")
    assert found["pairs"]
    assert {"established", "as_described", "best_case", "default"} <= set(found["pairs"][0])


@pytest.mark.medium
@pytest.mark.parametrize("form", ["text", "json", "markdown", "csv"])
def test_every_form_carries_the_label(form: str) -> None:
    done = kg(*GRADE, "--algebra", "product", "--format", form)
    assert done.returncode == 0
    assert "uncalibrated" in done.stdout
    assert done.stdout.endswith("\n")


@pytest.mark.medium
def test_the_default_beside_it_is_the_default() -> None:
    graded = json.loads(kg(*GRADE, "--format", "json").stdout)
    pairs = [pair for outcome in graded["outcomes"] for pair in outcome["pairs"]]
    levels = {(p["exposure"], p["outcome"], p["sense"]): p["certainty"] for p in pairs}
    beside = json.loads(kg(*GRADE, "--algebra", "weakest", "--format", "json").stdout)["pairs"]
    assert len(beside) == len(levels)
    for pair in beside:
        assert pair["default"] == levels[pair["exposure"], pair["outcome"], pair["sense"]]


@pytest.mark.slow
def test_rows_are_one_for_each_pair() -> None:
    rows = [
        *csv.DictReader(io.StringIO(kg(*GRADE, "--algebra", "civic", "--format", "csv").stdout))
    ]
    assert rows
    assert {row["label"] for row in rows} == {"uncalibrated"}
    assert all(row["link"] for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--algebra", "produkt"), "did you mean 'product'"),
        (("--algebra", "product", "--fail-on", "mild"), "no run may fail on it"),
        (("--algebra", "product", "--reading", "best_case"), "all three readings"),
    ],
)
def test_usage(options: tuple[str, ...], told: str) -> None:
    done = kg(*GRADE, *options)
    assert done.returncode == 2
    assert told in done.stderr
