"""Apache Spark: the one module that knows it. A session, the SQL of rounds on it, and shards.

What goes wrong in Spark comes out as one message; its log is kept apart and only looked at then.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import DataError, KgError, OutsideError, UsageError
from kg.model.links import PairBatch

if TYPE_CHECKING:
    from kg.chains.edges import Columns
    from kg.model import Level

BYTES = 60
"""Bytes of columns for a link with its share of names; 41 where ids have 7 letters."""

_COLUMNS = ("subject", "predicate", "object", "sign", "level")
_DEFAULTS = {
    "spark.executorEnv.PYTHONSAFEPATH": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.cleaner.referenceTracking.cleanCheckpoints": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.ipc.client.connect.max.retries": "3",
    "spark.hadoop.fs.s3a.attempts.maximum": "3",
    "spark.hadoop.fs.s3a.retry.limit": "2",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A session of Spark, and a folder that this process and all executors reach."""

    spark: Any
    folder: str

    @property
    def cores(self) -> int:
        """Tasks that run at the same time."""
        return int(self.spark.sparkContext.defaultParallelism)

    @property
    def memory(self) -> int:
        """Bytes of an executor; in local mode those of this machine that are free."""
        if _is_one_process(self.spark) and hasattr(os, "sysconf"):
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
        return _bytes(self.spark.sparkContext.getConf().get("spark.executor.memory", "1g"))


def _bytes(size: str) -> int:
    """Bytes of a size as Spark writes it.

    >>> _bytes("2g"), _bytes("512m")
    (2147483648, 536870912)
    """
    found = re.fullmatch(r"(\d+)\s*([kmgt]?)b?", size.strip().lower())
    if not found:
        raise UsageError(f"spark.executor.memory is {size!r}, which is no size such as 4g")
    return int(found[1]) << 10 * " kmgt".index(found[2] or " ")


def _is_one_process(spark: Any) -> bool:
    """Whether driver and executors are one process; `local-cluster` starts several."""
    return bool(re.match(r"local(\[|$)", spark.sparkContext.master))


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A session: the one of this process, of spark-submit or of the settings, else local.

    Raises OutsideError where pyspark or Java is missing, and for whatever fails in Spark inside.
    """
    try:
        import pyspark  # noqa: F401  told apart from what fails inside
    except ImportError as missing:
        raise OutsideError(
            "--engine spark needs the extra `spark`: pip install 'evidence-kg[spark]', and Java 17"
        ) from missing
    with ExitStack() as stack:
        _quietly(stack)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kg-spark-"))
        log = Path(folder) / "log"
        try:
            yield _started(folder, log, stack)
        except KgError:
            raise
        except Exception as fault:
            if not _is_sparks(fault):
                raise
            raise OutsideError(_told(fault, log)) from fault


def _quietly(stack: ExitStack) -> None:
    """Keep what pyspark logs and warns of, when Java dies, from the terminal: it is told once."""
    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    stack.callback(logging.getLogger().removeHandler, handler)
    stack.enter_context(warnings.catch_warnings())
    warnings.simplefilter("ignore")


def _started(folder: str, log: Path, stack: ExitStack) -> Cluster:
    from pyspark.sql import SparkSession

    if running := SparkSession.getActiveSession():
        return Cluster(running, _reached(running, folder))
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    os.environ["PYTHONSAFEPATH"] = "1"  # for the workers that Java starts with `python -m`
    with log.open("wb") as file:
        submitted = "PYSPARK_GATEWAY_PORT" in os.environ
        kept = {} if submitted else {"popen_kwargs": {"stderr": file, "stdout": file}}
        SparkContext._ensure_initialized(gateway=launch_gateway(**kept))
    conf = SparkConf()
    if not conf.contains("spark.master"):
        conf.setMaster("local[*]")
    if (conf.get("spark.master") or "").startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        conf.setIfMissing("spark.sql.shuffle.partitions", str(2 * (os.cpu_count() or 1)))
        conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1")
        conf.setIfMissing("spark.driver.host", "127.0.0.1")
        conf.setIfMissing("spark.local.dir", folder)
    for name, value in _DEFAULTS.items():
        conf.setIfMissing(name, value)
    spark = SparkSession.builder.config(conf=conf).appName("kg").getOrCreate()
    stack.callback(_stopped, spark)
    return Cluster(spark, _reached(spark, folder))


def _stopped(spark: Any) -> None:
    """Stop a session; one that has died is no fault any more."""
    try:
        spark.stop()
    except Exception as fault:
        if not _is_sparks(fault):
            raise


def _reached(spark: Any, folder: str) -> str:
    """A folder for what rounds keep."""
    if _is_one_process(spark):
        return f"{folder}/kept"
    context = spark.sparkContext
    shared = context.getConf().get("spark.checkpoint.dir") or ""
    if not shared:
        raise UsageError(
            "set spark.checkpoint.dir to a folder that all executors reach, such as hdfs:///tmp/kg"
        )
    return f"{shared.rstrip('/')}/kg-{context.applicationId}"


def _is_sparks(fault: Exception) -> bool:
    """Whether something failed in Spark or on the way to it, and not in this program."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return isinstance(fault, Py4JError | PySparkException | ConnectionError | EOFError)


_CAUSES = (
    (
        r"S3AFileSystem not found|No FileSystem for scheme \"?s3",
        "Spark has no reader of s3 here; add it with PYSPARK_SUBMIT_ARGS="
        "'--packages org.apache.hadoop:hadoop-aws:3.4.1 pyspark-shell'",
    ),
    (r"\[PATH_NOT_FOUND\] (.*?)(?: SQLSTATE|$)", r"\1"),
    (
        r"JAVA_GATEWAY_EXITED|JAVA_HOME is not set|No such file.*java",
        "Spark needs Java 17; install it, or set JAVA_HOME to where it is",
    ),
    (
        r"OutOfMemoryError",
        "Spark ran out of memory; give it more (spark.driver.memory, spark.executor.memory) or "
        "smaller tasks (spark.sql.shuffle.partitions)",
    ),
    (
        r"Python worker exited unexpectedly|ExecutorLostFailure|Worker died|Executor \S+ exited"
        r"|reading the port number from pyspark.daemon",
        "an executor died and was not replaced; nothing was written. See its log, give it more "
        "memory (spark.executor.memoryOverhead) and run the same command again",
    ),
)
_DRIVER = (
    "the driver of Spark died; nothing was written. Give it more memory (spark.driver.memory) and "
    "run the same command again"
)


def _is_driver_dead() -> bool:
    """Whether Java was started by this process and has ended."""
    from pyspark import SparkContext

    process = getattr(SparkContext._gateway, "proc", None)
    if process is None:
        return False
    try:
        process.wait(timeout=0.5)
    except subprocess.TimeoutExpired:
        return False
    return True


def _told(fault: Exception, log: Path) -> str:
    """One line on what failed in Spark: a known cause, else the last cause that Java names."""
    if _is_driver_dead() or isinstance(fault, ConnectionError | EOFError):
        return _DRIVER
    logged = log.read_text("utf-8", "replace") if log.exists() else ""
    text = f"{fault}\n{logged[-20_000:]}"
    for pattern, message in _CAUSES:
        if found := re.search(pattern, text, re.MULTILINE):
            return found.expand(message) if "\\" in message else message
    causes = re.findall(r"^Caused by: (?:[\w.$]+: )?(.+)$", str(fault), re.MULTILINE)
    first = next((line for line in str(fault).splitlines()[1:] if line.strip()), str(fault))
    cause = " ".join((causes or [first])[-1].split()).lstrip(": ")
    return f"Spark failed: {cause[:300]}"


def given(found: Cluster, base: str) -> int:
    """How many links the Parquet of a folder has, which becomes the relation `given`.

    Raises DataError where it has not the columns of a links table.
    """
    from pyspark.errors import AnalysisException

    try:
        frame = found.spark.read.parquet(base)
    except AnalysisException as fault:
        if "UNABLE_TO_INFER_SCHEMA" in str(fault):
            raise DataError(f"{base}: there is no Parquet in it") from fault
        raise
    missing = [name for name in _COLUMNS if name not in frame.columns]
    if missing:
        noun = "column" if len(missing) == 1 else "columns"
        raise DataError(
            f"{base}: the {noun} {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} "
            f"missing; a table of links has {', '.join(_COLUMNS)}"
        )
    kinds = dict(frame.dtypes)
    wrong = [n for n in _COLUMNS if n != "sign" and kinds[n] not in ("string", "void")]
    if wrong:
        shown = ", ".join(f"{name} ({kinds[name]})" for name in wrong)
        raise DataError(f"{base}: not text: {shown}")
    frame.select(*_COLUMNS).createOrReplaceTempView("given")
    return int(frame.count())


class SparkEngine:
    """An engine of `kg.chains.rounds`: what is kept is Parquet, so that a round has no history.

    Relations that say by which column they are kept together stay with the executors.
    """

    def __init__(self, found: Cluster) -> None:
        self._spark, self._folder = found.spark, found.folder
        self._numbers = count()
        self._kept: dict[str, str] = {}

    def make(self, name: str, sql: str, by: str = "") -> None:
        """Compute a relation and keep it."""
        frame = self._spark.sql(sql)
        if by:
            number = int(self._spark.conf.get("spark.sql.shuffle.partitions"))
            frame = frame.repartition(number, by).persist()
            frame.createOrReplaceTempView(name)
            return
        place = f"{self._folder}/{name}-{next(self._numbers)}"
        frame.write.parquet(place)
        self._spark.read.schema(frame.schema).parquet(place).createOrReplaceTempView(name)
        before, self._kept[name] = self._kept.get(name), place
        if before:
            self._removed(before)

    def names(self, name: str, values: Sequence[str]) -> None:
        """Make a relation of one column."""
        frame = self._spark.createDataFrame([(value,) for value in values], "node string")
        frame.createOrReplaceTempView(name)

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Rows of a query, a partition at a time."""
        for row in self._spark.sql(sql).toLocalIterator():
            yield tuple(row)

    def _removed(self, place: str) -> None:
        jvm, java = self._spark._jvm, self._spark.sparkContext._jsc
        path = jvm.org.apache.hadoop.fs.Path(place)
        path.getFileSystem(java.hadoopConfiguration()).delete(path, True)

    def close(self) -> None:
        """Remove all that was kept."""
        self._removed(self._folder)


def fetched(found: Cluster, base: str, folder: Path) -> Path:
    """The folder on this machine with the Parquet of a base, copied by Spark where it is remote."""
    if "://" not in base:
        return Path(base)
    jvm, java = found.spark._jvm, found.spark.sparkContext._jsc
    path = jvm.org.apache.hadoop.fs.Path(base)
    there = path.getFileSystem(java.hadoopConfiguration())
    there.copyToLocalFile(False, path, jvm.org.apache.hadoop.fs.Path(f"file://{folder}/base"), True)
    return folder / "base"


# Shards


@dataclass(frozen=True, slots=True)
class Shard:
    """What of all pairs is asked for: nodes of columns, the least level, how many."""

    outcomes: Sequence[int]
    exposure: int | None
    least: Level
    top: int | None


def sharded(found: Cluster, snapshot: Path, asked: Shard) -> Iterator[PairBatch]:
    """The pairs of all outcomes, each shard of which an executor sweeps on the mapped columns.

    Every node of the cluster gets the snapshot once. Batches come in the order of the outcomes.
    """
    context = found.spark.sparkContext
    context.addFile(str(snapshot))
    context.addPyFile(str(_packed(snapshot.parent)))
    number = max(1, min(-(-len(asked.outcomes) // 64), 2 * found.cores))
    size = -(-len(asked.outcomes) // number)
    shards = [
        Shard(asked.outcomes[at : at + size], asked.exposure, asked.least, asked.top)
        for at in range(0, len(asked.outcomes), size)
    ]
    name = snapshot.name
    swept = context.parallelize(shards, len(shards)).flatMap(lambda shard: swept_in(name, shard))
    from pyspark import StorageLevel

    swept.persist(StorageLevel.DISK_ONLY).count()
    yield from swept.toLocalIterator()


def swept_in(name: str, shard: Shard) -> Iterable[PairBatch]:
    """The pairs of a shard; this runs in an executor."""
    import numpy as np

    from kg.chains.all_pairs import all_pairs

    outcomes = np.array(shard.outcomes)
    return all_pairs(_mapped(name), outcomes, shard.exposure, shard.least, shard.top)


@lru_cache(maxsize=1)
def _mapped(name: str) -> Columns:
    """The columns of a snapshot that was sent to this executor, mapped into its memory."""
    from pyspark import SparkFiles

    from kg.chains.snapshot import opened

    return opened(SparkFiles.get(name))


def _packed(folder: Path) -> Path:
    """The code of kg as a zip, so that executors run the same."""
    import kg

    root = Path(kg.__file__).parent
    path = folder / "kg-code.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for module in sorted(root.rglob("*.py")):
            file.write(module, str(Path("kg") / module.relative_to(root)))
    return path
