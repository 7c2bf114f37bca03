"""`kg paths`: mechanism paths of DrugMechDB or dismech, graded."""

from __future__ import annotations

import click

from kg.cli import shared

FORMATS = ("text", "csv", "json")

HELP = """\b
Examples:
  kg paths kb/paths
  kg paths kb/paths --summary
  kg paths my-path.yaml --format json
  kg paths kb/paths -o paths.csv

Grade mechanism paths of DrugMechDB or dismech, one a file.

PLACE is a YAML file with nodes, links and evidence items, or a directory of them. Each path is one
chain from a drug to a disease: it gets a level in three readings, what its links multiply to (does
the drug lower the disease?) and the link that holds it down. A file that cannot be used is left out
and told on stderr; with --strict nothing is graded then.
"""


@click.command(help=HELP, short_help="Grade mechanism paths of DrugMechDB or dismech.")
@click.argument("place", nargs=-1, required=True)
@click.option("--summary", is_flag=True, help="Print only how the files add up.")
@click.option("--strict", is_flag=True, help="End with 3 where a file cannot be used.")
@shared.format_option(*FORMATS)
@shared.profile_option
@shared.output_option
def command(
    place: tuple[str, ...],
    summary: bool,
    strict: bool,
    form: str | None,
    profile: str,
    output: str,
) -> None:
    """Grade all paths at some places."""
    from kg import api
    from kg.api.mechanisms import GradedPath
    from kg.errors import DataError
    from kg.model import Diagnostic
    from kg.render.escape import terminal
    from kg.render.paths import render, said

    graded: list[GradedPath] = []
    faults: list[Diagnostic] = []
    for found in api.grade_paths(place, profile):
        if isinstance(found, Diagnostic):
            faults.append(found)
        else:
            graded.append(found)
    severe = [f for f in faults if f.severity.word == "severe"]
    left_out = len({f.location.path for f in severe if f.location})
    if severe and (strict or not graded):
        noun = "file" if left_out == 1 else "files"
        raise DataError(f"{left_out} {noun} cannot be used", faults)
    for fault in faults:
        click.echo(terminal(str(fault)), err=True)
    counts = api.count_paths(graded, left_out)
    shape = shared.form_of(form, output, *FORMATS)
    text = said(counts) if summary else render(graded, counts, shape, shared.width())
    shared.emit(text, output)
