"""`kg load`: what is read and counted; kills, a second writer, a full disk, Ctrl-C."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from kg import api
from kg.api.graphs import export_base
from kg.api.loading import load_files
from kg.errors import DataError, LimitError, OutsideError, UsageError
from kg.model import Severity
from kg.rdf.decode import KNOWN_BY_ID
from kg.stores import open_store
from kg.stores.snapshots import lock_for_writing
from tests.support.cli import kg, start_kg
from tests.support.kgx import EDGES, NODES
from tests.support.rated_links import GOOD, HEAD

ROOT = Path(__file__).resolve().parents[2]
CLAIMS = (
    "SELECT ?c ?p ?s { ?c a kg:Claim ; kg:proposition ?q . ?q kg:predicate ?p "
    "OPTIONAL { ?q kg:sign ?s } }"
)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Nodes and edges of a small KGX graph."""
    (tmp_path / "nodes.tsv").write_text(NODES)
    (tmp_path / "edges.tsv").write_text(EDGES)
    return [tmp_path / "nodes.tsv", tmp_path / "edges.tsv"]


@pytest.mark.medium
def test_kgx_becomes_claims_of_its_sources(files: list[Path], tmp_path: Path) -> None:
    done = load_files(files, tmp_path / "store", strict=True)
    assert [(f.lines, f.taken, f.empty, f.faulty) for f in done.files] == [
        (3, 3, 0, 0),
        (4, 4, 0, 0),
    ]
    store = open_store(tmp_path / "store")
    assert done.quads == done.added == len(store)
    assert store.query(CLAIMS).rows == (
        ("claim:e1", "kg:predicate-decreases", "-1"),
        ("claim:e2", "kg:predicate-causes", "1"),
        ("claim:e3", "kg:predicate-no-effect-on", ""),
        ("claim:e4", "kg:predicate-unknown-effect-on", ""),
    )
    works = store.query("SELECT ?w { claim:e1 kg:citation ?c . ?c kg:pmid ?w }").rows
    assert works == (("1",), ("2",))
    loaded = api.load(tmp_path / "store")
    entity = loaded.base.entity["CHEBI:1"]
    assert (entity.label, entity.kind.value) == ("aspirin", "substance")
    assert entity.synonyms == ("ASA", "acetylsalicylic acid")
    claim = loaded.base.claim["e2"]
    assert (claim.tier.name, claim.presented.value) == ("SPECULATION", "theory")
    assert "agent_type: text_mining_agent" in claim.note
    again = load_files(files, tmp_path / "store")
    assert (again.added, again.quads) == (0, done.quads), "loading again does no harm"


@pytest.mark.medium
def test_json_lines_are_the_same_graph(files: list[Path], tmp_path: Path) -> None:
    import csv
    import json

    for file in files:
        rows = [*csv.DictReader(file.read_text().splitlines(), delimiter="\t")]
        many = ("publications", "synonym")
        lines = [
            json.dumps({k: v.split("|") if k in many else v for k, v in row.items() if v})
            for row in rows
        ]
        file.with_suffix(".jsonl").write_text("\n".join(lines) + "\n\n")
    load_files(files, tmp_path / "a")
    done = load_files([file.with_suffix(".jsonl") for file in files], tmp_path / "b")
    assert [f.empty for f in done.files] == [1, 1]

    def plain(name: str) -> set[str]:
        quads = open_store(tmp_path / name).iterate_quads()
        return {str(q) for q in quads if "definedAt" not in str(q) and "#line" not in str(q)}

    assert plain("a") == plain("b")


@pytest.mark.medium
@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".zst", zstandard.compress)],
    ids=["gzip", "bzip2", "zstd"],
)
def test_packed_files_are_read_as_they_are(
    suffix: str, pack: Callable[[bytes], bytes], files: list[Path], tmp_path: Path
) -> None:
    packed = tmp_path / f"edges.tsv{suffix}"
    packed.write_bytes(pack(EDGES.encode()))
    assert load_files([packed], tmp_path / "store").files[0].taken == 4
    packed.write_bytes(packed.read_bytes()[:-12])
    with pytest.raises(DataError, match="cut short or damaged"):
        load_files([packed], tmp_path / "other")
    assert not (tmp_path / "other" / "current").exists()


@pytest.mark.medium
def test_statements_of_every_format(tmp_path: Path) -> None:
    line = '<urn:a> <urn:p> "x" .\n'
    texts = {
        "a.nt": f"# note\n\n{line}{line.replace('a', 'b', 1)}",
        "a.nq": line.replace(" .", " <urn:g> ."),
        "a.ttl": "@prefix u: <urn:> . u:c u:p u:a , u:b .",
        "a.trig": "GRAPH <urn:h> { <urn:a> <urn:p> <urn:b> }",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    done = load_files([tmp_path / name for name in texts], tmp_path / "store")
    assert [(f.lines, f.taken, f.empty) for f in done.files] == [
        *((4, 2, 2), (1, 1, 0), (2, 2, 0), (1, 1, 0))
    ]
    assert {"urn:g", "urn:h"} <= set(open_store(tmp_path / "store").list_graphs())


@pytest.mark.medium
def test_faulty_lines_are_told_counted_and_left_out(files: list[Path], tmp_path: Path) -> None:
    bad = tmp_path / "edges.tsv"
    bad.write_bytes(
        EDGES.encode()
        + b"e5\tCHEBI:1\tbiolink:treats\t\t\t\t\t\t\t\n"
        + b"e6\tCHEBI:\xff\tbiolink:treats\tMONDO:1\n"
        + b"\n"
        + b"e7\t" + b"x" * 3000 + b"\tbiolink:treats\tMONDO:1\n"
        + b"e8\tCHEBI:1\tbiolink:treats\tMONDO:1\n"
    )  # fmt: skip
    (tmp_path / "a.nt").write_text("<urn:a> <urn:p> <urn:b> .\n<urn:a> nonsense .\n")
    done = kg("load", str(bad), str(tmp_path / "a.nt"), "--store", str(tmp_path / "store"))
    assert done.returncode == 0, done.stderr
    assert f"{bad}:6: KG006 the object is empty" in done.stderr
    assert f"{bad}:7: KG008 the subject is not UTF-8" in done.stderr
    assert f"{bad}:9: KG008 the subject is longer than 2000 letters" in done.stderr
    assert f"{tmp_path}/a.nt:2: KG030" in done.stderr
    rows = [line.split() for line in done.stdout.splitlines()[1:3]]
    assert [row[1:] for row in rows] == [["9", "5", "0", "1", "3"], ["2", "1", "0", "0", "1"]]
    strict = kg("load", str(bad), "--store", str(tmp_path / "strict"), "--strict")
    assert strict.returncode == 3
    assert "edges.tsv:6" in strict.stderr
    assert "nothing was loaded" in strict.stderr
    assert not (tmp_path / "strict" / "current").exists()
    assert "Traceback" not in done.stderr + strict.stderr


@pytest.mark.medium
@pytest.mark.parametrize(
    ("name", "text", "status", "words"),
    [
        ("a.tsv", "a\tb\n", 3, "no head of KGX"),
        ("a.xyz", "", 2, "is none of"),
        ("a.ttl", "<urn:a> <urn:p> .", 3, "a.ttl:1"),
        ("absent.nt", None, 3, "cannot be read"),
        ("a.jsonl", "[" * 100_000 + "\n{}\n[1]\n", 0, "3      0      0         0      3"),
        ("a.nt", "<urn:a> <urn:p> " + "<<( " * 60_000, 0, "1      0      0         0      1"),
    ],
)
def test_bad_input_has_one_clear_message(
    tmp_path: Path, name: str, text: str | None, status: int, words: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    done = kg("load", str(tmp_path / name), "--store", str(tmp_path / "store"))
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
    assert words in done.stdout + done.stderr


def test_what_ends_the_reader_ends_the_load_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.trig").write_text("<urn:a> <urn:p> " + "<<( " * 200_000)
    with pytest.raises((LimitError, DataError)):
        load_files([tmp_path / "a.trig"], tmp_path / "store")
    assert not (tmp_path / "store" / "current").exists()


@pytest.mark.medium
def test_a_second_writer_is_told_so(files: list[Path], tmp_path: Path) -> None:
    load_files(files[:1], tmp_path / "store")
    with lock_for_writing(tmp_path / "store"):
        done = kg("load", str(files[1]), "--store", str(tmp_path / "store"))
        assert done.returncode == 5
        assert done.stderr.startswith("kg: another kg process is writing")
        with pytest.raises(OutsideError, match="another kg process"):
            load_files(files[1:], tmp_path / "store")
    with pytest.raises(UsageError, match="is not a store"):
        load_files(files[1:], tmp_path)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """N-Triples that take about a second to load."""
    file = tmp_path_factory.mktemp("large") / "large.nt"
    lines = (f'<urn:s{i}> <urn:p{i % 7}> "{i}" .\n' for i in range(20_000))
    file.write_text("".join(lines))
    return file


# A test run that was put into the background ignores Ctrl-C, and so would its children.


def _gone(store: Path, seconds: float = 20) -> None:
    """Wait until no process holds the store."""
    end = time.monotonic() + seconds
    while True:
        try:
            with lock_for_writing(store):
                return
        except OutsideError:
            assert time.monotonic() < end, "a child outlived its parent"
            time.sleep(0.02)


@pytest.mark.slow
def test_a_load_killed_at_any_moment_leaves_old_or_new(tmp_path: Path, large: Path) -> None:
    store = tmp_path / "store"
    (tmp_path / "old.nt").write_text("<urn:old> <urn:p> <urn:x> .\n")
    load_files([tmp_path / "old.nt"], store)
    old = len(open_store(store))
    kept = tmp_path / "kept"
    shutil.copytree(store, kept, symlinks=True)
    began = time.monotonic()
    new = load_files([large], store).quads
    length = time.monotonic() - began
    chance = random.Random(5)
    seen = set()
    for _ in range(40):
        shutil.rmtree(store)
        shutil.copytree(kept, store, symlinks=True)
        process = start_kg("load", str(large), "--store", str(store))
        time.sleep(length * chance.uniform(0.05, 1.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        _gone(store)
        found = open_store(store)
        assert len(found) in (old, new)
        assert found.query("ASK { <urn:old> <urn:p> <urn:x> }").boolean
        seen.add(len(found))
    assert load_files([large], store).quads == new
    assert sorted(p.name for p in store.iterdir()) == ["current", "lock", "snapshots"]
    assert old in seen


BASE = ROOT / "tests" / "cases" / "queries" / "base"
EXTRA = "entities: [{id: extra, label: extra, kind: substance, definition: Made up.}]\n"


def _with_extra(folder: Path) -> Path:
    """The made-up base and one entity more."""
    shutil.copytree(BASE, folder)
    (folder / "extra.yaml").write_text(EXTRA)
    return folder


def _has_extra(build: Path) -> set[bool]:
    """Whether the parts of a build have the entity; one answer where they are of one build."""
    found = open_store(build / "store").query("ASK { entity:extra a kg:Entity }").boolean
    named = ("extra" in api.load(build / name).base.entity for name in ("kg.json", "kg.trig"))
    return {bool(found), *named}


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_old_or_new(tmp_path: Path) -> None:
    build, bases = tmp_path / "build", (BASE, _with_extra(tmp_path / "base"))
    began = time.monotonic()
    assert kg("build", "--base", str(BASE), "-o", str(build)).returncode == 0
    length = time.monotonic() - began
    chance = random.Random(7)
    for n in range(10):
        process = start_kg("build", "--base", str(bases[n % 2 == 0]), "-o", str(build))
        time.sleep(length * chance.uniform(0.3, 1.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert len(_has_extra(build)) == 1, "all three are of one build"
    assert kg("build", "--base", str(bases[1]), "-o", str(build)).returncode == 0
    assert _has_extra(build) == {True}
    assert sorted(p.name for p in (build / ".kg").iterdir()) == ["current", "lock", "snapshots"]
    assert len([*(build / ".kg" / "snapshots").iterdir()]) == 1


@pytest.mark.slow
def test_ctrl_c_ends_a_build_at_once_and_leaves_the_old_one(tmp_path: Path) -> None:
    build = tmp_path / "build"
    api.build(BASE, build)
    process = start_kg("build", "--base", str(_with_extra(tmp_path / "base")), "-o", str(build))
    while not [*(build / ".kg").glob("work-*")]:
        assert process.poll() is None
        time.sleep(0.005)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 130
    assert time.monotonic() - began < 5
    assert _has_extra(build) == {False}
    assert not [*(build / ".kg").glob("work-*")]


@pytest.mark.slow
def test_a_reader_keeps_the_build_that_it_opened(tmp_path: Path) -> None:
    build = tmp_path / "build"
    api.build(_with_extra(tmp_path / "base"), build)
    reader = open_store(build / "store")
    api.build(BASE, build)
    assert reader.query("ASK { entity:extra a kg:Entity }").boolean, "it reads on in what was"
    assert _has_extra(build) == {False}
    with lock_for_writing(build / ".kg"), pytest.raises(OutsideError, match="another kg process"):
        api.build(BASE, build)


@pytest.mark.medium
@pytest.mark.parametrize(
    "name",
    [
        "kg.json",
        "kg.trig",
        "store",
        "store/CURRENT",
        "store/thesis.txt",
        ".kg/thesis.txt",
        ".kg/lock",
    ],
)
@pytest.mark.parametrize("built", [False, True], ids=["nothing built", "built before"])
def test_a_build_replaces_only_what_a_build_wrote(tmp_path: Path, name: str, built: bool) -> None:
    """The whole folder is as it was before: nothing replaced, nothing written beside."""
    build = tmp_path / "build"
    if built:
        api.build(BASE, build)
        part = build / name.partition("/")[0]
        part.rename(
            tmp_path / "moved"
        ) if part.is_dir() and not part.is_symlink() else part.unlink()
    mine = build / name
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine")
    before = _contents(build)
    done = kg("build", "--base", str(BASE), "-o", str(build))
    assert done.returncode == 2, done.stderr
    assert str(build) in done.stderr
    assert _contents(build) == before


def test_a_build_leaves_a_link_of_the_users(tmp_path: Path) -> None:
    (tmp_path / "kg.json").symlink_to("elsewhere.json")
    with pytest.raises(UsageError, match="not what kg build wrote"):
        api.build(BASE, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["kg.json"]


@pytest.mark.medium
def test_a_build_of_a_table_replaces_only_a_snapshot(tmp_path: Path) -> None:
    table = write(tmp_path / "links.csv", f"{HEAD}\n{GOOD}")
    build = tmp_path / "build"
    for _ in range(2):
        assert kg("build", "--base", str(table), "-o", str(build)).returncode == 0
    (build / "links.columns").write_text("mine")
    done = kg("build", "--base", str(table), "-o", str(build))
    assert done.returncode == 2, done.stderr
    assert "not what kg wrote" in done.stderr
    assert (build / "links.columns").read_text() == "mine"


def _contents(folder: Path) -> dict[str, bytes | None]:
    """Each file of a folder, links not followed."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Prints the peak memory of a command, in a process of its own: a fork keeps its parent's."""


@pytest.mark.slow
def test_memory_of_a_load_does_not_grow_with_its_input(tmp_path: Path, large: Path) -> None:
    text, peaks = large.read_text(), []
    for times in (14, 28):  # 280,000 and 560,000 statements
        many = tmp_path / "many.nt"
        many.write_text("".join(text.replace("urn:s", f"urn:t{i}") for i in range(times)))
        command = ["-m", "kg", "load", str(many), "--store", str(tmp_path / f"store{times}")]
        done = subprocess.run(
            [sys.executable, "-P", "-c", PEAK, sys.executable, "-P", *command],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        peaks.append(int(done.stdout))
    assert peaks[1] < 1.25 * peaks[0]


@pytest.mark.medium
def test_ctrl_c_ends_a_load_at_once(tmp_path: Path, large: Path) -> None:
    store = tmp_path / "store"
    many = tmp_path / "many.nt"
    text = large.read_text()
    many.write_text("".join(text.replace("urn:s", f"urn:t{i}") for i in range(30)))
    process = start_kg("load", str(many), "--store", str(store))
    while not [*store.glob("work-*")]:
        assert process.poll() is None
        time.sleep(0.02)
    time.sleep(0.3)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 130
    assert time.monotonic() - began < 5
    _gone(store)
    assert not (store / "current").exists()


@pytest.mark.slow
def test_a_full_disk_loses_nothing(small_disk: Path, tmp_path: Path, large: Path) -> None:
    store = small_disk / "store"
    (tmp_path / "old.nt").write_text("<urn:old> <urn:p> <urn:x> .\n")
    old = load_files([tmp_path / "old.nt"], store).quads
    many = tmp_path / "many.nt"
    text = large.read_text()
    many.write_text("".join(text.replace("urn:s", f"urn:t{i}") for i in range(18)))
    done = kg("load", str(many), "--store", str(store))
    assert done.returncode == 5, done.stdout + done.stderr
    assert "cannot write the store" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(open_store(store)) == old
    assert load_files([tmp_path / "old.nt"], store).quads == old, "there is room again"


@pytest.mark.medium
def test_a_quoted_line_end_forges_no_row(tmp_path: Path) -> None:
    nodes = tmp_path / "nodes.csv"
    nodes.write_text(
        'id,category,name,description\nX:1,biolink:Drug,aspirin,"first line\nsecond line"\n'
        'X:2,biolink:Drug,other,plain\nX:3,biolink:Drug,"open,\n'
    )
    done = kg("load", nodes, "--store", tmp_path / "s")
    assert "nodes.csv:5: KG008 the row is no CSV: unexpected end of data" in done.stderr
    listed = kg("list", "entities", "--base", tmp_path / "s", "--format", "json")
    assert [row["id"] for row in json.loads(listed.stdout)] == ["X:1", "X:2"]


@pytest.mark.medium
def test_a_byte_order_mark_loses_no_statement(tmp_path: Path) -> None:
    for suffix in (".nq", ".ttl"):
        (tmp_path / f"a{suffix}").write_bytes(b"\xef\xbb\xbf<urn:a> <urn:b> <urn:c> .\n")
        done = kg("load", tmp_path / f"a{suffix}", "--store", tmp_path / suffix)
        assert (done.returncode, done.stderr) == (0, "")


HEAD_OF_EDGES = "id\tsubject\tpredicate\tobject\tprimary_knowledge_source\tagent_type\n"
GENE_EDGE = "\tG:1\tbiolink:causes\tMONDO:1\tinfores:x\t"


def load_edges(folder: Path, *rows: str) -> Path:
    """The store that holds some edges and one of their two nodes."""
    (folder / "nodes.tsv").write_text("id\tcategory\tname\nMONDO:1\tbiolink:Disease\tdisease\n")
    (folder / "edges.tsv").write_text(HEAD_OF_EDGES + "".join(f"{row}\n" for row in rows))
    load_files([folder / "nodes.tsv", folder / "edges.tsv"], folder / "store")
    return folder / "store"


def test_what_was_loaded_can_be_used(tmp_path: Path) -> None:
    store = load_edges(
        tmp_path, f"e1{GENE_EDGE}", f"e1{GENE_EDGE}", f"{GENE_EDGE}text_mining_agent"
    )
    loaded = api.load(store)
    assert [d for d in loaded.diagnostics if d.severity is Severity.SEVERE] == []
    assert len(loaded.base.claims) == 2
    assert any(
        "1 node that claims name is described nowhere" in d.message for d in loaded.diagnostics
    )
    (unnamed,) = (e for e in loaded.base.entities if e.id == "G:1")
    assert (unnamed.label, unnamed.note) == ("G:1", KNOWN_BY_ID)
    (grade,) = api.grade(loaded, "MONDO:1")
    assert grade.outcome == "MONDO:1"


def test_rows_that_stand_twice_are_counted_and_an_id_of_two_edges_is_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.tsv").write_text(HEAD_OF_EDGES + f"e1{GENE_EDGE}\ne1{GENE_EDGE}\n")
    (tmp_path / "b.tsv").write_text(HEAD_OF_EDGES + f"e1{GENE_EDGE}other\n")
    done = load_files([tmp_path / "a.tsv", tmp_path / "b.tsv"], tmp_path / "s")
    counts = [(f.lines, f.taken, f.repeated, f.empty, f.faulty) for f in done.files]
    assert counts == [(2, 1, 1, 0, 0), (1, 0, 0, 0, 1)]


@pytest.mark.parametrize(
    ("agent", "written"), [("text_mining_agent", "text_mining_agent"), ("", "not_provided")]
)
def test_an_edge_leaves_as_asserted_by_whom_it_came(
    tmp_path: Path, agent: str, written: str
) -> None:
    store = load_edges(tmp_path, f"e1{GENE_EDGE}{agent}")
    export_base(store, "kgx", tmp_path / "out")
    (edge,) = map(json.loads, (tmp_path / "out_edges.jsonl").read_text().splitlines())
    assert (edge["agent_type"], edge["knowledge_level"]) == (written, "not_provided")


def test_a_load_of_nothing_leaves_no_folder(tmp_path: Path) -> None:
    (tmp_path / "nodes.tsv").write_text("id:ID\tname\nX:1\taspirin\n")
    with pytest.raises(DataError, match="no head of KGX"):
        load_files([tmp_path / "nodes.tsv"], tmp_path / "s")
    assert not (tmp_path / "s").exists()
