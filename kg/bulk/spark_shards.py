"""All pairs on Apache Spark in shards: each executor sweeps some outcomes on mapped columns."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.bulk.spark import SparkCluster
from kg.model.batches import PairBatch

if TYPE_CHECKING:
    from kg.bulk.columns import LinkColumns
    from kg.model import Level


@dataclass(frozen=True, slots=True)
class Shard:
    """What of all pairs is asked for: nodes of columns, the least level, how many."""

    outcome_nodes: Sequence[int]
    exposure_node: int | None
    minimum_level: Level
    top_count: int | None


def sweep_shards(
    cluster_session: SparkCluster, snapshot: Path, whole_request: Shard
) -> Iterator[PairBatch]:
    """The pairs of all outcomes, each shard of which an executor sweeps on the mapped columns.

    Every node of the cluster gets the snapshot once. Batches come in the order of the outcomes.

    Args:
        cluster_session: The session.
        snapshot: Columns of all links, as a file.
        whole_request: All outcomes, and which pairs of them.
    """
    context = cluster_session.session.sparkContext
    context.addFile(str(snapshot))
    context.addPyFile(str(_pack_code(snapshot.parent)))
    number = max(1, min(-(-len(whole_request.outcome_nodes) // 64), 2 * cluster_session.core_count))
    size = -(-len(whole_request.outcome_nodes) // number)
    shards = [
        Shard(
            whole_request.outcome_nodes[first_outcome : first_outcome + size],
            whole_request.exposure_node,
            whole_request.minimum_level,
            whole_request.top_count,
        )
        for first_outcome in range(0, len(whole_request.outcome_nodes), size)
    ]
    name = snapshot.name
    swept = context.parallelize(shards, len(shards)).flatMap(lambda shard: sweep_shard(name, shard))
    from pyspark import StorageLevel

    swept.persist(StorageLevel.DISK_ONLY).count()
    yield from swept.toLocalIterator()


def sweep_shard(name: str, shard: Shard) -> Iterable[PairBatch]:
    """The pairs of a shard; this runs in an executor.

    Args:
        name: Name of the snapshot that was sent to the executor.
        shard: Some outcomes, and which pairs of them.
    """
    import numpy as np

    from kg.bulk.all_pairs import iterate_all_pairs

    outcomes = np.array(shard.outcome_nodes)
    return iterate_all_pairs(
        _load_columns(name), outcomes, shard.exposure_node, shard.minimum_level, shard.top_count
    )


@lru_cache(maxsize=1)
def _load_columns(name: str) -> LinkColumns:
    """The columns of a snapshot that was sent to this executor, mapped into its memory."""
    from pyspark import SparkFiles

    from kg.bulk.snapshot import open_snapshot

    return open_snapshot(SparkFiles.get(name))


def _pack_code(folder: Path) -> Path:
    """The code of kg as a zip, so that executors run the same."""
    root = Path(__file__).resolve().parents[1]
    path = folder / "kg-code.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for module in sorted(root.rglob("*.py")):
            file.write(module, str(Path("kg") / module.relative_to(root)))
    return path
