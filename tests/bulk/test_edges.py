"""Columns: what batches become, and that a snapshot gives back what was written."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.bulk.columns import LinkColumns, build_columns
from kg.bulk.grade import grade_rated_outcome
from kg.bulk.labels import LEVEL_MASK
from kg.bulk.snapshot import FORMAT_NAME, encode_snapshot, open_snapshot, read_key
from kg.errors import DataError, UnknownName, UsageError
from kg.model import BaseSummary, Level, Reading
from kg.model.batches import (
    GraphBatch,
    LinkBatch,
    LinkFlag,
    NodeBatch,
    NodeRole,
    SurrogateBatch,
    convert_imported_level,
)
from tests.support.strategies import texts

Row = tuple[str, str, str, int, int]


def batch(rows: list[Row], **columns_: list[int]) -> LinkBatch:
    subjects, predicates, objects, signs, levels = map(list, zip(*rows, strict=True))
    size = len(rows)
    return LinkBatch(
        subjects=subjects,
        predicates=predicates,
        objects=objects,
        signs=signs,
        established=levels,
        as_described=levels,
        best_case=levels,
        mechanistic=columns_.get("mechanistic", [-1] * size),
        flags=columns_.get("flags", [0] * size),
        studies=columns_.get("studies", [-1] * size),
        sources=[f"source {n % 2}" for n in range(size)],
    )


def write(made: LinkColumns, path: Path) -> Path:
    path.write_bytes(b"".join(encode_snapshot(made)))
    return path


def rows_of(made: LinkColumns) -> list[Row]:
    """The links in the order that they came."""
    found = {}
    for link in range(made.link_count):
        found[int(made.row[link])] = (
            made.names[int(made.tail[link])],
            made.predicates[int(made.predicate[link])],
            made.names[int(made.head[link])],
            made.read_sign(link),
            made.read_level(link, Reading.ESTABLISHED),
        )
    return [found[n] for n in range(made.link_count)]


rows = st.lists(
    st.tuples(texts(), texts(), texts(), st.sampled_from((1, -1)), st.integers(0, 4)),
    min_size=1,
    max_size=12,
)


@pytest.mark.medium
@given(rows, st.integers(1, 12))
def test_columns_hold_what_the_batches_say_however_they_are_cut(rows: list[Row], cut: int) -> None:
    whole = build_columns([batch(rows)])
    parts: list[GraphBatch] = [batch(rows[n : n + cut]) for n in range(0, len(rows), cut)]
    cut_up = build_columns(parts)
    # what acts on itself is no step of a chain
    held = [(*row[:4], 0 if row[0] == row[2] else row[4]) for row in rows]
    assert rows_of(whole) == held
    assert rows_of(cut_up) == held
    assert whole.names[whole.find_node(rows[0][0])] == rows[0][0]


@pytest.mark.medium
@given(rows)
def test_both_indexes_lead_to_every_link(rows: list[Row]) -> None:
    made = build_columns([batch(rows)])
    into = [
        v for v in range(made.node_count) for _ in range(made.in_start[v], made.in_start[v + 1])
    ]
    assert into == made.head.tolist()
    passed = np.zeros(made.link_count, np.bool_)
    for begin, some in zip(made.in_start[:-1], made.in_pass, strict=True):
        passed[begin : begin + some] = True
    assert passed.tolist() == (made.read_codes(Reading.BEST_CASE) & LEVEL_MASK > 0).tolist()
    out = [
        (v, int(k))
        for v in range(made.node_count)
        for k in made.out_link[made.out_start[v] : made.out_start[v + 1]]
    ]
    assert sorted(k for _, k in out) == list(range(made.link_count))
    assert all(made.tail[k] == v for v, k in out)


def test_a_snapshot_gives_back_what_was_written(tmp_path: Path) -> None:
    given_ = [("a", "up", "b", 1, 4), ("b", "down", "c", -1, 0), ("a", "up", "c", 1, 2)]
    made = build_columns(
        [
            batch(given_, studies=[1, -1, 3], flags=[0, int(LinkFlag.UNRATED), 0]),
            NodeBatch(["a", "d"], ["Label of a", ""], [NodeRole.EXPOSURE, NodeRole.OUTCOME]),
            SurrogateBatch(["b"], ["c"]),
        ],
        key="what it is made of",
    )
    kept = open_snapshot(write(made, tmp_path / "a.columns"))
    assert kept.key == read_key(tmp_path / "a.columns") == "what it is made of"
    assert {name: kept.arrays[name].tolist() for name in kept.arrays} == {
        name: made.arrays[name].tolist() for name in made.arrays
    }
    assert rows_of(kept) == given_
    assert kept.read_codes(Reading.BEST_CASE) is kept.read_codes(Reading.ESTABLISHED)
    counted = {"unrated": 1, "granted": 0, "definitional": 0, "mechanistic": 0, "itself": 0}
    assert kept.link_counts == counted
    assert (
        kept.node_count,
        kept.read_label(kept.find_node("A")),
        kept.read_label(kept.find_node("b")),
    ) == (
        4,
        "Label of a",
        "b",
    )
    assert kept.role[kept.find_node("d")] == NodeRole.OUTCOME
    assert [kept.names[int(kept.arrays[name][0])] for name in ("marker", "marked")] == ["b", "c"]
    with pytest.raises(ValueError, match="read-only"):
        kept.tail[0] = 1


def test_the_same_batches_give_the_same_bytes(tmp_path: Path) -> None:
    given_ = [("a", "up", "b", 1, 4), ("b", "down", "c", -1, 0)]
    first, second = (b"".join(encode_snapshot(build_columns([batch(given_)]))) for _ in range(2))
    assert first == second


def test_no_links_are_columns_too(tmp_path: Path) -> None:
    kept = open_snapshot(write(build_columns([]), tmp_path / "none.columns"))
    assert (kept.node_count, kept.link_count) == (0, 0)
    with pytest.raises(UnknownName):
        kept.find_node("anything")


def test_unknown_names_are_answered_with_near_ones() -> None:
    made = build_columns([batch([("zinc", "decreases", "acne-scars", -1, 1)])])
    assert made.names[made.find_node("Acne Scars")] == "acne-scars"
    with pytest.raises(UnknownName, match="did you mean 'acne-scars'"):
        made.find_node("acne-scar", "outcome")


def test_what_is_unrated_is_none_until_the_best_case() -> None:
    levels, flags = convert_imported_level(None)
    assert tuple(levels) == (0, 0, 4)
    assert flags & LinkFlag.UNRATED
    assert flags & LinkFlag.GRANTED
    assert tuple(convert_imported_level(Level.NONE)[0]) == (0, 0, 0)


def damaged(data: bytes) -> dict[str, bytes]:
    line, _, _ = data.partition(b"\n")
    head = json.loads(line)
    room = len(data) - head["size"]

    def with_head(**changes: object) -> bytes:
        return (json.dumps({**head, **changes}) + "\n").encode().ljust(room) + data[room:]

    outside = {**head["arrays"], "tail": [head["size"], 2]}
    longer = {**head["arrays"], "flags": [head["arrays"]["flags"][0], 3]}
    return {
        "empty": b"",
        "other": b"subject,object\n" * 2000,
        "cut": data[:-1],
        "header-cut": data[: room // 2],
        "format": with_head(format="kg-compiled"),
        "version": with_head(version=0),
        "outside": with_head(arrays=outside),
        "length": with_head(arrays=longer),
        "missing": with_head(arrays={}),
        "list": b"[]\n".ljust(room),
        "deep": (b"[" * 10_000).ljust(room),
    }


@pytest.mark.parametrize("how", sorted(damaged(b"".join(encode_snapshot(build_columns([]))))))
def test_a_damaged_snapshot_is_refused_with_a_remedy(how: str, tmp_path: Path) -> None:
    made = build_columns([batch([("a", "up", "b", 1, 4), ("b", "up", "c", 1, 4)])])
    data = b"".join(encode_snapshot(made))
    assert FORMAT_NAME.encode() in data
    path = tmp_path / "a.columns"
    path.write_bytes(damaged(data)[how])
    assert read_key(path) is None or how in ("outside", "length", "missing")
    with pytest.raises(DataError, match=r"no snapshot that can be used.*make it again"):
        open_snapshot(path)


def test_a_missing_snapshot_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        open_snapshot(tmp_path / "none.columns")
    assert read_key(tmp_path / "none.columns") is None


def test_columns_are_lean() -> None:
    """A link takes 34 bytes, a node 29 and its name: 10^7 links with 2 * 10^6 nodes 0.4 GB."""
    size = 10_000
    made = build_columns(
        [batch([(f"n{n % 2000}", "up", f"n{n * 7 % 2000}", 1, 1) for n in range(size)])]
    )
    texts_ = sum(made.arrays[f"{kind}_text"].nbytes for kind in ("name", "predicate", "source"))
    assert made.total_bytes - texts_ <= 38 * size + 40 * made.node_count
    assert np.dtype(made.established.dtype).itemsize == 1


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_snapshot_with_any_byte_changed_is_refused_or_graded(data: st.DataObject) -> None:
    """No change of a file leads outside of it: it is refused, or read as other links."""
    given_ = [("a", "up", "b", 1, 4), ("b", "down", "c", -1, 3), ("a", "up", "c", 1, 2)]
    whole = bytearray(b"".join(encode_snapshot(build_columns([batch(given_)]))))
    room = len(whole) - json.loads(whole.partition(b"\n")[0])["size"]
    at = data.draw(st.integers(room, len(whole) - 1))
    whole[at] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.columns"
        path.write_bytes(whole)
        try:
            kept = open_snapshot(path)
        except DataError:
            return
        for node in range(kept.node_count):
            try:
                grade_rated_outcome(kept, kept.names[node], None, _ABOUT, "a.columns")
            except UsageError:
                continue


_ABOUT = BaseSummary((), 0, 0, 0, 0, "rated", "", "0", "")
