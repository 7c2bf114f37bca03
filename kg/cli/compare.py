"""`kg compare`: the default and every alternative side by side, and what mere volume does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli import options
from kg.cli.loading import load_base
from kg.cli.output import show_document
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.scenarios.request import GradeRequest

HELP_TEXT = """\b
Examples:
  kg compare --outcome acne-scars
  kg compare --outcome acne-scars --reading as_described
  kg compare --outcome sleep-quality --exposure magnesium-oral --format csv

Show the default and every alternative side by side, and what sheer volume does to them.

All methods see the same chains. The last columns are the volume test: fifty studies that repeat the
weakest in-vitro finding are added to a copy of the base, and everything is rated again. A method
whose rating moves takes much weak evidence for strong evidence. Only the default is calibrated.
"""


@click.command(
    help=HELP_TEXT, short_help="Compare grading methods, and what sheer volume does to them."
)
@options.with_question_options(
    "Outcome to compare on.",
    "Exposure to compare on; by default the one worded most strongly.",
)
@click.option(
    "--profiles",
    metavar="A,B",
    help="Compare grading profiles instead, such as grade,core-grade, on one outcome or all.",
)
@options.with_reading_option("Reading in which the copies are added.", default="best_case")
@options.with_format_option(*options.DOCUMENT_FORMATS)
@options.with_base_option
@options.with_output_option
def command(
    outcome: str | None,
    profiles: str | None,
    exposure: str | None,
    source: str | None,
    reading: str,
    form: str | None,
    base: str | None,
    output: str,
) -> None:
    """Compare the methods on one pair, or profiles on all pairs of a request."""
    from kg.scenarios.request import GradeRequest

    request = GradeRequest.parse(outcome, exposure, source, reading=reading)
    if profiles is not None:
        _show_profiles(request, profiles, base, form, output)
        return
    if outcome is None:
        raise UsageError("name an outcome (kg list outcomes), or profiles to compare (--profiles)")
    from kg.api.scenarios import compare_methods
    from kg.render.scenarios.compare import build_document

    loaded = load_base(base)
    document = build_document(compare_methods(loaded, request), loaded)
    show_document(document, form, output)


def _show_profiles(
    request: GradeRequest, profiles: str, base: str | None, form: str | None, output: str
) -> None:
    """Show the pairs of a request by each of the profiles."""
    from kg.api.scenarios import compare_by_profile
    from kg.render.scenarios.profile_comparison import build_document

    names = [name.strip() for name in profiles.split(",") if name.strip()]
    if len(set(names)) < 2:
        raise UsageError(
            f"--profiles takes two names or more, such as grade,core-grade, not {profiles[:40]!r}"
        )
    loaded = load_base(base)
    document = build_document(compare_by_profile(loaded, request, names), loaded)
    show_document(document, form, output)
