"""`kg grade`: how sure the evidence for an outcome is, and where each argument breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli import shared
from kg.render import GRADE_RENDERERS
from kg.scenarios.alternatives import ALGEBRAS
from kg.search.kernels import KERNELS

if TYPE_CHECKING:
    from kg.model import EvidenceBase, OutcomeGrade, Severity
    from kg.render import RenderOptions


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

Say how sure the evidence for an outcome is, and where each argument breaks.

The level is that of GRADE, or `none` where no evidence is offered. It is given for three readings:
with the works that could be identified, with all works as the text describes them, and as if every
cited work were found and flawless. Without --outcome, what the sources make headlines of is graded.
"""


@click.command(
    help=HELP_TEXT,
    short_help="Say how sure the evidence is, and where each argument breaks.",
)
@shared.with_question_options("Outcome to grade; without it, all.")
@click.option(
    "--reading",
    type=click.Choice(shared.READING_NAMES),
    default="established",
    show_default=True,
    help="Reading whose breaks and repairs are shown; all three levels always are.",
)
@click.option("--all", "every", is_flag=True, help="A table of every pair that has a chain.")
@click.option("--top", type=click.IntRange(1), metavar="N", help="With --all: the N surest pairs.")
@click.option(
    "--min",
    "least",
    type=click.Choice(["very low", "low", "moderate", "high"]),
    help="With --all: pairs with at least this established level.",
)
@click.option(
    "--algebra",
    metavar="NAME",
    default=DEFAULT_ALGEBRA,
    show_default=True,
    help=(
        f"Another way to combine evidence, uncalibrated, beside the default: {', '.join(ALGEBRAS)}."
    ),
)
@click.option(
    "--engine",
    type=click.Choice((*KERNELS, *SPARK_ENGINES)),
    default="embedded",
    show_default=True,
    help="What searches: a kernel in this process, or Spark, which gives the table of all pairs.",
)
@shared.with_format_option(*OUTPUT_FORMATS)
@shared.with_grading_options
@shared.with_fail_on_option
@shared.with_base_option
@shared.with_output_option
@shared.with_colour_option
def command(
    outcome: str | None,
    exposure: str | None,
    source: str | None,
    reading: str,
    algebra: str,
    every: bool,
    top: int | None,
    least: str | None,
    engine: str,
    form: str | None,
    profile: str,
    evidence: str,
    fail_on: str,
    base: str | None,
    output: str,
    colour: str,
) -> int:
    """Grade one outcome, or all that the sources make headlines of."""
    from kg.api.base import identify_input
    from kg.api.grades import grade_outcomes
    from kg.render import RenderOptions
    from kg.scenarios.request import GradeRequest

    shape = shared.resolve_format(form, output, *OUTPUT_FORMATS)
    option_values = {
        "source": source,
        "profile": profile,
        "evidence": evidence,
        "fail-on": fail_on,
        "algebra": algebra,
    }
    is_rated = identify_input(base).is_rated
    kernel = None if engine in SPARK_ENGINES else engine
    request = GradeRequest.parse(outcome, exposure, source, profile, evidence, reading, kernel)
    if every or engine in SPARK_ENGINES:
        from kg.cli import all_pairs_table

        if engine in SPARK_ENGINES:
            _reject_options(_require_base(base), option_values)
        elif is_rated:
            _reject_options(str(base), option_values)
        _reject_options("--all", {name: option_values[name] for name in ("fail-on", "algebra")})
        pairs_request = all_pairs_table.AllPairsRequest(request, least, top, engine)
        return all_pairs_table.write_pairs(base, pairs_request, shape, output)
    _reject_table_options(top, least, shape)
    options = RenderOptions(
        width=shared.measure_width(),
        colour=shape == "text" and shared.is_colour_wanted(colour, output),
        reading=reading,
        exposure=exposure,
        source=source,
        ascii_only=output == "-" and shared.is_ascii_only(),
    )
    if base and is_rated:
        _reject_options(base, option_values)
        shared.emit_text(_render_rated(base, outcome, exposure, shape, options), output)
        return 0
    loaded = shared.load_base(base, outcome)
    if algebra != DEFAULT_ALGEBRA:
        _reject_calibrated_use(algebra, reading, fail_on)
        from kg.api.scenarios import rate_by_algebra
        from kg.render.scenarios.alternatives import build_document

        pairs = rate_by_algebra(loaded, algebra, request)
        shared.show_document(build_document(algebra, pairs, loaded), shape, output)
        return 0
    grades = grade_outcomes(loaded, request)
    text = _render_grades(grades, loaded, shape, options, is_single=outcome is not None)
    shared.emit_text(text, output)
    return int(shared.is_severity_reached(_list_severities(grades), fail_on))


_DEFAULT_OPTIONS = {
    "source": None,
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
    base_path: str, outcome: str | None, exposure: str | None, shape: str, options: RenderOptions
) -> str:
    """The view of an outcome on links that were rated elsewhere."""
    from kg.api.rated_links import grade_rated
    from kg.errors import UsageError
    from kg.render.rated_links.grade import RATED_GRADE_RENDERERS

    if outcome is None:
        raise UsageError(f"name an outcome of {base_path} with --outcome, or ask for --all pairs")
    columns = shared.load_columns(base_path)
    grade, named_nodes = grade_rated(columns, base_path, outcome, exposure)
    render_grade = shared.pick_renderer(RATED_GRADE_RENDERERS, shape, f"links such as {base_path}")
    return str(render_grade(grade, named_nodes, options))


def _render_grades(
    grades: tuple[OutcomeGrade, ...],
    base: EvidenceBase,
    form: str,
    options: RenderOptions,
    is_single: bool,
) -> str:
    from kg.render import SUMMARY_RENDERERS

    if is_single and len(grades) == 1:
        return GRADE_RENDERERS[form](grades[0], base, options)
    render_summary = shared.pick_renderer(SUMMARY_RENDERERS, form, "several outcomes")
    return str(render_summary(grades, base, options))


def _list_severities(grades: tuple[OutcomeGrade, ...]) -> list[Severity]:
    from kg.model import Result

    pairs = [pair.severity for grade in grades for pair in grade.pairs]
    hits = [d.severity for grade in grades for d in grade.diagnostics if d.result is Result.HIT]
    return pairs + hits
