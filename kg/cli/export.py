"""`kg export`: a base for other tools."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.output import emit_result

OUTPUT_FORMATS = ("kgx", "parquet", "nquads")

HELP_TEXT = """\b
Examples:
  kg export --format kgx -o graph
  kg export --format parquet -o claims.parquet
  kg export --base graph --format nquads -o graph.nq

Write a base for other tools, and print the paths of the files written.

kgx writes PATH_nodes.jsonl and PATH_edges.jsonl, parquet one row per claim, and nquads all
statements, with the computed grades if the base is curated text.
"""


@click.command(help=HELP_TEXT, short_help="Write a base as KGX, Parquet or N-Quads.")
@click.option(
    "--format", "form", type=click.Choice(OUTPUT_FORMATS), required=True, help="Format to write."
)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="PATH",
    help="File to write; for kgx, the start of both names.",
)
@options.with_base_option
def command(form: str, output: str, base: str | None) -> None:
    """Write a base."""
    from kg.api.graphs import export_base
    from kg.render.escape import escape_terminal

    for path in export_base(base, form, output):
        emit_result(f"{escape_terminal(str(path))}\n")
