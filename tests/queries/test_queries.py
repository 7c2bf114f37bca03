"""Saved queries: each against the answer expected on a small made-up base, and on what ships."""

from __future__ import annotations

import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg import api
from kg.api.graphs import build_graph_quads
from kg.errors import UnknownName, UsageError
from kg.model import Result
from kg.queries import SavedQuery, find_saved_query, load_catalogue
from kg.stores import Store, open_store, query_policy
from tests.support.shipped import open_shipped_store

CASES = Path(__file__).parents[1] / "cases" / "queries"


@cache
def made_up() -> Store:
    """The made-up base with its computed grades."""
    return _store(CASES / "base")


def _store(path: Path | None) -> Store:
    loaded = api.load(path)
    assert [str(d) for d in loaded.diagnostics if d.severity.word == "severe"] == []
    store = open_store("memory:")
    store.load(build_graph_quads(loaded.base))
    return store


def _cases() -> list[Any]:
    documents = yaml.safe_load((CASES / "expected.yaml").read_text(encoding="utf-8"))
    return [
        pytest.param(case, id=" ".join([case["query"], *case.get("with", {}).values()]))
        for case in documents
    ]


@pytest.mark.parametrize("case", _cases())
def test_a_query_gives_the_expected_rows(case: dict[str, Any]) -> None:
    query = find_saved_query(case["query"])
    found = made_up().query(query.bind_values(case.get("with")))
    assert list(found.variables) == case["columns"]
    assert [list(row) for row in found.rows] == case["rows"], case["why"]


def test_every_query_has_a_case() -> None:
    assert {case.values[0]["query"] for case in _cases()} == set(load_catalogue())


@pytest.mark.parametrize("query", load_catalogue().values(), ids=lambda q: q.name)
def test_a_query_is_documented_and_bounded(query: SavedQuery) -> None:
    assert query.title
    assert len(query.title) <= 76
    assert query.problem.endswith((".", "?"))
    query_policy.check_query(query.text)
    declared = set(re.findall(r"^PREFIX (\w+):", query.text, re.MULTILINE))
    used = {
        t.text.partition(":")[0]
        for t in query_policy.tokenize_query(query.text)
        if t.kind == "name"
    }
    assert declared == used, "it runs in any editor, and declares nothing it does not use"
    free = set(re.findall(r"VALUES [?](\w+) \{ (?:UNDEF|\w+:[\w-]+) \}", query.text))
    assert {p.name for p in query.parameters} == free
    for parameter in query.parameters:
        assert parameter.default
        assert parameter.meaning


@pytest.mark.parametrize("query", load_catalogue().values(), ids=lambda q: q.name)
def test_the_shape_of_a_query_is_one_that_every_engine_can_answer(query: SavedQuery) -> None:
    """Shapes that cost a factor of 100 to 1000 in one engine or the other, or that one misreads."""
    text = re.sub(r"#[^\n]*", "", query.text.partition("\nPREFIX")[2])
    assert not query_policy.has_keyword(query.text, "EXISTS"), "slow in Oxigraph: use MINUS"
    for path in re.finditer(r"[+*](?=[/\s])", text):
        before = text[: path.start()]
        if before.endswith((")", "?x")):
            block = before[before.rindex("SELECT") : path.start()]
            assert "DISTINCT" in block.split("{")[0] or "GROUP BY" in text, (
                "a path of any length stands in a sub-select of its own, DISTINCT or grouped"
            )
    for pattern in re.findall(r'REGEX\([^,]+, "([^"]*)"', text):
        assert "|" not in pattern or pattern.startswith("("), "Virtuoso reads a | outside brackets"
    assert query_policy.has_outermost_keyword(query.text, "ORDER")
    keys = query.text.rpartition("ORDER BY")[2]
    bare = set(re.findall(r"(?<!STR\()[?](\w+)", keys))
    assert bare <= _NUMBERS, "engines order IRIs and long texts each in its own way: use STR"


_NUMBERS = {
    *("line", "firstLine", "basisLine", "place", "gap", "gapBest", "year", "works", "steps"),
}


@pytest.mark.slow
@pytest.mark.parametrize("query", load_catalogue().values(), ids=lambda q: q.name)
@pytest.mark.parametrize("where", ["made up", "shipped"])
def test_the_order_of_a_query_is_total(query: SavedQuery, where: str) -> None:
    found = (made_up() if where == "made up" else open_shipped_store()).query(query.bind_values())
    keys = re.findall(r"[?](\w+)", query.text.rpartition("ORDER BY")[2])
    places = [found.variables.index(key) for key in keys]
    ordered = [tuple(row[place] for place in places) for row in found.rows]
    assert len(set(ordered)) == len(set(found.rows)), "rows that tie come in any order"


@pytest.mark.slow
@pytest.mark.parametrize("query", load_catalogue().values(), ids=lambda q: q.name)
def test_a_query_runs_on_the_shipped_data_in_no_time(query: SavedQuery) -> None:
    store = open_shipped_store()
    began = time.process_time()
    store.query(query.bind_values())
    assert time.process_time() - began < 4


@pytest.mark.parametrize("query", load_catalogue().values(), ids=lambda q: q.name)
def test_parameters_narrow_the_answer(query: SavedQuery) -> None:
    everything = set(made_up().query(query.bind_values()).rows)
    given = {
        "source": "two",
        "outcome": "rash",
        "exposure": "zinc-topical",
        "substance": "zinc-glycinate",
        "reading": "established",
    }
    for parameter in query.parameters:
        narrowed = made_up().query(query.bind_values({parameter.name: given[parameter.name]}))
        if parameter.default == "UNDEF":
            assert set(narrowed.rows) <= everything


@pytest.mark.slow
def test_what_the_acne_scar_article_does() -> None:
    def column(name: str, which: str) -> set[str]:
        found = open_shipped_store().query(
            find_saved_query(name).bind_values({"source": "acne-scars-article"})
        )
        return {row[found.variables.index(which)] for row in found.rows}

    cells = column("bench-work-as-human", "basis")
    assert "claim:a1-16-migration" in cells
    assert "claim:a1-16-migration" not in column("bench-work-as-human", "claim")
    assert "chain:as1" in column("deficiency-as-benefit", "by")
    assert len(column("unmatched-citations", "citation")) == 12, "8 in the text, 4 in the list"


@pytest.mark.slow
def test_what_the_shipped_grades_say() -> None:
    question = {"outcome": "acne-scars", "exposure": "magnesium-glycinate-oral"}
    both = (
        open_shipped_store()
        .query(find_saved_query("pairs-with-both-signs").bind_values(question))
        .rows
    )
    assert {row[3] for row in both if row[2] == "benefit"} == {"for", "against"}
    assert "chain:as4" in {row[5] for row in both if row[3] == "against"}
    none = (
        open_shipped_store()
        .query(find_saved_query("pairs-without-human-study").bind_values(question))
        .rows
    )
    assert [row[2] for row in none] == ["benefit"]
    gaps = open_shipped_store().query(find_saved_query("overclaims").bind_values(question)).rows
    assert gaps[0][:2] == ("4", "3")
    weak = open_shipped_store().query(find_saved_query("weakest-links").bind_values(question)).rows
    assert {"chain:as1", "chain:as2", "chain:as3", "chain:as7"} <= {row[2] for row in weak}


@pytest.mark.slow
def test_the_query_and_the_detector_agree_on_bench_work() -> None:
    base = api.load().base
    hits = {d.subject for d in api.check(base) if d.code == "KG101" and d.result is Result.HIT}
    found = {
        row[2]
        for row in open_shipped_store()
        .query(find_saved_query("bench-work-as-human").bind_values())
        .rows
    }
    assert hits
    assert {f"claim:{hit}" for hit in hits} <= found


def test_what_the_three_articles_share() -> None:
    behind = (
        open_shipped_store()
        .query(find_saved_query("works-behind-journal-and-year").bind_values())
        .rows
    )
    assert [row[:4] for row in behind if row[0] == "Nutrients"] == [("Nutrients", "2020", "3", "2")]
    tested = open_shipped_store().query(find_saved_query("works-that-tested").bind_values()).rows
    assert {row[5] for row in tested} == {"exposure:magnesium-glycinate-oral"}
    assert {row[6] for row in tested}.isdisjoint({"entity:acne-scars", "entity:back-acne"})
    rose = open_shipped_store().query(find_saved_query("wording-that-rose").bind_values()).rows
    assert "claim:a1-89-solution" in {row[7] for row in rose}
    assert len({row[7] for row in rose}) == len(rose), "each claim once"


def test_unknown_names_are_met_with_near_ones() -> None:
    with pytest.raises(UnknownName, match="did you mean 'uncited-claims'"):
        find_saved_query("uncited-claim")
    with pytest.raises(UnknownName, match="parameter of uncited-claims named 'sauce'"):
        find_saved_query("uncited-claims").bind_values({"sauce": "one"})
    with pytest.raises(UsageError, match="not a reading"):
        find_saved_query("best-gain").bind_values({"reading": "generous"})


def test_parameter_values_cannot_leave_their_place() -> None:
    hostile = "x> } SERVICE <http://127.0.0.1/"
    bound = find_saved_query("uncited-claims").bind_values({"source": hostile})
    assert made_up().query(bound).rows == ()
    assert not query_policy.has_keyword(bound, "SERVICE")
