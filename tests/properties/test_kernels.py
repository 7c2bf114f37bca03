"""P11, P12, P16-P20, P25, P27 and: every kernel equals the reference, on random graphs."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg import api
from kg.api.base import require_sound
from kg.grading.outcome import list_claimed_or_studied_pairs
from kg.grading.profiles import load_profile
from kg.grading.question import Question
from kg.model import OUTCOME_KINDS, Level, Reading
from kg.scenarios.request import GradeRequest
from kg.search.algebra import CAP, ZERO, Frontier, antichain, plus, value
from kg.search.graph import Arc, Graph, Kernel
from kg.search.kernels import KERNELS

NODES = tuple("sabcdt")
MIDDLE = "abcd"


@st.composite
def graphs(draw: st.DrawFn, signs: tuple[int, ...] = (1, -1), least: int = 0) -> Graph:
    """Graphs with cycles, parallel arcs, unbacked links and links that may not be raised."""
    arcs = draw(
        st.lists(
            st.tuples(
                st.sampled_from(NODES),
                st.sampled_from(NODES),
                st.sampled_from(signs),
                st.integers(least, 4),
                st.integers(0, 1),
                st.booleans(),
            ).filter(lambda a: a[0] != a[1]),
            max_size=12,
        )
    )
    return Graph(
        tuple(Arc(a, b, s, m, d, i, r) for i, (a, b, s, m, d, r) in enumerate(arcs)), "s", "t"
    )


@pytest.fixture(params=sorted(KERNELS))
def kernel(request: pytest.FixtureRequest) -> Kernel:
    return KERNELS[request.param]


REFERENCE = KERNELS["reference"]
OTHERS = [KERNELS[name] for name in KERNELS if name != "reference"]


def walks(graph: Graph) -> Iterator[tuple[Arc, ...]]:
    """All walks that visit no (node, sign) twice, by plain recursion."""

    def go(
        node: str, sign: int, seen: frozenset[tuple[str, int]], path: tuple[Arc, ...]
    ) -> Iterator[tuple[Arc, ...]]:
        if node == "t":
            yield path
        for arc in graph.arcs:
            there = (arc.head, sign * arc.sign)
            if arc.tail == node and arc.m and there not in seen:
                yield from go(*there, seen | {there}, (*path, arc))

    yield from go("s", 1, frozenset({("s", 1)}), ())


def sign_of(path: tuple[Arc, ...]) -> int:
    turn = 1
    for arc in path:
        turn *= arc.sign
    return turn


def enumerated(graph: Graph, sign: int) -> Frontier:
    return antichain(
        (min(a.m for a in path), min(CAP, sum(a.d for a in path)))
        for path in walks(graph)
        if sign_of(path) == sign
    )


@pytest.mark.medium
@pytest.mark.law("P11")
@given(graphs())
def test_p11_evaluation_is_enumeration(graph: Graph) -> None:
    for kernel in (REFERENCE, *OTHERS):
        found = kernel.find_frontiers(graph)
        assert found[1] == enumerated(graph, 1)
        assert found[-1] == enumerated(graph, -1)


# A parallel link that may not be raised, and has a leap, must not stand in for the one that may.
LOCKED_BESIDE_RAISABLE = Graph(
    (
        Arc("s", "a", 1, 2, 0, 0, False),
        Arc("s", "b", 1, 0, 0, 1, True),
        Arc("a", "t", 1, 0, 0, 2, True),
        Arc("b", "s", -1, 0, 0, 3, True),
        Arc("b", "s", -1, 2, 1, 4, False),
    ),
    "s",
    "t",
)


@pytest.mark.medium
@pytest.mark.law("P11")
@example(LOCKED_BESIDE_RAISABLE)
@given(graphs())
def test_every_kernel_equals_the_reference(graph: Graph) -> None:
    for other in OTHERS:
        assert dict(other.find_frontiers(graph)) == dict(REFERENCE.find_frontiers(graph))
        for sign in (1, -1):
            for level in range(1, 5):
                mine, theirs = (k.find_repair(graph, sign, level) for k in (other, REFERENCE))
                assert (mine is None) == (theirs is None)
                assert mine is None or theirs is None or len(mine) == len(theirs)


@pytest.mark.medium
@given(graphs())
def test_a_witness_is_a_chain_of_the_value_it_stands_for(graph: Graph) -> None:
    for kernel in (REFERENCE, *OTHERS):
        for sign in (1, -1):
            frontier, path = kernel.find_frontiers(graph)[sign], kernel.find_best_path(graph, sign)
            assert (path is None) == (not frontier)
            if path:
                arcs = [graph.arcs[key] for key in path.keys]
                assert [a.tail for a in arcs] == ["s", *(a.head for a in arcs[:-1])]
                assert sign_of(tuple(arcs)) == sign
                d = min(CAP, sum(a.d for a in arcs))
                assert max(1, min(a.m for a in arcs) - d) == value(frontier)


@pytest.mark.medium
@given(graphs(), st.integers(1, 4))
def test_a_repair_set_repairs(graph: Graph, level: int) -> None:
    for kernel in (REFERENCE, *OTHERS):
        keys = kernel.find_repair(graph, 1, level)
        if keys is not None:
            assert all(graph.arcs[key].is_raisable for key in keys)
            raised = tuple(_with(a, m=4) if a.key in keys else a for a in graph.arcs)
            assert value(kernel.find_frontiers(Graph(raised, "s", "t"))[1]) >= level


def _with(arc: Arc, **changes: object) -> Arc:
    fields = {name: getattr(arc, name) for name in Arc.__slots__}
    return Arc(**{**fields, **changes})


@pytest.mark.medium
@pytest.mark.law("P12")
@given(graphs(), st.randoms(use_true_random=False))
def test_p12_order_and_names_change_nothing(graph: Graph, random: Random) -> None:
    arcs = list(graph.arcs)
    random.shuffle(arcs)
    names = {node: f"{i}{node}" for i, node in enumerate(reversed(NODES))}
    renamed = [_with(a, tail=names[a.tail], head=names[a.head]) for a in arcs]
    for kernel in (REFERENCE, *OTHERS):
        before = kernel.find_frontiers(graph)
        assert kernel.find_frontiers(Graph(tuple(arcs), "s", "t")) == before
        assert kernel.find_frontiers(Graph(tuple(renamed), names["s"], names["t"])) == before


@pytest.mark.medium
@pytest.mark.law("P13")
@given(graphs())
def test_p13_a_duplicate_edge_changes_nothing(graph: Graph) -> None:
    twice = Graph(graph.arcs + graph.arcs, "s", "t")
    for kernel in (REFERENCE, *OTHERS):
        assert kernel.find_frontiers(twice) == kernel.find_frontiers(graph)


@pytest.mark.medium
@pytest.mark.law("P15")
@given(graphs(signs=(1,)), st.data())
def test_p15_raising_a_link_never_lowers(graph: Graph, data: st.DataObject) -> None:
    if graph.arcs:
        arc = data.draw(st.sampled_from(graph.arcs))
        better = tuple(_with(a, m=min(4, a.m + 1)) if a is arc else a for a in graph.arcs)
        for kernel in (REFERENCE, *OTHERS):
            now = value(kernel.find_frontiers(graph)[1])
            assert value(kernel.find_frontiers(Graph(better, "s", "t"))[1]) >= now


@pytest.mark.medium
@pytest.mark.law("P16")
@given(graphs(), st.integers(1, 4), st.integers(0, 1))
def test_p16_extending_never_raises_and_adding_never_lowers(graph: Graph, m: int, d: int) -> None:
    longer = Graph((*graph.arcs, Arc("t", "u", 1, m, d, 99)), "s", "u")
    wider = Graph((*graph.arcs, Arc("s", "t", 1, m, d, 99)), "s", "t")
    for kernel in (REFERENCE, *OTHERS):
        now = value(kernel.find_frontiers(graph)[1])
        assert value(kernel.find_frontiers(longer)[1]) <= now
        assert value(kernel.find_frontiers(wider)[1]) >= now


@pytest.mark.medium
@pytest.mark.law("P17")
@given(graphs())
def test_p17_none_on_every_path_is_none(graph: Graph) -> None:
    unbacked = Graph(tuple(_with(a, m=0) for a in graph.arcs), "s", "t")
    for kernel in (REFERENCE, *OTHERS):
        assert kernel.find_frontiers(unbacked) == {1: ZERO, -1: ZERO}


@pytest.mark.medium
@pytest.mark.law("P18")
@given(graphs(least=1))
def test_p18_very_low_on_all_links_is_very_low(graph: Graph) -> None:
    faint = Graph(tuple(_with(a, m=1) for a in graph.arcs), "s", "t")
    for kernel in (REFERENCE, *OTHERS):
        for frontier in kernel.find_frontiers(faint).values():
            assert value(frontier) in (Level.NONE, Level.VERY_LOW)


@pytest.mark.law("P19")
@pytest.mark.parametrize("m", range(1, 5))
def test_p19_one_direct_edge_is_its_own_grade(kernel: Kernel, m: int) -> None:
    assert value(kernel.find_frontiers(Graph((Arc("s", "t", 1, m, 0, 0),), "s", "t"))[1]) == m


@pytest.mark.medium
@pytest.mark.law("P20")
@given(graphs(), st.sampled_from(MIDDLE), st.integers(1, 4))
def test_p20_a_cycle_changes_nothing(graph: Graph, node: str, m: int) -> None:
    cycle = (Arc(node, "loop", 1, m, 1, 98), Arc("loop", node, 1, m, 1, 99))
    for kernel in (REFERENCE, *OTHERS):
        assert kernel.find_frontiers(Graph(graph.arcs + cycle, "s", "t")) == kernel.find_frontiers(
            graph
        )


@pytest.mark.medium
@pytest.mark.law("P27")
@given(graphs())
def test_p27_two_flips_are_identity_and_signs_stay_apart(graph: Graph) -> None:
    flipped = tuple(_with(a, sign=-a.sign) if a.tail == "s" else a for a in graph.arcs)
    flipped = tuple(_with(a, sign=-a.sign) if a.head == "s" else a for a in flipped)
    for kernel in (REFERENCE, *OTHERS):
        before, after = (
            kernel.find_frontiers(graph),
            kernel.find_frontiers(Graph(flipped, "s", "t")),
        )
        assert (after[1], after[-1]) == (before[-1], before[1])


@pytest.mark.medium
@pytest.mark.law("no-volume")
@given(graphs(), st.integers(2, 60))
def test_no_volume_of_weak_chains_makes_a_strong_one(graph: Graph, copies: int) -> None:
    """First law: weak chains, however many, leave a grade as it is or make it very low."""
    weak = tuple(
        arc
        for i in range(copies)
        for arc in (
            Arc("s", f"w{i}", 1, 1, 0, 100 + 2 * i),
            Arc(f"w{i}", "t", 1, 4, 1, 101 + 2 * i),
        )
    )
    for kernel in (REFERENCE, *OTHERS):
        now = kernel.find_frontiers(graph)[1]
        then = kernel.find_frontiers(Graph(graph.arcs + weak, "s", "t"))[1]
        assert value(then) == max(value(now), Level.VERY_LOW)
        assert then == plus(now, frozenset({(1, 1)}))


@pytest.mark.slow
def test_kernels_agree_on_every_pair_of_the_shipped_data() -> None:
    base = require_sound(api.load())
    material, rules = GradeRequest().build_evidence_index(base), load_profile("grade")
    seen = 0
    for entity in base.entities:
        agents = (
            {id for id, _ in list_claimed_or_studied_pairs(material, entity)}
            if entity.kind in OUTCOME_KINDS
            else ()
        )
        for agent in sorted(agents):
            question = Question(material, base.exposure[agent], entity, rules, KERNELS["reference"])
            for reading in Reading:
                graph = question.build_graph(reading)
                found = [dict(KERNELS[name].find_frontiers(graph)) for name in KERNELS]
                assert found == [found[0]] * len(found)
                seen += 1
    assert seen > 600
