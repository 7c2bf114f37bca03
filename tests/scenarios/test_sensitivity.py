"""`kg sensitivity`: one choice at a time, and kernels with another cap."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kg import api
from kg.api.base import require_sound
from kg.api.scenarios import measure_stability
from kg.grading.profiles import load_profile
from kg.model import EvidenceBase, Level
from kg.model.scenarios import PairSensitivity
from kg.scenarios.request import GradeRequest
from kg.scenarios.sensitivity import list_grading_variants
from kg.search.algebra import value
from kg.search.graph import Arc, Graph
from kg.search.kernels import KERNELS
from kg.search.kernels.plain import PlainKernel
from tests.support.cli import kg

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = "magnesium-glycinate-oral"


@pytest.fixture(scope="module")
def base() -> EvidenceBase:
    return require_sound(api.load())


def pair(base: EvidenceBase, outcome: str, exposure: str, **choices: Any) -> PairSensitivity:
    found = measure_stability(base, GradeRequest.parse(outcome, exposure, **choices)).pairs
    return next(p for p in found if p.sense.value == "benefit")


def at(found: PairSensitivity, choice: str, setting: str) -> tuple[Level, ...]:
    return next(
        tuple(v.standing.levels)
        for v in found.variations
        if (v.choice, v.setting) == (choice, setting)
    )


@pytest.mark.medium
def test_the_text_says_what_is_stable_and_what_is_not() -> None:
    done = kg("sensitivity", "--outcome", "acne-scars", "--exposure", PRODUCT)
    assert done.returncode == 0, done.stderr
    assert "STABLE     verdict, established, as described\n" in done.stdout
    assert "cap of leaps 1: the argument breaks [none / none / low]" in done.stdout
    assert "GRADE was not validated" in done.stdout


@pytest.mark.slow
def test_json_and_csv_hold_every_setting() -> None:
    call = ("--outcome", "acne-scars", "--exposure", PRODUCT, "--format")
    value_: dict[str, Any] = json.loads(kg("sensitivity", *call, "json").stdout)
    rows = list(csv.DictReader(io.StringIO(kg("sensitivity", *call, "csv").stdout)))
    told = [v for p in value_["pairs"] for v in p["variations"]]
    assert len(rows) == len(told) + len(value_["pairs"])
    assert {v["choice"] for v in told} == {
        "start profile",
        "cap of leaps",
        "facet weights",
        "bridge charges",
        "upgrades",
    }
    assert [r["differs"] for r in rows if r["choice"]] == [
        "yes" if v["differs"] else "no" for v in told
    ]


@pytest.mark.medium
def test_a_lower_cap_never_lowers_and_a_higher_never_raises(base: EvidenceBase) -> None:
    for outcome in ("acne-scars", "wound-healing", "sleep-quality"):
        for found in measure_stability(base, GradeRequest(outcome)).pairs:
            low, high = at(found, "cap of leaps", "1"), at(found, "cap of leaps", "3")
            for least, now, most in zip(high, found.now.levels, low, strict=True):
                assert least <= now <= most


def test_halved_weights_never_lower_and_doubled_never_raise_support(base: EvidenceBase) -> None:
    found = pair(base, "acne-scars", PRODUCT)
    for choice in ("facet weights", "bridge charges"):
        rows = zip(
            at(found, choice, "doubled"), found.now.levels, at(found, choice, "halved"), strict=True
        )
        assert all(least <= now <= most for least, now, most in rows)


@pytest.mark.medium
def test_a_profile_is_graded_as_grade_does(base: EvidenceBase) -> None:
    found = pair(base, "acne-scars", PRODUCT)
    for name in ("robins", "navguide"):
        graded = api.grade(base, "acne-scars", PRODUCT, profile=name, diagnostics=False)[0].pairs[0]
        levels = tuple(c.level for c in graded.certainty)
        assert at(found, "start profile", name) == levels


def test_the_profile_that_is_asked_for_is_the_one_that_is_varied(base: EvidenceBase) -> None:
    found = pair(base, "acne-scars", PRODUCT, profile="navguide")
    graded = api.grade(base, "acne-scars", PRODUCT, profile="navguide", diagnostics=False)
    assert found.now.levels == graded[0].pairs[0].certainty.map(lambda c: c.level)
    assert {v.setting for v in found.variations if v.choice == "start profile"} == {
        "core-grade",
        "grade",
        "robins",
    }


def test_only_the_choice_that_is_named_is_set_otherwise() -> None:
    given = load_profile("grade")
    for setting in list_grading_variants(given, KERNELS["embedded"]):
        changed = {k for k in given.table if given[k] != setting.profile[k]}
        expected = {
            "cap of leaps": set(),
            "facet weights": {"indirectness"},
            "bridge charges": {"bridge"},
            "upgrades": {"upgrade"},
        }
        if setting.choice in expected:
            assert changed == expected[setting.choice]
    assert given["indirectness"]["system"]["animal"] == 2


def chain(leaps: int) -> Graph:
    nodes = ["s", *(f"n{i}" for i in range(leaps)), "t"]
    arcs = tuple(Arc(a, b, 1, 4, int(a != "s"), i) for i, (a, b) in enumerate(pairwise(nodes)))
    return Graph(arcs, "s", "t")


@pytest.mark.parametrize("cap", [1, 2, 3])
@pytest.mark.parametrize("leaps", [0, 1, 2, 3, 4])
def test_leaps_count_up_to_the_cap(cap: int, leaps: int) -> None:
    kernel = PlainKernel(cap)
    assert value(kernel.find_frontiers(chain(leaps))[1]) == max(1, 4 - min(cap, leaps))
    witness = kernel.find_best_path(chain(leaps), 1)
    assert witness is not None
    assert len(witness.keys) == leaps + 1


@pytest.mark.parametrize("cap", [1, 2, 3])
def test_repair_keeps_to_the_cap(cap: int) -> None:
    kernel = PlainKernel(cap)
    broken = Graph(tuple(Arc(a.tail, a.head, 1, 0, a.d, a.key) for a in chain(4).arcs), "s", "t")
    for level in (Level.VERY_LOW, Level.LOW, Level.MODERATE, Level.HIGH):
        reachable = level <= max(1, 4 - min(cap, 4))
        keys = kernel.find_repair(broken, 1, level)
        assert (keys is not None) is reachable
        assert keys is None or len(keys) == 5


@pytest.mark.medium
def test_an_unknown_exposure_has_near_names() -> None:
    done = kg("sensitivity", "--outcome", "acne-scars", "--exposure", "magnesium-glycinate-orl")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"'{PRODUCT}'" in done.stderr
