"""Reports on columns say what the saved query of their name says in SPARQL."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, parse, serialize

from kg import api
from kg.api.rated_links import load_link_columns
from kg.bulk import COLUMN_REPORTS
from kg.bulk.reports import list_bench_only_links
from kg.errors import UsageError
from kg.model import Predicate, System
from kg.queries import find_saved_query
from kg.rdf import vocab
from kg.rdf.encode import encode_base
from kg.stores import open_store
from tests.support.cli import kg

NAME = "best-study-is-bench"
Work = tuple[System | None, bool]
Claim = tuple[int, Predicate, int, list[int]]


def by_query(quads: list[Quad]) -> list[tuple[str, ...]]:
    store = open_store("memory:")
    store.load(quads)
    rows = store.query(find_saved_query(NAME).bind_values()).rows
    return sorted((plain(s), word(p), plain(o), system) for s, p, o, system in rows)


def plain(short: str) -> str:
    parsed = vocab.parse_iri(vocab.expand_curie(short))
    return parsed[1] if parsed else short


def word(short: str) -> str:
    return str(vocab.index_members(Predicate)[vocab.expand_curie(short)].value)


def by_columns(quads: list[Quad], folder: Path) -> list[tuple[str, ...]]:
    path = folder / "graph.nq.gz"
    path.write_bytes(gzip.compress(serialize(quads, format=RdfFormat.N_QUADS) or b""))
    return list_bench_only_links(load_link_columns(path)[0])[1]


def test_every_report_has_a_saved_query() -> None:
    assert [find_saved_query(name).name for name in COLUMN_REPORTS] == [NAME]


@pytest.mark.medium
def test_both_agree_on_the_shipped_base(tmp_path: Path) -> None:
    quads = list(encode_base(api.load().base))
    found = by_columns(quads, tmp_path)
    assert found == by_query(quads)
    assert found


def graph(works: list[Work], claims: list[Claim]) -> list[Quad]:
    """Claims that cite works; a work is a study, or described only."""
    lines = []
    for n, (system, is_study) in enumerate(works):
        bearer = f"study:s{n}" if is_study else f"citation:w{n}-described"
        lines.append(f"citation:w{n} kg:{'work' if is_study else 'described'} {bearer} .")
        if system:
            lines.append(f"{bearer} kg:system <{vocab.build_concept_iri(system)}> .")
    for n, (tail, predicate, head, cited) in enumerate(claims):
        about = f"<{vocab.build_proposition_iri(f'n{tail}', predicate, f'n{head}')}>"
        lines.append(f"claim:c{n} a kg:Claim ; kg:proposition {about} .")
        lines += [f"claim:c{n} kg:citation citation:w{w % len(works)} ." for w in cited]
        lines.append(f"{about} kg:subject entity:n{tail} ; kg:object entity:n{head} .")
        sign = {Predicate.INCREASES: 1, Predicate.DECREASES: -1}.get(predicate, 0)
        lines.append(
            f"{about} kg:predicate <{vocab.build_concept_iri(predicate)}> ; kg:sign {sign} ."
        )
    head_ = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in vocab.PREFIXES.items())
    return [*parse(head_ + "\n".join(lines), format=RdfFormat.TURTLE)]


NODES = st.integers(0, 2)
PREDICATES = st.sampled_from([Predicate.INCREASES, Predicate.DECREASES, Predicate.NO_EFFECT_ON])
CITED = st.lists(st.integers(0, 5), max_size=3, unique=True)
CLAIMS = st.lists(st.tuples(NODES, PREDICATES, NODES, CITED), max_size=8)
WORKS = st.lists(st.tuples(st.sampled_from([None, *System]), st.booleans()), min_size=1, max_size=6)


@pytest.mark.medium
@settings(max_examples=60)
@given(WORKS, CLAIMS)
def test_both_agree_on_any_graph(
    tmp_path_factory: pytest.TempPathFactory, works: list[Work], claims: list[Claim]
) -> None:
    # One link about a person is always there, so that the columns have something to say.
    works = [(System.HUMAN, True), *works]
    claims = [(7, Predicate.INCREASES, 8, [0]), *claims]
    quads = graph(works, claims)
    random.Random(1).shuffle(quads)
    assert by_columns(quads, tmp_path_factory.mktemp("graph")) == by_query(quads)


@pytest.mark.medium
def test_the_command_answers_from_columns(tmp_path: Path) -> None:
    quads = graph([(System.IN_VITRO, True)], [(0, Predicate.INCREASES, 1, [0])])
    by_columns(quads, tmp_path)
    ask = ("query", "--base", tmp_path / "graph.nq.gz")
    found = kg(*ask, "--name", NAME, "--format", "json")
    assert found.returncode == 0, found.stderr
    (row,) = json.loads(found.stdout)["results"]["bindings"]
    assert [cell["value"] for cell in row.values()] == ["n0", "increases", "n1", "in-vitro"]
    other = kg(*ask, "-e", "ASK {}")
    assert (other.returncode, NAME in other.stderr) == (2, True)


def test_links_without_systems_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_text("subject,predicate,object,sign,level\na,increases,b,1,low\n", encoding="utf-8")
    with pytest.raises(UsageError, match="what its works were done on"):
        list_bench_only_links(load_link_columns(path)[0])
