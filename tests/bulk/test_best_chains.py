"""The k best chains are the first k of all simple chains, in the order of merit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.bulk import sweep
from kg.bulk.array_kernel import ArcArrays
from kg.bulk.best_chains import find_best_chains
from kg.bulk.sweep import sweep_labels
from kg.search.graph import Arc, Graph
from kg.search.simple_paths import MAX_CHAIN_LINKS, iterate_simple_paths, score_path
from tests.properties.test_kernels import graphs


@pytest.mark.medium
@settings(deadline=None)
@given(graphs())
def test_the_best_chains_are_those_that_enumeration_finds_best(graph: Graph) -> None:
    made = ArcArrays(graph)
    back = sweep_labels(made.arrays, made.target)
    arcs = {arc.key: arc for arc in graph.arcs}
    for sign in (1, -1):
        every = sorted(
            (score_path(path) for path in iterate_simple_paths(graph, sign)), reverse=True
        )
        for wanted in (1, 3, 1000):
            best = find_best_chains(made.arrays, back, (made.source, made.target), sign, wanted)
            found = [
                score_path(tuple(arcs[key] for key in made.list_keys(links))) for links in best
            ]
            assert found == every[:wanted]
            assert len(set(best)) == len(best)


def test_many_chains_are_not_enumerated() -> None:
    """Four hundred million chains of six links; the best are found at once."""
    made = ArcArrays(Graph(tuple(_layers(width=30, depth=5)), "s", "t"))
    best = find_best_chains(
        made.arrays, sweep_labels(made.arrays, made.target), (made.source, made.target), 1, 10
    )
    assert len(best) == 10
    assert {len(links) for links in best} == {6}


def _layers(width: int, depth: int) -> Iterator[Arc]:
    key = 0
    layers = [["s"], *([f"{n}-{i}" for i in range(width)] for n in range(depth)), ["t"]]
    for tails, heads in pairwise(layers):
        for tail in tails:
            for head in heads:
                yield Arc(tail, head, 1, 1 + key % 4, 1 if tail != "s" else 0, key)
                key += 1


def test_longer_chains_than_the_limit_are_left_to_the_witness() -> None:
    names = ["s", *map(str, range(MAX_CHAIN_LINKS)), "t"]
    arcs = tuple(Arc(a, b, 1, 4, 0, n) for n, (a, b) in enumerate(pairwise(names)))
    made = ArcArrays(Graph(arcs, "s", "t"))
    back = sweep_labels(made.arrays, made.target)
    assert find_best_chains(made.arrays, back, (made.source, made.target), 1, 1) == []


@pytest.mark.medium
@given(graphs(), st.sampled_from([1, 3, 1 << 15]), st.sampled_from([0, 8]), st.booleans())
def test_a_sweep_is_the_same_however_its_links_are_cut(
    graph: Graph, part: int, many: int, forward: bool
) -> None:
    made = ArcArrays(graph)
    start = made.source if forward else made.target
    whole = sweep_labels(made.arrays, start, forward)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "_LINKS_PER_CHUNK", part)
        patch.setattr(sweep, "_FULL_COMPARE_RATIO", many)
        cut = sweep_labels(made.arrays, start, forward)
    assert cut.labels.tolist() == whole.labels.tolist()
    assert [(n.tolist(), labels.tolist()) for n, labels in cut.changes_by_round] == [
        (n.tolist(), labels.tolist()) for n, labels in whole.changes_by_round
    ]
