"""Levels of pairs by relations alone: SQL that Spark and DuckDB both run, one round for each link.

No links are gathered in one place and no function is called for a link. A label, the antichain of
grading.md section 9 closed downwards, is six small columns: `p0 p1 p2` hold the best least level of
the chains of sign +1 with at most 0, 1 and 2 leaps, `n0 n1 n2` those of sign -1; 0 is no chain. So
`plus` is MAX of each column, and `times` with a link is LEAST, where a leap moves a column up.

A round joins the labels that grew with the links into their nodes and merges what comes out; it
ends when none grew. What links are read of, and what comes out, is that of `kg.bulk.all_pairs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol

from kg.errors import DataError, UnknownName, UsageError
from kg.model import Level, normalise
from kg.model.batches import PairBatch

TABLE_COLUMNS = ("subject", "predicate", "object", "sign", "level")
"""Columns of the table `rated_links` that are read."""

MAX_ID_LENGTH = 2000
"""Letters of the longest id, as `kg.formats.rated_links.tables` has it."""

MAX_LABELS_PER_CORE = 20_000_000
"""Labels that one set of rounds may hold for each core: so many outcomes are taken together."""

ProgressCallback = Callable[[str], None]
SqlRow = tuple[Any, ...]


class SqlEngine(Protocol):
    """What runs the SQL."""

    def create_relation(self, name: str, sql: str, partition_column: str = "") -> None:
        """A relation is computed, kept under a name and replaces one of that name.

        With `partition_column` rows that agree in this column are kept together.
        """

    def create_node_relation(self, name: str, values: Sequence[str]) -> None:
        """A relation with one column `node` and these values."""

    def select_rows(self, sql: str) -> Iterator[SqlRow]:
        """Rows that a query gives."""


# The SQL

_LEVEL_WORD_SQL = "replace(replace(lower(trim(level)), '_', ' '), '-', ' ')"
_BAD_NAME_SQL = " OR ".join(
    f"{column_name} IS NULL OR {column_name} = '' OR length({column_name}) > {MAX_ID_LENGTH}"
    for column_name in ("tail", "predicate", "head")
)

LINKS_SQL = f"""
SELECT tail, head, sign, rated, unrated,
  CASE WHEN sign IS NULL OR rated IS NULL OR {_BAD_NAME_SQL}
    THEN concat_ws(', ', tail, predicate, head, written, level) END AS fault
FROM (
  SELECT trim(subject) AS tail, trim(predicate) AS predicate, trim(object) AS head,
    CASE WHEN trim(CAST(sign AS STRING)) IN ('1', '+1', '+', '1.0', '+1.0') THEN 1
         WHEN trim(CAST(sign AS STRING)) IN ('-1', '-', '−', '-1.0') THEN -1 END AS sign,
    CASE {_LEVEL_WORD_SQL} WHEN 'none' THEN 0 WHEN 'very low' THEN 1 WHEN 'low' THEN 2
      WHEN 'moderate' THEN 3 WHEN 'high' THEN 4 WHEN 'unrated' THEN 0 END AS rated,
    CASE {_LEVEL_WORD_SQL} WHEN 'unrated' THEN 1 ELSE 0 END AS unrated,
    CAST(sign AS STRING) AS written, level
  FROM rated_links
) cells"""
"""The links as numbers; `fault` holds the cells of a row that cannot be understood."""

COUNT_FAULTS_SQL = "SELECT count(*), count(fault) FROM links"
FAULTY_ROWS_SQL = "SELECT fault FROM links WHERE fault IS NOT NULL ORDER BY fault LIMIT 3"

NODES_SQL = """
SELECT node, max(has_outgoing) AS has_outgoing, max(has_incoming) AS has_incoming
FROM (
  SELECT tail AS node, CASE WHEN tail = head THEN 0 ELSE 1 END AS has_outgoing, 0 AS has_incoming
  FROM links
  UNION ALL
  SELECT head AS node, 0 AS has_outgoing, CASE WHEN tail = head THEN 0 ELSE 1 END AS has_incoming
  FROM links
) ends
GROUP BY node"""
"""Every node, and whether links lead from it, and to it; what acts on itself is no link."""

COUNT_NODES_SQL = (
    "SELECT count(*), sum(1 - has_incoming), sum((1 - has_outgoing) * has_incoming) FROM nodes"
)
"""How many nodes, exposures and outcomes there are."""

OUTCOMES_SQL = "SELECT node FROM nodes WHERE has_outgoing = 0 AND has_incoming = 1"

ARCS_SQL = """
SELECT l.tail, l.head, CAST(l.sign AS TINYINT) AS sign, CAST(max(l.rated) AS TINYINT) AS rated,
  CAST(max(l.unrated) AS TINYINT) AS unrated,
  CAST(1 - max(n.has_incoming) AS TINYINT) AS from_exposure
FROM links l JOIN nodes n ON l.tail = n.node
WHERE (l.rated > 0 OR l.unrated = 1) AND l.tail <> l.head
GROUP BY l.tail, l.head, l.sign"""
"""Links once each, without those that pass in no reading; `from_exposure`: their tail is one."""

START_SQL = """
SELECT CAST(r.reading AS TINYINT) AS reading, t.node AS target, t.node AS node,
  CAST(4 AS TINYINT) AS p0, CAST(4 AS TINYINT) AS p1, CAST(4 AS TINYINT) AS p2,
  CAST(0 AS TINYINT) AS n0, CAST(0 AS TINYINT) AS n1, CAST(0 AS TINYINT) AS n2,
  CAST(1 AS TINYINT) AS has_grown
FROM targets t CROSS JOIN
  (SELECT 0 AS reading UNION SELECT DISTINCT 1 AS reading FROM arcs WHERE unrated = 1) r"""
"""The empty chain at each target: in reading 0, as rated, and in 1, the best case, if there is."""

_STATE_COLUMNS = ("p0", "p1", "p2", "n0", "n1", "n2")


def _write_moved_columns(same: str, other: str) -> str:
    """Columns of one sign after a link: of `same` where its sign is +1, else of `other`."""
    a, b, c = (f"CASE WHEN sign > 0 THEN {same}{d} ELSE {other}{d} END" for d in range(3))
    return (
        f"CASE WHEN leap = 1 THEN 0 ELSE LEAST(m, {a}) END AS {same}0, "
        f"LEAST(m, CASE WHEN leap = 1 THEN {a} ELSE {b} END) AS {same}1, "
        f"LEAST(m, {c}) AS {same}2"
    )


ROUND_SQL = f"""
SELECT reading, target, node,
  {", ".join(f"CAST(max({column}) AS TINYINT) AS {column}" for column in _STATE_COLUMNS)},
  CAST(CASE WHEN {" OR ".join(f"max({column}) > max(was_{column})" for column in _STATE_COLUMNS)}
    THEN 1 ELSE 0 END AS TINYINT) AS has_grown
FROM (
  SELECT reading, target, node, {", ".join(_STATE_COLUMNS)},
    {", ".join(f"{column} AS was_{column}" for column in _STATE_COLUMNS)}
  FROM state
  UNION ALL
  SELECT reading, target, node, {_write_moved_columns("p", "n")}, {_write_moved_columns("n", "p")},
    {", ".join(f"0 AS was_{column}" for column in _STATE_COLUMNS)}
  FROM (
    SELECT f.reading, f.target, a.tail AS node, a.sign,
      {", ".join(f"f.{column}" for column in _STATE_COLUMNS)},
      CASE WHEN f.reading = 1 AND a.unrated = 1
          AND NOT (a.head = f.target AND (a.from_exposure = 1 OR s.node IS NOT NULL))
        THEN 4 ELSE a.rated END AS m,
      CASE WHEN a.from_exposure = 1 OR s.node IS NOT NULL OR a.tail = f.target
        THEN 0 ELSE 1 END AS leap
    FROM state f JOIN arcs a ON a.head = f.node LEFT JOIN chosen_exposures s ON a.tail = s.node
    WHERE f.has_grown = 1
  ) joined
  WHERE m > 0
) merged
GROUP BY reading, target, node"""
"""Labels after one link more; `has_grown` marks those that the next round starts from.

`chosen_exposures` holds the exposure that the question names, if any. It and every exposure pass
without a leap, and an unrated link from one straight to the outcome does not vouch for itself.
"""

COUNT_GROWN_SQL = "SELECT count(*), sum(has_grown) FROM state"


def _write_level_column(side: str) -> str:
    return (
        f"GREATEST({side}0, CASE WHEN {side}1 > 0 THEN GREATEST(1, {side}1 - 1) ELSE 0 END, "
        f"CASE WHEN {side}2 > 0 THEN 1 ELSE 0 END, {side}2 - 2)"
    )


_PAIRS_SQL = f"""
SELECT target, node, sign,
  max(CASE WHEN reading = 0 THEN level ELSE 0 END) AS established,
  max(CASE WHEN reading = 0 AND rated_only = 0 THEN 0 ELSE level END) AS best_case
FROM (
  SELECT reading, target, node, 1 AS sign, {_write_level_column("p")} AS level FROM state
  UNION ALL
  SELECT reading, target, node, -1 AS sign, {_write_level_column("n")} AS level FROM state
) levels
JOIN (SELECT node AS exposure FROM {{agents}}) x ON node = exposure
CROSS JOIN (SELECT CASE WHEN max(reading) = 0 THEN 1 ELSE 0 END AS rated_only FROM state) r
WHERE level > 0 AND node <> target
GROUP BY target, node, sign
ORDER BY target"""
"""Levels of the chains from each exposure."""

ALL_PAIRS_SQL = _PAIRS_SQL.format(agents="nodes WHERE has_incoming = 0")
EXPOSURE_PAIRS_SQL = _PAIRS_SQL.format(agents="chosen_exposures")

_PLAIN_NAME_SQL = "lower(replace(replace(replace(n.node, ' ', ''), '_', ''), '-', ''))"
SAME_NAME_SQL = (
    f"SELECT n.node FROM nodes n JOIN name_query w ON {_PLAIN_NAME_SQL} = w.node OR n.node = w.node"
)
NEAR_NAMES_SQL = """
SELECT n.node FROM nodes n CROSS JOIN name_query w
WHERE levenshtein(n.node, w.node) <= 1 + length(w.node) / 4
ORDER BY levenshtein(n.node, w.node), n.node LIMIT 3"""


# The rounds


def iterate_pair_batches(
    engine: SqlEngine,
    outcome: str | None = None,
    exposure: str | None = None,
    minimum_level: Level = Level.NONE,
    cores: int = 1,
    on_progress: ProgressCallback | None = None,
) -> Iterator[PairBatch]:
    """Pairs of the relation `rated_links` that have a chain, outcome by outcome, the surest first.

    Args:
        engine: What runs the SQL; it has the relation `rated_links` with the columns TABLE_COLUMNS.
        outcome: Id of a node; None: all that no link leaves.
        exposure: Id of a node; None: all that no link leads to.
        minimum_level: Least established level.
        cores: Tasks that run at the same time.
        on_progress: Called with a line after each round.

    Raises:
        DataError: Rows cannot be understood.
        UnknownName: No node has the name.
        UsageError: No node is an exposure, or an outcome.
    """
    nodes, exposures, outcomes = read_links(engine)
    agents = [resolve_name(engine, exposure, "exposure")] if exposure is not None else []
    targets = [resolve_name(engine, outcome, "outcome")] if outcome is not None else []
    if not targets and not outcomes:
        raise UsageError(_explain_no_node("outcome", "from which no link leads"))
    if not agents and not exposures:
        raise UsageError(_explain_no_node("exposure", "to which no link leads"))
    if not targets:
        targets = sorted(
            (str(row[0]) for row in engine.select_rows(OUTCOMES_SQL)), key=build_name_key
        )
    engine.create_node_relation("chosen_exposures", agents)
    engine.create_relation("arcs", ARCS_SQL, partition_column="head")
    together = max(1, MAX_LABELS_PER_CORE * cores // (2 * nodes))
    for first_target in range(0, len(targets), together):
        target_batch = targets[first_target : first_target + together]
        yield from _run_rounds(
            engine,
            target_batch,
            EXPOSURE_PAIRS_SQL if agents else ALL_PAIRS_SQL,
            minimum_level,
            on_progress,
        )


def read_links(engine: SqlEngine) -> tuple[int, int, int]:
    """How many nodes, exposures and outcomes there are; links and nodes become relations.

    Args:
        engine: What runs the SQL; it has the relation `rated_links`.

    Raises:
        DataError: rows are no links.
    """
    engine.create_relation("links", LINKS_SQL)
    links, bad = next(engine.select_rows(COUNT_FAULTS_SQL))
    if not links:
        raise DataError("the table has no links")
    if bad:
        fault_samples = "; ".join(str(row[0]) for row in engine.select_rows(FAULTY_ROWS_SQL))
        noun = "row is no link" if bad == 1 else "rows are no links"
        raise DataError(
            f"{bad} of {links} {noun}, such as ({fault_samples}): write subject, predicate and "
            "object, a "
            "sign 1 or -1, and a level none, very low, low, moderate, high or unrated"
        )
    engine.create_relation("nodes", NODES_SQL)
    nodes, exposures, outcomes = next(engine.select_rows(COUNT_NODES_SQL))
    return int(nodes), int(exposures), int(outcomes)


def _explain_no_node(kind: str, which: str) -> str:
    return f"no node is an {kind}: {kind}s are those {which}; name another with --{kind}"


def resolve_name(engine: SqlEngine, name: str, kind: str) -> str:
    """The node of this id; blanks, hyphens, underscores and case do not matter.

    Args:
        engine: What runs the SQL.
        name: Id of a node.
        kind: What it is called in a message.

    Raises:
        UnknownName: no node has the name, or several do.
    """
    engine.create_node_relation("name_query", [name, normalise(name)])
    same = sorted({str(row[0]) for row in engine.select_rows(SAME_NAME_SQL)})
    if name in same:
        return name
    if len(same) == 1 and normalise(same[0]) == normalise(name):
        return same[0]
    engine.create_node_relation("name_query", [name])
    raise UnknownName(
        kind, name, same or [str(row[0]) for row in engine.select_rows(NEAR_NAMES_SQL)]
    )


def _run_rounds(
    engine: SqlEngine,
    targets: Sequence[str],
    sql: str,
    minimum_level: Level,
    on_progress: ProgressCallback | None,
) -> Iterator[PairBatch]:
    """The pairs of some outcomes, after all rounds that their chains need."""
    engine.create_node_relation("targets", targets)
    engine.create_relation("state", START_SQL)
    for number in range(1, 2**31):
        engine.create_relation("state", ROUND_SQL)
        label_count, grown_count = next(engine.select_rows(COUNT_GROWN_SQL))
        if on_progress:
            on_progress(f"round {number}: {int(grown_count):,} of {int(label_count):,} labels grew")
        if not grown_count:
            break
    selected_rows = (row for row in engine.select_rows(sql) if row[3] >= minimum_level)
    parts = {
        target: [*rows] for target, rows in groupby(selected_rows, key=lambda row: str(row[0]))
    }
    for target in targets:
        if target in parts:
            yield build_pair_batch(parts[target])


def build_name_key(name: str) -> tuple[str, str]:
    """What ids are sorted by in tables of pairs.

    >>> build_name_key("Zinc oral")[0] == build_name_key("zinc-oral")[0]
    True

    Args:
        name: Id of a node.
    """
    return normalise(name), name


def build_pair_batch(rows: Iterable[SqlRow]) -> PairBatch:
    """Rows of outcome, exposure, sign, established and best case, the surest first.

    Args:
        rows: At least one; levels are 0 to 4.
    """

    def build_sort_key(row: SqlRow) -> tuple[Any, ...]:
        return (-row[3], -row[4], *build_name_key(row[1]), -row[2])

    outcomes, exposures, signs, established, best_case = zip(
        *sorted(rows, key=build_sort_key), strict=True
    )
    return PairBatch(outcomes, exposures, signs, established, established, best_case)


def select_surest(batches: Iterable[PairBatch], top_count: int) -> Iterator[PairBatch]:
    """The surest pairs of all batches as one.

    Args:
        batches: Pairs in any order.
        top_count: Pairs to keep.
    """
    from heapq import nsmallest

    def iterate_rows() -> Iterator[SqlRow]:
        for b in batches:
            yield from zip(
                *(b.outcomes, b.exposures, b.signs, b.established, b.as_described, b.best_case),
                strict=True,
            )

    def build_sort_key(row: SqlRow) -> tuple[Any, ...]:
        return (
            *(-level for level in row[3:]),
            build_name_key(row[1]),
            build_name_key(row[0]),
            -row[2],
        )

    if best_rows := nsmallest(top_count, iterate_rows(), key=build_sort_key):
        yield PairBatch(*zip(*best_rows, strict=True))
