"""All pairs at once say what a sweep for each outcome says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.bulk.bit_parallel import build_reading_links, compute_pair_levels, split_into_batches
from kg.bulk.columns import build_columns
from kg.bulk.outcome_sweep import sweep_outcome
from kg.model import Reading
from kg.model.batches import GraphBatch, LinkBatch, LinkFlag, NodeBatch, NodeRole, SurrogateBatch

NODES = tuple("abcdefgh")
row = st.tuples(
    st.sampled_from(NODES),
    st.sampled_from(NODES),
    st.sampled_from((1, -1)),
    st.integers(0, 4),
    st.sampled_from(
        (0, 0, 0, int(LinkFlag.UNRATED | LinkFlag.GRANTED), int(LinkFlag.DEFINITIONAL))
    ),
)
Row = tuple[str, str, int, int, int]


@st.composite
def graphs(draw: st.DrawFn) -> list[GraphBatch]:
    rows: list[Row] = draw(st.lists(row, min_size=1, max_size=16))
    roles = draw(st.just({}) | st.dictionaries(st.sampled_from(NODES), st.sampled_from(NodeRole)))
    marked = draw(st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=2))
    stated = [
        0 if f & LinkFlag.UNRATED else 4 if f & LinkFlag.DEFINITIONAL else m for *_, m, f in rows
    ]
    size = len(rows)
    return [
        LinkBatch(
            subjects=[r[0] for r in rows],
            predicates=["p"] * size,
            objects=[r[1] for r in rows],
            signs=[1 if r[4] & LinkFlag.DEFINITIONAL else r[2] for r in rows],
            established=stated,
            as_described=stated,
            best_case=[
                4 if r[4] & LinkFlag.UNRATED else m for r, m in zip(rows, stated, strict=True)
            ],
            mechanistic=[-1] * size,
            flags=[r[4] for r in rows],
            studies=[-1] * size,
            sources=[""] * size,
        ),
        NodeBatch([*roles], [""] * len(roles), [int(role) for role in roles.values()]),
        SurrogateBatch([m for m, _ in marked], [o for _, o in marked]),
    ]


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(graphs())
def test_all_pairs_are_what_each_outcome_gives(parts: list[GraphBatch]) -> None:
    made = build_columns(parts)
    everything = np.arange(made.node_count)
    for reading in Reading:
        pairs = build_reading_links(made, reading)
        together = compute_pair_levels(pairs, made, everything)
        for outcome in everything:
            alone = (
                sweep_outcome(made, int(outcome)).compute_levels(pairs.exposures, 1),
                sweep_outcome(made, int(outcome)).compute_levels(pairs.exposures, -1),
            )
            for n, exposure in enumerate(pairs.exposures):
                if exposure != outcome:
                    found = [int(level[reading][n]) for level in alone]
                    assert together[n, outcome].tolist() == found


@pytest.mark.slow
@settings(deadline=None)
@given(graphs(), st.sampled_from(NODES))
def test_one_exposure_with_all_outcomes_is_what_each_outcome_gives(
    parts: list[GraphBatch], name: str
) -> None:
    made = build_columns(parts)
    if name not in {made.names[n] for n in range(made.node_count)}:
        return
    node = made.find_node(name)
    everything = np.arange(made.node_count)
    for reading in Reading:
        together = compute_pair_levels(build_reading_links(made, reading, node), made, everything)
        for outcome in everything[everything != node]:
            asked = sweep_outcome(made, int(outcome), node)
            for side, sign in enumerate((1, -1)):
                alone = int(asked.compute_levels(np.array([node]), sign)[reading][0])
                assert together[0, outcome, side] == alone


def test_more_outcomes_than_a_word_holds_come_out_as_those_of_one() -> None:
    size = 200
    part = LinkBatch(
        subjects=["x"] * size + [f"t{n}" for n in range(size - 1)],
        predicates=["p"] * (2 * size - 1),
        objects=[f"t{n}" for n in range(size)] + [f"t{n + 1}" for n in range(size - 1)],
        signs=[1 if n % 3 else -1 for n in range(2 * size - 1)],
        established=[n % 5 for n in range(2 * size - 1)],
        as_described=[n % 5 for n in range(2 * size - 1)],
        best_case=[n % 5 for n in range(2 * size - 1)],
        mechanistic=[-1] * (2 * size - 1),
        flags=[0] * (2 * size - 1),
        studies=[-1] * (2 * size - 1),
        sources=[""] * (2 * size - 1),
    )
    made = build_columns([part])
    pairs = build_reading_links(made, Reading.ESTABLISHED)
    outcomes = np.array([made.find_node(f"t{n}") for n in range(size)])
    wide = compute_pair_levels(pairs, made, outcomes)
    for words in (1, 2):
        cut = [
            compute_pair_levels(pairs, made, batch)
            for batch in split_into_batches(outcomes, made.node_count, words)
        ]
        assert np.array_equal(np.concatenate(cut, axis=1), wide)
    assert wide.max() == 4
