"""`kg export`: a base for other tools."""

from __future__ import annotations

import click

from kg.cli import shared

FORMATS = ("kgx", "parquet", "nquads")

HELP = """\b
Examples:
  kg export --format kgx -o graph
  kg export --format parquet -o claims.parquet
  kg export --base graph --format nquads -o graph.nq

Write a base for other tools, and print the paths of what was written.

kgx gives PATH_nodes.jsonl and PATH_edges.jsonl, parquet one row for each claim, nquads all
statements, with the computed grades where the base is curated text.
"""


@click.command(help=HELP, short_help="Write a base as KGX, Parquet or N-Quads.")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="What to write.")
@click.option("-o", "--output", required=True, metavar="PATH", help="File, or start of the names.")
@shared.base_option
def command(form: str, output: str, base: str | None) -> None:
    """Write a base."""
    from kg import api
    from kg.render.escape import terminal

    for path in api.export(base, form, output):
        shared.emit(f"{terminal(str(path))}\n")
