"""`kg compare`: the worked example by every method, and what mere volume does to them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kg.api.scenarios import compare_methods
from kg.errors import UnknownName, UsageError
from kg.grading.profiles import list_profiles, load_profile
from kg.grading.question import Question
from kg.model import Reading
from kg.render.scenarios.compare import build_document
from kg.render.writers import write_document
from kg.scenarios.alternatives import ALGEBRAS
from kg.scenarios.alternatives.case import AlgebraComparison
from kg.scenarios.alternatives.probability import multiply_along
from kg.scenarios.compare import build_case
from kg.scenarios.request import GradeRequest
from kg.search.kernels import KERNELS
from tests.acceptance.worked import GLYCINATE, base
from tests.support.cli import kg

ROOT = Path(__file__).resolve().parents[2]
FOUR = ("as1", "as2", "as3", "as7")


def compared(reading: str = "best_case") -> AlgebraComparison:
    return compare_methods(
        base(*FOUR), GradeRequest.parse("acne-scars", GLYCINATE, reading=reading)
    )


def test_the_worked_example_by_the_other_modes() -> None:
    words = {row.name: row.answers.best_case.word for row in compared().rows}
    assert words["grade"] == "very low"
    assert words["weakest"] == "moderate"
    assert (words["product"], words["noisy-or"]) == ("0.51", "0.63")


def test_the_products_of_the_four_chains() -> None:
    b = base(*FOUR)
    question = Question(
        GradeRequest().build_evidence_index(b),
        b.exposure[GLYCINATE],
        b.entity["acne-scars"],
        load_profile("grade"),
        KERNELS["embedded"],
    )
    found = build_case(question, -1, Reading.BEST_CASE).chains
    assert sorted(f"{multiply_along(chain):.2f}" for chain in found) == [
        "0.05",
        "0.09",
        "0.12",
        "0.51",
    ]


@pytest.mark.parametrize("reading", ["established", "as_described"])
def test_without_an_unbroken_chain_there_is_nothing(reading: str) -> None:
    rows = [row for row in compared(reading).rows if row.scope == "chains"]
    assert {row.answers[Reading(reading)].word for row in rows} == {"none", "0"}


def test_every_method_is_there_and_only_the_default_is_not_labelled_uncalibrated() -> None:
    rows = compared().rows
    assert [row.name for row in rows] == ["grade", *ALGEBRAS]
    assert [row.answers.best_case.label for row in rows] == [
        "default",
        *["uncalibrated"] * len(ALGEBRAS),
    ]


def test_volume_does_not_move_the_default() -> None:
    found = compared()
    assert found.copied_studies
    assert (
        found.copied_studies.work,
        found.copied_studies.system,
        found.copied_studies.copies,
    ) == ("bter", "in-vitro", 50)
    moved = {row.name for row in found.rows if row.has_changed("best_case")}
    assert not {"grade", "weakest", "leximin", "product", "aop"} & moved
    assert {"noisy-or-studies", "worlds", "indra", "civic", "arax", "dempster"} <= moved


def test_the_copies_weigh_what_the_methods_say() -> None:
    after = {
        row.name: row.answer_with_copies.value for row in compared().rows if row.answer_with_copies
    }
    assert after["civic"] == 51
    assert after["arax"] == pytest.approx(1 - 0.85**51)
    assert after["indra"] == pytest.approx(0.95)


def test_many_works_are_sampled_and_the_answer_says_so() -> None:
    (row,) = [row for row in compared().rows if row.name == "worlds"]
    assert row.answer_with_copies
    assert "exact" in row.answers.best_case.why
    assert "sampled" in row.answer_with_copies.why
    assert compared() == compared()


def test_nothing_admitted_nothing_copied() -> None:
    found = compared("established")
    assert found.copied_studies is None
    assert "nothing to copy" in write_document(build_document(found, base(*FOUR)), "text")


def test_an_outcome_without_pairs_is_an_error() -> None:
    with pytest.raises(UsageError, match="nothing is said"):
        compare_methods(base(*FOUR), GradeRequest("healing"))
    with pytest.raises(UnknownName):
        compare_methods(base(*FOUR), GradeRequest("scurvy"))


def test_the_parameters_are_no_grading_profile() -> None:
    assert "alternatives" not in list_profiles()


@pytest.mark.medium
def test_it_fits_one_screen() -> None:
    done = kg("compare", "--outcome", "acne-scars")
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 100
    (default,) = [line for line in lines if line.startswith("grade ")]
    assert default.endswith("stays")
    for name in ("indra", "civic", "arax"):
        (line,) = [line for line in lines if line.startswith(f"{name} ")]
        assert "uncalibrated" in line
        assert line.endswith("moves")


@pytest.mark.slow
def test_forms_say_the_same() -> None:
    ask = ("compare", "--outcome", "acne-scars", "--format")
    whole = json.loads(kg(*ask, "json").stdout)
    table = list(csv.DictReader(io.StringIO(kg(*ask, "csv").stdout)))
    page = kg(*ask, "markdown").stdout
    assert [row["method"] for row in table] == [row["method"] for row in whole["methods"]]
    for row, entry in zip(table, whole["methods"], strict=True):
        assert row["best_case"] == entry["best_case"]["shown"]
        assert (row["moves"] == "moves") is entry["moves"]
        assert f"| {row['method']} | {row['label']} |" in page


@pytest.mark.medium
def test_unknown_names_are_usage_errors() -> None:
    done = kg("compare", "--outcome", "acne-scarz")
    assert done.returncode == 2
    assert "acne-scars" in done.stderr
    assert kg("compare").returncode == 2
