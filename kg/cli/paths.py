"""`kg paths`: mechanism paths of DrugMechDB or dismech, graded."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.output import emit_result, show_document

HELP_TEXT = """\b
Examples:
  kg paths kb/paths
  kg paths kb/paths --summary
  kg paths my-path.yaml --format json
  kg paths kb/paths -o paths.csv

Grade mechanism paths of DrugMechDB or dismech, one per file.

PLACE is a YAML file with nodes, links and evidence items, or a directory of them. Each path is one
chain from a drug to a disease: it gets a level in three readings, the product of its signs (does
the drug reduce the disease?) and its weakest link. A file that cannot be used is skipped and
reported on stderr; with --strict, nothing is graded in that case.
"""


@click.command(help=HELP_TEXT, short_help="Grade mechanism paths of DrugMechDB or dismech.")
@click.argument("place", nargs=-1, required=True)
@click.option("--summary", is_flag=True, help="Print only the totals over all files.")
@click.option("--strict", is_flag=True, help="Exit with status 3 if a file cannot be used.")
@options.with_format_option(*options.DOCUMENT_FORMATS)
@options.with_profile_option()
@options.with_output_option
def command(
    place: tuple[str, ...],
    summary: bool,
    strict: bool,
    form: str | None,
    profile: str,
    output: str,
) -> None:
    """Grade all paths at some places."""
    from kg.api.mechanisms import GradedPath, count_paths, grade_paths
    from kg.errors import DataError
    from kg.model import Diagnostic
    from kg.render.escape import escape_terminal
    from kg.render.rated_links.mechanism_paths import build_document, describe_counts

    graded_paths: list[GradedPath] = []
    faults: list[Diagnostic] = []
    for path_or_fault in grade_paths(place, profile):
        if isinstance(path_or_fault, Diagnostic):
            faults.append(path_or_fault)
        else:
            graded_paths.append(path_or_fault)
    severe = [f for f in faults if f.severity.word == "severe"]
    left_out = len({f.location.path for f in severe if f.location})
    if severe and (strict or not graded_paths):
        noun = "file" if left_out == 1 else "files"
        raise DataError(f"{left_out} {noun} cannot be used", faults)
    for fault in faults:
        click.echo(escape_terminal(str(fault)), err=True)
    counts = count_paths(graded_paths, left_out)
    if summary:
        emit_result(describe_counts(counts), output)
    else:
        show_document(build_document(graded_paths, counts), form, output)
