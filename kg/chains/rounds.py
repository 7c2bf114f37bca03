"""Levels of pairs by relations alone: SQL that Spark and DuckDB both run, one round for each link.

No links are gathered in one place and no function is called for a link. A label, the antichain of
grading.md section 9 closed downwards, is six small columns: `p0 p1 p2` hold the best least level of
the chains of sign +1 with at most 0, 1 and 2 leaps, `n0 n1 n2` those of sign -1; 0 is no chain. So
`plus` is MAX of each column, and `times` with a link is LEAST, where a leap moves a column up.

A round joins the labels that grew with the links into their nodes and merges what comes out; it
ends when none grew. What links are read of, and what comes out, is that of `kg.chains.all_pairs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol

from kg.errors import DataError, UnknownName, UsageError
from kg.model import Level, normalise
from kg.model.links import PairBatch

COLUMNS = ("subject", "predicate", "object", "sign", "level")
"""Columns of the table `given` that are read."""

LONGEST = 2000
"""Letters of the longest id, as `kg.formats.links` has it."""

LABELS = 20_000_000
"""Labels that one set of rounds may hold for each core: so many outcomes are taken together."""

Told = Callable[[str], None]
Row = tuple[Any, ...]


class Engine(Protocol):
    """What runs the SQL."""

    def make(self, name: str, sql: str, by: str = "") -> None:
        """A relation is computed, kept under a name and replaces one of that name.

        With `by` rows that agree in this column are kept together.
        """

    def names(self, name: str, values: Sequence[str]) -> None:
        """A relation with one column `node` and these values."""

    def rows(self, sql: str) -> Iterator[Row]:
        """Rows that a query gives."""


# The SQL

_WORD = "replace(replace(lower(trim(level)), '_', ' '), '-', ' ')"
_NO_NAME = " OR ".join(
    f"{name} IS NULL OR {name} = '' OR length({name}) > {LONGEST}"
    for name in ("tail", "predicate", "head")
)

LINKS = f"""
SELECT tail, head, sign, rated, unrated,
  CASE WHEN sign IS NULL OR rated IS NULL OR {_NO_NAME}
    THEN concat_ws(', ', tail, predicate, head, written, level) END AS fault
FROM (
  SELECT trim(subject) AS tail, trim(predicate) AS predicate, trim(object) AS head,
    CASE WHEN trim(CAST(sign AS STRING)) IN ('1', '+1', '+', '1.0', '+1.0') THEN 1
         WHEN trim(CAST(sign AS STRING)) IN ('-1', '-', '−', '-1.0') THEN -1 END AS sign,
    CASE {_WORD} WHEN 'none' THEN 0 WHEN 'very low' THEN 1 WHEN 'low' THEN 2
      WHEN 'moderate' THEN 3 WHEN 'high' THEN 4 WHEN 'unrated' THEN 0 END AS rated,
    CASE {_WORD} WHEN 'unrated' THEN 1 ELSE 0 END AS unrated,
    CAST(sign AS STRING) AS written, level
  FROM given
) cells"""
"""The links as numbers; `fault` holds the cells of a row that cannot be understood."""

FAULTS = "SELECT count(*), count(fault) FROM links"
FAULTY = "SELECT fault FROM links WHERE fault IS NOT NULL ORDER BY fault LIMIT 3"

NODES = """
SELECT node, max(leads) AS leads, max(led) AS led
FROM (
  SELECT tail AS node, CASE WHEN tail = head THEN 0 ELSE 1 END AS leads, 0 AS led FROM links
  UNION ALL
  SELECT head AS node, 0 AS leads, CASE WHEN tail = head THEN 0 ELSE 1 END AS led FROM links
) ends
GROUP BY node"""
"""Every node, and whether links lead from it, and to it; what acts on itself is no link."""

COUNTS = "SELECT count(*), sum(1 - led), sum((1 - leads) * led) FROM nodes"
"""How many nodes, exposures and outcomes there are."""

OUTCOMES = "SELECT node FROM nodes WHERE leads = 0 AND led = 1"

ARCS = """
SELECT l.tail, l.head, CAST(l.sign AS TINYINT) AS sign, CAST(max(l.rated) AS TINYINT) AS rated,
  CAST(max(l.unrated) AS TINYINT) AS unrated,
  CAST(1 - max(n.led) AS TINYINT) AS exposed
FROM links l JOIN nodes n ON l.tail = n.node
WHERE (l.rated > 0 OR l.unrated = 1) AND l.tail <> l.head
GROUP BY l.tail, l.head, l.sign"""
"""Links once each, without those that pass in no reading; `exposed`: the tail is an exposure."""

START = """
SELECT CAST(r.reading AS TINYINT) AS reading, t.node AS target, t.node AS node,
  CAST(4 AS TINYINT) AS p0, CAST(4 AS TINYINT) AS p1, CAST(4 AS TINYINT) AS p2,
  CAST(0 AS TINYINT) AS n0, CAST(0 AS TINYINT) AS n1, CAST(0 AS TINYINT) AS n2,
  CAST(1 AS TINYINT) AS grew
FROM targets t CROSS JOIN
  (SELECT 0 AS reading UNION SELECT DISTINCT 1 AS reading FROM arcs WHERE unrated = 1) r"""
"""The empty chain at each target: in reading 0, as rated, and in 1, the best case, if there is."""

_STATES = ("p0", "p1", "p2", "n0", "n1", "n2")


def _moved(same: str, other: str) -> str:
    """Columns of one sign after a link: of `same` where its sign is +1, else of `other`."""
    a, b, c = (f"CASE WHEN sign > 0 THEN {same}{d} ELSE {other}{d} END" for d in range(3))
    return (
        f"CASE WHEN leap = 1 THEN 0 ELSE LEAST(m, {a}) END AS {same}0, "
        f"LEAST(m, CASE WHEN leap = 1 THEN {a} ELSE {b} END) AS {same}1, "
        f"LEAST(m, {c}) AS {same}2"
    )


ROUND = f"""
SELECT reading, target, node,
  {", ".join(f"CAST(max({c}) AS TINYINT) AS {c}" for c in _STATES)},
  CAST(CASE WHEN {" OR ".join(f"max({c}) > max(was_{c})" for c in _STATES)}
    THEN 1 ELSE 0 END AS TINYINT) AS grew
FROM (
  SELECT reading, target, node, {", ".join(_STATES)},
    {", ".join(f"{c} AS was_{c}" for c in _STATES)}
  FROM state
  UNION ALL
  SELECT reading, target, node, {_moved("p", "n")}, {_moved("n", "p")},
    {", ".join(f"0 AS was_{c}" for c in _STATES)}
  FROM (
    SELECT f.reading, f.target, a.tail AS node, a.sign, {", ".join(f"f.{c}" for c in _STATES)},
      CASE WHEN f.reading = 1 AND a.unrated = 1
          AND NOT (a.head = f.target AND (a.exposed = 1 OR s.node IS NOT NULL))
        THEN 4 ELSE a.rated END AS m,
      CASE WHEN a.exposed = 1 OR s.node IS NOT NULL OR a.tail = f.target
        THEN 0 ELSE 1 END AS leap
    FROM state f JOIN arcs a ON a.head = f.node LEFT JOIN asked s ON a.tail = s.node
    WHERE f.grew = 1
  ) joined
  WHERE m > 0
) merged
GROUP BY reading, target, node"""
"""Labels after one link more; `grew` marks those that the next round starts from.

`asked` is the exposure that is asked about, if any. It and every exposure pass without a leap, and
an unrated link from one straight to the outcome does not vouch for itself.
"""

GREW = "SELECT count(*), sum(grew) FROM state"


def _level(side: str) -> str:
    return (
        f"GREATEST({side}0, CASE WHEN {side}1 > 0 THEN GREATEST(1, {side}1 - 1) ELSE 0 END, "
        f"CASE WHEN {side}2 > 0 THEN 1 ELSE 0 END, {side}2 - 2)"
    )


_PAIRS = f"""
SELECT target, node, sign,
  max(CASE WHEN reading = 0 THEN level ELSE 0 END) AS established,
  max(CASE WHEN reading = 0 AND rated_only = 0 THEN 0 ELSE level END) AS best_case
FROM (
  SELECT reading, target, node, 1 AS sign, {_level("p")} AS level FROM state
  UNION ALL
  SELECT reading, target, node, -1 AS sign, {_level("n")} AS level FROM state
) levels
JOIN (SELECT node AS exposure FROM {{agents}}) x ON node = exposure
CROSS JOIN (SELECT CASE WHEN max(reading) = 0 THEN 1 ELSE 0 END AS rated_only FROM state) r
WHERE level > 0 AND node <> target
GROUP BY target, node, sign
ORDER BY target"""
"""Levels of the chains from each exposure."""

PAIRS = _PAIRS.format(agents="nodes WHERE led = 0")
PAIRS_ASKED = _PAIRS.format(agents="asked")

_PLAIN = "lower(replace(replace(replace(n.node, ' ', ''), '_', ''), '-', ''))"
SAME = f"SELECT n.node FROM nodes n JOIN wanted w ON {_PLAIN} = w.node OR n.node = w.node"
NEAR = """
SELECT n.node FROM nodes n CROSS JOIN wanted w
WHERE levenshtein(n.node, w.node) <= 1 + length(w.node) / 4
ORDER BY levenshtein(n.node, w.node), n.node LIMIT 3"""


# The rounds


def pairs(
    engine: Engine,
    outcome: str | None = None,
    exposure: str | None = None,
    least: Level = Level.NONE,
    cores: int = 1,
    told: Told | None = None,
) -> Iterator[PairBatch]:
    """Pairs of the relation `given` that have a chain, outcome by outcome, the surest first.

    `given` has the columns `COLUMNS`. `told` hears of each round. Raises DataError for rows that
    cannot be understood, UnknownName, and UsageError where no node is an exposure or an outcome.
    """
    nodes, exposures, outcomes = read(engine)
    agents = [found_name(engine, exposure, "exposure")] if exposure is not None else []
    targets = [found_name(engine, outcome, "outcome")] if outcome is not None else []
    if not targets and not outcomes:
        raise UsageError(_none("outcome", "from which no link leads"))
    if not agents and not exposures:
        raise UsageError(_none("exposure", "to which no link leads"))
    if not targets:
        targets = sorted((str(row[0]) for row in engine.rows(OUTCOMES)), key=by_name)
    engine.names("asked", agents)
    engine.make("arcs", ARCS, by="head")
    together = max(1, LABELS * cores // (2 * nodes))
    for at in range(0, len(targets), together):
        some = targets[at : at + together]
        yield from _swept(engine, some, PAIRS_ASKED if agents else PAIRS, least, told)


def read(engine: Engine) -> tuple[int, int, int]:
    """How many nodes, exposures and outcomes `given` has; its links and nodes become relations.

    Raises DataError where rows are no links.
    """
    engine.make("links", LINKS)
    links, bad = next(engine.rows(FAULTS))
    if not links:
        raise DataError("the table has no links")
    if bad:
        shown = "; ".join(str(row[0]) for row in engine.rows(FAULTY))
        noun = "row is no link" if bad == 1 else "rows are no links"
        raise DataError(
            f"{bad} of {links} {noun}, such as ({shown}): write subject, predicate and object, a "
            "sign 1 or -1, and a level none, very low, low, moderate, high or unrated"
        )
    engine.make("nodes", NODES)
    nodes, exposures, outcomes = next(engine.rows(COUNTS))
    return int(nodes), int(exposures), int(outcomes)


def _none(kind: str, which: str) -> str:
    return f"no node is an {kind}: {kind}s are those {which}; name another with --{kind}"


def found_name(engine: Engine, name: str, kind: str) -> str:
    """The node of this id; blanks, hyphens, underscores and case do not matter."""
    engine.names("wanted", [name, normalise(name)])
    same = sorted({str(row[0]) for row in engine.rows(SAME)})
    if name in same:
        return name
    if len(same) == 1 and normalise(same[0]) == normalise(name):
        return same[0]
    engine.names("wanted", [name])
    raise UnknownName(kind, name, same or [str(row[0]) for row in engine.rows(NEAR)])


def _swept(
    engine: Engine, targets: Sequence[str], sql: str, least: Level, told: Told | None
) -> Iterator[PairBatch]:
    """The pairs of some outcomes, after all rounds that their chains need."""
    engine.names("targets", targets)
    engine.make("state", START)
    for number in range(1, 2**31):
        engine.make("state", ROUND)
        labels, grew = next(engine.rows(GREW))
        if told:
            told(f"round {number}: {int(grew):,} of {int(labels):,} labels grew")
        if not grew:
            break
    kept = (row for row in engine.rows(sql) if row[3] >= least)
    parts = {target: [*rows] for target, rows in groupby(kept, key=lambda row: str(row[0]))}
    for target in targets:
        if target in parts:
            yield batch(parts[target])


def by_name(name: str) -> tuple[str, str]:
    """What ids are sorted by in tables of pairs."""
    return normalise(name), name


def batch(rows: Iterable[Row]) -> PairBatch:
    """Rows of outcome, exposure, sign, established and best case, the surest first."""

    def order(row: Row) -> tuple[Any, ...]:
        return (-row[3], -row[4], *by_name(row[1]), -row[2])

    outcomes, exposures, signs, established, best = zip(*sorted(rows, key=order), strict=True)
    return PairBatch(outcomes, exposures, signs, established, established, best)


def surest(batches: Iterable[PairBatch], top: int) -> Iterator[PairBatch]:
    """The surest pairs of all batches as one."""
    from heapq import nsmallest

    def rows() -> Iterator[Row]:
        for b in batches:
            yield from zip(
                *(b.outcomes, b.exposures, b.signs, b.established, b.as_described, b.best_case),
                strict=True,
            )

    def order(row: Row) -> tuple[Any, ...]:
        return (*(-level for level in row[3:]), by_name(row[1]), by_name(row[0]), -row[2])

    if best := nsmallest(top, rows(), key=order):
        yield PairBatch(*zip(*best, strict=True))
