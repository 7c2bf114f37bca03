"""`kg build`: curated text becomes TriG, a compiled base and a store."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.loading import load_columns, require_file
from kg.cli.output import emit_result

HELP_TEXT = """\b
Examples:
  kg build
  kg build -o build
  kg build --base my-data --look-ups my-data/look-ups.json -o my-build
  kg build --base links.csv -o my-build
  kg build --base claims.nt.gz -o my-build

Compile the curated text to TriG and a store.

Writes kg.trig, kg.json and store/ into the directory and prints their paths; all three are replaced
in one step. Nothing is written if the data have a severe fault, or if something that kg did not
write has one of these names. A table of rated links, KGX, and RDF (.nt, .nq, .ttl, .trig) that is
compressed or larger than 64 MiB become a snapshot instead, links.columns, which `kg grade --base`
maps into memory. After a small change, only the outcomes that it can affect are graded again.
"""


@click.command(help=HELP_TEXT, short_help="Compile the curated text to TriG and a store.")
@click.option(
    "-o",
    "--output",
    default="build",
    metavar="DIR",
    show_default=True,
    help="Directory to write into; it is created if missing.",
)
@click.option(
    "--look-ups",
    metavar="FILE",
    help="Stored answers of services (kg audit --online), used for the audit in the graph.",
)
@options.with_grading_options
@options.with_base_option
def command(
    output: str, look_ups: str | None, profile: str, evidence: str, base: str | None
) -> None:
    """Compile a base."""
    from kg.api import audits, graphs, rated_links
    from kg.api.base import identify_input
    from kg.render.escape import escape_terminal
    from kg.scenarios.request import GradeRequest

    if base and identify_input(base).is_rated:
        place = rated_links.build_snapshot(load_columns(base), output)
        emit_result(f"{escape_terminal(str(place))}\n")
        return
    answers = audits.read_look_ups(require_file(look_ups)) if look_ups else ()
    request = GradeRequest.parse(profile=profile, evidence=evidence)
    for path in graphs.build_base(base, output, request, answers):
        emit_result(f"{escape_terminal(str(path))}\n")
