"""Search on columns beside its peers on the same graphs in the same run.

Peers do less than kg in each case, so that a ratio is a lower bound: networkx and clingo take the
weakest link alone, kg carries levels, leaps and signs.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from math import log
from pathlib import Path
from statistics import median

import numpy as np

from kg.api.rated_links import write_snapshot
from kg.bulk.best_chains import find_best_chains
from kg.bulk.bit_parallel import build_reading_links, compute_pair_levels, split_into_batches
from kg.bulk.columns import LinkColumns
from kg.bulk.outcome_sweep import sweep_outcome
from kg.bulk.sweep import sweep_labels
from kg.model import Reading
from kg.model.batches import NodeRole
from scripts.benchmarks import graphs

ROOT = Path(__file__).resolve().parent.parent.parent
HOPS = 4
REASONER_SECONDS = 60


def measured(quick: bool) -> dict:
    """All figures of the search on columns, each with its target where it has one."""
    sizes = (10_000,) if quick else (10_000, 100_000, 1_000_000, 10_000_000)
    found: dict = {"one_outcome": [], "all_pairs": [], "processes": [], "compile": []}
    for size in sizes:
        begin = time.perf_counter()
        made = graphs.made(size)
        spent = time.perf_counter() - begin
        found["compile"].append(
            {
                "links": size,
                "seconds": round(spent, 2),
                "bytes_a_link": round(made.total_bytes / size, 1),
            }
        )
        found["one_outcome"].append(one_outcome(made, size))
        if size <= 100_000:
            found["all_pairs"].append(all_pairs(made, size, quick))
        if size >= 1_000_000 or quick:
            found["processes"].append(process(made, size))
        del made
    found["growth"] = growth(found["one_outcome"])
    return found


def timed(call: Callable[[], object], runs: int = 5) -> float:
    """Seconds of a call, the median of some runs."""
    spent = []
    for _ in range(runs):
        begin = time.perf_counter()
        call()
        spent.append(time.perf_counter() - begin)
    return median(spent)


def outcomes(made: LinkColumns) -> tuple[int, list[int]]:
    """The outcome that most links lead to, and some with about twenty."""
    nodes = np.flatnonzero(made.role == NodeRole.OUTCOME)
    degree = np.diff(made.in_start)[nodes]
    near = np.argsort(np.abs(degree - 20), kind="stable")[:5]
    return int(nodes[np.argmax(degree)]), [int(node) for node in nodes[near]]


def one_outcome(made: LinkColumns, size: int) -> dict:
    """One outcome: kg with chains of up to four links and of any length, networkx with four."""
    hub, typical = outcomes(made)
    net = sweep_outcome(made, hub).arrays_by_reading[Reading.ESTABLISHED]
    numbers = np.arange(size, dtype=np.int64)
    stream = 4 * timed(numbers.sum, 9)
    row = {"links": size, "four_streams_ms": stream * 1000}
    graph = networkx_of(made) if size <= 1_000_000 else None
    for name, targets in (("hub", [hub]), ("typical", typical)):
        four = median(timed(lambda t=t: sweep_labels(net, t, max_links=HOPS)) for t in targets)
        whole = median(timed(lambda t=t: sweep_labels(net, t), 3) for t in targets)
        row |= {f"{name}_4_ms": four * 1000, f"{name}_ms": whole * 1000}
        row[f"{name}_x_streams"] = four / stream
        if graph is not None:
            slow = median(timed(lambda t=t: relaxed(graph, t), 1) for t in targets)
            row |= {f"{name}_networkx_4_ms": slow * 1000, f"{name}_x_networkx": slow / four}
        row[f"{name}_best10_x_grade"] = best_ten(made, targets)
    return {key: round(value, 3) for key, value in row.items()}


def best_ten(made: LinkColumns, targets: list[int]) -> float:
    """Time of the ten best chains of the surest exposure, as a ratio to that of the sweep."""
    ratios = []
    for target in targets:
        asked = sweep_outcome(made, target)
        net, back = (
            asked.arrays_by_reading[Reading.ESTABLISHED],
            asked.sweep_by_reading[Reading.ESTABLISHED],
        )
        nodes = np.flatnonzero(made.role == NodeRole.EXPOSURE)
        source = int(nodes[np.argmax(asked.compute_levels(nodes, 1).established)])
        grade = timed(lambda n=net, t=target: sweep_labels(n, t), 3)
        ends = (source, target)
        ratios.append(
            timed(lambda n=net, b=back, e=ends: find_best_chains(n, b, e, 1, 10), 3) / grade
        )
    return median(ratios)


def networkx_of(made: LinkColumns):
    """The links as a graph of networkx, the best of parallel ones."""
    import networkx as nx

    graph = nx.DiGraph()
    level = made.read_codes(Reading.ESTABLISHED) & 7
    for tail, head, m in zip(made.tail.tolist(), made.head.tolist(), level.tolist(), strict=True):
        if m and m > graph.get_edge_data(tail, head, {"m": 0})["m"]:
            graph.add_edge(tail, head, m=m)
    return graph


def relaxed(graph, target: int, most: int | None = HOPS) -> dict:
    """Best weakest link of chains to a target, by relaxation of frontiers on networkx."""
    best = {target: 4}
    frontier = {target: 4}
    while frontier and most != 0:
        grown: dict = {}
        for node, level in frontier.items():
            if node in graph:
                for tail, data in graph.pred[node].items():
                    m = min(level, data["m"])
                    if m > best.get(tail, 0):
                        best[tail] = grown[tail] = m
        frontier = grown
        most = None if most is None else most - 1
    return best


def all_pairs(made: LinkColumns, size: int, quick: bool) -> dict:
    """All exposures with all outcomes, any length; networkx for some outcomes, and a reasoner."""
    ends = np.flatnonzero(made.role == NodeRole.OUTCOME)
    pairs = build_reading_links(made, Reading.ESTABLISHED)

    def every() -> None:
        for batch in split_into_batches(ends, made.node_count):
            compute_pair_levels(pairs, made, batch)

    spent = timed(every, 3)
    graph = networkx_of(made)
    sample = [int(node) for node in ends[:: max(1, len(ends) // 30)]]
    slow = sum(timed(lambda t=t: relaxed(graph, t), 1) for t in sample) / len(sample)
    row = {
        "links": size,
        "exposures": len(pairs.exposures),
        "outcomes": len(ends),
        "seconds": round(spent, 3),
        "ms_an_outcome": round(spent / len(ends) * 1000, 4),
        "networkx_4_ms_an_outcome": round(slow * 1000, 3),
        "x_networkx": round(slow / (spent / len(ends)), 1),
    }
    return row if quick else row | reasoner(made, ends, spent)


def reasoner(made: LinkColumns, ends: np.ndarray, spent: float) -> dict:
    """The same pairs by clingo, weakest link alone, in an environment of its own."""
    python = ROOT / "build" / "peers" / "bin" / "python"
    lock = ROOT / "scripts" / "lock" / "peers.txt"
    if not python.exists():
        subprocess.run([sys.executable, "-P", "-m", "venv", python.parent.parent], check=True)
        pip = [python, "-P", "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
        if subprocess.run([*pip, "--only-binary=:all:", "-r", lock], check=False).returncode:
            return {"clingo": "could not be installed"}
    level = (made.read_codes(Reading.ESTABLISHED) & 7).tolist()
    rows = zip(made.tail.tolist(), made.head.tolist(), level, strict=True)
    facts = "".join(f"l({t},{h},{m})." for t, h, m in rows if m)
    facts += "".join(f"o({end})." for end in ends.tolist())
    rules = "r(M,T,X) :- o(T), l(X,T,N), M=1..N. r(M,T,X) :- r(M,T,Y), l(X,Y,N), M<=N."
    code = (
        "import sys,time,clingo;c=clingo.Control(['--warn=none']);"
        "c.add('base',[],sys.stdin.read());b=time.time();c.ground([('base',[])]);print(time.time()-b)"
    )
    try:
        done = subprocess.run(
            [python, "-c", code],
            input=facts + rules,
            capture_output=True,
            text=True,
            timeout=REASONER_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return {
            "clingo_seconds": f"over {REASONER_SECONDS}",
            "x_clingo": f"over {REASONER_SECONDS / spent:.0f}",
        }
    except subprocess.CalledProcessError:
        return {"clingo": "failed"}
    seconds = float(done.stdout)
    return {"clingo_seconds": round(seconds, 2), "x_clingo": round(seconds / spent, 1)}


def process(made: LinkColumns, size: int) -> dict:
    """Whole processes of `kg grade` on a snapshot: time beside a bare Python, and peak memory."""
    hub, typical = outcomes(made)
    with tempfile.TemporaryDirectory() as folder:
        place = write_snapshot(made, Path(folder) / "links.columns")
        row: dict = {"links": size, "snapshot_mb": round(place.stat().st_size / 1e6, 1)}
        run = [sys.executable, "-P"]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "KG_CACHE_DIR": folder}
        for variable in ("KG_BASE", "PYTHONDONTWRITEBYTECODE"):
            env.pop(variable, None)
        entry = "from kg.cli import entry; entry()"
        bare: list = []
        times: dict = {"hub": [], "typical": []}
        for _ in range(7):
            bare.append(spent([*run, "-c", "pass"], env))
            for name, node in (("hub", hub), ("typical", typical[0])):
                words = ["grade", "--base", str(place), "--outcome", made.names[node]]
                times[name].append(spent([*run, "-c", entry, *words], env))
        row["bare_ms"] = round(median(bare) * 1000, 1)
        for name, found in times.items():
            row |= {
                f"{name}_ms": round(median(found) * 1000, 1),
                f"{name}_x_bare": round(median(found) / median(bare), 1),
            }
        words = ["grade", "--base", str(place), "--outcome", made.names[hub]]
        row["peak_mb"] = round(peak([*run, "-c", entry, *words], env), 1)
        row["peak_x_columns"] = round(row["peak_mb"] * 1e6 / made.total_bytes, 2)
    return row


def spent(command: list, env: dict) -> float:
    """Seconds that a process takes from start to end."""
    begin = time.perf_counter()
    subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def peak(command: list, env: dict) -> float:
    """Greatest resident size of a process in MB, told by a child that ran only it."""
    code = (
        "import resource,subprocess,sys;"
        "subprocess.run(sys.argv[1:],check=True,stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        env=env,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    scale = 1 if sys.platform == "darwin" else 1024
    return int(done.stdout) * scale / 1e6


def growth(rows: list) -> dict:
    """The exponent of time over links, between the sizes from 10^5 on."""
    kept = [row for row in rows if row["links"] >= 100_000] or rows
    if len(kept) < 2:
        return {}
    first, last = kept[0], kept[-1]
    span = log(last["links"] / first["links"])
    return {
        name: round(log(last[name] / first[name]) / span, 2)
        for name in ("hub_4_ms", "typical_4_ms", "hub_ms", "typical_ms")
    }


def peak_of_this_run() -> float:
    """Greatest resident size of the bench itself in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


TARGETS = (
    # section, size, figure, target, whether the figure must reach it (else stay below)
    ("one_outcome", 1_000_000, "typical_x_networkx", 12, True),
    ("one_outcome", 1_000_000, "hub_x_networkx", 25, True),
    ("one_outcome", 1_000_000, "typical_x_streams", 4, False),
    ("one_outcome", 1_000_000, "hub_x_streams", 25, False),
    ("one_outcome", 1_000_000, "typical_best10_x_grade", 3, False),
    ("one_outcome", 1_000_000, "hub_best10_x_grade", 3, False),
    ("all_pairs", 100_000, "x_networkx", 25, True),
    ("all_pairs", 100_000, "x_clingo", 10, True),
    ("processes", 1_000_000, "typical_x_bare", 18, False),
    ("processes", 1_000_000, "hub_x_bare", 18, False),
    ("processes", 1_000_000, "peak_x_columns", 2.5, False),
    ("processes", 10_000_000, "peak_mb", 1074, False),
)


def verdicts(found: dict) -> list[str]:
    """Each target, what was measured, and whether it is met."""
    lines = ["| target | measured | |", "|-|-:|-|"]
    for section, size, figure, target, at_least in TARGETS:
        row = next((row for row in found[section] if row["links"] == size), {})
        if figure in row:
            value = row[figure]
            number = float(str(value).removeprefix("over "))
            met = number >= target if at_least else number <= target
            word = "at least" if at_least else "at most"
            name = f"{figure} at {size:,} links, {word} {target}"
            lines.append(f"| {name} | {value} | {'met' if met else 'missed'} |")
    return lines


def table(found: dict) -> list[str]:
    """The figures as Markdown."""
    lines = []
    for section in ("one_outcome", "all_pairs", "processes", "compile"):
        rows = found[section]
        if rows:
            names = list(dict.fromkeys(name for row in rows for name in row))
            lines += ["", f"| {section}: {' | '.join(names)} |", f"|{'-:|' * len(names)}"]
            lines += [f"| {' | '.join(str(row.get(name, '')) for name in names)} |" for row in rows]
    if found["growth"]:
        lines += ["", f"Growth with links, exponent: {json.dumps(found['growth'])}"]
    return [*lines, "", *verdicts(found)]
