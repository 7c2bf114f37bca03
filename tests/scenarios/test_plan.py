"""`kg plan`: every move reaches what it says, by grading again on another way."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg import api
from kg.api.base import require_sound
from kg.grading.profiles import list_profiles, load_profile
from kg.model import EvidenceBase, Identification, Level
from kg.model.scenarios import PairPlan, PlanStep
from kg.scenarios.request import GradeRequest
from tests.support.cli import kg

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = "magnesium-glycinate-oral"
OUTCOMES = ("acne-scars", "wound-healing", "muscle-cramps", "c-reactive-protein", "sleep-quality")


@pytest.fixture(scope="module")
def base() -> EvidenceBase:
    return require_sound(api.load())


def moves(base: EvidenceBase, outcome: str) -> list[tuple[PairPlan, PlanStep]]:
    return [(pair, move) for pair in api.plan(base, outcome).pairs for move in pair.moves]


@pytest.mark.slow
def test_the_text_ranks_and_names_its_costs() -> None:
    done = kg("plan", "--outcome", "acne-scars", "--exposure", PRODUCT)
    assert done.returncode == 0, done.stderr
    assert "1. very low at cost" in done.stdout
    assert "run rct, n=200, low bias: oral magnesium glycinate -> acne scars" in done.stdout
    assert "identify " in done.stdout
    assert "back with sound evidence" in done.stdout
    assert "no price" in done.stdout
    assert "GRADE was not validated" in done.stdout


@pytest.mark.slow
def test_json_and_csv_hold_the_same_moves() -> None:
    value: dict[str, Any] = json.loads(
        kg("plan", "--outcome", "acne-scars", "--format", "json").stdout
    )
    rows = list(
        csv.DictReader(io.StringIO(kg("plan", "--outcome", "acne-scars", "--format", "csv").stdout))
    )
    told = [(p["exposure"], m["kind"], str(m["cost"])) for p in value["pairs"] for m in p["moves"]]
    assert told == [(row["exposure"], row["kind"], row["cost"]) for row in rows]
    assert told


@pytest.mark.slow
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_moves_raise_the_level_and_are_ranked_by_cost(outcome: str, base: EvidenceBase) -> None:
    for pair in api.plan(base, outcome).pairs:
        assert [m.cost for m in pair.moves] == sorted(m.cost for m in pair.moves)
        for move in pair.moves:
            assert move.reaches.established > pair.now.levels.established
            assert move.reaches.established <= move.reaches.as_described <= move.reaches.best_case


@pytest.mark.slow
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_study_reaches_what_whatif_says(outcome: str, base: EvidenceBase) -> None:
    for pair, move in moves(base, outcome):
        if move.study is not None:
            found = api.whatif(base, outcome, [move.study.note], exposure=pair.exposure)
            at = next(p.standings for p in found.pairs if p.standings.sense is pair.sense)
            assert at.after.levels == move.reaches


@pytest.mark.slow
def test_the_level_now_is_that_of_grade(base: EvidenceBase) -> None:
    for outcome in OUTCOMES:
        graded = {
            (p.exposure, p.sense): p for p in api.grade(base, outcome, diagnostics=False)[0].pairs
        }
        for pair in api.plan(base, outcome).pairs:
            now = graded[pair.exposure, pair.sense].certainty.map(lambda c: c.level)
            assert pair.now.levels == now


@pytest.mark.slow
def test_a_trial_whose_interval_nobody_knows_reaches_moderate_at_most(base: EvidenceBase) -> None:
    """So that the larger of two trials is left out: it costs more and reaches no more."""
    pair = api.plan(base, "acne-scars", exposure=PRODUCT).pairs[0]
    reached = {m.study.n: m.reaches.established for m in pair.moves if m.study is not None}
    assert reached[200] is max(reached.values()) is Level.MODERATE
    assert 400 not in {m.study.n for m in pair.moves if m.study and "rct" in m.study.title}


@pytest.mark.slow
def test_idle_works_are_those_that_move_nothing_when_found(base: EvidenceBase) -> None:
    pair = api.plan(base, "acne-scars", exposure=PRODUCT).pairs[0]
    cited = {c.id for c in base.citations if c.status is not Identification.IDENTIFIED}
    assert pair.idle
    assert set(pair.idle) <= cited
    alone = {m.works[0] for m in pair.moves if m.kind == "identify" and len(m.works) == 1}
    assert not alone & set(pair.idle)


@pytest.mark.slow
def test_backing_links_never_exceeds_the_ceiling_of_their_leaps(base: EvidenceBase) -> None:
    found = [m for _, m in moves(base, "acne-scars") if m.kind.endswith("back")]
    assert found
    assert all(m.links for m in found)
    assert all(m.works for m in found if m.kind == "identify-and-back")


@pytest.mark.slow
def test_costs_are_read_from_the_profile(base: EvidenceBase) -> None:
    given = GradeRequest("acne-scars", PRODUCT).build_baseline(base)
    dear = {**given.profile.table, "plan": {**given.profile["plan"], "link": 100, "bridge": 100}}
    from kg.scenarios.plan import plan_evidence

    pair = plan_evidence(replace(given, profile=_with(given.profile, dear))).pairs[0]
    assert all(m.cost >= 100 for m in pair.moves if m.links)


def _with(given: Any, table: dict[str, Any]) -> Any:
    return type(given)(given.name, given.version, given.title, table)


@pytest.mark.slow
@pytest.mark.parametrize("name", list_profiles())
def test_every_profile_has_costs_and_studies_that_can_be_read(
    name: str, base: EvidenceBase
) -> None:
    rule = load_profile(name)["plan"]
    costs = [row["cost"] for row in rule["studies"]]
    assert costs == sorted(costs)
    assert rule["identify"] < min(costs)
    assert api.plan(base, "acne-scars", profile=name).pairs


@pytest.mark.medium
def test_an_unknown_outcome_has_near_names() -> None:
    done = kg("plan", "--outcome", "acne-scar")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'acne-scars'" in done.stderr
