"""Grades worked out again by SPARQL alone, from the graph that holds their links."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.model import Level
from kg.queries import find_saved_query
from kg.rdf import vocab
from kg.stores import Store, open_store
from kg.stores.results import QueryResult
from tests.support.shipped import build_shipped_quads, grade_shipped, open_shipped_store

VOCABULARY = "https://w3id.org/evidence-kg/vocab#"


def filled(quads: tuple[Quad, ...]) -> Store:
    store = open_store("memory:")
    store.load(quads)
    return store


def asked(name: str, store: Store, **given: str) -> tuple[QueryResult, list[dict[str, str]]]:
    found = store.query(find_saved_query(name).bind_values(given))
    return found, [dict(zip(found.variables, row, strict=True)) for row in found.rows]


@pytest.mark.slow
def test_every_shipped_grade_follows_from_its_links() -> None:
    _, rows = asked("recomputed-grades", open_shipped_store())
    assert [row for row in rows if row["workedOut"] != row["says"]] == []
    assert [row for row in rows if row["verdict"] != row["saysVerdict"]] == []


@pytest.mark.slow
def test_no_shipped_grade_is_left_out_and_the_words_are_those_of_the_grader() -> None:
    _, rows = asked("recomputed-grades", open_shipped_store())
    graded = {
        (f"entity:{pair.outcome}", f"exposure:{pair.exposure}", pair.sense.value, reading): level
        for outcome in grade_shipped()
        for pair in outcome.pairs
        for reading, level in zip(
            ("established", "as_described", "best_case"),
            (certainty.level.key for certainty in pair.certainty),
            strict=True,
        )
    }
    worked_out = {
        (
            row["outcome"],
            row["exposure"],
            row["sense"],
            row["reading"].removeprefix("kg:reading-"),
        ): row["workedOut"]
        for row in rows
    }
    assert worked_out == graded
    assert len(rows) == len(graded), "one row each"


@pytest.mark.slow
def test_every_shipped_chain_is_its_lowest_link_less_its_leaps() -> None:
    _, rows = asked("recomputed-chains", open_shipped_store())
    assert [row for row in rows if row["workedOut"] != row["says"]] == []
    chains = [
        chain
        for outcome in grade_shipped()
        for pair in outcome.pairs
        for chain in (*pair.chains, *pair.counter_chains)
    ]
    assert len(rows) == 3 * len(chains)


@pytest.mark.slow
def test_every_shipped_body_is_the_sum_of_its_steps() -> None:
    _, rows = asked("recomputed-ratings", open_shipped_store())
    assert [row for row in rows if row["workedOut"] != row["says"]] == []
    bodies = sum(
        3 * (1 + sum(len(c.links) for c in (*pair.chains, *pair.counter_chains)))
        for outcome in grade_shipped()
        for pair in outcome.pairs
    )
    assert len(rows) == bodies, "one row each"


def test_the_worked_example_by_hand() -> None:
    given = {"outcome": "acne-scars", "exposure": "magnesium-glycinate-oral"}
    _, rows = asked("recomputed-chains", open_shipped_store(), **given)
    best = {
        row["chain"].rpartition(":")[2]: row
        for row in rows
        if row["reading"] == "kg:reading-best_case"
    }
    assert best["as3"]["leaps"] == "3", "of which two count"
    assert best["as7"]["leaps"] == "1"
    assert (best["as2"]["lowest"], best["as2"]["workedOut"]) == ("1", "very_low")
    _, grades = asked("recomputed-grades", open_shipped_store(), **given)
    assert {row["reading"]: row["workedOut"] for row in grades if row["sense"] == "benefit"} == {
        "kg:reading-established": "none",
        "kg:reading-as_described": "none",
        "kg:reading-best_case": "very_low",
    }


@pytest.mark.slow
def test_a_step_that_was_tampered_with_is_found_out() -> None:
    change = NamedNode(f"{VOCABULARY}change")
    grade = vocab.build_iri(
        "grade", "magnesium-glycinate-oral", "acne-scars", "benefit", "chain", "as2"
    )
    steps = [
        q
        for q in build_shipped_quads()
        if q.predicate == change and str(q.subject)[1:].startswith(grade)
    ]
    minus = next(q for q in steps if q.object == Literal(-3))
    forged = tuple(
        Quad(q.subject, q.predicate, Literal(-2), q.graph_name) if q == minus else q
        for q in build_shipped_quads()
    )
    _, rows = asked("recomputed-ratings", filled(forged))
    assert [(r["workedOut"], r["says"]) for r in rows if r["workedOut"] != r["says"]] == [
        ("low", "very_low")
    ]


@pytest.mark.medium
@pytest.mark.parametrize("name", ["recomputed-grades", "recomputed-chains"])
def test_a_level_that_was_tampered_with_is_found_out(name: str) -> None:
    grade = ("magnesium-glycinate-oral", "acne-scars", "benefit")
    chain = () if name == "recomputed-grades" else ("chain", "as2")
    subject = vocab.build_iri("grade", *grade, *chain)
    high = NamedNode(vocab.build_concept_iri(Level.HIGH))
    best = NamedNode(f"{VOCABULARY}bestCase")
    forged = tuple(
        Quad(q.subject, q.predicate, high, q.graph_name)
        if q.subject == NamedNode(subject) and q.predicate == best
        else q
        for q in build_shipped_quads()
    )
    assert sum(a != b for a, b in zip(forged, build_shipped_quads(), strict=True)) == 1
    _, rows = asked(name, filled(forged))
    assert [(r["workedOut"], r["says"]) for r in rows if r["workedOut"] != r["says"]] == [
        ("very_low", "high")
    ]
