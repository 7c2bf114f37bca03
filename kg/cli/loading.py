"""Reading what a command is given, with faults and progress reported on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from kg.bulk.columns import LinkColumns
    from kg.model import Diagnostic, EvidenceBase


def load_base(path: str | None, outcome: str | None = None) -> EvidenceBase:
    """The base at `path`, or the shipped one; DataError where it has a severe fault.

    Of a large store only what bears on the outcome. Lesser faults are reported on stderr: moderate
    ones each, mild ones as a count.
    """
    from kg.api import base as inputs

    loaded = inputs.load_base(path, outcome)
    base = inputs.require_sound(loaded)
    report_faults(loaded.diagnostics)
    return base


def load_columns(path: str) -> LinkColumns:
    """Columns of a table of rated links, or of a snapshot; progress is shown on a terminal."""
    from kg.api.rated_links import load_link_columns

    with count_progress("links") as on_progress:
        columns, lesser_faults = load_link_columns(path, on_progress)
    report_faults(lesser_faults)
    return columns


@contextmanager
def count_progress(thing_plural: str) -> Iterator[Callable[[int], None] | None]:
    """A callback that shows how many things there were so far; None unless stderr is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from time import monotonic

    begin = last = monotonic()

    def report_count(number: int) -> None:
        nonlocal last
        current_time = monotonic()
        if current_time - last > 0.2:
            last = current_time
            rate = number / (current_time - begin)
            click.echo(f"\rkg: {number:,} {thing_plural}, {rate:,.0f} a second", err=True, nl=False)

    yield report_count
    if last != begin:
        click.echo("", err=True)


def report_faults(diagnostics: Sequence[Diagnostic]) -> None:
    """Write the faults of a base that can still be used to stderr."""
    if not diagnostics:
        return
    from kg.model import Severity

    mild_count = 0
    for diagnostic in diagnostics:
        if diagnostic.severity >= Severity.MODERATE:
            report_line(str(diagnostic), prefix="")
        else:
            mild_count += 1
    if mild_count:
        noun = "fault" if mild_count == 1 else "faults"
        report_line(f"{mild_count} mild {noun} in the data; kg validate lists them")


def report_line(text: str, prefix: str = "kg: ") -> None:
    """Write a line to stderr, without what would steer a terminal."""
    from kg.render.escape import escape_terminal

    click.echo(f"{prefix}{escape_terminal(text)}", err=True)


def require_file(path: str) -> str:
    """The path of a file that is there; UsageError where it is not."""
    from kg.errors import UsageError

    if not os.path.isfile(path):  # noqa: PTH113  pathlib costs 5 ms here
        raise UsageError(f"{path}: there is no such file")
    return path


def require_stdin() -> TextIO:
    """Standard input; UsageError where this process was started with it closed."""
    from kg.errors import UsageError

    if sys.stdin is None:
        raise UsageError("stdin is closed: give `-` something to read, or name a file")
    return sys.stdin


def read_text(path: str) -> str:
    """Text of a file, or of stdin for `-`."""
    from kg.errors import DataError, UsageError

    try:
        if path == "-":
            return require_stdin().read().removeprefix("\ufeff")
        with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123  pathlib costs 5 ms here
            return file.read()
    except UnicodeDecodeError as fault:
        name = "stdin" if path == "-" else path
        raise DataError(f"{name}: not UTF-8 text; save it as UTF-8") from fault
    except OSError as fault:
        raise UsageError(f"{path}: {fault.strerror}") from fault
