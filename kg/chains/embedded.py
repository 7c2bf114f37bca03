"""The default kernel: plain Python, no dependency, fast to start.

For l = 4, 3, 2, 1 keep the arcs with m >= l and run a 0-1 breadth-first search that counts d,
capped at 2, on (node, sign): at most four linear passes (grading.md section 9).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from kg.chains.graph import Arc, Graph, Path
from kg.grading.algebra import CAP, ZERO, Frontier, antichain

State: TypeAlias = tuple[str, int]
Parents: TypeAlias = dict[tuple[str, int], tuple[tuple[str, int], Arc] | None]


class EmbeddedKernel:
    """Level-by-level 0-1 search on dictionaries; leaps count up to `cap`."""

    def __init__(self, cap: int = CAP) -> None:
        self.cap = cap

    def frontiers(self, graph: Graph) -> Mapping[int, Frontier]:
        """Pareto frontier of all chains from source to target, by sign."""
        out = _outgoing(graph)
        labels: dict[int, set[tuple[int, int]]] = {1: set(), -1: set()}
        for level in (4, 3, 2, 1):
            reached, _ = _search(graph, out, level, self.cap)
            for sign in (1, -1):
                d = reached.get((graph.target, sign))
                if d is not None:
                    labels[sign].add((level, d))
        return {sign: antichain(found) if found else ZERO for sign, found in labels.items()}

    def witness(self, graph: Graph, sign: int) -> Path | None:
        """A best chain of this sign: the level of the frontier's best label, fewest leaps."""
        best: tuple[int, int, Path] | None = None
        out = _outgoing(graph)
        for level in (4, 3, 2, 1):
            reached, parents = _search(graph, out, level, self.cap)
            d = reached.get((graph.target, sign))
            if d is None:
                continue
            value = max(1, level - d)
            if best is None or value > best[0]:
                best = (value, level, _walk_back(parents, (graph.target, sign)))
        return best[2] if best else None

    def repair(self, graph: Graph, sign: int, level: int) -> tuple[int, ...] | None:
        """Keys of the fewest links to raise to HIGH so that a chain reaches `level`."""
        best: tuple[int, ...] | None = None
        for d in range(self.cap + 1):
            if level > 1 and level + d > 4:
                break
            need = 1 if level == 1 else level + d
            limit = self.cap if level == 1 else d
            found = _cheapest(graph, sign, need, limit, self.cap)
            if found is not None and (best is None or len(found) < len(best)):
                best = found
            if level == 1:
                break
        return best


KERNEL = EmbeddedKernel()


def _outgoing(graph: Graph) -> dict[str, list[Arc]]:
    out: dict[str, list[Arc]] = {}
    for arc in graph.arcs:
        out.setdefault(arc.tail, []).append(arc)
    return out


def _search(
    graph: Graph, out: Mapping[str, Iterable[Arc]], level: int, cap: int
) -> tuple[dict[State, int], Parents]:
    """Fewest leaps to each (node, sign) over arcs with m >= level, and how it was reached."""
    start = (graph.source, 1)
    distance: dict[State, int] = {start: 0}
    parents: Parents = {start: None}
    queue = deque([start])
    done: set[State] = set()
    while queue:
        state = queue.popleft()
        if state in done:
            continue
        done.add(state)
        node, sign = state
        for arc in out.get(node, ()):
            if arc.m < level:
                continue
            there = (arc.head, sign * arc.sign)
            d = min(cap, distance[state] + arc.d)
            if d < distance.get(there, cap + 1):
                distance[there] = d
                parents[there] = (state, arc)
                (queue.append if d > distance[state] else queue.appendleft)(there)
    return distance, parents


def _walk_back(parents: Parents, state: State) -> Path:
    keys, nodes = [], [state[0]]
    step = parents[state]
    while step is not None:
        previous, arc = step
        keys.append(arc.key)
        nodes.append(previous[0])
        step = parents[previous]
    return Path(tuple(reversed(keys)), simple=len(set(nodes)) == len(nodes))


def _cheapest(graph: Graph, sign: int, need: int, limit: int, cap: int) -> tuple[int, ...] | None:
    """Keys of the links below `need` on the chain with fewest of them, at most `limit` leaps."""
    from heapq import heappop, heappush

    out = _outgoing(graph)
    start = (graph.source, 1, 0)
    heap: list[tuple[int, int, tuple[str, int, int], tuple[int, ...]]] = [(0, 0, start, ())]
    done: set[tuple[str, int, int]] = set()
    capped = _cap(limit, cap)
    count = 0
    while heap:
        cost, _, state, raised = heappop(heap)
        node, direction, d = state
        if node == graph.target and direction == sign:
            return raised
        if state in done:
            continue
        done.add(state)
        for arc in out.get(node, ()):
            weak = arc.m < need
            total = capped(d + arc.d)
            if total > limit or (weak and not arc.raisable):
                continue
            count += 1
            chosen = (*raised, arc.key) if weak else raised
            there = (arc.head, direction * arc.sign, total)
            heappush(heap, (cost + weak, count, there, chosen))
    return None


def _cap(limit: int, cap: int) -> Callable[[int], int]:
    """Leaps beyond the cap do not count where the limit is the cap itself."""
    return (lambda d: min(cap, d)) if limit >= cap else (lambda d: d)
