"""KGX as columns: the grades are those of the same file in a store, and its faults are counted."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard

from kg import api
from kg.api.rated_links import iterate_rated_pairs, load_link_columns
from kg.errors import DataError
from kg.formats.kgx.reader import KgxReader
from kg.model import Diagnostic
from kg.rdf.encode import encode_things
from kg.stores import open_store
from kg.stores.evidence_source import StoreEvidenceSource
from tests.support.kgx import EDGES, NODES

Pairs = dict[tuple[str, str, int], tuple[int, ...]]
PREDICATES = (
    *("increases_activity_of", "decreases_abundance_of", "causes", "affects", "related_to"),
    *("treats", "positively_correlated_with", "participates_in"),
)
LEVELS = ("knowledge_assertion", "prediction", "observation", "not_provided", "")


def drawn(folder: Path, seed: int) -> list[Path]:
    """Nodes and edges of a made-up graph of drugs, proteins, processes and diseases."""
    chance = random.Random(seed)
    size = {"D": 4, "P": 6, "B": 4, "X": 3}
    kinds = {"D": "Drug", "P": "Protein", "B": "BiologicalProcess", "X": "Disease"}
    nodes = [(f"{k}:{n}", f"biolink:{kinds[k]}", f"name {k}{n}") for k in size for n in range(4)]
    head = (
        *("id", "subject", "predicate", "object", "knowledge_level", "agent_type"),
        *("publications", "negated", "object_direction_qualifier", "object_aspect_qualifier"),
        "subject_direction_qualifier",
    )
    rows: list[tuple[str, ...]] = [head]
    for n in range(40):
        tail = chance.choice("DDPPB")
        to = chance.choice({"D": "PBX", "P": "PBX", "B": "BX"}[tail])
        rows.append(
            (
                f"e{n}",
                f"{tail}:{chance.randrange(4)}",
                f"biolink:{chance.choice(PREDICATES)}",
                f"{to}:{chance.randrange(3 if to == 'X' else 4)}",
                chance.choice(LEVELS),
                chance.choice(("manual_agent", "text_mining_agent")),
                chance.choice(("", "PMID:1", "PMID:2|DOI:10.1/x")),
                chance.choice(("", "", "", "0.0", "", "", "true", "1.0")),
                chance.choice(("", "increased", "decreased")),
                chance.choice((*("", "activity", "degradation") * 9, "localization")),
                chance.choice((*[""] * 24, "increased", "decreased")),
            )
        )
    files = [folder / "graph_nodes.tsv", folder / "graph_edges.tsv"]
    tables: list[list[tuple[str, ...]]] = [[("id", "category", "name"), *nodes], rows]
    for file, cells in zip(files, tables, strict=True):
        file.write_text("".join("\t".join(row) + "\n" for row in cells))
    return files


def by_store(files: list[Path]) -> Pairs:
    """What a store of the files grades, for every disease."""
    store = open_store("memory:")
    for file in files:
        with file.open("rb") as data:
            things = [t for t in KgxReader(file).read_things(data) if not isinstance(t, Diagnostic)]
        store.load(encode_things(things))
    found: Pairs = {}
    for n in range(3):
        base = StoreEvidenceSource(store).load_around(f"X:{n}")
        for grade in api.grade(base, f"X:{n}", diagnostics=False):
            for pair in grade.pairs:
                levels = tuple(int(c.level) for c in pair.certainty)
                found[pair.exposure, pair.outcome, pair.sign] = levels
    return found


def by_columns(edges: Path) -> Pairs:
    """What columns of the file grade."""
    return dict(_rows(edges))


def _rows(edges: Path) -> Iterator[tuple[tuple[str, str, int], tuple[int, ...]]]:
    for batch in iterate_rated_pairs(load_link_columns(edges)[0]):
        readings = zip(batch.established, batch.as_described, batch.best_case, strict=True)
        names = zip(batch.exposures, batch.outcomes, batch.signs, strict=True)
        for name, levels in zip(names, readings, strict=True):
            yield name, tuple(map(int, levels))


@pytest.mark.slow
def test_a_grade_is_that_of_the_same_file_in_a_store(tmp_path: Path) -> None:
    met: list[tuple[int, ...]] = []
    for seed in range(24):
        files = drawn(tmp_path, seed)
        stored, columnar = by_store(files), by_columns(files[1])
        assert {pair: columnar.get(pair, (0, 0, 0)) for pair in stored} == stored, seed
        met += stored.values()
    assert sum(levels != (0, 0, 0) for levels in met) > 20


def test_packed_and_json_lines_are_the_same_columns(tmp_path: Path) -> None:
    files = drawn(tmp_path, 1)
    expected = by_columns(files[1])
    for pack, suffix in ((gzip.compress, "gz"), (bz2.compress, "bz2"), (zstandard.compress, "zst")):
        folder = tmp_path / suffix
        folder.mkdir()
        for file in files:
            (folder / f"{file.name}.{suffix}").write_bytes(_packed(pack, file))
        assert by_columns(folder / f"graph_edges.tsv.{suffix}") == expected
    for file in files:
        rows = csv.DictReader(file.read_text().splitlines(), delimiter="\t")
        lines = [json.dumps({k: v for k, v in row.items() if v}) for row in rows]
        file.with_suffix(".jsonl").write_text("\n".join(lines))
    assert by_columns(files[1].with_suffix(".jsonl")) == expected


def _packed(pack: Callable[[bytes], bytes], file: Path) -> bytes:
    return pack(file.read_bytes())


def test_a_node_has_its_name_and_kind_from_the_file_beside(tmp_path: Path) -> None:
    (tmp_path / "nodes.tsv").write_text(NODES)
    edges = tmp_path / "edges.tsv"
    edges.write_text(EDGES)
    made, met = load_link_columns(edges)
    assert made.read_label(made.find_node("CHEBI:1", "exposure")) == "aspirin"
    assert by_columns(edges) == {("CHEBI:1", "MONDO:1", -1): (0, 0, 3)}
    counts = "of 4 lines 2 were taken, 2 say no direction and are no links, 0 are empty, 0 faulty"
    assert [counts in d.message for d in met] == [True]


def test_faulty_lines_are_told_counted_and_left_out(tmp_path: Path) -> None:
    edges = tmp_path / "edges.tsv"
    bad = b"e9\tCHEBI:1\tbiolink:treats\t\n" * 30 + b"e6\tCHEBI:\xff\tbiolink:treats\tMONDO:1\n\n"
    edges.write_bytes(EDGES.encode() + bad)
    made, met = load_link_columns(edges)
    assert made.link_count == 2
    assert len(met) == 21, "twenty faults and the counts"
    assert (met[0].location and met[0].location.line, met[0].code) == (6, "KG006")
    assert "of 36 lines 2 were taken, 2 say no direction" in met[-1].message
    assert "1 are empty, 31 faulty" in met[-1].message


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("nodes.tsv", NODES.encode(), "no links"),
        ("edges.tsv.gz", gzip.compress(EDGES.encode())[:-12], "cut short or damaged"),
        ("edges.jsonl", b"[" * 5_000, "no links"),
    ],
)
def test_what_cannot_be_graded_is_one_message(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError) as raised:
        load_link_columns(tmp_path / name)
    assert message in f"{raised.value} {raised.value.diagnostics}"
