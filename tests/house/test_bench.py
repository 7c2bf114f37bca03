"""`scripts/bench --quick` measures, prints a table, writes JSON, and ends soon."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "scripts" / "bench"


@pytest.mark.slow
def test_the_quick_run_measures_everything_and_says_so_twice(tmp_path: Path) -> None:
    output = tmp_path / "below" / "bench.json"
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, BENCH, "--quick", "--runs", "1", "-o", output],
        check=True,
        capture_output=True,
        text=True,
    )
    assert time.monotonic() - begin < 120
    result = json.loads(output.read_text(encoding="utf-8"))
    assert result["schema"] == "kg.bench/1"
    assert result["runs"] == 1
    starts = result["starts"]
    assert starts["python -c pass"]["ratio"] == 1
    for name, start in starts.items():
        assert start["ms"] > 0
        assert f"| {name} | {start['ms']:.1f} | {start['ratio']:.2f} |" in done.stdout
    assert starts["kg --help"]["target"] == 5
    assert starts["kg grade --outcome X"]["target"] == 25
    assert result["loading"]["compiled_ms"] < result["loading"]["curated_ms"]
    assert result["grading"]["acne_scars_ms"] > 0
    assert [row["links"] for row in result["kernels"]] == [100, 1000]
    load = result["load"]
    assert load["clients"] == 32
    for mix in ("mixed", "sparql", "hello"):
        assert load[mix]["errors"] == 0
        assert load[mix]["requests"] > 32
        assert load[mix]["p50_ms"] <= load[mix]["p99_ms"]
    assert list(output.parent.iterdir()) == [output]
