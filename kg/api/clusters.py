"""All pairs of rated links on Apache Spark, by one of two plans."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kg.errors import DataError
from kg.model import Level
from kg.registry import Registry

if TYPE_CHECKING:
    from kg.chains.clusters import Cluster
    from kg.model.links import PairBatch

Told = Callable[[str], None]


class Question(NamedTuple):
    """Of which pairs levels are asked for; None is all."""

    base: str
    outcome: str | None = None
    exposure: str | None = None
    least: Level = Level.NONE
    top: int | None = None


Plan = Callable[["Cluster", Question, Told], Iterator["PairBatch"]]

PLANS: Registry[Plan] = Registry(
    "plan", {"sharded": "kg.api.clusters:sharded", "rounds": "kg.api.clusters:rounds"}
)
"""How Spark may come to the levels: each executor has all columns, or nobody has."""

_CALLED = {"sharded": "sharded targets", "rounds": "relational rounds"}
_MOST = 2**31 - 1


def cluster_pairs(question: Question, plan: str | None, told: Told) -> Iterator[PairBatch]:
    """The pairs that `kg.api.rated_pairs` gives, made by Spark from a folder of Parquet.

    `plan` is one of `PLANS`, otherwise chosen by size; `told` hears which and why. Raises
    OutsideError where Spark is missing or fails, DataError where the base is no table of links.
    """
    from kg.chains.clusters import cluster, given
    from kg.chains.rounds import surest

    if "://" not in question.base:
        _readable(Path(question.base))
    with cluster() as found:
        links = given(found, question.base)
        chosen, why = _chosen(links, found.memory) if plan is None else (plan, "as asked")
        version, master = found.spark.version, found.spark.sparkContext.master
        told(f"Spark {version} at {master}, {links:,} links: {_CALLED[chosen]}, {why}")
        pairs = PLANS[chosen](found, question, told)
        yield from pairs if question.top is None else surest(pairs, question.top)


def _readable(path: Path) -> None:
    if not path.exists():
        raise DataError(f"{path}: there is no such folder")
    if path.is_file() and path.suffix != ".parquet":
        raise DataError(f"{path}: Spark reads a folder of Parquet; leave --engine out for a file")


def _chosen(links: int, memory: int) -> tuple[str, str]:
    """The plan for so many links, and the reason.

    >>> _chosen(10**9, 2 << 30)[0], _chosen(10**7, 2 << 30)[0], _chosen(3 * 10**9, 1 << 50)[0]
    ('rounds', 'sharded', 'rounds')
    """
    from kg.chains.clusters import BYTES

    if links > _MOST:
        return "rounds", f"as columns number at most {_MOST:,} links"
    sizes = f"{_size(links * BYTES)} and an executor has {_size(memory)}"
    if links * BYTES > memory:
        return "rounds", f"as columns of that many take about {sizes}"
    return "sharded", f"as columns of that many take only about {sizes}"


def _size(number: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} TB"


def sharded(found: Cluster, question: Question, told: Told) -> Iterator[PairBatch]:
    """The pairs, each executor sweeping some outcomes on the columns of all links."""
    import numpy as np

    from kg.api.rated import compiled, write_snapshot
    from kg.chains.all_pairs import asked_outcomes, need_exposures
    from kg.chains.clusters import Shard, fetched
    from kg.chains.clusters import sharded as swept

    with tempfile.TemporaryDirectory(prefix="kg-columns-") as folder:
        made, met = compiled(fetched(found, question.base, Path(folder)), "")
        for fault in met:
            told(str(fault))
        target = made.node(question.outcome, "outcome") if question.outcome is not None else None
        agent = made.node(question.exposure, "exposure") if question.exposure is not None else None
        outcomes = asked_outcomes(made, target)
        need_exposures(made, agent)
        place = write_snapshot(made, Path(folder) / "links.columns")
        shard = Shard(np.asarray(outcomes).tolist(), agent, question.least, question.top)
        yield from swept(found, place, shard)


def rounds(found: Cluster, question: Question, told: Told) -> Iterator[PairBatch]:
    """The pairs by joins and aggregations of relations, a round for each link of a chain."""
    from kg.chains.clusters import SparkEngine
    from kg.chains.rounds import pairs

    engine = SparkEngine(found)
    try:
        yield from pairs(
            engine, question.outcome, question.exposure, question.least, found.cores, told
        )
    finally:
        engine.close()
