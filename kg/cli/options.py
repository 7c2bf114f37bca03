"""Options that several commands share, and completion of their values in a shell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.render.writers import WRITERS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kg.model import EvidenceBase

F = TypeVar("F", bound=Callable[..., Any])

READING_NAMES = ("established", "as_described", "best_case")
SEVERITY_NAMES = ("none", "mild", "moderate", "severe")
DOCUMENT_FORMATS = (*WRITERS,)
"""Formats in which every result can be written, including those of plug-ins."""


def _complete_ids(
    list_ids: Callable[[EvidenceBase], Iterable[tuple[str, str]]],
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """A completion that offers the ids of the base which begin with what was typed."""

    def complete(ctx: click.Context, param: click.Parameter, start: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from kg.api.base import load_base
        from kg.errors import KgError

        try:
            base = load_base(ctx.params.get("base")).base
        except KgError:  # a message would disturb the line that is being typed
            return []
        ids = list_ids(base)
        return [CompletionItem(id, help=label) for id, label in ids if id.startswith(start)]

    return complete


def _list_outcomes(base: EvidenceBase) -> Iterator[tuple[str, str]]:
    from kg.model import OUTCOME_KINDS

    return ((e.id, e.label) for e in base.entities if e.kind in OUTCOME_KINDS)


complete_outcomes = _complete_ids(_list_outcomes)
complete_exposures = _complete_ids(lambda base: ((e.id, e.label) for e in base.exposures))
complete_populations = _complete_ids(lambda base: ((p.id, p.label) for p in base.populations))
complete_sources = _complete_ids(lambda base: ((s.id, s.title) for s in base.sources))


def _complete_profiles(
    ctx: click.Context, param: click.Parameter, start: str
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from kg.grading.profiles import list_profiles

    return [CompletionItem(name) for name in list_profiles() if name.startswith(start)]


def with_base_option(function: F) -> F:
    """The function with `--base`, which every command takes."""
    return click.option(
        "--base",
        metavar="PATH",
        envvar="KG_BASE",
        show_envvar=True,
        help="Curated directory, RDF file or store to read instead of the data shipped with kg.",
    )(function)


def with_source_option(help_text: str) -> Callable[[F], F]:
    """The function with `--source`."""
    return click.option("--source", metavar="ID", shell_complete=complete_sources, help=help_text)


def with_question_options(
    outcome: str, exposure: str = "Only this exposure.", required: bool = False
) -> Callable[[F], F]:
    """The options `--outcome`, `--exposure` and `--source`, which say what is asked about."""

    def add_options(function: F) -> F:
        from_source = with_source_option("Only what this source argues.")(function)
        of_exposure = click.option(
            "--exposure", metavar="NAME", shell_complete=complete_exposures, help=exposure
        )(from_source)
        return click.option(
            "--outcome",
            metavar="NAME",
            required=required,
            shell_complete=complete_outcomes,
            help=outcome,
        )(of_exposure)

    return add_options


def with_reading_option(help_text: str, default: str = READING_NAMES[0]) -> Callable[[F], F]:
    """The function with `--reading`."""
    return click.option(
        "--reading",
        type=click.Choice(READING_NAMES),
        default=default,
        show_default=True,
        help=help_text,
    )


def with_scenario_options(function: F) -> F:
    """The options of a command that grades an outcome under other assumptions, and shows it."""
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


def read_profile_name(ctx: click.Context, param: click.Parameter, name: str) -> str:
    """The name of a profile; where it is a file, the file has been read under that name."""
    if name.endswith(".toml"):
        from pathlib import Path

        from kg.grading.profiles import PROFILE_FILES, read_profile_file

        PROFILE_FILES[name] = read_profile_file(Path(name))
    return name


def with_profile_option(
    help_text: str = "Grading profile: one of `kg list profiles`, or a TOML file of your own.",
) -> Callable[[F], F]:
    """The function with `--profile`."""
    return click.option(
        "--profile",
        default="grade",
        envvar="KG_PROFILE",
        show_default=True,
        show_envvar=True,
        shell_complete=_complete_profiles,
        callback=read_profile_name,
        help=help_text,
    )


def with_grading_options(function: F) -> F:
    """The function with `--profile` and `--evidence`, which decide how evidence is graded."""
    return click.option(
        "--evidence",
        type=click.Choice(["cited", "literature", "all"]),
        default="all",
        show_default=True,
        help="Use the evidence that the sources cite, the recorded literature, or both.",
    )(with_profile_option()(function))


def with_output_option(function: F) -> F:
    """The function with `-o`; `-` is stdout, a file is replaced in one step or not at all."""
    return click.option(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        show_default="stdout",
        help="File to write, in one step or not at all; `-` is stdout.",
    )(function)


def with_format_option(*formats: str) -> Callable[[F], F]:
    """The function with `--format`; the first format is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        show_default=f"by the suffix of FILE, else {formats[0]}",
        help="Format of the result.",
    )


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
        help="Exit with status 1 at this severity or above; `none` never does.",
    )(function)


def with_date_option(function: F) -> F:
    """The function with `--date`, the day that is printed in what it makes."""
    return click.option(
        "--date",
        metavar="TEXT",
        help="Date to print, '' for none; by default SOURCE_DATE_EPOCH, else today.",
    )(function)
