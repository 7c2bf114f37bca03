"""Levels by relations equal those of the arrays: on DuckDB always, on Spark where it is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.bulk.all_pairs import iterate_all_pairs
from kg.bulk.columns import LinkColumns, build_columns
from kg.bulk.sql import iterate_pair_batches, select_surest
from kg.errors import DataError, UnknownName, UsageError
from kg.formats.rated_links.tables import read_links
from kg.model import Diagnostic, Level
from kg.model.batches import PairBatch
from tests.support.cli import kg
from tests.support.duckdb_engine import DuckEngine
from tests.support.spark_tables import LEVELS, folder, links_table

MISSING = [
    name
    for name, there in (("Java", shutil.which("java")), ("pyspark", find_spec("pyspark")))
    if not there
]
on_spark = pytest.mark.skipif(
    bool(MISSING), reason=f"{' and '.join(MISSING)} not installed; scripts/test does it"
)
Rows = list[tuple[object, ...]]


def rows(batches: Iterable[PairBatch]) -> Rows:
    return [
        row
        for b in batches
        for row in zip(
            *(b.outcomes, b.exposures, b.signs, b.established, b.as_described, b.best_case),
            strict=True,
        )
    ]


def made(base: Path) -> LinkColumns:
    found = [*read_links(base)]
    return build_columns(item for item in found if not isinstance(item, Diagnostic))


NAMES = ("a", "A b", "c-d", "o'x", 'q"', "back\\slash", "ä", "g")
link = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.sampled_from(("1", "+1", "+", "-1", "-", "−", "1.0", "-1.0")),
    st.sampled_from((*LEVELS, "Very_Low", "HIGH", "very-low")),
)


def table(found: list[tuple[str, str, str, str]]) -> pa.Table:
    tails, heads, signs, levels = zip(*found, strict=True)
    cells = {"subject": tails, "object": heads, "sign": signs, "level": levels}
    return pa.table({**{k: [*v] for k, v in cells.items()}, "predicate": ["p"] * len(found)})


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    st.lists(link, min_size=1, max_size=14),
    st.none() | st.sampled_from(NAMES),
    st.none() | st.sampled_from(NAMES),
)
def test_relations_say_what_the_arrays_say(
    tmp_path_factory: pytest.TempPathFactory,
    found: list[tuple[str, str, str, str]],
    outcome: str | None,
    exposure: str | None,
) -> None:
    base = folder(tmp_path_factory.mktemp("links"), table(found), parts=1)
    arrays = made(base)
    known = {arrays.names[n] for n in range(arrays.node_count)}
    if not known.issuperset({outcome, exposure} - {None}):
        return
    target, agent = (None if n is None else arrays.find_node(n) for n in (outcome, exposure))
    try:
        expected = rows(iterate_all_pairs(arrays, target, agent))
    except UsageError as fault:
        with pytest.raises(UsageError, match=str(fault)[:30]):
            rows(iterate_pair_batches(DuckEngine(base), outcome, exposure))
        return
    assert rows(iterate_pair_batches(DuckEngine(base), outcome, exposure)) == expected


@pytest.mark.slow
@pytest.mark.parametrize(("links", "outcomes"), [(10_000, 20), (100_000, 3)])
def test_relations_equal_the_arrays_on_large_graphs(
    tmp_path: Path, links: int, outcomes: int
) -> None:
    base = folder(tmp_path / "base", links_table(links, outcomes, seed=links))
    arrays = made(base)
    for n in range(outcomes):
        target = arrays.find_node(f"t-{n}")
        assert rows(iterate_pair_batches(DuckEngine(base), f"t-{n}")) == rows(
            iterate_all_pairs(arrays, target)
        )


def test_batches_of_outcomes_and_the_surest_come_in_the_order_of_the_arrays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = folder(tmp_path, links_table(400, 6, seed=3))
    arrays = made(base)
    heard: list[str] = []
    monkeypatch.setattr("kg.bulk.sql.MAX_LABELS_PER_CORE", 1000)
    found = rows(
        iterate_pair_batches(DuckEngine(base), minimum_level=Level.LOW, on_progress=heard.append)
    )
    assert found == rows(iterate_all_pairs(arrays, minimum_level=Level.LOW))
    assert len([text for text in heard if text.startswith("round 1:")]) > 1
    best = rows(select_surest(iterate_pair_batches(DuckEngine(base)), 17))
    assert best == rows(iterate_all_pairs(arrays, top_count=17))


def test_names_are_found_as_in_the_arrays_or_near_ones_are_told(tmp_path: Path) -> None:
    base = folder(tmp_path, table([("Zinc", "Skin_Scars", "1", "low")]), parts=1)
    assert rows(iterate_pair_batches(DuckEngine(base), "skin-scars", "zinc")) == [
        ("Skin_Scars", "Zinc", 1, 2, 2, 2)
    ]
    with pytest.raises(UnknownName, match=r"no outcome named 'Skin_Scar'.*'Skin_Scars'"):
        rows(iterate_pair_batches(DuckEngine(base), "Skin_Scar"))


def test_rows_that_are_no_links_are_counted_and_shown(tmp_path: Path) -> None:
    faulty = table([("a", "b", "1", "low"), ("c", "b", "up", "low"), ("", "b", "1", "sure")])
    base = folder(tmp_path, faulty, parts=1)
    with pytest.raises(DataError, match=r"2 of 3 rows are no links, such as \(, p, b, 1, sure; c"):
        rows(iterate_pair_batches(DuckEngine(base)))


# The command, on Spark


@pytest.fixture(scope="module")
def ten_thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("base"), links_table(10_000, 20, seed=5))


def test_a_folder_of_parquet_is_read_by_this_process_too(ten_thousand: Path) -> None:
    done = kg("grade", "--base", ten_thousand, "--outcome", "t-3", "--all", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") > 10


@pytest.fixture
def without(tmp_path: Path) -> str:
    """A PYTHONPATH on which pyspark is not installed."""
    (tmp_path / "hidden" / "pyspark").mkdir(parents=True)
    (tmp_path / "hidden" / "pyspark" / "__init__.py").write_text(
        "raise ModuleNotFoundError('hidden', name='pyspark')"
    )
    return str(tmp_path / "hidden")


def test_without_the_extra_one_line_says_what_to_install(ten_thousand: Path, without: str) -> None:
    done = kg("grade", "--engine", "spark", "--base", ten_thousand, PYTHONPATH=without)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.count("\n") == 1
    assert "--engine spark needs the extra `spark`, which is not installed; run: " in done.stderr
    assert done.stderr.rstrip().endswith("/setup spark")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((), 2, "name a folder of Parquet"),
        (("--base", "nowhere"), 3, "no such folder"),
        (("--base", str(Path(__file__))), 3, "a folder of Parquet"),
        (("--base", "x", "--algebra", "product"), 2, "--algebra does not apply"),
    ],
)
def test_what_spark_cannot_grade_is_told_before_it_starts(
    arguments: tuple[str, ...], status: int, words: str
) -> None:
    done = kg("grade", "--engine", "spark", *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert words in done.stderr


@on_spark
@pytest.mark.slow
@pytest.mark.parametrize("plan", ["sharded", "rounds"])
@pytest.mark.parametrize("links", [10_000, 100_000])
def test_both_plans_print_the_table_of_this_process(tmp_path: Path, plan: str, links: int) -> None:
    base = folder(tmp_path / "base", links_table(links, 3, seed=links))
    asked = ("grade", "--base", base, "--all", "--outcome", "t-1", "--format", "csv")
    done = kg(*asked, "--engine", f"spark:{plan}")
    assert done.returncode == 0, done.stderr
    assert {"sharded": "sharded targets", "rounds": "relational rounds"}[plan] in done.stderr
    assert f"{links:,} links" in done.stderr
    assert done.stdout == kg(*asked).stdout
    assert done.stdout.count("\n") > 10


@on_spark
@pytest.mark.slow
def test_all_pairs_on_spark_are_those_of_this_process(ten_thousand: Path) -> None:
    asked = ("grade", "--base", ten_thousand, "--all", "--format", "csv", "--min", "low")
    done = kg(*asked, "--engine", "spark")
    assert done.returncode == 0, done.stderr
    assert "sharded targets, as columns of that many take only about" in done.stderr
    assert done.stdout == kg(*asked).stdout


@on_spark
@pytest.mark.slow
@pytest.mark.parametrize("plan", ["sharded", "rounds"])
def test_executors_of_their_own_are_sent_all_that_they_need(tmp_path: Path, plan: str) -> None:
    base = folder(tmp_path / "base", links_table(300, 5, seed=7))
    shared = tmp_path / "shared"
    settings = f"--conf spark.checkpoint.dir={shared.as_uri()} pyspark-shell"
    submit = f"--master local-cluster[2,1,1024] {settings}"
    asked = ("grade", "--base", base, "--all", "--format", "csv")
    done = kg(*asked, "--engine", f"spark:{plan}", PYSPARK_SUBMIT_ARGS=submit)
    assert done.returncode == 0, done.stderr
    assert "local-cluster[2,1,1024], 300 links" in done.stderr
    assert done.stdout == kg(*asked).stdout
    assert not [*shared.glob("kg-*")]


@on_spark
@pytest.mark.slow
def test_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"subject": ["a"], "object": ["b"], "level": [1]}), tmp_path / "x.parquet"
    )
    done = kg("grade", "--engine", "spark", "--base", tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "the columns predicate, sign are missing" in done.stderr
    assert "Traceback" not in done.stderr


@on_spark
@pytest.mark.slow
@pytest.mark.parametrize(
    ("base", "words"),
    [
        ("s3://bucket/links", "--packages org.apache.hadoop:hadoop-aws"),
        ("hdfs://127.0.0.1:9/links", "Connection refused"),
    ],
)
def test_a_base_that_cannot_be_reached_is_one_message(base: str, words: str) -> None:
    done = kg("grade", "--engine", "spark", "--base", base)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr


@on_spark
@pytest.mark.slow
@pytest.mark.parametrize(
    ("plan", "victim", "words"),
    [
        ("rounds", "java", "the driver of Spark died"),
        ("sharded", "pyspark.daemon", "an executor died"),
    ],
)
def test_what_is_killed_is_told_and_nothing_is_written(
    tmp_path: Path, plan: str, victim: str, words: str
) -> None:
    base = folder(tmp_path / "base", links_table(20_000, 400, seed=1))
    output = tmp_path / "pairs.csv"
    asked = ["grade", "--engine", f"spark:{plan}", "--base", str(base), "-o", str(output)]
    run = subprocess.Popen(
        [sys.executable, "-P", "-m", "kg", *asked],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr
    assert "20,000 links" in run.stderr.readline()
    killed = 0
    while run.poll() is None and not (killed and victim == "java"):
        for child in psutil.Process(run.pid).children(recursive=True):
            if runs(child, victim):
                child.kill()
                killed += 1
        time.sleep(0.01)
    out, err = run.communicate(timeout=120)
    assert killed
    assert (run.returncode, out) == (5, "")
    assert err.count("\n") == 1
    assert words in err
    assert not output.exists()


def runs(process: psutil.Process, program: str) -> bool:
    """Whether this is a program that a process runs: Java, or what forks workers of Python."""
    try:
        line = process.cmdline()
    except psutil.Error:
        return False
    return any(word.endswith(program) for word in line[:3])
