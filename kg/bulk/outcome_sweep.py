"""An outcome of columns of rated links: swept in each reading, and its exposures in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from kg.bulk.columns import LinkColumns
from kg.bulk.labels import NEGATIVE_FLAG, NO_LEAP_FLAG, IntArray, compute_levels, decode_frontier
from kg.bulk.sweep import LabelSweep, LinkArrays, pack_links, sweep_labels
from kg.closure import collect_reachable
from kg.errors import UsageError
from kg.model import Level, Reading, Readings
from kg.model.batches import LinkFlag, NodeRole
from kg.search.algebra import Frontier, value

T = TypeVar("T")


@dataclass(frozen=True, eq=False, slots=True)
class OutcomeSweep:
    """An outcome of columns, and the exposure that is asked about, if any.

    `targets` are the outcome and all that is by definition a part of it. `arrays_by_reading` and
    `sweep_by_reading` are those of each reading; readings that do not differ share them.
    `link_by_id` are the links that some grade names, by id.
    """

    columns: LinkColumns
    outcome: int
    exposure: int | None
    targets: IntArray
    arrays_by_reading: Mapping[Reading, LinkArrays]
    sweep_by_reading: Mapping[Reading, LabelSweep]
    link_by_id: dict[str, int] = field(default_factory=dict)

    def compute_levels(self, nodes: IntArray, sign: int) -> Readings[IntArray]:
        """Levels of the chains of a sign from some nodes, in each reading."""
        return Readings.compute(
            lambda r: compute_levels(self.sweep_by_reading[r].labels[nodes], sign)
        )

    def find_level(self, node: int, sign: int, reading: Reading) -> Level:
        """Level of the best chain of a sign from a node."""
        return Level(value(self.find_frontier(node, sign, reading)))

    def find_frontier(self, node: int, sign: int, reading: Reading) -> Frontier:
        """Frontier of the chains of a sign from a node."""
        return decode_frontier(self.sweep_by_reading[reading].labels[node], sign)

    def list_distinct_readings(self) -> tuple[Reading, ...]:
        """The strictest reading of those that share arrays, in the order of the readings."""
        by_arrays = {id(self.arrays_by_reading[r]): r for r in reversed(Reading)}
        return tuple(reversed(by_arrays.values()))

    def compute_by_reading(self, compute: Callable[[Reading], T]) -> Readings[T]:
        """A value for each reading, computed once for those that share arrays."""
        value_by_arrays: dict[int, T] = {}
        for reading in self.list_distinct_readings():
            value_by_arrays[id(self.arrays_by_reading[reading])] = compute(reading)
        return Readings.compute(lambda r: value_by_arrays[id(self.arrays_by_reading[r])])

    def register_shown_link(self, link: int) -> str:
        """The id of a link as `Link.id` has it; the link is remembered as shown."""
        columns = self.columns
        direction_word = "increases" if columns.read_sign(link) > 0 else "decreases"
        tail_name = columns.names[int(columns.tail[link])]
        head_name = columns.names[int(columns.head[link])]
        link_id = f"{tail_name}--{direction_word}--{head_name}"
        self.link_by_id.setdefault(link_id, link)
        return link_id


def sweep_outcome(columns: LinkColumns, outcome: int, exposure: int | None = None) -> OutcomeSweep:
    """An outcome, swept in each reading.

    Args:
        columns: Rated links as arrays.
        outcome: Node of the outcome.
        exposure: Node of the exposure that is asked about; it passes without a leap.
    """
    targets = find_targets(columns, outcome)
    nets: dict[int, LinkArrays] = {}
    swept: dict[int, LabelSweep] = {}
    for reading in Reading:
        codes_id = id(columns.read_codes(reading))
        if codes_id not in nets:
            nets[codes_id] = _build_link_arrays(columns, reading, targets, exposure)
            swept[codes_id] = sweep_labels(nets[codes_id], outcome)
    codes_by_reading = {reading: id(columns.read_codes(reading)) for reading in Reading}
    return OutcomeSweep(
        columns,
        outcome,
        exposure,
        targets,
        {reading: nets[codes_by_reading[reading]] for reading in Reading},
        {reading: swept[codes_by_reading[reading]] for reading in Reading},
    )


def find_targets(columns: LinkColumns, outcome: int) -> IntArray:
    """The outcome and all nodes from which definitional links lead to it, sorted (int64).

    Args:
        columns: Rated links as arrays.
        outcome: Node of the outcome.
    """

    def list_parts(node: int) -> list[int]:
        links = slice(int(columns.in_start[node]), int(columns.in_start[node + 1]))
        is_part = columns.flags[links] & LinkFlag.DEFINITIONAL.value > 0
        parts: list[int] = columns.tail[links][is_part].tolist()
        return parts

    if not columns.link_counts["definitional"]:
        return np.array([outcome])
    return np.array(sorted(collect_reachable([outcome], list_parts)))


def _build_link_arrays(
    columns: LinkColumns, reading: Reading, targets: IntArray, exposure: int | None
) -> LinkArrays:
    """The net of a question: no leap over the outcome's parts, its surrogates and the exposure.

    A link whose best case was granted does not vouch for itself: from an exposure straight to the
    outcome it counts for nothing.
    """
    code = np.array(columns.read_codes(reading))
    free_nodes = [*targets, *columns.marker[np.isin(columns.marked, targets)]]
    for node in free_nodes if exposure is None else (*free_nodes, exposure):
        code[find_links_from(columns, int(node))] |= NO_LEAP_FLAG
    if reading is Reading.BEST_CASE and columns.link_counts["granted"]:
        for node in targets:
            links = np.arange(int(columns.in_start[node]), int(columns.in_start[node + 1]))
            tails = columns.tail[links]
            from_exposure = columns.role[tails] == NodeRole.EXPOSURE
            from_exposure |= tails == (-1 if exposure is None else exposure)
            granted_links = links[
                from_exposure & (columns.flags[links] & LinkFlag.GRANTED.value > 0)
            ]
            code[granted_links] &= NEGATIVE_FLAG | NO_LEAP_FLAG
    return LinkArrays(
        in_start=columns.in_start,
        in_pass=columns.in_pass,
        out_start=columns.out_start,
        out_link=columns.out_link,
        link_heads=columns.head,
        packed_links=pack_links(columns.tail, code, columns.node_count),
    )


def find_links_from(columns: LinkColumns, node: int) -> IntArray:
    """Links out of a node.

    Args:
        columns: Rated links as arrays.
        node: A node.
    """
    links: IntArray = columns.out_link[
        int(columns.out_start[node]) : int(columns.out_start[node + 1])
    ]
    return links


def select_exposures(outcome_sweep: OutcomeSweep) -> IntArray:
    """The nodes to grade: the exposure that is asked about, else all that reach the outcome.

    Args:
        outcome_sweep: The outcome.

    Raises:
        UsageError: no exposure has a chain to it.
    """
    if outcome_sweep.exposure is not None:
        return np.array([outcome_sweep.exposure])
    nodes = np.flatnonzero(outcome_sweep.columns.role == NodeRole.EXPOSURE)
    reaches_outcome = np.zeros(len(nodes), np.bool_)
    for reading in Reading:
        reaches_outcome |= outcome_sweep.sweep_by_reading[reading].labels[nodes] > 0
    reaching_nodes: IntArray = nodes[reaches_outcome & (nodes != outcome_sweep.outcome)]
    if not len(reaching_nodes):
        raise UsageError(
            f"no exposure has a chain to {outcome_sweep.columns.names[outcome_sweep.outcome]!r}. "
            "Exposures are the "
            "nodes that no link leads to; name another node with --exposure"
        )
    return reaching_nodes


def rank_pairs(
    outcome_sweep: OutcomeSweep, nodes: IntArray, max_pairs: int
) -> tuple[list[tuple[int, int]], int]:
    """The surest (node, sign), established first, equals by id; and how many there are in all.

    Args:
        outcome_sweep: The outcome.
        nodes: Exposures to rank.
        max_pairs: Pairs to return at the most.

    Returns:
        Pairs (node, sign), and how many have a chain at all.
    """
    place = np.empty(outcome_sweep.columns.node_count, np.int32)
    place[outcome_sweep.columns.by_name] = np.arange(
        outcome_sweep.columns.node_count, dtype=np.int32
    )
    sort_columns = []
    for sign in (1, -1):
        levels = outcome_sweep.compute_levels(nodes, sign)
        worth = sum(
            level.astype(np.int64) * 5**reading_index
            for reading_index, level in enumerate(reversed([*levels]))
        )
        positive_rows = np.flatnonzero(np.asarray(worth) > 0)
        sort_columns.append(
            np.stack(
                [
                    -np.asarray(worth)[positive_rows],
                    place[nodes[positive_rows]],
                    nodes[positive_rows],
                    np.full(len(positive_rows), -sign),
                ]
            )
        )
    rows = np.concatenate(sort_columns, axis=1)
    if not rows.shape[1] and len(nodes) == 1:
        return [(int(nodes[0]), 1)], 1
    order = np.lexsort((rows[3], rows[1], rows[0]))[:max_pairs]
    return [
        (int(rows[2, reading_index]), -int(rows[3, reading_index])) for reading_index in order
    ], int(rows.shape[1])
