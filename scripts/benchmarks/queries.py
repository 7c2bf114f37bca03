"""Every saved query on a store on disk at 10^5 claims, each in a process that ends with its time.

The claims are those of `claims.py`, worded, leaned on, restated, cited and audited as curated ones
are; what grades alone have finds nothing here. rdflib answers the same queries on fewer claims.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from scripts.benchmarks import claims as plain
from scripts.benchmarks import graphs
from scripts.benchmarks.claims import BASE, INTEGER, ROOT, VOCAB, _said, _typed

TIERS = ("speculation", "hedged", "qualified", "plain")
JOURNALS = 400
SOURCES = 1000
LIMIT = 30
"""Seconds that one query may take."""

PEER_LIMIT = 10
PEER = """
import json, os, select, sys, time
from kg.queries import load_catalogue
from kg.stores import open_store
theirs, limit = open_store("rdflib:"), float(sys.argv[2])
quads = list(open_store(sys.argv[1]).iterate_quads())
begin = time.perf_counter()
theirs.load(quads)
found = {"load_s": round(time.perf_counter() - begin, 2)}
for name, query in load_catalogue().items():
    out, into = os.pipe()
    child = os.fork()  # the graph is loaded once, and a query that takes too long can be ended
    if not child:
        begin = time.perf_counter()
        rows = theirs.query(query.bind_values()).count
        os.write(into, json.dumps([round(time.perf_counter() - begin, 3), rows]).encode())
        os._exit(0)
    if select.select([out], [], [], limit)[0]:
        found[name] = json.loads(os.read(out, 1000))
    else:
        os.kill(child, 9)
        found[name] = None
    os.waitpid(child, 0)
    os.close(out), os.close(into)
print(json.dumps(found))
"""


def lines(claims: int) -> Iterator[str]:
    """N-Triples of so many claims with what the saved queries ask for, the same on every run."""
    yield from plain.lines(claims)
    rows = graphs.drawn(claims)
    chance = np.random.default_rng(3)
    draw = chance.random((claims, 6))
    tiers = chance.integers(0, len(TIERS), claims)
    earlier = chance.integers(1, 6, claims) * SOURCES
    for source in range(SOURCES):
        yield _typed(f"source/s{source}", "Source")
    for n in range(claims):
        yield from _claim(n, draw[n], int(tiers[n]), n - int(earlier[n]))
        if n % 20 == 0:
            word = "increases" if rows["sign"][n] > 0 else "decreases"
            said = f"proposition/n{rows['tail'][n]}--{word}--n{rows['head'][n]}"
            yield from _again(n, said)
    works = max(1, claims // 5)
    for node in range(claims // 5):
        kind = ("clinical-outcome", "molecular", "mechanism")[node % 3]
        yield _typed(f"entity/n{node}", "Entity")
        yield _said(f"entity/n{node}", "entityKind", f"vocab#entity-kind-{kind}")
        yield from _exposure(node)
    for work in range(works):
        yield from _work(work, claims)


def _claim(n: int, draw: np.ndarray, tier: int, earlier: int) -> Iterator[str]:
    claim, citation = f"claim/c{n}", f"citation/k{n}"
    yield _said(claim, "wordingTier", f"vocab#tier-{TIERS[tier]}")
    if earlier >= 0 and draw[0] < 0.25:
        yield _said(claim, "leansOn" if draw[0] < 0.2 else "restates", f"claim/c{earlier}")
    if draw[1] < 0.03:
        yield _flag(claim, "definitional")
    if draw[2] < 0.05:
        yield _said(claim, "discloses", "vocab#system-animal")
    if draw[3] < 0.1:
        yield _said(claim, "presented", "vocab#presented-in-vitro")
    if draw[4] < 0.3:  # a citation that was not identified, described now and then
        yield _said(claim, "citation", citation)
        yield from _citation(citation, n, in_text=True)
        if draw[5] < 0.5:
            yield _said(citation, "described", f"{citation}:described")
            yield _typed(f"{citation}:described", "Described")
            yield _said(f"{citation}:described", "system", "vocab#system-in-vitro")
        verdict = "not-found" if draw[5] < 0.7 else "identified"
        yield _said(f"audit/a{n}", "ofCitation", citation)
        yield _typed(f"audit/a{n}", "CitationAudit")
        yield _said(f"audit/a{n}", "auditVerdict", f"vocab#audit-verdict-{verdict}")
    elif draw[4] < 0.35:
        yield from _citation(citation, n, in_text=False)


def _again(n: int, proposition: str) -> Iterator[str]:
    """What a claim said, said plainly once more in the conclusion of its source."""
    claim = f"claim/again{n}"
    yield _typed(claim, "Claim")
    yield _said(claim, "proposition", proposition)
    yield _said(claim, "source", f"source/s{n % SOURCES}")
    yield _said(claim, "role", "vocab#role-conclusion")
    yield _said(claim, "wordingTier", "vocab#tier-plain")
    yield _text(claim, "section", "conclusion")
    yield f'<{BASE}{claim}> <{VOCAB}line> "99"^^<{INTEGER}> .\n'
    if n % 40:
        yield _said(claim, "restates", f"claim/c{n}")


def _citation(citation: str, n: int, in_text: bool) -> Iterator[str]:
    kind = "in-text" if in_text else "reference-list"
    yield _typed(citation, "Citation")
    yield _said(citation, "source", f"source/s{n % SOURCES}")
    yield _said(citation, "citationKind", f"vocab#citation-kind-{kind}")
    yield _text(citation, "journal", f"Journal {n % JOURNALS}")
    yield f'<{BASE}{citation}> <{VOCAB}line> "{n % 90}"^^<{INTEGER}> .\n'
    yield f'<{BASE}{citation}> <{VOCAB}year> "{1990 + n % 35}"^^<{INTEGER}> .\n'
    if in_text and n % 3 == 0:
        yield _said(citation, "matches", f"citation/k{n // 3}")


def _exposure(node: int) -> Iterator[str]:
    if node % 10 == 0:
        kind = "deficiency" if node % 20 == 0 else "supplementation"
        yield _typed(f"entity/n{node}", "Exposure")
        yield _said(f"entity/n{node}", "exposureKind", f"vocab#exposure-kind-{kind}")
        yield _said(f"entity/n{node}", "substance", f"entity/n{node}")


def _work(work: int, claims: int) -> Iterator[str]:
    study, finding = f"study/s{work}", f"finding/s{work}"
    nodes = max(1, claims // 5)
    yield f'<{BASE}{study}> <http://purl.org/dc/terms/title> "work {work}" .\n'
    yield f'<{BASE}{study}> <{VOCAB}year> "{1990 + work % 35}"^^<{INTEGER}> .\n'
    yield _said(study, "design", "vocab#design-rct")
    yield _said(study, "finding", finding)
    yield _typed(finding, "Finding")
    yield _said(finding, "exposure", f"entity/n{work * 10 % nodes}")
    yield _said(finding, "outcome", f"entity/n{work * 3 % nodes}")
    yield _said(finding, "direction", "vocab#direction-benefit")


def _flag(subject: str, name: str) -> str:
    boolean = "http://www.w3.org/2001/XMLSchema#boolean"
    return f'<{BASE}{subject}> <{VOCAB}{name}> "true"^^<{boolean}> .\n'


def _text(subject: str, name: str, text: str) -> str:
    return f'<{BASE}{subject}> <{VOCAB}{name}> "{text}" .\n'


def write(claims: int, path: Path) -> int:
    """How many statements were written."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for line in lines(claims):
            file.write(line)
            count += 1
    return count


def measured(quick: bool) -> dict:
    """Loading, and each saved query: seconds and rows; None where a query took too long."""
    size, fewer, limit = (500, 50, 1) if quick else (100_000, 2_000, PEER_LIMIT)
    with TemporaryDirectory() as folder:
        loaded, store = _loaded(size, Path(folder))
        times = {name: _asked(store, query) for name, query in _catalogue().items()}
        small, peer = _loaded(fewer, Path(folder))
        ours = {name: _asked(peer, query) for name, query in _catalogue().items()}
        theirs = _rdflib(peer, limit)
    return {
        "loaded": loaded,
        "limit_s": LIMIT,
        "queries": times,
        "peer": {"loaded": small, "limit_s": limit, "ours": ours, "rdflib": theirs},
    }


def _catalogue() -> dict:
    from kg.queries import load_catalogue

    return dict(load_catalogue())


def _loaded(claims: int, folder: Path) -> tuple[dict, Path]:
    """What `kg load` took for so many claims, and the store."""
    path, store = folder / f"{claims}.nt", folder / f"store{claims}"
    statements = write(claims, path)
    begin = time.perf_counter()
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=-3);"
    code += " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    command = [sys.executable, "-P", "-m", "kg", "load", str(path), "--store", str(store)]
    done = _run("-c", code, *command)
    return {
        "claims": claims,
        "statements": statements,
        "load_s": round(time.perf_counter() - begin, 1),
        "peak_mb": round(int(done) / 1024),
    }, store


def _asked(store: Path, query) -> list | None:
    """Seconds of a query, of its processor, and rows; None where it took too long."""
    from kg.errors import LimitError
    from kg.stores import open_store

    before, begin = _cpu(), time.perf_counter()
    try:
        rows = open_store(store).query(query.bind_values(), timeout=LIMIT).count
    except LimitError:
        return None
    return [round(time.perf_counter() - begin, 3), round(_cpu() - before, 3), rows]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _rdflib(store: Path, limit: float) -> dict:
    return json.loads(_run("-c", PEER, str(store), str(limit)))


def _run(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def table(found: dict) -> list[str]:
    """The measurements as lines of Markdown."""
    peer = found["peer"]
    first, second, load = found["loaded"], peer["loaded"], peer["rdflib"]["load_s"]
    lines = [
        "",
        f"`kg load`: {first['statements']:,} statements of {first['claims']:,} claims in "
        f"{first['load_s']} s, peak {first['peak_mb']} MB; {second['statements']:,} in "
        f"{second['load_s']} s, rdflib {load} s.",
        "",
        f"| saved query | s at {first['claims']:,} | processor, s | rows | "
        f"s at {second['claims']:,} | rdflib, s | x |",
        f"|-|{'-:|' * 6}",
    ]
    for name, asked in found["queries"].items():
        ours, theirs = peer["ours"][name], peer["rdflib"][name]
        if theirs and ours and theirs[1] != ours[2]:
            raise SystemExit(f"bench: {name} has {ours[2]} rows, {theirs[1]} in rdflib")
        cells = asked or [f"over {found['limit_s']}", "", ""]
        times = f"{theirs[0] / ours[0]:.1f}" if theirs and ours else ""
        after = theirs[0] if theirs else f"over {peer['limit_s']}"
        row = (name, *cells, ours[0] if ours else "", after, times)
        lines.append(f"| {' | '.join(str(cell) for cell in row)} |")
    return lines
