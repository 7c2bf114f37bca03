"""Every pair of exposure and outcome of columns, a batch of outcomes at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kg.chains.edges import Columns
from kg.chains.labels import Numbers
from kg.chains.lanes import Pairs, batches, levels, pairs_of
from kg.errors import UsageError
from kg.model import Level, Reading
from kg.model.links import PairBatch, Role


@dataclass(frozen=True, eq=False, slots=True)
class _Rows:
    """Pairs as numbers: nodes, sign, a level for each reading, and what they are sorted by."""

    outcome: Numbers
    exposure: Numbers
    sign: Numbers
    levels: Numbers

    def where(self, chosen: Numbers) -> _Rows:
        return _Rows(
            self.outcome[chosen], self.exposure[chosen], self.sign[chosen], self.levels[:, chosen]
        )

    def and_(self, other: _Rows) -> _Rows:
        return _Rows(
            np.concatenate((self.outcome, other.outcome)),
            np.concatenate((self.exposure, other.exposure)),
            np.concatenate((self.sign, other.sign)),
            np.concatenate((self.levels, other.levels), axis=1),
        )

    @property
    def worth(self) -> Numbers:
        """One number a row that sorts by established, as described and best case."""
        weights = np.array([25, 5, 1], np.int16)
        worth: Numbers = weights @ self.levels.astype(np.int16)
        return worth


def all_pairs(
    columns: Columns,
    outcome: int | Numbers | None = None,
    exposure: int | None = None,
    least: Level = Level.NONE,
    top: int | None = None,
) -> Iterator[PairBatch]:
    """Pairs with a chain in some reading and at least the established level `least`.

    `outcome` is one node or several, otherwise all that no link leads from. The pairs come outcome
    by outcome in the order of ids, the surest exposure first; or with `top` only so many of them
    all, surest first. Raises UsageError where no node is an exposure or an outcome.
    """
    place = _places(columns)
    parts = _parts(columns, asked_outcomes(columns, outcome), exposure, least)
    if top is None:
        for rows in parts:
            if len(rows.sign):
                keys = (-rows.sign, place[rows.exposure], -rows.worth, place[rows.outcome])
                yield _named(columns, rows.where(np.lexsort(keys)))
        return
    best: _Rows | None = None
    for rows in parts:
        both = rows if best is None else best.and_(rows)
        keys = (-both.sign, place[both.outcome], place[both.exposure], -both.worth)
        best = both.where(np.lexsort(keys)[:top])
    if best is not None and len(best.sign):
        yield _named(columns, best)


def _places(columns: Columns) -> Numbers:
    """Where each node stands in the order of names."""
    place = np.empty(columns.nodes, np.int32)
    place[columns.by_name] = np.arange(columns.nodes, dtype=np.int32)
    return place


def asked_outcomes(columns: Columns, outcome: int | Numbers | None = None) -> Numbers:
    """The nodes asked about as outcomes in the order of names; UsageError where there are none."""
    if outcome is None:
        nodes = np.flatnonzero(columns.role == Role.OUTCOME)
    else:
        nodes = np.atleast_1d(outcome)
    if not len(nodes):
        raise UsageError(
            "no node is an outcome: outcomes are those from which no link leads; name another "
            "with --outcome"
        )
    ordered: Numbers = nodes[np.argsort(_places(columns)[nodes])]
    return ordered


def _parts(
    columns: Columns, outcomes: Numbers, exposure: int | None, least: Level
) -> Iterator[_Rows]:
    """The pairs of each batch of outcomes."""
    made: dict[int, Pairs] = {}
    for reading in Reading:
        same = id(columns.codes(reading))
        if same not in made:
            made[same] = pairs_of(columns, reading, exposure)
    need_exposures(columns, exposure)
    agents = next(iter(made.values())).exposures
    for batch in batches(outcomes, columns.nodes):
        found = {same: levels(pairs, columns, batch) for same, pairs in made.items()}
        each = [found[id(columns.codes(reading))] for reading in Reading]
        kept = (each[0] >= least) & ((each[0] | each[1] | each[2]) > 0)
        kept[agents[:, None] == batch] = False
        agent, target, side = np.nonzero(kept)
        yield _Rows(
            outcome=batch[target],
            exposure=agents[agent],
            sign=(1 - 2 * side).astype(np.int8),
            levels=np.stack([level[agent, target, side] for level in each]),
        )


def need_exposures(columns: Columns, exposure: int | None) -> None:
    """Nothing; UsageError where no exposure is asked about and no node is one."""
    if exposure is None and not (columns.role == Role.EXPOSURE).any():
        raise UsageError(
            "no node is an exposure: exposures are those to which no link leads; name another "
            "with --exposure"
        )


def _named(columns: Columns, rows: _Rows) -> PairBatch:
    return PairBatch(
        outcomes=_names(columns, rows.outcome),
        exposures=_names(columns, rows.exposure),
        signs=rows.sign.tolist(),
        established=rows.levels[0].tolist(),
        as_described=rows.levels[1].tolist(),
        best_case=rows.levels[2].tolist(),
    )


def _names(columns: Columns, nodes: Numbers) -> list[str]:
    """Names of nodes, each decoded once."""
    known, where = np.unique(nodes, return_inverse=True)
    found: list[str] = columns.names.some(known)[where].tolist()
    return found
