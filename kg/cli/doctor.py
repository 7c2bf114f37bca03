"""`kg doctor`: which parts work on this machine, and what each of them will do."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from kg._version import __version__

PACKAGES_BY_FEATURE = {
    "pages": ("starlette", "uvicorn", "jinja2", "markdown-it-py"),
    "looking up": ("httpx", "hishel", "stamina"),
    "MCP": ("mcp",),
    "RDF": ("rdflib", "pyoxigraph", "pyshacl"),
    "reading data": ("PyYAML", "pydantic", "networkx", "numpy"),
}
"""What comes with every kg, by what it is for."""

PURPOSES_BY_EXTRA = {
    "scale": ("scale", "reading and writing Parquet"),
    "nanopub": ("nanopublications", "kg report --format nanopub"),
    "spark": ("Spark", "kg grade --all --engine spark"),
}
MARKS_BY_STATE = {"ok": "ok", "note": "--", "missing": "!!", "fault": "!!"}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at.

    `state` is ok, note (works all the same), missing (a feature that can be added) or fault.
    """

    topic: str
    state: str
    text: str
    remedy: str = ""


HELP_TEXT = """\b
Examples:
  kg doctor
  kg doctor --strict
  kg doctor --format json

Say which parts work on this machine, what will be used for what, and which command adds what is
missing.
"""


@click.command(help=HELP_TEXT, short_help="Report which parts work on this machine.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the report.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if any part is missing or faulty.")
def command(form: str, strict: bool) -> int:
    """Say which parts work on this machine, and what will be used for what."""
    from kg.cli import EXIT_FINDINGS

    check_results = tuple(run_checks())
    _write_report(check_results, form)
    is_complete = all(result.state in ("ok", "note") for result in check_results)
    return EXIT_FINDINGS if strict and not is_complete else 0


def _write_report(check_results: tuple[CheckResult, ...], form: str) -> None:
    from kg.render.escape import escape_terminal

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
        remedy = f"; run: {finding.remedy}" if finding.remedy else ""
        click.echo(
            f"{MARKS_BY_STATE[finding.state]}  {finding.topic:{wide}}  "
            f"{escape_terminal(finding.text + remedy)}"
        )


def run_checks() -> Iterator[CheckResult]:
    """What is there and what is not, in a fixed order."""
    yield _check_python()
    yield CheckResult("kg", "ok", f"{__version__}, {_describe_installation()}")
    yield _check_data()
    yield _check_compiled_form()
    yield from _check_drawing()
    for feature, packages in PACKAGES_BY_FEATURE.items():
        yield _check_packages(feature, packages)
    for extra, (topic, purpose) in PURPOSES_BY_EXTRA.items():
        yield _check_extra(extra, topic, purpose)
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
    from kg.extras import describe_installation, has_extra
    from kg.render.diagram.engines import TEXT_FORMATS, find_engine

    engine = find_engine()
    drawer = f"{engine.name} {engine.read_version()}"
    yield CheckResult("draw SVG", "ok", drawer)
    if engine.name == "dot":
        yield CheckResult("draw PNG", "ok", drawer)
    else:
        yield _check_packages("draw PNG", ("resvg-py",))
    yield CheckResult("draw " + ", ".join(TEXT_FORMATS), "ok", "kg itself; always works")
    if has_extra("pdf"):
        yield _check_packages("PDF", ("plutoprint",))
    else:
        pictures = "; pictures as PDF work" if engine.name == "dot" else ""
        missing = f"not installed{_describe_first_use('pdf')}{pictures}"
        yield CheckResult("PDF", "missing", missing, describe_installation("pdf"))


def _check_packages(feature: str, packages: tuple[str, ...]) -> CheckResult:
    from importlib.metadata import PackageNotFoundError, version

    from kg.extras import describe_repair

    versions, missing = [], []
    for name in packages:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return CheckResult(
            feature, "fault", f"without {', '.join(missing)}", describe_repair(missing)
        )
    return CheckResult(feature, "ok", ", ".join(versions))


def _check_extra(extra: str, topic: str, purpose: str) -> CheckResult:
    from importlib.metadata import version

    from kg.extras import MODULES_BY_EXTRA, describe_installation, has_extra

    if not has_extra(extra):
        text = f"{purpose}: not installed{_describe_first_use(extra)}"
        return CheckResult(topic, "missing", text, describe_installation(extra))
    name = MODULES_BY_EXTRA[extra]
    if extra == "spark" and shutil.which("java") is None:
        text = f"{name} {version(name)}, but no Java; install Java 17"
        return CheckResult(topic, "missing", text, "apt-get install openjdk-17-jre-headless")
    return CheckResult(topic, "ok", f"{name} {version(name)}")


def _describe_first_use(extra: str) -> str:
    from kg.cli.first_use import INSTALLED_ON_FIRST_USE
    from kg.extras import is_own_environment

    is_automatic = extra in INSTALLED_ON_FIRST_USE and is_own_environment()
    return "; the first use does it" if is_automatic else ""


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
