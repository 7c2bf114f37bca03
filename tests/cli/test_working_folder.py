"""No command and no child of one runs code from the folder that a person stands in."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from kg.processes import child_environment
from tests.server.serving import serving

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "tests" / "cases" / "cli" / "base"
SAFE = (sys.executable, "-P", "-m", "kg")
BARE = (sys.executable, "-m", "kg")

COMMANDS = (
    ("query", "-e", "ASK {}"),
    ("query", "ask.rq"),
    ("query", "--name", "uncited-claims"),
    ("load", "one.nt", "--store", "loaded"),
    ("build", "-o", "built"),
    ("check",),
    ("validate",),
    ("grade", "--outcome", "dry-skin"),
    ("export", "--format", "nquads", "-o", "x.nq"),
    ("render", "--outcome", "dry-skin", "-o", "x.svg"),
    ("report", "--outcome", "dry-skin", "-o", "x.html"),
    ("site", "pages"),
    ("doctor",),
)


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A folder with a file for every module of Python and of every package, kg itself included."""
    folder = tmp_path / "planted"
    folder.mkdir()
    names = {*sys.stdlib_module_names, *packages_distributions(), "sitecustomize", "usercustomize"}
    for name in sorted(n for n in names if n.isidentifier()):
        (folder / f"{name}.py").write_text(_MARK)
    (folder / "kg").mkdir()
    (folder / "kg" / "__init__.py").write_text(_MARK)
    (folder / "ask.rq").write_text("ASK {}")
    (folder / "one.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    return folder


_MARK = """
import builtins
with builtins.open(__file__ + ".ran", "w"):
    pass
"""


def ran(folder: Path) -> list[str]:
    """Names of the planted files that ran."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.ran"))


def run_entry(folder: Path, entry: tuple[str, ...], *words: str, **variables: str) -> str:
    """What kg says in a folder, on both channels."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "KG_BASE": str(BASE), **variables}
    env["KG_CACHE_DIR"] = str(folder.parent / "cache")
    command = [*entry, *words]
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_no_command_runs_what_lies_in_the_folder(planted: Path, words: tuple[str, ...]) -> None:
    told = run_entry(planted, SAFE, *words)
    assert ran(planted) == [], told
    assert "Traceback" not in told


def test_an_empty_entry_of_pythonpath_is_not_handed_on(planted: Path) -> None:
    given = {"PYTHONPATH": os.pathsep.join(["", ".", "lib", str(planted.parent), "~"])}
    kept = child_environment(given)["PYTHONPATH"].split(os.pathsep)
    assert kept == [str(ROOT), str(planted.parent)]


@pytest.mark.medium
@pytest.mark.parametrize("words", COMMANDS[:4], ids=lambda words: " ".join(words[:2]))
def test_started_as_a_module_it_runs_no_file_either(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Python itself looks for `kg` and what runs it in the folder; kg looks there for nothing."""
    for name in ("json", "subprocess", "tempfile", "random", "csv", "click", "pyoxigraph"):
        (tmp_path / f"{name}.py").write_text(_MARK)
    (tmp_path / "ask.rq").write_text("ASK {}")
    (tmp_path / "one.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    told = run_entry(tmp_path, BARE, *words)
    assert ran(tmp_path) == [], told


@pytest.mark.slow
def test_the_server_and_its_workers_run_nothing_from_the_folder(planted: Path) -> None:
    with serving(planted, base=BASE) as server:
        assert server.query("ASK {}").status == 200
        assert server.ask("/").status == 200
    assert ran(planted) == []


@pytest.mark.slow
def test_the_server_of_agents_runs_nothing_from_the_folder(planted: Path) -> None:
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "KG_BASE": str(BASE)}
    server = StdioServerParameters(
        command=sys.executable, args=[*SAFE[1:], "mcp"], cwd=planted, env=variables
    )

    async def talk() -> str:
        async with Client(server) as client:
            return str(await client.call_tool("query", {"sparql": "ASK {}"}))

    assert '"boolean":true' in asyncio.run(asyncio.wait_for(talk(), 120))
    assert ran(planted) == []
