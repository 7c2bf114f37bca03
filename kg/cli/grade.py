"""`kg grade`: how sure the evidence for an outcome is, and where each argument breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kg.cli import options
from kg.cli.loading import load_base, load_columns, report_line
from kg.cli.output import (
    build_view_options,
    emit_result,
    is_severity_reached,
    pick_renderer,
    resolve_format,
    show_document,
)
from kg.render import GRADE_RENDERERS
from kg.scenarios.alternatives import ALGEBRAS
from kg.search.kernels import KERNELS

if TYPE_CHECKING:
    from kg.model import EvidenceBase, OutcomeGrade, Severity
    from kg.render import RenderOptions
    from kg.scenarios.request import GradeRequest


OUTPUT_FORMATS = (*GRADE_RENDERERS, "jsonl", "parquet")
DEFAULT_ALGEBRA = "grade"
SPARK_ENGINES = ("spark", "spark:sharded", "spark:rounds")

HELP_TEXT = """\b
Examples:
  kg grade --outcome acne-scars
  kg grade --outcome acne-scars -o acne-scars.json
  kg grade --fail-on severe
  kg grade --all --min low
  kg grade --base links.csv --all -o pairs.parquet

Show how certain the evidence for an outcome is, and where each argument breaks.

The level is one of GRADE's, or `none` where there is no evidence. It is given in three readings:
with the works that could be identified, with all works as the text describes them, and as if every
cited work had been found and were flawless. Without --outcome, the outcomes that sources put in
their headlines are graded.
"""


@click.command(
    help=HELP_TEXT,
    short_help="Show how certain the evidence is, and where each argument breaks.",
)
@options.with_question_options("Outcome to grade; without it, all.")
@click.option(
    "--population",
    metavar="NAME",
    shell_complete=options.complete_populations,
    help="With --outcome: ask about these people, such as healthy-adults; works in others are "
    "charged for it. By default the people whom the outcome names, if any.",
)
@options.with_reading_option(
    "Reading whose breaks and repairs are shown; the level is shown in all three."
)
@click.option("--all", "every", is_flag=True, help="Write a table of every pair that has a chain.")
@click.option(
    "--top", type=click.IntRange(1), metavar="N", help="With --all: only the N most certain pairs."
)
@click.option(
    "--min",
    "least",
    type=click.Choice(["very low", "low", "moderate", "high"]),
    help="With --all: only pairs established at this level or above.",
)
@click.option(
    "--algebra",
    metavar="NAME",
    default=DEFAULT_ALGEBRA,
    show_default=True,
    help=(
        f"Combine evidence in another way, shown beside the default: {', '.join(ALGEBRAS)}. "
        "None of these is calibrated."
    ),
)
@click.option(
    "--engine",
    type=click.Choice((*KERNELS, *SPARK_ENGINES)),
    default="embedded",
    show_default=True,
    help="What runs the search: a kernel in this process, or Spark, for the table of all pairs.",
)
@options.with_format_option(*OUTPUT_FORMATS)
@options.with_grading_options
@options.with_fail_on_option
@options.with_base_option
@options.with_output_option
@options.with_colour_option
def command(
    population: str | None,
    every: bool,
    top: int | None,
    least: str | None,
    algebra: str,
    engine: str,
    form: str | None,
    fail_on: str,
    base: str | None,
    output: str,
    colour: str,
    **choices: Any,
) -> int:
    """Grade one outcome, or all that the sources make headlines of."""
    from kg.api.base import identify_input
    from kg.api.grades import grade_outcomes
    from kg.scenarios.request import GradeRequest, ask_population, list_forms

    shape = resolve_format(form, output, *OUTPUT_FORMATS)
    kernel = None if engine in SPARK_ENGINES else engine
    request = GradeRequest.parse(**choices, kernel=kernel)
    option_values = {name: choices[name] for name in ("source", "profile", "evidence")}
    option_values |= {"fail-on": fail_on, "algebra": algebra}
    is_rated = identify_input(base).is_rated
    if population is not None:
        _reject_population(base if is_rated else None, request, every or algebra != DEFAULT_ALGEBRA)
    if every or kernel is None:
        from kg.cli import all_pairs_table

        if kernel is None:
            base = _require_base(base)
        if is_rated or kernel is None:
            _reject_options(str(base), option_values)
        _reject_options("--all", {name: option_values[name] for name in ("fail-on", "algebra")})
        pairs_request = all_pairs_table.AllPairsRequest(request, least, top, engine)
        return all_pairs_table.write_pairs(base, pairs_request, shape, output)
    _reject_table_options(top, least, shape)
    if base and is_rated:
        _reject_options(base, option_values)
    elif algebra != DEFAULT_ALGEBRA:
        _reject_calibrated_use(algebra, choices["reading"], fail_on)
        return _show_algebra(load_base(base, request.outcome), algebra, request, shape, output)
    view_choices = {name: choices[name] for name in ("reading", "exposure", "source")}
    view_options = build_view_options(shape, output, colour, **view_choices)
    if base and is_rated:
        emit_result(_render_rated(base, request, shape, view_options), output)
        return 0
    loaded = load_base(base, request.outcome)
    if request.outcome and population is not None:
        loaded = ask_population(loaded, request.outcome, population)
    if request.outcome and (forms := list_forms(loaded, request.exposure or "")):
        return _show_forms(loaded, request, forms, shape, output)
    grades = grade_outcomes(loaded, request)
    text = _render_grades(grades, loaded, shape, view_options, is_single=bool(request.outcome))
    emit_result(text, output)
    return int(is_severity_reached(_list_severities(grades), fail_on))


def _reject_population(rated_path: str | None, request: GradeRequest, is_other_table: bool) -> None:
    """Raise UsageError where nobody can be asked about: rated links, or no single outcome."""
    from kg.errors import UsageError

    if rated_path is not None:
        _reject_options(rated_path, {"population": ""})
    if request.outcome is None or is_other_table:
        raise UsageError("--population goes with --outcome, without --all and --algebra")


def _show_forms(
    base: EvidenceBase, request: GradeRequest, forms: tuple[str, ...], shape: str, output: str
) -> int:
    """Write a table of all exposures to a substance that are graded; the exit status."""
    from dataclasses import replace

    from kg.api.grades import grade_outcomes
    from kg.api.rated_links import iterate_base_pairs
    from kg.render.rated_links.pairs import build_document

    (grade,) = grade_outcomes(base, replace(request, exposure=None), with_diagnostics=False)
    pairs = tuple(pair for pair in grade.pairs if pair.exposure in forms)
    show_document(build_document(iterate_base_pairs([replace(grade, pairs=pairs)])), shape, output)
    shown = len({pair.exposure for pair in pairs})
    report_line(
        f"{request.exposure} is what {len(forms)} exposures consist of, and {shown} of them bear "
        f"on {request.outcome}: name one with --exposure for its whole grade"
    )
    return 0


def _show_algebra(
    base: EvidenceBase, algebra: str, request: GradeRequest, shape: str, output: str
) -> int:
    """Write what another algebra makes of the pairs; the exit status."""
    from kg.api.scenarios import rate_by_algebra
    from kg.render.scenarios.alternatives import build_document

    pairs = rate_by_algebra(base, algebra, request)
    show_document(build_document(algebra, pairs, base), shape, output)
    return 0


_DEFAULT_OPTIONS = {
    "source": None,
    "population": None,
    "profile": "grade",
    "evidence": "all",
    "fail-on": "none",
    "algebra": DEFAULT_ALGEBRA,
}


def _reject_options(base_path: str, option_values: dict[str, str | None]) -> None:
    """Raise UsageError for options that mean nothing for links that were rated elsewhere."""
    from kg.errors import UsageError

    for name, value in option_values.items():
        if value != _DEFAULT_OPTIONS[name]:
            refusal_reason = (
                "" if base_path == "--all" else ": its links are rated and hold no works"
            )
            raise UsageError(f"--{name} does not apply to {base_path}{refusal_reason}")


def _require_base(base_path: str | None) -> str:
    """The base of an engine that reads rated links only; UsageError where none is given."""
    from kg.errors import UsageError

    if base_path is None:
        raise UsageError(
            "Spark grades rated links: name a folder of Parquet, here or at s3://..., with --base"
        )
    return base_path


def _reject_table_options(max_pairs: int | None, min_level: str | None, shape: str) -> None:
    """Raise UsageError for what only a table of all pairs has."""
    from kg.errors import UsageError

    for name, option_value in {"top": max_pairs, "min": min_level}.items():
        if option_value is not None:
            raise UsageError(f"--{name} goes with --all")
    if shape in ("jsonl", "parquet"):
        raise UsageError(f"{'Parquet' if shape == 'parquet' else 'jsonl'} goes with --all")


def _reject_calibrated_use(algebra: str, reading: str, fail_on: str) -> None:
    """Raise UsageError for what an uncalibrated answer cannot do, or shows anyway."""
    from kg.errors import UsageError

    if fail_on != "none":
        raise UsageError(f"{algebra} is uncalibrated: no run may fail on it; leave --fail-on out")
    if reading != "established":
        raise UsageError(f"--algebra {algebra} shows all three readings; leave --reading out")


def _render_rated(
    base_path: str, request: GradeRequest, shape: str, view_options: RenderOptions
) -> str:
    """The view of an outcome on links that were rated elsewhere."""
    from kg.api.rated_links import grade_rated
    from kg.errors import UsageError
    from kg.render.rated_links.grade import RATED_GRADE_RENDERERS

    if request.outcome is None:
        raise UsageError(f"name an outcome of {base_path} with --outcome, or ask for --all pairs")
    columns = load_columns(base_path)
    grade, named_nodes = grade_rated(columns, base_path, request.outcome, request.exposure)
    render_grade = pick_renderer(RATED_GRADE_RENDERERS, shape, f"links such as {base_path}")
    return str(render_grade(grade, named_nodes, view_options))


def _render_grades(
    grades: tuple[OutcomeGrade, ...],
    base: EvidenceBase,
    form: str,
    view_options: RenderOptions,
    is_single: bool,
) -> str:
    from kg.render import SUMMARY_RENDERERS

    if is_single and len(grades) == 1:
        return GRADE_RENDERERS[form](grades[0], base, view_options)
    render_summary = pick_renderer(SUMMARY_RENDERERS, form, "several outcomes")
    return str(render_summary(grades, base, view_options))


def _list_severities(grades: tuple[OutcomeGrade, ...]) -> list[Severity]:
    from kg.model import Result

    pairs = [pair.severity for grade in grades for pair in grade.pairs]
    hits = [d.severity for grade in grades for d in grade.diagnostics if d.result is Result.HIT]
    return pairs + hits
