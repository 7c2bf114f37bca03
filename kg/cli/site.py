"""`kg site`: the pages of `kg serve` as files that need no server."""

from __future__ import annotations

import click

from kg.cli import options

HELP_TEXT = """\b
Examples:
  kg site public/
  kg site public/ --base my-data/

Write the pages of `kg serve` as a static site that needs no server.

Every outcome, exposure, claim, chain, study, source, citation and rule gets a page, with Turtle and
JSON-LD beside it, and every outcome a picture. Links are relative, so the folder can be opened from
disk or hosted anywhere; search works there too. What needs a server is left out: SPARQL, the API
and what-if. DIR is created, or replaced if it holds an older site that has not been changed.
"""


@click.command(help=HELP_TEXT, short_help="Write the pages as a static site.")
@click.argument("directory", metavar="DIR")
@options.with_base_option
def command(directory: str, base: str | None) -> None:
    """Write the site."""
    from kg.render.phrasing import format_count
    from kg.server.site import write_site

    click.echo(f"kg: {format_count(write_site(base, directory), 'page')} in {directory}", err=True)
