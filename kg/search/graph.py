"""The graph that kernels search: arcs with a label (m, d) and a sign, one source, one target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from kg.search.algebra import Frontier


@dataclass(frozen=True, slots=True)
class Arc:
    """One link as a kernel sees it.

    `m` is 0 (no edge, only repair can raise it) to 4, `d` what passing the tail costs, `sign` +1 or
    -1, `is_raisable` whether a repair may raise it, `key` the index of the link.
    """

    tail: str
    head: str
    sign: int
    m: int
    d: int
    key: int
    is_raisable: bool = True


@dataclass(frozen=True, slots=True)
class Graph:
    """Arcs, where the search starts and where it ends."""

    arcs: tuple[Arc, ...]
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class ArcPath:
    """A chain as keys of its arcs; `is_simple` is False where it comes back to a node."""

    keys: tuple[int, ...]
    is_simple: bool = True


class Kernel(Protocol):
    """What every search kernel answers."""

    def find_frontiers(self, graph: Graph) -> Mapping[int, Frontier]:
        """Pareto frontier of all chains from source to target, by sign (+1, -1)."""

    def find_best_path(self, graph: Graph, sign: int) -> ArcPath | None:
        """A best chain of this sign, or None where there is none."""

    def find_repair(self, graph: Graph, sign: int, level: int) -> tuple[int, ...] | None:
        """Keys of the fewest links to raise to HIGH so that a chain reaches `level`.

        A chain that comes back to a link names it twice.
        """
