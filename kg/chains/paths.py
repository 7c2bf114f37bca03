"""Simple chains in order of merit: fewest unbacked links in doubt, weakest link first."""

from __future__ import annotations

from collections.abc import Iterator

from kg.chains.graph import Arc, Graph
from kg.grading.algebra import CAP, leximin

MOST_LINKS = 8
MOST_PATHS = 4000


def simple_paths(graph: Graph, sign: int) -> Iterator[tuple[Arc, ...]]:
    """Chains that visit no node twice, of this sign, up to fixed limits of length and number.

    Only arcs with m > 0 are walked. The limits keep a dense graph from running away; a caller that
    needs the best chain of any graph asks a kernel.
    """
    out: dict[str, list[Arc]] = {}
    for arc in graph.arcs:
        if arc.m:
            out.setdefault(arc.tail, []).append(arc)
    alive = _leading(graph)
    found = 0
    stack: list[tuple[str, int, tuple[Arc, ...], frozenset[str]]] = [
        (graph.source, 1, (), frozenset({graph.source}))
    ]
    while stack and found < MOST_PATHS:
        node, turn, path, seen = stack.pop()
        if node == graph.target:
            if turn == sign:
                found += 1
                yield path
            continue
        if len(path) < MOST_LINKS:
            stack.extend(
                (arc.head, turn * arc.sign, (*path, arc), seen | {arc.head})
                for arc in out.get(node, ())
                if arc.head in alive and arc.head not in seen
            )


def _leading(graph: Graph) -> set[str]:
    """Nodes from which the target can be reached over arcs with m > 0."""
    into: dict[str, list[str]] = {}
    for arc in graph.arcs:
        if arc.m:
            into.setdefault(arc.head, []).append(arc.tail)
    seen, todo = {graph.target}, [graph.target]
    while todo:
        for tail in into.get(todo.pop(), ()):
            if tail not in seen:
                seen.add(tail)
                todo.append(tail)
    return seen


def merit(path: tuple[Arc, ...]) -> tuple[int, tuple[int, ...], int]:
    """Sort key of a chain, greatest best: value, leximin of its links, few links."""
    m = min((arc.m for arc in path), default=4)
    d = min(CAP, sum(arc.d for arc in path))
    return max(1, m - d), leximin(arc.m for arc in path), -len(path)
