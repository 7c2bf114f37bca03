"""Input that is too large, cut short or no text, a full disk, Ctrl-C: one message, and its status.

Faults of each format are held where the format is tested; here is what commands make of them.
"""

from __future__ import annotations

import gzip
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kg import api
from kg.api.graphs import build_graph_quads
from kg.formats import MAX_BASE_BYTES
from kg.stores.oxigraph_disk import write_store
from tests.support.cli import ROOT, kg, start_kg
from tests.support.kgx import EDGES

BASE = ROOT / "tests" / "cases" / "queries" / "base"
HEAD = "subject,predicate,object,sign,level\n"
ROW = "a,p,b,1,low\n"


def _parquet(path: Path) -> None:
    ids = {"subject": [2_000_000_000], "predicate": ["p"], "object": ["b"]}
    pq.write_table(pa.table({**ids, "sign": [1], "level": ["low"]}), path)


def _bytes(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def _too_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MAX_BASE_BYTES + 1)


CASES = {
    "grade types.parquet": (_parquet, "has the type int64, not text"),
    "grade text.csv": (_bytes(HEAD.encode() + b"\xff,p,b,1,low\n"), "text.csv:2: KG008"),
    "grade edges.tsv": (_bytes(b"id\tsubject\n\xff\tb\n"), "the table has no links"),
    "grade cut.csv.gz": (_bytes(gzip.compress((HEAD + ROW).encode())[:-9]), "cut short"),
    "grade cut_edges.tsv.gz": (_bytes(gzip.compress(EDGES.encode())[:-9]), "cut short"),
    "grade cut.nt.gz": (_bytes(gzip.compress(b"<a:a> <a:b> <a:c> .\n")[:-9]), "cut short"),
    "check large.nt": (_too_large, "kg load puts it into a store"),
    "show large.ttl": (_too_large, "kg load puts it into a store"),
    "query large.nq": (_too_large, "rated links answer only"),
    "export edges.tsv.gz": (_bytes(gzip.compress(EDGES.encode())), "kg load puts KGX"),
    "report links.csv": (_bytes((HEAD + ROW).encode()), "kg load puts KGX"),
}
MORE = {
    "grade": ["--outcome", "b"],
    "show": ["b"],
    "query": ["-e", "ASK { ?s ?p ?o }"],
    "export": ["--format", "kgx", "-o", "out"],
    "report": ["--outcome", "b"],
}


@pytest.mark.medium
@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_message_and_its_status(tmp_path: Path, case: str) -> None:
    command, name = case.split()
    make, words = CASES[case]
    make(tmp_path / name)
    done = kg(command, *MORE.get(command, []), "--base", name, cwd=tmp_path)
    assert done.returncode == (2 if command == "query" else 3), done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [p.name for p in tmp_path.iterdir()] == [name], "nothing is written"


@pytest.mark.medium
def test_ids_of_any_number_are_ids(tmp_path: Path) -> None:
    (tmp_path / "links.csv").write_text(f"{HEAD}n2000000000,p,n99999999999999999999,1,low\n")
    done = kg("grade", "--base", str(tmp_path / "links.csv"), "--outcome", "n99999999999999999999")
    assert done.returncode == 0
    assert "May raise n99999999999999999999 (low certainty)" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", ["build", "kgx", "parquet", "nquads"])
def test_a_full_disk_is_5_and_leaves_what_was(
    small_disk: Path, tmp_path: Path, command: str
) -> None:
    asked = ["build"] if command == "build" else ["export", "--format", command]
    target = small_disk / "out"
    if command == "build":
        api.build(BASE, target)
    elif command == "kgx":
        for kind in ("nodes", "edges"):
            (small_disk / f"out_{kind}.jsonl").write_text("old")
    else:
        target.write_text("old")
    old = _contents(small_disk)
    (small_disk / "fill").write_bytes(b"0" * _free(small_disk))
    done = kg(*asked, "--base", str(BASE), "-o", str(target))
    assert done.returncode == 5, done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    (small_disk / "fill").unlink()
    assert _contents(small_disk) == old


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["query", "grade", "build"])
def test_ctrl_c_ends_at_once(tmp_path: Path, command: str) -> None:
    if command == "query":
        store = write_store(build_graph_quads(api.load(BASE).base), tmp_path / "store")
        asked = ["query", "--base", str(store), "-e", SLOW, "--timeout", "1000"]
    else:
        lines = (f"a{n},p,b{n % 999},1,low,x{n}\n" for n in range(600_000))
        (tmp_path / "links.csv").write_text(f"{HEAD[:-1]},source\n" + "".join(lines))
        verb = ["grade", "--outcome", "b1"] if command == "grade" else ["build"]
        asked = [*verb, "--base", str(tmp_path / "links.csv"), "-o", str(tmp_path / "out")]
    process = start_kg(*asked)
    time.sleep(2.5)
    assert process.poll() is None
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 130
    assert time.monotonic() - began < 3
    assert not (tmp_path / "out").exists()


@pytest.mark.medium
def test_a_query_that_takes_too_long_is_told_which_shape_is_slow(tmp_path: Path) -> None:
    store = write_store(build_graph_quads(api.load(BASE).base), tmp_path / "store")
    text = f"{SLOW[:-2]} FILTER NOT EXISTS {{ ?a (kg:leansOn|kg:restates)+ ?i }} }}"
    done = kg("query", "--base", str(store), "-e", text, "--timeout", "2")
    assert done.returncode == 4
    assert "took longer than 2 s" in done.stderr
    assert "MINUS may be 1000 times" in done.stderr
    assert "A path of any length" in done.stderr
    plain = kg("query", "--base", str(store), "-e", f"{SLOW} # 2 * 3", "--timeout", "2")
    assert plain.stderr.endswith("raise --timeout.\n")
