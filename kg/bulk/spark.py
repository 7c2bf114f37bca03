"""Apache Spark: the one module that knows it. A session, and the SQL of rounds on it.

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
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from kg.errors import DataError, KgError, OutsideError, UsageError
from kg.extras import import_extra

BYTES_PER_LINK = 60
"""Bytes of columns for a link with its share of names; 41 where ids have 7 letters."""

_REQUIRED_COLUMNS = ("subject", "predicate", "object", "sign", "level")
_SPARK_DEFAULTS = {
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
class SparkCluster:
    """A session of Spark, and a folder that this process and all executors reach."""

    session: Any
    folder: str

    @property
    def core_count(self) -> int:
        """Tasks that run at the same time."""
        return int(self.session.sparkContext.defaultParallelism)

    @property
    def executor_memory(self) -> int:
        """Bytes of an executor; in local mode those of this machine that are free."""
        if _is_one_process(self.session) and hasattr(os, "sysconf"):
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
        return _parse_size(self.session.sparkContext.getConf().get("spark.executor.memory", "1g"))


def _parse_size(size: str) -> int:
    """Bytes of a size as Spark writes it.

    >>> _parse_size("2g"), _parse_size("512m")
    (2147483648, 536870912)
    """
    size_match = re.fullmatch(r"(\d+)\s*([kmgt]?)b?", size.strip().lower())
    if not size_match:
        raise UsageError(f"spark.executor.memory is {size!r}, which is no size such as 4g")
    return int(size_match[1]) << 10 * " kmgt".index(size_match[2] or " ")


def _is_one_process(spark: Any) -> bool:
    """Whether driver and executors are one process; `local-cluster` starts several."""
    return bool(re.match(r"local(\[|$)", spark.sparkContext.master))


@contextmanager
def open_cluster() -> Iterator[SparkCluster]:
    """A session: the one of this process, of spark-submit or of the settings, else local.

    Raises MissingExtra where pyspark is missing, OutsideError where Java is missing and for
    whatever fails in Spark inside.
    """
    import_extra("spark", "--engine spark")  # told apart from what fails inside
    with ExitStack() as stack:
        _ignore_logs_and_warnings(stack)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kg-spark-"))
        log = Path(folder) / "log"
        try:
            yield _start_session(folder, log, stack)
        except KgError:
            raise
        except Exception as spark_error:
            if not _is_spark_fault(spark_error):
                raise
            raise OutsideError(_explain_failure(spark_error, log)) from spark_error


def _ignore_logs_and_warnings(stack: ExitStack) -> None:
    """Keep what pyspark logs and warns of, when Java dies, from the terminal: it is said once."""
    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    stack.callback(logging.getLogger().removeHandler, handler)
    stack.enter_context(warnings.catch_warnings())
    warnings.simplefilter("ignore")


def _start_session(folder: str, log: Path, stack: ExitStack) -> SparkCluster:
    from pyspark.sql import SparkSession

    if running := SparkSession.getActiveSession():
        return SparkCluster(running, _choose_shared_folder(running, folder))
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    os.environ["PYTHONSAFEPATH"] = "1"  # for the workers that Java starts with `python -m`
    with log.open("wb") as file:
        submitted = "PYSPARK_GATEWAY_PORT" in os.environ
        gateway_options = {} if submitted else {"popen_kwargs": {"stderr": file, "stdout": file}}
        SparkContext._ensure_initialized(gateway=launch_gateway(**gateway_options))
    conf = SparkConf()
    if not conf.contains("spark.master"):
        conf.setMaster("local[*]")
    if (conf.get("spark.master") or "").startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        conf.setIfMissing("spark.sql.shuffle.partitions", str(2 * (os.cpu_count() or 1)))
        conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1")
        conf.setIfMissing("spark.driver.host", "127.0.0.1")
        conf.setIfMissing("spark.local.dir", folder)
    for name, value in _SPARK_DEFAULTS.items():
        conf.setIfMissing(name, value)
    spark = SparkSession.builder.config(conf=conf).appName("kg").getOrCreate()
    stack.callback(_stop_session, spark)
    return SparkCluster(spark, _choose_shared_folder(spark, folder))


def _stop_session(spark: Any) -> None:
    """Stop a session; one that has died is no fault any more."""
    try:
        spark.stop()
    except Exception as spark_error:
        if not _is_spark_fault(spark_error):
            raise


def _choose_shared_folder(spark: Any, folder: str) -> str:
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


def _is_spark_fault(fault: Exception) -> bool:
    """Whether something failed in Spark or on the way to it, and not in this program."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return isinstance(fault, Py4JError | PySparkException | ConnectionError | EOFError)


_KNOWN_CAUSES = (
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
_DRIVER_DIED = (
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


def _explain_failure(fault: Exception, log: Path) -> str:
    """One line on what failed in Spark: a known cause, else the last cause that Java names."""
    if _is_driver_dead() or isinstance(fault, ConnectionError | EOFError):
        return _DRIVER_DIED
    log_text = log.read_text("utf-8", "replace") if log.exists() else ""
    text = f"{fault}\n{log_text[-20_000:]}"
    for pattern, message in _KNOWN_CAUSES:
        if cause_match := re.search(pattern, text, re.MULTILINE):
            return cause_match.expand(message) if "\\" in message else message
    causes = re.findall(r"^Caused by: (?:[\w.$]+: )?(.+)$", str(fault), re.MULTILINE)
    first = next((line for line in str(fault).splitlines()[1:] if line.strip()), str(fault))
    cause = " ".join((causes or [first])[-1].split()).lstrip(": ")
    return f"Spark failed: {cause[:300]}"


def register_links(cluster_session: SparkCluster, base: str) -> int:
    """How many links the Parquet of a folder has, which becomes the relation `rated_links`.

    Args:
        cluster_session: The session.
        base: Path or address of a folder of Parquet.

    Raises:
        DataError: it has not the columns of a links table, as text.
    """
    from pyspark.errors import AnalysisException

    try:
        frame = cluster_session.session.read.parquet(base)
    except AnalysisException as spark_error:
        if "UNABLE_TO_INFER_SCHEMA" in str(spark_error):
            raise DataError(f"{base}: there is no Parquet in it") from spark_error
        raise
    missing = [name for name in _REQUIRED_COLUMNS if name not in frame.columns]
    if missing:
        noun = "column" if len(missing) == 1 else "columns"
        raise DataError(
            f"{base}: the {noun} {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} "
            f"missing; a table of links has {', '.join(_REQUIRED_COLUMNS)}"
        )
    kinds = dict(frame.dtypes)
    wrong = [
        column
        for column in _REQUIRED_COLUMNS
        if column != "sign" and kinds[column] not in ("string", "void")
    ]
    if wrong:
        column_list = ", ".join(f"{name} ({kinds[name]})" for name in wrong)
        raise DataError(f"{base}: not text: {column_list}")
    frame.select(*_REQUIRED_COLUMNS).createOrReplaceTempView("rated_links")
    return int(frame.count())


class SparkEngine:
    """An engine of `kg.bulk.sql`: what is kept is Parquet, so that a round has no history.

    Relations that say by which column they are kept together stay with the executors.
    """

    def __init__(self, cluster_session: SparkCluster) -> None:
        self._session, self._shared_folder = cluster_session.session, cluster_session.folder
        self._file_numbers = count()
        self._path_by_relation: dict[str, str] = {}

    def create_relation(self, name: str, sql: str, partition_column: str = "") -> None:
        """Compute a relation and keep it."""
        frame = self._session.sql(sql)
        if partition_column:
            number = int(self._session.conf.get("spark.sql.shuffle.partitions"))
            frame = frame.repartition(number, partition_column).persist()
            frame.createOrReplaceTempView(name)
            return
        place = f"{self._shared_folder}/{name}-{next(self._file_numbers)}"
        frame.write.parquet(place)
        self._session.read.schema(frame.schema).parquet(place).createOrReplaceTempView(name)
        replaced_path, self._path_by_relation[name] = self._path_by_relation.get(name), place
        if replaced_path:
            self._remove_path(replaced_path)

    def create_node_relation(self, name: str, values: Sequence[str]) -> None:
        """Make a relation of one column."""
        frame = self._session.createDataFrame([(node_name,) for node_name in values], "node string")
        frame.createOrReplaceTempView(name)

    def select_rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Rows of a query, a partition at a time."""
        for row in self._session.sql(sql).toLocalIterator():
            yield tuple(row)

    def _remove_path(self, path_text: str) -> None:
        jvm, java = self._session._jvm, self._session.sparkContext._jsc
        path = jvm.org.apache.hadoop.fs.Path(path_text)
        path.getFileSystem(java.hadoopConfiguration()).delete(path, True)

    def close(self) -> None:
        """Remove all that was kept."""
        self._remove_path(self._shared_folder)


def fetch_base(cluster_session: SparkCluster, base: str, folder: Path) -> Path:
    """The folder on this machine with the Parquet of a base, copied by Spark where it is remote.

    Args:
        cluster_session: The session.
        base: Path or address of a folder of Parquet.
        folder: Where a copy may lie.
    """
    if "://" not in base:
        return Path(base)
    jvm, java = cluster_session.session._jvm, cluster_session.session.sparkContext._jsc
    path = jvm.org.apache.hadoop.fs.Path(base)
    file_system = path.getFileSystem(java.hadoopConfiguration())
    file_system.copyToLocalFile(
        False, path, jvm.org.apache.hadoop.fs.Path(f"file://{folder}/base"), True
    )
    return folder / "base"
