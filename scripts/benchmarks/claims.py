"""Claims in RDF on columns: compiled without a store, and a report beside rdflib's SPARQL.

Half of the claims cite one work; the works are spread evenly over the five systems. 13 statements a
claim, as a graph of kg has.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scripts.benchmarks import graphs

VOCAB = "https://w3id.org/evidence-kg/vocab#"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
BASE = "https://w3id.org/evidence-kg/"
ROOT = Path(__file__).resolve().parents[2]
COMPILE = """
import json, resource, sys, time
from pathlib import Path
from statistics import median
from kg.api.rated_links import compile_columns
from kg.bulk.reports import find_bench_links, list_bench_only_links
def timed(call):
    spent = []
    for _ in range(9):
        begin = time.perf_counter()
        call(made)
        spent.append(time.perf_counter() - begin)
    return round(median(spent) * 1000, 3)
begin, cpu = time.perf_counter(), time.process_time()
made, _ = compile_columns(sys.argv[1], "bench")
spent = [round(time.perf_counter() - begin, 2), round(time.process_time() - cpu, 2)]
status = Path("/proc/self/status")  # what getrusage says began before this program did
lines = status.read_text().splitlines() if status.exists() else []
kib = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
kib = kib or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = len(find_bench_links(made)[0])
times = [timed(find_bench_links), timed(list_bench_only_links)]
print(json.dumps([*spent, round(kib / 1024), *times, rows]))
"""
SYSTEMS = ("human", "animal", "ex-vivo", "in-vitro", "in-silico")


def lines(claims: int) -> Iterator[str]:
    """N-Triples of so many claims, their propositions, citations and works."""
    rows = graphs.drawn(claims)
    chance = np.random.default_rng(2)
    works = max(1, claims // 5)
    cited = chance.integers(0, works, claims)
    cites = chance.random(claims) < 0.5
    for work in range(works):
        yield _said(f"study/s{work}", "system", f"vocab#system-{SYSTEMS[work % 5]}")
        yield _typed(f"study/s{work}", "Study")
    for node in range(claims // 5):
        yield f'<{BASE}entity/n{node}> <{LABEL}> "node {node}" .\n'
    for n in range(claims):
        tail, head, sign = int(rows["tail"][n]), int(rows["head"][n]), int(rows["sign"][n])
        word = "increases" if sign > 0 else "decreases"
        claim, proposition = f"claim/c{n}", f"proposition/n{tail}--{word}--n{head}"
        yield _typed(claim, "Claim")
        yield _said(claim, "proposition", proposition)
        yield _said(claim, "source", f"source/s{n % 1000}")
        yield _said(claim, "role", "vocab#role-mechanism")
        yield f'<{BASE}{claim}> <{VOCAB}paraphrase> "node {tail} {word} node {head}" .\n'
        yield _typed(proposition, "Proposition")
        yield _said(proposition, "subject", f"entity/n{tail}")
        yield _said(proposition, "predicate", f"vocab#predicate-{word}")
        yield _said(proposition, "object", f"entity/n{head}")
        yield f'<{BASE}{proposition}> <{VOCAB}sign> "{sign}"^^<{INTEGER}> .\n'
        if cites[n]:
            yield _said(claim, "citation", f"citation/c{n}")
            yield _typed(f"citation/c{n}", "Citation")
            yield _said(f"citation/c{n}", "work", f"study/s{cited[n]}")
            yield _said(f"citation/c{n}", "identification", "vocab#identification-identified")
        yield (f'<{BASE}{claim}> <{VOCAB}line> "{n % 90}"^^<{INTEGER}> .\n')


def _typed(subject: str, name: str) -> str:
    return (
        f"<{BASE}{subject}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{VOCAB}{name}> .\n"
    )


def _said(subject: str, name: str, object: str) -> str:
    return f"<{BASE}{subject}> <{VOCAB}{name}> <{BASE}{object}> .\n"


def write(claims: int, path: Path) -> int:
    """How many statements were written."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for line in lines(claims):
            file.write(line)
            count += 1
    return count


def measured(quick: bool) -> list[dict]:
    """Time and memory of compiling, and the report beside the saved query of its name in rdflib."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        return [row(size, Path(folder)) for size in ((2_000,) if quick else (10_000, 100_000))]


def row(claims: int, folder: Path) -> dict:
    """One size; rdflib only up to 10^4 claims, where it takes seconds."""
    path = folder / f"{claims}.nt"
    statements = write(claims, path)
    result = subprocess.run(
        [sys.executable, "-P", "-c", COMPILE, str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, cpu, peak, computed, named, rows = json.loads(result.stdout)
    found = {
        "claims": claims,
        "statements": statements,
        "compile_s": seconds,
        "compile_cpu_s": cpu,
        "peak_mb": peak,
        "report_ms": computed,
        "report_named_ms": named,
        "rows": rows,
    }
    if claims > 10_000:
        return found
    spent, theirs = rdflib_report(path)
    if theirs != rows:
        raise SystemExit(f"bench: the report has {rows} rows on columns, {theirs} in rdflib")
    return found | {
        "rdflib_ms": round(spent * 1000),
        "x_rdflib": round(spent * 1000 / computed),
        "x_rdflib_named": round(spent * 1000 / named),
    }


def rdflib_report(path: Path) -> tuple[float, int]:
    """Seconds that rdflib takes for the saved query, its graph loaded, and the number of rows."""
    import rdflib

    from kg.queries import find_saved_query

    graph = rdflib.Graph()
    graph.parse(path, format="nt")
    begin = time.perf_counter()
    rows = len(list(graph.query(find_saved_query("best-study-is-bench").bind_values())))
    return time.perf_counter() - begin, rows


def table(rows: list[dict]) -> list[str]:
    """The measurements as lines of Markdown."""
    heads = list(rows[0])
    lines = ["", f"| claims in RDF: {' | '.join(heads)} |", f"|{'-:|' * len(heads)}"]
    return lines + [f"| {' | '.join(str(row.get(head, '')) for head in heads)} |" for row in rows]
