"""`kg export`: what is written can be read back, here and by others."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyoxigraph import RdfFormat, parse

from kg import api
from kg.api.graphs import build_graph_quads, export_base
from kg.api.loading import load_files
from kg.model import find_effect_sign
from kg.stores import evidence_source, open_store
from kg.stores.oxigraph_disk import write_store
from tests.support.cli import kg

BASE = Path(__file__).parents[1] / "cases" / "queries" / "base"


@pytest.mark.medium
def test_kgx_comes_back_with_its_signs(tmp_path: Path) -> None:
    done = kg("export", "--base", str(BASE), "--format", "kgx", "-o", str(tmp_path / "graph"))
    nodes, edges = map(Path, done.stdout.split())
    assert (nodes.name, edges.name) == ("graph_nodes.jsonl", "graph_edges.jsonl")
    base = api.load(BASE).base
    rows = [json.loads(line) for line in edges.read_text().splitlines()]
    assert [row["id"] for row in rows] == [claim.id for claim in base.claims]
    load_files([nodes, edges], tmp_path / "store", strict=True)
    text = "SELECT ?c ?sign { ?c a kg:Claim ; kg:proposition/kg:sign ?sign }"
    whole = open_store("memory:")
    whole.load(build_graph_quads(base))
    assert open_store(tmp_path / "store").query(text).rows == whole.query(text).rows


def test_parquet_has_a_row_for_each_claim(tmp_path: Path) -> None:
    (path,) = export_base(BASE, "parquet", tmp_path / "claims.parquet")
    base = api.load(BASE).base
    table = pq.read_table(path).to_pylist()
    assert [row["claim"] for row in table] == [claim.id for claim in base.claims]
    for row, claim in zip(table, base.claims, strict=True):
        stated = claim.proposition
        changed = base.entity.get(stated.object)
        assert row["sign"] == (
            find_effect_sign(stated.predicate, changed.better) if changed else None
        )


@pytest.mark.medium
def test_nquads_are_all_statements(tmp_path: Path) -> None:
    (path,) = export_base(BASE, "nquads", tmp_path / "graph.nq")
    written = {*parse(path=str(path), format=RdfFormat.N_QUADS)}
    store = open_store("memory:")
    store.load(build_graph_quads(api.load(BASE).base))
    assert written == {*store.iterate_quads()}


@pytest.mark.medium
@pytest.mark.parametrize("form", ["kgx", "parquet"])
def test_a_store_is_written_in_parts_as_the_whole_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(evidence_source, "THINGS_PER_PART", 7)
    stored = write_store(build_graph_quads(api.load(BASE).base), tmp_path / "store")
    whole = export_base(BASE, form, tmp_path / "whole")
    parts = export_base(stored, form, tmp_path / "parts")
    for one, other in zip(whole, parts, strict=True):
        assert rows(one) == rows(other)


def rows(path: Path) -> list[str]:
    if path.suffix == ".jsonl":
        return sorted(path.read_text(encoding="utf-8").splitlines())
    return sorted(map(str, pq.read_table(path).to_pylist()))
