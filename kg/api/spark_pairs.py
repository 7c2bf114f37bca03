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
    from kg.bulk.spark import SparkCluster
    from kg.model.batches import PairBatch

ProgressCallback = Callable[[str], None]


class SparkPairsRequest(NamedTuple):
    """Of which pairs levels are asked for; None is all."""

    base_path: str
    outcome: str | None = None
    exposure: str | None = None
    min_level: Level = Level.NONE
    max_pairs: int | None = None


SparkPlan = Callable[["SparkCluster", SparkPairsRequest, ProgressCallback], Iterator["PairBatch"]]

SPARK_PLANS: Registry[SparkPlan] = Registry(
    "plan",
    {
        "sharded": "kg.api.spark_pairs:run_sharded_plan",
        "rounds": "kg.api.spark_pairs:run_relational_plan",
    },
)
"""How Spark may come to the levels: each executor has all columns, or nobody has."""

_PLAN_TITLES = {"sharded": "sharded targets", "rounds": "relational rounds"}
_MAX_COLUMN_LINKS = 2**31 - 1


def iterate_spark_pairs(
    question: SparkPairsRequest, plan_name: str | None, on_progress: ProgressCallback
) -> Iterator[PairBatch]:
    """The pairs of `kg.api.rated_links.iterate_rated_pairs`, by Spark from a folder of Parquet.

    Args:
        question: Folder of Parquet, outcome, exposure, least level and number of pairs.
        plan_name: A name of SPARK_PLANS; None: by the size of the table.
        on_progress: Called with a line: which plan, and why.

    Raises:
        OutsideError: Spark is missing or fails.
        DataError: the base is no table of links.
    """
    from kg.bulk.spark import open_cluster, register_links
    from kg.bulk.sql import select_surest

    if "://" not in question.base_path:
        _check_readable(Path(question.base_path))
    with open_cluster() as spark_cluster:
        links = register_links(spark_cluster, question.base_path)
        chosen_plan, plan_reason = (
            _choose_plan(links, spark_cluster.executor_memory)
            if plan_name is None
            else (plan_name, "as asked")
        )
        version, master = spark_cluster.session.version, spark_cluster.session.sparkContext.master
        on_progress(
            f"Spark {version} at {master}, {links:,} links: {_PLAN_TITLES[chosen_plan]}, "
            f"{plan_reason}"
        )
        pairs = SPARK_PLANS[chosen_plan](spark_cluster, question, on_progress)
        yield from pairs if question.max_pairs is None else select_surest(pairs, question.max_pairs)


def _check_readable(path: Path) -> None:
    if not path.exists():
        raise DataError(f"{path}: there is no such folder")
    if path.is_file() and path.suffix != ".parquet":
        raise DataError(f"{path}: Spark reads a folder of Parquet; leave --engine out for a file")


def _choose_plan(links: int, memory: int) -> tuple[str, str]:
    """The plan for so many links, and the reason.

    >>> _choose_plan(10**9, 2 << 30)[0], _choose_plan(10**7, 2 << 30)[0]
    ('rounds', 'sharded')
    >>> _choose_plan(3 * 10**9, 1 << 50)[0]
    'rounds'
    """
    from kg.bulk.spark import BYTES_PER_LINK

    if links > _MAX_COLUMN_LINKS:
        return "rounds", f"as columns number at most {_MAX_COLUMN_LINKS:,} links"
    sizes = f"{_format_size(links * BYTES_PER_LINK)} and an executor has {_format_size(memory)}"
    if links * BYTES_PER_LINK > memory:
        return "rounds", f"as columns of that many take about {sizes}"
    return "sharded", f"as columns of that many take only about {sizes}"


def _format_size(number: float) -> str:
    for size_unit in ("B", "KB", "MB", "GB"):
        if number < 1000:
            return f"{number:.3g} {size_unit}"
        number /= 1000
    return f"{number:.3g} TB"


def run_sharded_plan(
    spark_cluster: SparkCluster, question: SparkPairsRequest, on_progress: ProgressCallback
) -> Iterator[PairBatch]:
    """The pairs, each executor sweeping some outcomes on the columns of all links.

    Args:
        spark_cluster: The session.
        question: Which pairs.
        on_progress: Called with each lesser fault of the table.
    """
    import numpy as np

    from kg.api.rated_links import compile_columns, write_snapshot
    from kg.bulk.all_pairs import require_exposures, select_outcomes
    from kg.bulk.spark import fetch_base
    from kg.bulk.spark_shards import Shard, sweep_shards

    with tempfile.TemporaryDirectory(prefix="kg-columns-") as folder:
        link_columns, lesser_faults = compile_columns(
            fetch_base(spark_cluster, question.base_path, Path(folder)), ""
        )
        for fault in lesser_faults:
            on_progress(str(fault))
        target = (
            link_columns.find_node(question.outcome, "outcome")
            if question.outcome is not None
            else None
        )
        agent = (
            link_columns.find_node(question.exposure, "exposure")
            if question.exposure is not None
            else None
        )
        outcomes = select_outcomes(link_columns, target)
        require_exposures(link_columns, agent)
        place = write_snapshot(link_columns, Path(folder) / "links.columns")
        shard = Shard(np.asarray(outcomes).tolist(), agent, question.min_level, question.max_pairs)
        yield from sweep_shards(spark_cluster, place, shard)


def run_relational_plan(
    spark_cluster: SparkCluster, question: SparkPairsRequest, on_progress: ProgressCallback
) -> Iterator[PairBatch]:
    """The pairs by joins and aggregations of relations, a round for each link of a chain.

    Args:
        spark_cluster: The session.
        question: Which pairs.
        on_progress: Called after each round.
    """
    from kg.bulk.spark import SparkEngine
    from kg.bulk.sql import iterate_pair_batches

    engine = SparkEngine(spark_cluster)
    try:
        yield from iterate_pair_batches(
            engine,
            question.outcome,
            question.exposure,
            question.min_level,
            spark_cluster.core_count,
            on_progress,
        )
    finally:
        engine.close()
