"""`kg grade`: how sure the evidence for an outcome is, and where each argument breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli import shared

if TYPE_CHECKING:
    from kg.model import EvidenceBase, OutcomeGrade, Severity
    from kg.render import Options


FORMATS = ("text", "json", "markdown", "csv", "parquet")
DEFAULT = "grade"
# Written out so that --help imports no algebra; a test holds them equal to the registry.
OTHERS = (
    *("weakest", "leximin", "product", "noisy-or", "noisy-or-studies", "worlds", "subjective"),
    *("dempster", "indra", "aop", "civic", "opentargets", "arax"),
)

ENGINES = ("embedded", "spark", "spark:sharded", "spark:rounds")

HELP = """\b
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
    help=HELP,
    short_help="Say how sure the evidence is, and where each argument breaks.",
)
@shared.question_options("Outcome to grade; without it, all.")
@click.option(
    "--reading",
    type=click.Choice(shared.READINGS),
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
    default=DEFAULT,
    show_default=True,
    help=f"Another way to combine evidence, uncalibrated, beside the default: {', '.join(OTHERS)}.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="embedded",
    show_default=True,
    help="What grades: this process, or Apache Spark, which gives the table of all pairs.",
)
@shared.format_option(*FORMATS)
@shared.grading_options
@shared.fail_on_option
@shared.base_option
@shared.output_option
@shared.colour_option
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
    from kg import api
    from kg.render import Options

    shape = shared.form_of(form, output, *FORMATS)
    given = {
        "source": source,
        "profile": profile,
        "evidence": evidence,
        "fail-on": fail_on,
        "algebra": algebra,
    }
    if every or engine != "embedded":
        from kg.cli import pairs as table

        if engine != "embedded":
            _refuse(_links_of(base), given)
        elif base and api.is_rated(base):
            _refuse(base, given)
        _refuse("--all", {name: given[name] for name in ("fail-on", "algebra")})
        asked = table.Asked(outcome, exposure, source, profile, evidence, least, top, engine)
        return table.write(base, asked, shape, output)
    _refuse_alone(top, least, shape)
    options = Options(
        width=shared.width(),
        colour=shape == "text" and shared.wants_colour(colour, output),
        reading=reading,
        exposure=exposure,
        source=source,
        ascii=output == "-" and shared.is_ascii_only(),
    )
    if base and api.is_rated(base):
        _refuse(base, given)
        shared.emit(_rated(base, outcome, exposure, shape, options), output)
        return 0
    loaded = shared.load(base, outcome)
    if algebra != DEFAULT:
        _refuse_calibrated(algebra, reading, fail_on)
        from kg.render.algebra import FORMS

        pairs = api.rate_by(loaded, algebra, outcome, exposure, source, profile, evidence)
        shared.emit(FORMS[shape](algebra, pairs, loaded, options), output)
        return 0
    grade = api.grade if base else api.grade_shipped
    grades = grade(loaded, outcome, exposure, source, profile, evidence)
    text = _report(grades, loaded, shape, options, single=outcome is not None)
    shared.emit(text, output)
    return int(shared.reaches(_severities(grades), fail_on))


_USUAL = {
    "source": None,
    "profile": "grade",
    "evidence": "all",
    "fail-on": "none",
    "algebra": DEFAULT,
}


def _refuse(base: str, given: dict[str, str | None]) -> None:
    """Raise UsageError for options that mean nothing for links that were rated elsewhere."""
    from kg.errors import UsageError

    for name, value in given.items():
        if value != _USUAL[name]:
            why = "" if base == "--all" else ": its links are rated and hold no works"
            raise UsageError(f"--{name} does not apply to {base}{why}")


def _links_of(base: str | None) -> str:
    """The base of an engine that reads rated links only; UsageError where none is given."""
    from kg.errors import UsageError

    if base is None:
        raise UsageError(
            "Spark grades rated links: name a folder of Parquet, here or at s3://..., with --base"
        )
    return base


def _refuse_alone(top: int | None, least: str | None, shape: str) -> None:
    """Raise UsageError for what only a table of all pairs has."""
    from kg.errors import UsageError

    for name, given in {"top": top, "min": least}.items():
        if given is not None:
            raise UsageError(f"--{name} goes with --all")
    if shape == "parquet":
        raise UsageError("Parquet goes with --all")


def _refuse_calibrated(algebra: str, reading: str, fail_on: str) -> None:
    """Raise UsageError for what an uncalibrated answer cannot do, or shows anyway."""
    from kg.errors import UsageError

    if fail_on != "none":
        raise UsageError(f"{algebra} is uncalibrated: no run may fail on it; leave --fail-on out")
    if reading != "established":
        raise UsageError(f"--algebra {algebra} shows all three readings; leave --reading out")


def _rated(
    base: str, outcome: str | None, exposure: str | None, shape: str, options: Options
) -> str:
    """The view of an outcome on links that were rated elsewhere."""
    from kg import api
    from kg.errors import UsageError
    from kg.render.rated import VIEWS

    if outcome is None:
        raise UsageError(f"name an outcome of {base} with --outcome, or ask for --all pairs")
    columns = shared.load_columns(base)
    grade, named = api.grade_rated(columns, base, outcome, exposure)
    return VIEWS[shape](grade, named, options)


def _report(
    grades: tuple[OutcomeGrade, ...],
    base: EvidenceBase,
    form: str,
    options: Options,
    single: bool,
) -> str:
    from kg.render import RENDERERS, SUMMARIES

    if single and len(grades) == 1:
        return RENDERERS[form](grades[0], base, options)
    return SUMMARIES[form](grades, base, options)


def _severities(grades: tuple[OutcomeGrade, ...]) -> list[Severity]:
    from kg.model import Result

    pairs = [pair.severity for grade in grades for pair in grade.pairs]
    hits = [d.severity for grade in grades for d in grade.diagnostics if d.result is Result.HIT]
    return pairs + hits
