"""The same data give the same bytes, whatever the order of files, records and hashes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
CALLS = (
    ("grade", "--all", "--format", "csv"),
    ("grade", "--outcome", "acne-scars"),
)


def shuffled(folder: Path, seed: int) -> Path:
    """A copy of the data: its files under other names, the records of each in another order."""
    random = Random(seed)
    for path in sorted(DATA.rglob("*.yaml")):
        place = path.relative_to(DATA)
        target = folder / place.parent / f"{random.randrange(1000):03}-{place.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_shuffled(path.read_text(encoding="utf-8"), random), encoding="utf-8")
    return folder


def _shuffled(text: str, random: Random) -> str:
    """A file whose sections keep their order and whose records, two blanks in, do not."""
    parts = []
    for section in re.split(r"^(?=[^\s#-])", text, flags=re.MULTILINE):
        head, *records = re.split(r"^(?=  - )", section, flags=re.MULTILINE)
        parts += [head, *(r.rstrip("\n") + "\n" for r in random.sample(records, len(records)))]
    return "".join(parts)


def output(base: Path, seed: str, *call: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "NO_COLOR": "1"}
    command = [sys.executable, "-P", "-m", "kg", *call, "--base", str(base)]
    done = subprocess.run(command, env=environment, capture_output=True, check=True, cwd=ROOT)
    return done.stdout


@pytest.mark.slow
@pytest.mark.law("P12", "P36")
@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_neither_hashes_nor_the_order_of_files_change_a_byte(
    call: tuple[str, ...], tmp_path: Path
) -> None:
    first = output(DATA, "0", *call)
    assert len(first) > 1000
    for seed in ("1", "4242"):
        assert output(shuffled(tmp_path / seed, int(seed)), seed, *call) == first
