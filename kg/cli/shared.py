"""What commands share: options, loading, colour, and where results go."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from kg.render.writers import WRITERS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kg.bulk.columns import LinkColumns
    from kg.model import Diagnostic, EvidenceBase
    from kg.registry import Registry
    from kg.render import RenderOptions
    from kg.render.document import Document

F = TypeVar("F", bound=Callable[..., Any])

READING_NAMES = ("established", "as_described", "best_case")
SEVERITY_NAMES = ("none", "mild", "moderate", "severe")
DOCUMENT_FORMATS = (*WRITERS,)
"""Forms in which every result can be written, those of plug-ins among them."""
DEFAULT_WIDTH = 100


def with_base_option(function: F) -> F:
    """The function with `--base`, which every command takes."""
    return click.option(
        "--base",
        metavar="PATH",
        envvar="KG_BASE",
        show_envvar=True,
        help="Curated directory, RDF file or store to read instead of the data that kg ships.",
    )(function)


def with_question_options(
    outcome: str, exposure: str = "Only this exposure.", required: bool = False
) -> Callable[[F], F]:
    """The options `--outcome`, `--exposure` and `--source`, which say what is asked about."""

    def add_options(function: F) -> F:
        from_source = click.option(
            "--source",
            metavar="ID",
            shell_complete=suggest_sources,
            help="Only what this source argues.",
        )(function)
        of_exposure = click.option(
            "--exposure", metavar="NAME", shell_complete=suggest_exposures, help=exposure
        )(from_source)
        return click.option(
            "--outcome",
            metavar="NAME",
            required=required,
            shell_complete=suggest_outcomes,
            help=outcome,
        )(of_exposure)

    return add_options


def with_inquiry_options(function: F) -> F:
    """The options of a command that grades an outcome under suppositions, and shows it."""
    for option in (
        with_colour_option,
        with_output_option,
        with_base_option,
        with_grading_options,
        with_format_option(*DOCUMENT_FORMATS),
        with_question_options("Outcome to grade.", required=True),
    ):
        function = option(function)
    return function


def with_profile_option(function: F) -> F:
    """The function with `--profile`."""
    return click.option(
        "--profile",
        default="grade",
        envvar="KG_PROFILE",
        show_default=True,
        show_envvar=True,
        shell_complete=_suggest_profiles,
        help="Grading profile: its constants are data; see `kg list profiles`.",
    )(function)


def with_grading_options(function: F) -> F:
    """The function with `--profile` and `--evidence`, which decide how evidence is graded."""
    profile_added = with_profile_option(function)
    return click.option(
        "--evidence",
        type=click.Choice(["cited", "literature", "all"]),
        default="all",
        show_default=True,
        help="Admit what the sources cite, what the recorded literature holds, or both.",
    )(profile_added)


def with_output_option(function: F) -> F:
    """The function with `-o`; `-` is stdout, a file is replaced in one step or not at all."""
    return click.option(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        show_default="stdout",
        help="Write there, in one step or not at all; `-` is stdout.",
    )(function)


def with_format_option(*forms: str) -> Callable[[F], F]:
    """The function with `--format`; the first form is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        show_default=f"by the suffix of FILE, else {forms[0]}",
        help="Form of the result.",
    )


FORMATS_BY_SUFFIX = {"md": "markdown", "ttl": "turtle"}

KNOWN_FILE_SUFFIXES = frozenset(
    (
        *("csv", "dot", "docx", "htm", "html", "json", "jsonl", "jsonld", "md", "nq", "parquet"),
        *("pdf", "png", "sarif", "svg", "trig", "tsv", "ttl", "xlsx", "xml"),
    )
)
"""Suffixes that say what a file holds: text is not written to one that this command has not."""


def resolve_format(form: str | None, output: str, *forms: str) -> str:
    """The form that was asked for, by name or by the suffix of the file; else the first.

    >>> resolve_format(None, "a/grade.md", "text", "markdown")
    'markdown'
    >>> resolve_format(None, "-", "text", "markdown")
    'text'

    Raises:
        UsageError: The suffix names a form that the command does not write.
    """
    if form is not None:
        return form
    suffix = output.rpartition(".")[2].lower() if "." in output else ""
    suffix_format = FORMATS_BY_SUFFIX.get(suffix, suffix)
    if suffix_format not in forms and suffix in KNOWN_FILE_SUFFIXES:
        from kg.errors import UsageError

        raise UsageError(
            f"this command writes no .{suffix}: give --format, or another suffix; "
            f"its forms are {', '.join(forms)}"
        )
    return suffix_format if suffix_format in forms else forms[0]


def pick_renderer(forms: Registry[Any], form: str, subject: str, *other_forms: str) -> Any:
    """The renderer of this form; UsageError that names the others where the subject has it not."""
    if form in forms:
        return forms[form]
    from kg.errors import UsageError

    known = ", ".join((*forms, *other_forms))
    raise UsageError(f"--format {form} does not go with {subject}: choose one of {known}")


def with_colour_option(function: F) -> F:
    """The function with `--color`, which stands above NO_COLOR and FORCE_COLOR."""
    return click.option(
        "--color",
        "colour",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colour; auto follows the terminal, NO_COLOR, FORCE_COLOR and TERM=dumb.",
    )(function)


def with_fail_on_option(function: F) -> F:
    """The function with `--fail-on`, the one way to get exit status 1."""
    return click.option(
        "--fail-on",
        type=click.Choice(SEVERITY_NAMES),
        default="none",
        show_default=True,
        help="Exit with 1 from this severity on; `none` never does.",
    )(function)


def load_base(path: str | None, outcome: str | None = None) -> EvidenceBase:
    """The base at `path`, or the shipped one; DataError where it has a severe fault.

    Of a large store only what bears on the outcome. Lesser faults are told on stderr: moderate ones
    each, mild ones as a count.
    """
    from kg.api import base as inputs

    loaded = inputs.load_base(path, outcome)
    base = inputs.require_sound(loaded)
    report_faults(loaded.diagnostics)
    return base


def load_columns(path: str) -> LinkColumns:
    """Columns of a table of rated links, or of a snapshot; how far it is, is told on a terminal."""
    from kg.api.rated_links import load_link_columns

    with count_progress("links") as on_progress:
        columns, lesser_faults = load_link_columns(path, on_progress)
    report_faults(lesser_faults)
    return columns


@contextmanager
def count_progress(thing_plural: str) -> Iterator[Callable[[int], None] | None]:
    """What hears how many things there were so far and tells it on stderr, on a terminal only."""
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
    from kg.render.escape import escape_terminal

    mild = [d for d in diagnostics if d.severity < Severity.MODERATE]
    for diagnostic in diagnostics:
        if diagnostic.severity >= Severity.MODERATE:
            click.echo(escape_terminal(str(diagnostic)), err=True)
    if mild:
        noun = "fault" if len(mild) == 1 else "faults"
        click.echo(f"kg: {len(mild)} mild {noun} in the data; kg validate lists them", err=True)


def is_severity_reached(found_severities: Sequence[int], fail_on: str) -> bool:
    """Whether a severity reaches `--fail-on`."""
    threshold = SEVERITY_NAMES.index(fail_on)
    return threshold > 0 and any(severity >= threshold for severity in found_severities)


def emit_text(text: str, output: str = "-") -> None:
    """Write a result to stdout, or to a file that is replaced in one step."""
    if output == "-":
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        return
    from kg.formats.files import write_atomically

    write_atomically(output, text)


def show_document(document: Document, form: str | None, output: str, colour: str = "never") -> None:
    """Write a result in the form that was asked for, piece by piece as it is made.

    Raises:
        UsageError: No writer has the form.
    """
    shape = resolve_format(form, output, *DOCUMENT_FORMATS)
    write_pieces = pick_renderer(WRITERS, shape, document.title)
    emit_pieces(write_pieces(document, build_view_options(shape, output, colour)), output)


def emit_pieces(pieces: Iterable[str], output: str = "-") -> None:
    """Write pieces of a text as they come to stdout, or to a file that is replaced in one step."""
    if output == "-":
        for piece in pieces:
            emit_text(piece)
        return
    from kg.formats.files import write_atomically

    write_atomically(output, pieces)


def emit_result(result: str | bytes, output: str = "-") -> None:
    """Write a text or the bytes of a picture, as `emit` does."""
    if isinstance(result, str):
        emit_text(result, output)
    elif output == "-":
        sys.stdout.buffer.write(result)
    else:
        from kg.formats.files import write_atomically

        write_atomically(output, result)


def with_date_option(function: F) -> F:
    """The function with `--date`, the day that is printed in what it makes."""
    return click.option(
        "--date",
        metavar="TEXT",
        help="Date to print; '' for none. By default SOURCE_DATE_EPOCH or today.",
    )(function)


def resolve_date(date_text: str | None) -> str | None:
    """The day to print: as given, else of SOURCE_DATE_EPOCH (so that bytes repeat), else today."""
    if date_text is not None:
        return date_text or None
    from datetime import UTC, datetime

    from kg.resources import source_date

    return f"{source_date() or datetime.now(UTC):%Y-%m-%d}"


def is_colour_wanted(choice: str, output: str = "-") -> bool:
    """Whether to colour: the option first, then NO_COLOR, FORCE_COLOR, and last the terminal."""
    if choice != "auto":
        return choice == "always"
    if output != "-" or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "") not in ("", "0"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def measure_width() -> int:
    """Columns to fill: `$COLUMNS`, else those of the terminal, at most 100."""
    columns_variable = os.environ.get("COLUMNS", "")
    if columns_variable.isdecimal() and int(columns_variable) > 0:
        return max(60, int(columns_variable))
    if not sys.stdout.isatty():
        return DEFAULT_WIDTH
    return max(60, min(DEFAULT_WIDTH, os.get_terminal_size(sys.stdout.fileno()).columns))


def build_view_options(shape: str, output: str, colour: str = "never") -> RenderOptions:
    """Options of a view of this form that goes there."""
    from kg.render import RenderOptions

    return RenderOptions(
        width=measure_width(),
        colour=shape == "text" and is_colour_wanted(colour, output),
        ascii_only=output == "-" and is_ascii_only(),
    )


def require_modules(extra: str, *modules: str) -> None:
    """Nothing; OutsideError where a module of an extra is not installed."""
    from importlib.util import find_spec

    from kg.errors import OutsideError

    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise OutsideError(f"this needs {', '.join(missing)}: pip install 'evidence-kg[{extra}]'")


def is_ascii_only() -> bool:
    """Whether stdout cannot show more than ASCII."""
    return not (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


def require_file(path: str) -> str:
    """The path of a file that is there; UsageError where it is not."""
    from kg.errors import UsageError

    if not os.path.isfile(path):  # noqa: PTH113  pathlib costs 5 ms here
        raise UsageError(f"{path}: there is no such file")
    return path


def stdin() -> TextIO:
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
            return stdin().read()
        with open(path, encoding="utf-8") as file:  # noqa: PTH123  pathlib costs 5 ms here
            return file.read()
    except UnicodeDecodeError as fault:
        name = "stdin" if path == "-" else path
        raise DataError(f"{name}: not UTF-8 text; save it as UTF-8") from fault
    except OSError as fault:
        raise UsageError(f"{path}: {fault.strerror}") from fault


def suggest_outcomes(
    ctx: click.Context, param: click.Parameter, start: str
) -> list[CompletionItem]:
    """Outcome ids that begin with `start`, for completion in a shell."""
    from click.shell_completion import CompletionItem

    from kg.model import OUTCOME_KINDS

    base = _load_quietly(ctx)
    outcome_entities = (e for e in base.entities if e.kind in OUTCOME_KINDS) if base else ()
    return [CompletionItem(e.id, help=e.label) for e in outcome_entities if e.id.startswith(start)]


def suggest_exposures(
    ctx: click.Context, param: click.Parameter, start: str
) -> list[CompletionItem]:
    """Exposure ids that begin with `start`, for completion in a shell."""
    from click.shell_completion import CompletionItem

    base = _load_quietly(ctx)
    known_exposures = base.exposures if base else ()
    return [CompletionItem(e.id, help=e.label) for e in known_exposures if e.id.startswith(start)]


def suggest_sources(ctx: click.Context, param: click.Parameter, start: str) -> list[CompletionItem]:
    """Source ids that begin with `start`, for completion in a shell."""
    from click.shell_completion import CompletionItem

    base = _load_quietly(ctx)
    known_sources = base.sources if base else ()
    return [CompletionItem(s.id, help=s.title) for s in known_sources if s.id.startswith(start)]


def _suggest_profiles(
    ctx: click.Context, param: click.Parameter, start: str
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from kg.grading.profiles import list_profiles

    return [CompletionItem(name) for name in list_profiles() if name.startswith(start)]


def _load_quietly(ctx: click.Context) -> EvidenceBase | None:
    """The base without a word about its faults: a completion must not disturb the line."""
    from kg.api.base import load_base
    from kg.errors import KgError

    try:
        return load_base(ctx.params.get("base")).base
    except KgError:
        return None
