"""The command line: a group that imports only the command that is asked for."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from kg._version import __version__
from kg.errors import DataError, KgError, MissingExtra, OutsideError
from kg.registry import Registry

(
    EXIT_FINDINGS,
    EXIT_USAGE,
    EXIT_DATA,
    EXIT_LIMIT,
    EXIT_OUTSIDE,
    EXIT_BUG,
    EXIT_INTERRUPTED,
    EXIT_CLOSED_PIPE,
) = (
    *(1, 2, 3, 4, 5),
    *(70, 130, 141),
)

COMMANDS: Registry[click.Command] = Registry(
    "command",
    {
        "grade": "kg.cli.grade:command",
        "explain": "kg.cli.explain:command",
        "whatif": "kg.cli.whatif:command",
        "plan": "kg.cli.plan:command",
        "sensitivity": "kg.cli.sensitivity:command",
        "appraise": "kg.cli.appraise:command",
        "paths": "kg.cli.paths:command",
        "check": "kg.cli.check:command",
        "audit": "kg.cli.audit:command",
        "compare": "kg.cli.compare:command",
        "rules": "kg.cli.rules:command",
        "list": "kg.cli.list:command",
        "show": "kg.cli.show:command",
        "query": "kg.cli.query:command",
        "render": "kg.cli.render:command",
        "report": "kg.cli.report:command",
        "serve": "kg.cli.serve:command",
        "site": "kg.cli.site:command",
        "mcp": "kg.cli.mcp:command",
        "build": "kg.cli.build:command",
        "load": "kg.cli.load:command",
        "export": "kg.cli.export:command",
        "validate": "kg.cli.validate:command",
        "new": "kg.cli.new:command",
        "doctor": "kg.cli.doctor:command",
        "completion": "kg.cli.completion:command",
    },
)

# Kept here so that `kg --help` imports no command; a test holds them equal to the commands' own.
SHORT_HELP = {
    "grade": "Show how certain the evidence is, and where each argument breaks.",
    "explain": "Show the whole derivation of a claim, a chain or a pair.",
    "whatif": "Show the grade with evidence added or removed.",
    "plan": "Rank what evidence to get next by cost and effect on the grade.",
    "sensitivity": "Show how far a grade depends on single grading choices.",
    "appraise": "Rate bodies of evidence from a table of findings.",
    "paths": "Grade mechanism paths of DrugMechDB or dismech.",
    "check": "List weak links and faults with file, line and remedy.",
    "compare": "Compare grading methods, and what sheer volume does to them.",
    "audit": "Check what each cited work really is.",
    "rules": "List the detectors of weak links, or explain one.",
    "list": "List outcomes, claims, studies, chains and more.",
    "show": "Show one record of the base with all its fields.",
    "query": "Query the graph in SPARQL, with a saved query or your own.",
    "report": "Write a printable report on an outcome or an article.",
    "render": "Draw the graph of an outcome with its weakest links marked.",
    "serve": "Serve pages, a JSON API and SPARQL.",
    "site": "Write the pages as a static site.",
    "mcp": "Serve language-model agents over MCP.",
    "build": "Compile the curated text to TriG and a store.",
    "load": "Load KGX or RDF of any size into a store on disk.",
    "export": "Write a base as KGX, Parquet or N-Quads.",
    "validate": "Check a base against its schema and shapes.",
    "new": "Write a template for an article, study or profile.",
    "doctor": "Report which parts work on this machine.",
    "completion": "Set up completion for your shell.",
}

GROUP_EXAMPLES = """\b
Examples:
  kg grade --outcome acne-scars
  kg explain as2
  kg check --fail-on severe
  kg query --list"""


class LazyGroup(click.Group):
    """The group of all commands, none of which is imported before it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands in the order of the table."""
        return [*COMMANDS]  # here `list` is the command of that name once it is imported

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now; None where there is none."""
        return COMMANDS[cmd_name] if cmd_name in COMMANDS else None  # noqa: SIM401  get() hides faults

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments ask for; `UnknownName` with near names."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            COMMANDS[name]
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their one-line helps from the table."""
        rows = [(name, SHORT_HELP[name]) for name in COMMANDS]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=f"{GROUP_EXAMPLES}\n\nGrades the evidence behind health claims, link by link.",
    epilog="Results go to stdout, everything else to stderr. Exit status: 0 success, 1 findings at "
    "or above --fail-on, 2 usage error, 3 bad data, 4 limit reached, 5 failure outside kg.",
)
@click.version_option(__version__, prog_name="kg")
@click.pass_context
def group(ctx: click.Context) -> None:
    """Show what is in the base when no command is given."""
    if ctx.invoked_subcommand is None:
        from kg.cli.overview import show_overview

        show_overview()


def entry() -> NoReturn:
    """End this process with the exit status of kg."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads of numpy that nothing here uses
    sys.exit(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run kg and return its exit status; no traceback leaves it unless `KG_DEBUG=1`."""
    words = [*(sys.argv[1:] if arguments is None else arguments)]
    if sys.stdout is None:  # started with stdout closed
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115  it stays open to the end
    if "_KG_COMPLETE" in os.environ:
        group.main(words, prog_name="kg", complete_var="_KG_COMPLETE")
    try:
        status = _run_command(words)
        sys.stdout.flush()
    except BrokenPipeError:
        return _silence_stdout()
    except KeyboardInterrupt:
        click.echo("kg: interrupted", err=True)
        return EXIT_INTERRUPTED
    except OSError as fault:  # a full disk shows itself at the flush
        click.echo(f"kg: cannot write the result: {fault.strerror}", err=True)
        return _silence_stdout(EXIT_OUTSIDE)
    return status


def _run_command(words: list[str]) -> int:
    """Exit status of one invocation; faults become messages on stderr."""
    try:
        _refuse_shadowed_checkout()
        with group.make_context("kg", words, terminal_width=_measure_help_width()) as ctx:
            answer = group.invoke(ctx)
        return answer if isinstance(answer, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as fault:
        if _is_debugging():
            raise
        fault.show()
        return fault.exit_code
    except KgError as fault:
        if isinstance(fault, MissingExtra):
            from kg.cli.first_use import install_extra

            if install_extra(fault.extra, words):
                return _run_command(words)
        if _is_debugging():
            raise
        _report_error(fault)
        return fault.exit_status
    except MemoryError:
        click.echo("kg: out of memory; ask for one outcome, or give a smaller base", err=True)
        return EXIT_LIMIT
    except Exception as fault:
        if _is_debugging() or getattr(fault, "errno", None) in _LOST_OUTPUT_ERRORS:
            raise
        return _report_plugin(fault) or _report_gone_package(fault) or _report_bug(fault, words)


def _refuse_shadowed_checkout() -> None:
    """Nothing; OutsideError where this kg is a copy that hides the checkout it is started from.

    `scripts/setup` leaves the way to the checkout beside the packages of `.venv`.
    """
    packages = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))  # noqa: PTH120
    if os.path.exists(f"{packages}/kg-checkout.pth"):  # noqa: PTH110  pathlib costs 5 ms here
        from kg.extras import describe_removal

        raise OutsideError(
            f"the copy of kg in {packages} hides the checkout, so that changes there do nothing; "
            f"run: {describe_removal()}"
        )


def _measure_help_width() -> int:
    """Columns of a help. Without it click imports shutil, a sixth of the time of `kg --help`."""
    columns_variable = os.environ.get("COLUMNS", "")
    if columns_variable.isdecimal() and int(columns_variable) > 0:
        return max(50, min(100, int(columns_variable)))
    try:
        return max(50, min(100, os.get_terminal_size(sys.stdout.fileno()).columns))
    except (OSError, ValueError):  # not a terminal
        return 100


_LOST_OUTPUT_ERRORS = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EIO)


def _is_debugging() -> bool:
    return os.environ.get("KG_DEBUG", "") not in ("", "0")


def _report_error(fault: KgError) -> None:
    """Write a fault to stderr: one line, then its diagnostics, each with file and line."""
    from kg.render.escape import escape_terminal

    click.echo(f"kg: {escape_terminal(str(fault))}", err=True)
    if isinstance(fault, DataError):
        for diagnostic in fault.diagnostics:
            click.echo(escape_terminal(str(diagnostic)), err=True)


def _silence_stdout(status: int = EXIT_CLOSED_PIPE) -> int:
    """The status; what is left to print goes nowhere, or Python would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _report_plugin(fault: Exception) -> int:
    """Name the plug-in in which a fault arose in one line; 0 where none was involved."""
    from kg.registry import describe_plugin_fault, find_plugin_in_traceback

    point = find_plugin_in_traceback(fault)
    if point is None:
        return 0
    _report_error(OutsideError(describe_plugin_fault(point, fault)))
    return EXIT_OUTSIDE


def _report_gone_package(fault: Exception) -> int:
    """Name the package that comes with kg and is not here in one line; 0 where that is not it."""
    package = (getattr(fault, "name", "") or "").partition(".")[0]
    if not isinstance(fault, ModuleNotFoundError) or package in ("", "kg"):
        return 0
    from kg.extras import describe_repair

    remedy = describe_repair([package])
    message = f"without the Python package {package} this cannot work; run: {remedy}"
    _report_error(OutsideError(message))
    return EXIT_OUTSIDE


def _report_bug(fault: Exception, words: list[str]) -> int:
    """Write a report file and one line that names it."""
    import platform
    import tempfile
    import traceback

    report = "\n".join(
        [
            f"kg {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"arguments: {words}",
            "".join(traceback.format_exception(fault)),
        ]
    )
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="kg-report-", suffix=".txt", delete=False
    ) as file:
        file.write(report)
    name = type(fault).__name__
    click.echo(f"kg: this is a fault of kg, not yours ({name}); report: {file.name}", err=True)
    return EXIT_BUG
