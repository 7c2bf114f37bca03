"""Tables of rated links: what is read, what is refused, and that grades equal the reference."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.api.rated_links import grade_rated, load_link_columns
from kg.bulk.all_pairs import iterate_all_pairs, mark_pairs
from kg.bulk.columns import build_columns
from kg.bulk.grade import grade_rated_pair
from kg.bulk.outcome_sweep import OutcomeSweep, select_exposures, sweep_outcome
from kg.errors import DataError, UnknownName, UsageError
from kg.formats.rated_links.tables import REQUIRED_COLUMNS, read_links
from kg.model import Diagnostic, EffectDirection, Level, Reading, Severity
from kg.model.batches import LinkBatch, LinkFlag, PairMark
from kg.search.algebra import value
from kg.search.graph import Arc, Graph
from kg.search.kernels import KERNELS
from tests.support.cli import kg
from tests.support.rated_links import GOOD, HEAD
from tests.support.shipped import grade_shipped


def table(folder: Path, rows: str, head: str = HEAD, name: str = "links.csv") -> Path:
    path = folder / name
    path.write_text(f"{head}\n{rows}", encoding="utf-8")
    return path


def told(path: Path) -> list[str]:
    """Faults as `line: message`."""
    found = (item for item in read_links(path) if isinstance(item, Diagnostic))
    return [f"{d.location.line if d.location else 0}: {d.message}" for d in found]


def links(path: Path) -> list[tuple[object, ...]]:
    batches = [item for item in read_links(path) if isinstance(item, LinkBatch)]
    return [
        row
        for b in batches
        for row in zip(
            b.subjects, b.objects, b.signs, b.established, b.best_case, b.flags, strict=True
        )
    ]


EXPECTED = [
    ("zinc", "inflammation", -1, 3, 3, 0),
    ("inflammation", "acne scars", 1, 2, 2, 0),
    ("zinc", "acne scars", -1, 0, 4, int(LinkFlag.UNRATED | LinkFlag.GRANTED)),
    ("copper", "acne scars", 1, 1, 1, 0),
]


def test_a_table_is_read_whatever_its_separator_and_packing(tmp_path: Path) -> None:
    plain = table(tmp_path, GOOD)
    assert links(plain) == EXPECTED
    text = plain.read_text(encoding="utf-8")
    for separator in ";\t":
        other = tmp_path / "other.csv"
        other.write_text(text.replace(",", separator), encoding="utf-8")
        assert links(other) == EXPECTED
    data = text.encode()
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "zst": zstandard.compress,
    }
    for suffix, pack in packers.items():
        packed = tmp_path / f"links.csv.{suffix}"
        packed.write_bytes(pack(data))
        assert links(packed) == EXPECTED
        packed.write_bytes(pack(data)[:-6])
        assert any("cut short or damaged" in message for message in told(packed))
    two_frames = tmp_path / "two.csv.zst"
    two_frames.write_bytes(zstandard.compress(data[:50]) + zstandard.compress(data[50:]))
    assert links(two_frames) == EXPECTED


def test_columns_may_come_in_any_order_and_the_last_three_may_be_missing(tmp_path: Path) -> None:
    path = table(tmp_path, "low,-1,b,x,a\n", "level,sign,object,predicate,subject")
    assert links(path) == [("a", "b", -1, 2, 2, 0)]


def test_parquet_is_read_with_whole_numbers_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "links.parquet"
    pq.write_table(
        pa.table(
            {
                "subject": pa.array(["zinc", "inflammation", "zinc"]).dictionary_encode(),
                "predicate": ["decreases", "increases", "decreases"],
                "object": ["inflammation", "acne scars", "acne scars"],
                "sign": pa.array([-1, 1, -1], pa.int8()),
                "level": ["moderate", "low", "unrated"],
                "studies": pa.array([3.0, float("nan"), None], pa.float64()),
            }
        ),
        path,
    )
    assert links(path) == EXPECTED[:3]
    batches = [item for item in read_links(path) if isinstance(item, LinkBatch)]
    assert list(batches[0].studies) == [3, -1, -1]


def test_every_fault_is_told_with_its_row(tmp_path: Path) -> None:
    rows = "a,p,b,2,strong,weak,3,s\n,p,c,1,low,,-2,\na,p,b,1\na,p,b,1,low,faint,,\n" + GOOD
    assert told(table(tmp_path, rows)) == [
        "2: sign is '2'.",
        "2: level is 'strong'.",
        "3: studies is '-2'.",
        "3: the subject is empty.",
        "4: the row has 4 cells, the head 8.",
        "5: mechanistic is 'faint'.",
    ]
    assert links(table(tmp_path, rows)) == EXPECTED


def test_a_missing_column_is_named_with_what_may_be_meant(tmp_path: Path) -> None:
    head = HEAD.replace("level", "levels")
    assert told(table(tmp_path, GOOD, head)) == [
        "1: the column 'level' is missing. Did you mean 'levels'?"
    ]
    assert [
        m for name in REQUIRED_COLUMNS for m in told(table(tmp_path, "", "x")) if f"'{name}'" in m
    ]
    assert told(table(tmp_path, GOOD, HEAD.replace("studies", "sign"))) == [
        "1: two columns are named 'sign'."
    ]


def test_a_column_that_is_not_read_is_mild(tmp_path: Path) -> None:
    found = [
        *read_links(table(tmp_path, "a,p,b,1,low,note\n", "subject,predicate,object,sign,level,n"))
    ]
    assert [d.severity for d in found if isinstance(d, Diagnostic)] == [Severity.MILD]
    assert sum(len(b) for b in found if isinstance(b, LinkBatch)) == 1


def test_text_that_is_not_utf8_and_ids_without_end_are_told(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_bytes(f"{HEAD}\na,p,b,1,low,,,\n".encode() + b"\xff\xfe,p,b,1,low,,,\n")
    assert told(path) == ["3: the subject is not UTF-8, or longer than 2000 letters."]
    assert told(table(tmp_path, f"{'a' * 3000},p,b,1,low,,,\n")) == [
        "2: the subject is not UTF-8, or longer than 2000 letters."
    ]
    assert "longer than" in told(table(tmp_path, "a" * 2**20))[0]
    assert "not readable as CSV" in told(table(tmp_path, '"a,p,b\n'))[0]


def test_parquet_of_wrong_types_or_damaged_is_told(tmp_path: Path) -> None:
    path = tmp_path / "links.parquet"
    rows = {name: ["1"] for name in REQUIRED_COLUMNS} | {"level": [[1]], "subject": [b"\xff"]}
    pq.write_table(pa.table(rows), path)
    level = pq.read_schema(path).field("level").type
    assert told(path) == [
        "1: the column 'subject' has the type binary, not text.",
        f"1: the column 'level' has the type {level}, not text.",
    ]
    path.write_bytes(path.read_bytes()[:-20])
    assert "not readable as Parquet" in told(path)[0]
    path.write_bytes(b"PAR1 and then nothing")
    assert "not readable as Parquet" in told(path)[0]


def test_parquet_text_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "links.parquet"
    bad = pa.array([b"\xff"]).view(pa.string())
    rows = {"subject": bad, **{n: ["1"] for n in ("predicate", "object", "sign")}, "level": ["low"]}
    pq.write_table(pa.table(rows), path)
    assert told(path) == ["1: the subject is not UTF-8, or longer than 2000 letters."]


# Grades


NAMES = "stabcd"
rows = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.sampled_from((1, -1)),
        st.sampled_from(("none", "very low", "low", "moderate", "high", "unrated")),
    ).filter(lambda row: row[0] != row[1]),
    min_size=1,
    max_size=14,
)


def batch_of(given_: list[tuple[str, str, int, str]]) -> LinkBatch:
    from kg.formats.rated_links.tables import LEVEL_BY_WORD
    from kg.model.batches import convert_imported_level

    rated = [LEVEL_BY_WORD[word.replace(" ", "_")] for *_, word in given_]
    read_ = [convert_imported_level(Level(code) if code <= Level.HIGH else None) for code in rated]
    size = len(given_)
    return LinkBatch(
        subjects=[row[0] for row in given_],
        predicates=["p"] * size,
        objects=[row[1] for row in given_],
        signs=[row[2] for row in given_],
        established=[levels.established for levels, _ in read_],
        as_described=[levels.as_described for levels, _ in read_],
        best_case=[levels.best_case for levels, _ in read_],
        mechanistic=[-1] * size,
        flags=[int(flag) for _, flag in read_],
        studies=[-1] * size,
        sources=[""] * size,
    )


@pytest.mark.slow
@settings(deadline=None)
@given(rows)
def test_grades_of_a_table_equal_the_reference(given_: list[tuple[str, str, int, str]]) -> None:
    made = build_columns([batch_of(given_)])
    names = {made.names[node]: node for node in range(made.node_count)}
    for target, end in names.items():
        asked = sweep_outcome(made, end)
        for node in _agents(asked):
            _equal(given_, asked, made.names[node], target)
        for source, start in names.items():
            if source != target:
                _equal(given_, sweep_outcome(made, end, start), source, target)


def _agents(asked: OutcomeSweep) -> list[int]:
    try:
        return [int(node) for node in select_exposures(asked)]
    except UsageError:
        return []


def _equal(
    given_: list[tuple[str, str, int, str]], asked: OutcomeSweep, source: str, target: str
) -> None:
    words = ["none", "very low", "low", "moderate", "high"]
    for reading in Reading:
        arcs = []
        for key, (tail, head, sign, word) in enumerate(given_):
            own = tail == source and head == target
            granted = reading is Reading.BEST_CASE and not own
            level = words.index(word) if word in words else 4 * granted
            arcs.append(Arc(tail, head, sign, level, int(tail not in (source, target)), key))
        reference = KERNELS["reference"].find_frontiers(Graph(tuple(arcs), source, target))
        node = asked.columns.find_node(source)
        for sign in (1, -1):
            assert asked.find_frontier(node, sign, reading) == reference[sign]


@pytest.mark.slow
@settings(deadline=None)
@given(rows)
def test_a_whole_grade_holds_together(given_: list[tuple[str, str, int, str]]) -> None:
    made = build_columns([batch_of(given_)])
    for target in range(made.node_count):
        asked = sweep_outcome(made, target)
        for node in _agents(asked):
            for sign in (1, -1):
                grade = grade_rated_pair(asked, node, sign, with_chains=True)
                for reading in Reading:
                    level = grade.certainty[reading].level
                    assert level == value(asked.find_frontier(node, sign, reading))
                    best = max((c.certainty[reading] for c in grade.chains), default=Level.NONE)
                    assert best == level
                    sizes = {s.level: s.size for s in grade.repair[reading]}
                    assert all((sizes[r] == 0) == (r <= level) for r in sizes)
                    assert all(level + gain.steps <= Level.HIGH for gain in grade.gain[reading])


def test_volume_of_weak_links_does_not_count(tmp_path: Path) -> None:
    few = "a,p,b,1,very low,,,\nb,p,c,1,low,,,\n"
    many = few + "".join(f"a,p,m{n},1,very low,,,\nm{n},p,c,1,very low,,,\n" for n in range(500))
    grades = []
    for rows_ in (few, many + few * 50):
        made, _ = load_link_columns(table(tmp_path, rows_))
        grade, _ = grade_rated(made, "links.csv", "c", "a")
        grades.append([c.level for c in grade.grade.pairs[0].certainty])
    assert grades[0] == grades[1] == [Level.VERY_LOW] * 3


def test_what_acts_on_itself_changes_no_grade(tmp_path: Path) -> None:
    rows = "a,raises,b,1,high,,,\nb,raises,c,1,low,,,\n"
    loops = "b,lowers,b,-1,high,,,\nb,lowers,b,-1,unrated,,,\na,lowers,a,-1,high,,,\n"
    graded = []
    for name, text in (("without.csv", rows), ("with.csv", rows + loops)):
        made, _ = load_link_columns(table(tmp_path, text, name=name))
        found, _ = grade_rated(made, name, "c")
        assert found.itself == (3 if name == "with.csv" else 0)
        graded.append([(p.exposure, p.sense, p.certainty, p.repair) for p in found.grade.pairs])
    assert graded[0] == graded[1]
    assert [exposure for exposure, *_ in graded[0]] == ["a"]


def test_unknown_names_and_outcomes_that_nothing_reaches(tmp_path: Path) -> None:
    made, _ = load_link_columns(table(tmp_path, GOOD))
    with pytest.raises(UnknownName, match="did you mean 'acne scars'"):
        grade_rated(made, "t", "acne scar")
    with pytest.raises(UsageError, match="no exposure has a chain"):
        grade_rated(made, "t", "zinc")
    with pytest.raises(UsageError, match="is the outcome itself"):
        grade_rated(made, "t", "zinc", "zinc")


def test_a_table_without_links_is_no_base(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no links"):
        load_link_columns(table(tmp_path, ""))


@pytest.mark.slow
def test_large_tables_are_kept_under_their_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_CACHE_DIR", str(tmp_path / "cache"))
    path = table(tmp_path, GOOD * 8000)
    assert path.stat().st_size > 2**20
    first, _ = load_link_columns(path)
    kept = [*(tmp_path / "cache" / "columns").iterdir()]
    assert len(kept) == 1
    before = kept[0].stat().st_mtime_ns
    again, _ = load_link_columns(path)
    assert (again.link_count, again.key) == (first.link_count, first.key) == (32000, kept[0].stem)
    assert kept[0].stat().st_mtime_ns == before
    path.write_text(f"{HEAD}\n{GOOD * 8001}", encoding="utf-8")
    assert load_link_columns(path)[0].link_count == 32004
    kept[0].write_bytes(b"damaged")
    assert load_link_columns(table(tmp_path, GOOD * 8000))[0].link_count == 32000


# The command


@pytest.mark.slow
def test_the_command_grades_a_table(tmp_path: Path) -> None:
    path = str(table(tmp_path, GOOD))
    done = kg("grade", "--base", path, "--outcome", "acne-scars", "--exposure", "zinc")
    assert (done.returncode, done.stderr) == (0, "")
    assert "VERDICT    Very uncertain whether it lowers acne scars (indirect)" in done.stdout
    assert "NOT HERE" in done.stdout
    for form in ("json", "csv", "markdown"):
        done = kg("grade", "--base", path, "--outcome", "acne scars", "--format", form)
        assert (done.returncode, done.stderr) == (0, "")
        assert "very" in done.stdout


@pytest.mark.medium
@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ((), 2, "name an outcome"),
        (("--outcome", "acne scars", "--source", "x"), 2, "--source does not apply"),
        (("--outcome", "acne scars", "--fail-on", "mild"), 2, "--fail-on does not apply"),
        (("--outcome", "acme scars"), 2, "did you mean 'acne scars'"),
    ],
)
def test_the_command_refuses_what_links_do_not_hold(
    words: tuple[str, ...], status: int, message: str, tmp_path: Path
) -> None:
    done = kg("grade", "--base", str(table(tmp_path, GOOD)), *words)
    assert done.returncode == status
    assert message in done.stderr
    assert done.stdout == ""


@pytest.mark.medium
def test_the_command_tells_all_faults_of_a_table(tmp_path: Path) -> None:
    path = table(tmp_path, "a,p,b,2,strong,,,\n" * 600)
    done = kg("grade", "--base", str(path), "--outcome", "b")
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert lines[0] == f"kg: {path}: 1200 faults in the table; the first 1000 follow"
    assert len(lines) == 1001
    assert "KG009" in lines[1]


@pytest.mark.slow
def test_all_pairs_come_as_text_csv_json_lines_or_parquet(tmp_path: Path) -> None:
    path = str(table(tmp_path, GOOD))
    verdicts = [f"very uncertain whether it {verb} (indirect)" for verb in ("raises", "lowers")]
    pairs = [
        ("acne scars", "copper", "increase", *["very low"] * 3),
        ("acne scars", "zinc", "decrease", *["very low"] * 3),
    ]
    expected = [(*pair, verdict, "", "") for pair, verdict in zip(pairs, verdicts, strict=True)]
    done = kg("grade", "--base", path, "--all", "--format", "csv")
    assert [tuple(line.split(",")) for line in done.stdout.splitlines()[1:]] == expected
    done = kg("grade", "--base", path, "--all", "--format", "json")
    value = json.loads(done.stdout)
    assert value["schema_version"] == "kg.pairs/1"
    assert [tuple(pair.values()) for pair in value["pairs"]] == expected
    done = kg("grade", "--base", path, "--all", "--format", "jsonl")
    assert [tuple(json.loads(line).values()) for line in done.stdout.splitlines()] == expected
    out = tmp_path / "pairs.parquet"
    assert kg("grade", "--base", path, "--all", "-o", str(out)).returncode == 0
    rows = [tuple(row.values()) for row in pq.read_table(out).to_pylist()]
    assert rows == [(*pair, None, None, None) for pair in pairs]
    done = kg("grade", "--base", path, "--all")
    assert done.stdout.splitlines()[2].endswith(f"decrease  zinc -> acne scars: {verdicts[1]}")
    assert done.stderr == ""
    assert kg("grade", "--base", path, "--all", "--top", "1").stdout.count("->") == 2
    assert kg("grade", "--base", path, "--all", "--min", "low").stdout.count("scars") == 0
    only = kg("grade", "--base", path, "--all", "--exposure", "inflammation").stdout
    assert only.splitlines()[1].split()[:8] == [
        *["low"] * 3,
        "increase",
        *["inflammation", "->", "acne", "scars:"],
    ]


@pytest.mark.parametrize(
    "words",
    [("--top", "3"), ("--min", "low"), ("--format", "parquet"), ("--all", "--format", "markdown")],
)
def test_what_goes_with_all_pairs_only_is_refused_alone(words: tuple[str, ...]) -> None:
    done = kg("grade", *words)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.slow
def test_all_pairs_of_the_shipped_data_are_those_put_forward() -> None:
    done = kg("grade", "--all", "--format", "csv")
    rows_ = [line.split(",") for line in done.stdout.splitlines()[1:]]
    graded = [p for grade in grade_shipped() for p in grade.pairs]
    assert len(rows_) == len(graded) > 200
    words = {(p.outcome, p.exposure): p.certainty.established.level.word for p in graded}
    assert all(words[row[0], row[1]] == row[3] or row[2] for row in rows_)
    top = kg("grade", "--all", "--top", "5", "--format", "csv").stdout.splitlines()[1:]
    assert {line.split(",")[3] for line in top} <= {"moderate", "low"}


@pytest.mark.medium
def test_a_table_is_built_to_a_snapshot_that_grades_the_same(tmp_path: Path) -> None:
    path = str(table(tmp_path, GOOD))
    done = kg("build", "--base", path, "-o", str(tmp_path / "out"))
    place = tmp_path / "out" / "links.columns"
    assert (done.returncode, done.stdout) == (0, f"{place}\n")
    words = ("--outcome", "acne scars", "--format", "csv")
    grades = [kg("grade", "--base", base, *words).stdout for base in (path, str(place))]
    assert grades[0] == grades[1] != ""
    place.write_bytes(place.read_bytes()[:-1])
    done = kg("grade", "--base", str(place), *words)
    assert (done.returncode, done.stdout) == (3, "")
    assert "cut short or changed; make it again" in done.stderr


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(rows)
def test_a_sign_that_no_path_without_repetition_has_is_marked(
    given_: list[tuple[str, str, int, str]],
) -> None:
    """Simple paths by brute force, over all pairs of small graphs."""
    columns = build_columns([batch_of(given_)])
    held = [row for row in given_ if row[3] != "none"]
    for exposure, outcome in permutations(sorted({n for row in given_ for n in row[:2]}), 2):
        simple = set(list_signs(held, exposure, outcome))
        ends = columns.find_node(outcome), columns.find_node(exposure)
        for batch in mark_pairs(columns, iterate_all_pairs(columns, *ends)):
            for sign, mark in zip(batch.signs, batch.marks, strict=True):
                assert (mark is PairMark.FEEDBACK) == (sign not in simple)


def list_signs(
    links: list[tuple[str, str, int, str]], node: str, outcome: str, seen: str = ""
) -> Iterator[int]:
    """The signs of all paths to the outcome that come to no node twice."""
    for tail, head, sign, _ in links:
        if tail == node and head not in seen + node:
            if head == outcome:
                yield sign
            else:
                yield from (sign * s for s in list_signs(links, head, outcome, seen + node))


@pytest.mark.parametrize("word", ["refuted", "Disputed", "does not support"])
def test_a_refutation_lowers_the_link_and_contests_the_pair(tmp_path: Path, word: str) -> None:
    path = tmp_path / "links.csv"
    rows_ = f"g,causes,d,1,high\ng,causes,d,1,{word}\nh,causes,d,1,high\nh,causes,d,-1,refuted\n"
    path.write_text(f"subject,predicate,object,sign,level\n{rows_}")
    columns = load_link_columns(path)[0]
    (contested,) = grade_rated(columns, "links", "d", "g")[0].grade.pairs
    assert contested.conclusion.direction is EffectDirection.CONTESTED
    assert contested.certainty.best_case.level is Level.LOW
    (kept,) = grade_rated(columns, "links", "d", "h")[0].grade.pairs
    assert kept.certainty.established.level is Level.HIGH  # the opposite is refuted there
    listed = kg("grade", "--base", path, "--all").stdout
    assert "g -> d: contested: low certainty that it raises, low that it does not" in listed


@pytest.mark.parametrize("minus", ["-1", "\u22121", "\u20131", "\u2212"])
def test_a_minus_of_any_length_lowers(tmp_path: Path, minus: str) -> None:
    path = tmp_path / "links.csv"
    path.write_text(f"subject,predicate,object,sign,level\nd,lowers,dis,{minus},low\n", "utf-8")
    (batch,) = read_links(path)
    assert isinstance(batch, LinkBatch)
    assert [*batch.signs] == [-1]


def test_two_spellings_of_one_name_are_one_node(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    composed, split = "Schlafqualit\u00e4t", "Schlafqualita\u0308t"
    rows = f"d,lowers,{composed},-1,low\n{split},worsens,dis,1,low\n"
    path.write_text(f"subject,predicate,object,sign,level\n{rows}", "utf-8")
    (batch,) = read_links(path)
    assert isinstance(batch, LinkBatch)
    assert batch.objects[0] == batch.subjects[1] == composed
