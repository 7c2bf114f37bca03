"""The k best chains are the first k of all simple chains, in the order of merit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.chains import arrays
from kg.chains.arrays import sweep
from kg.chains.arrays_kernel import Made
from kg.chains.best import best_chains
from kg.chains.graph import Arc, Graph
from kg.chains.paths import MOST_LINKS, merit, simple_paths
from tests.properties.test_kernels import graphs


@settings(deadline=None)
@given(graphs())
def test_the_best_chains_are_those_that_enumeration_finds_best(graph: Graph) -> None:
    made = Made(graph)
    back = sweep(made.net, made.target)
    arcs = {arc.key: arc for arc in graph.arcs}
    for sign in (1, -1):
        every = sorted((merit(path) for path in simple_paths(graph, sign)), reverse=True)
        for wanted in (1, 3, 1000):
            best = best_chains(made.net, back, (made.source, made.target), sign, wanted)
            found = [merit(tuple(arcs[key] for key in made.keys(links))) for links in best]
            assert found == every[:wanted]
            assert len(set(best)) == len(best)


def test_many_chains_are_not_enumerated() -> None:
    """Four hundred million chains of six links; the best are found at once."""
    made = Made(Graph(tuple(_layers(width=30, depth=5)), "s", "t"))
    best = best_chains(made.net, sweep(made.net, made.target), (made.source, made.target), 1, 10)
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
    names = ["s", *map(str, range(MOST_LINKS)), "t"]
    arcs = tuple(Arc(a, b, 1, 4, 0, n) for n, (a, b) in enumerate(pairwise(names)))
    made = Made(Graph(arcs, "s", "t"))
    back = sweep(made.net, made.target)
    assert best_chains(made.net, back, (made.source, made.target), 1, 1) == []


@given(graphs(), st.sampled_from([1, 3, 1 << 15]), st.sampled_from([0, 8]), st.booleans())
def test_a_sweep_is_the_same_however_its_links_are_cut(
    graph: Graph, part: int, many: int, forward: bool
) -> None:
    made = Made(graph)
    start = made.source if forward else made.target
    whole = sweep(made.net, start, forward)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_PART", part)
        patch.setattr(arrays, "_MANY", many)
        cut = sweep(made.net, start, forward)
    assert cut.labels.tolist() == whole.labels.tolist()
    assert [(n.tolist(), labels.tolist()) for n, labels in cut.rounds] == [
        (n.tolist(), labels.tolist()) for n, labels in whole.rounds
    ]
