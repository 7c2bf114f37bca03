"""Simple chains in order of merit: fewest unbacked links in doubt, weakest link first."""

from __future__ import annotations

from collections.abc import Iterator

from kg.closure import follow_pairs
from kg.search.algebra import CAP, leximin
from kg.search.graph import Arc, Graph

MAX_CHAIN_LINKS = 8
MAX_PATHS = 4000


def iterate_simple_paths(graph: Graph, sign: int) -> Iterator[tuple[Arc, ...]]:
    """Chains that visit no node twice, of this sign, up to fixed limits of length and number.

    Only arcs with m > 0 are walked. The limits keep a dense graph from running away; a caller that
    needs the best chain of any graph asks a kernel.

    Args:
        graph: Arcs with their labels, and the two ends.
        sign: +1 or -1: what the signs of the arcs multiply to.
    """
    arcs_by_tail: dict[str, list[Arc]] = {}
    for arc in graph.arcs:
        if arc.m:
            arcs_by_tail.setdefault(arc.tail, []).append(arc)
    alive = follow_pairs([graph.target], ((arc.head, arc.tail) for arc in graph.arcs if arc.m))
    path_count = 0
    stack: list[tuple[str, int, tuple[Arc, ...], frozenset[str]]] = [
        (graph.source, 1, (), frozenset({graph.source}))
    ]
    while stack and path_count < MAX_PATHS:
        node, path_sign, path, visited_nodes = stack.pop()
        if node == graph.target:
            if path_sign == sign:
                path_count += 1
                yield path
            continue
        if len(path) < MAX_CHAIN_LINKS:
            stack.extend(
                (arc.head, path_sign * arc.sign, (*path, arc), visited_nodes | {arc.head})
                for arc in arcs_by_tail.get(node, ())
                if arc.head in alive and arc.head not in visited_nodes
            )


def score_path(path: tuple[Arc, ...]) -> tuple[int, tuple[int, ...], int]:
    """Sort key of a chain, greatest best: value, leximin of its links, few links.

    Args:
        path: Arcs in order, at least one.
    """
    m = min((arc.m for arc in path), default=4)
    d = min(CAP, sum(arc.d for arc in path))
    return max(1, m - d), leximin(arc.m for arc in path), -len(path)
