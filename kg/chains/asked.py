"""An outcome of columns of rated links: swept in each reading, and its exposures in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kg.chains.arrays import Net, Sweep, packed, sweep
from kg.chains.edges import Columns
from kg.chains.labels import FREE, NEGATIVE, Numbers, bits, values
from kg.errors import UsageError
from kg.grading.algebra import Frontier
from kg.model import Reading, Readings
from kg.model.links import Flag, Role


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """An outcome of columns, and the exposure that is asked about, if any.

    `targets` are the outcome and all that is by definition a part of it. `nets` and `sweeps` are
    those of each reading; readings that do not differ share them. `shown` are the links that some
    grade names, by id.
    """

    columns: Columns
    outcome: int
    exposure: int | None
    targets: Numbers
    nets: Mapping[Reading, Net]
    sweeps: Mapping[Reading, Sweep]
    shown: dict[str, int] = field(default_factory=dict)

    def levels(self, nodes: Numbers, sign: int) -> Readings[Numbers]:
        """Levels of the chains of a sign from some nodes, in each reading."""
        return Readings.of(lambda r: values(self.sweeps[r].labels[nodes], sign))

    def frontier(self, node: int, sign: int, reading: Reading) -> Frontier:
        """Frontier of the chains of a sign from a node."""
        return bits(self.sweeps[reading].labels[node], sign)


def ask(columns: Columns, outcome: int, exposure: int | None = None) -> Asked:
    """An outcome, swept in each reading."""
    targets = targets_of(columns, outcome)
    nets: dict[int, Net] = {}
    swept: dict[int, Sweep] = {}
    for reading in Reading:
        same = id(columns.codes(reading))
        if same not in nets:
            nets[same] = _net(columns, reading, targets, exposure)
            swept[same] = sweep(nets[same], outcome)
    of = {reading: id(columns.codes(reading)) for reading in Reading}
    return Asked(
        columns,
        outcome,
        exposure,
        targets,
        {reading: nets[of[reading]] for reading in Reading},
        {reading: swept[of[reading]] for reading in Reading},
    )


def targets_of(columns: Columns, outcome: int) -> Numbers:
    """The outcome and all nodes from which definitional links lead to it."""
    found, todo = {outcome}, [outcome] if columns.facts["definitional"] else []
    while todo:
        node = todo.pop()
        links = slice(int(columns.in_start[node]), int(columns.in_start[node + 1]))
        is_part = columns.flags[links] & Flag.DEFINITIONAL.value > 0
        new = {int(tail) for tail in columns.tail[links][is_part]} - found
        found |= new
        todo += new
    return np.array(sorted(found))


def _net(columns: Columns, reading: Reading, targets: Numbers, exposure: int | None) -> Net:
    """The net of a question: no leap over the outcome's parts, its surrogates and the exposure.

    A link whose best case was granted does not vouch for itself: from an exposure straight to the
    outcome it counts for nothing.
    """
    code = np.array(columns.codes(reading))
    passed = [*targets, *columns.marker[np.isin(columns.marked, targets)]]
    for node in passed if exposure is None else (*passed, exposure):
        code[out_of(columns, int(node))] |= FREE
    if reading is Reading.BEST_CASE and columns.facts["granted"]:
        for node in targets:
            links = np.arange(int(columns.in_start[node]), int(columns.in_start[node + 1]))
            tail = columns.tail[links]
            asked = columns.role[tail] == Role.EXPOSURE
            asked |= tail == (-1 if exposure is None else exposure)
            own = links[asked & (columns.flags[links] & Flag.GRANTED.value > 0)]
            code[own] &= NEGATIVE | FREE
    return Net(
        in_start=columns.in_start,
        in_pass=columns.in_pass,
        out_start=columns.out_start,
        out_link=columns.out_link,
        head=columns.head,
        link=packed(columns.tail, code, columns.nodes),
    )


def out_of(columns: Columns, node: int) -> Numbers:
    """Links out of a node."""
    links: Numbers = columns.out_link[
        int(columns.out_start[node]) : int(columns.out_start[node + 1])
    ]
    return links


def exposures(asked: Asked) -> Numbers:
    """The nodes to grade: the exposure that is asked about, else all that reach the outcome.

    Raises UsageError where none does.
    """
    if asked.exposure is not None:
        return np.array([asked.exposure])
    nodes = np.flatnonzero(asked.columns.role == Role.EXPOSURE)
    reached = np.zeros(len(nodes), np.bool_)
    for reading in Reading:
        reached |= asked.sweeps[reading].labels[nodes] > 0
    found: Numbers = nodes[reached & (nodes != asked.outcome)]
    if not len(found):
        raise UsageError(
            f"no exposure has a chain to {asked.columns.names[asked.outcome]!r}. Exposures are the "
            "nodes that no link leads to; name another node with --exposure"
        )
    return found


def ranked(asked: Asked, nodes: Numbers, most: int) -> tuple[list[tuple[int, int]], int]:
    """The surest (node, sign), established first, equals by id; and how many there are in all."""
    place = np.empty(asked.columns.nodes, np.int32)
    place[asked.columns.by_name] = np.arange(asked.columns.nodes, dtype=np.int32)
    found = []
    for sign in (1, -1):
        levels = asked.levels(nodes, sign)
        worth = sum(level.astype(np.int64) * 5**n for n, level in enumerate(reversed([*levels])))
        kept = np.flatnonzero(np.asarray(worth) > 0)
        found.append(
            np.stack(
                [
                    -np.asarray(worth)[kept],
                    place[nodes[kept]],
                    nodes[kept],
                    np.full(len(kept), -sign),
                ]
            )
        )
    rows = np.concatenate(found, axis=1)
    if not rows.shape[1] and len(nodes) == 1:
        return [(int(nodes[0]), 1)], 1
    order = np.lexsort((rows[3], rows[1], rows[0]))[:most]
    return [(int(rows[2, n]), -int(rows[3, n])) for n in order], int(rows.shape[1])
