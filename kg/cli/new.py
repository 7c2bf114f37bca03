"""`kg new`: a template to fill in, for an article, a study or a grading profile."""

from __future__ import annotations

import click

from kg.cli import options

HELP_TEXT = """\b
Examples:
  kg new article my-article --base my-data
  kg new study smith-2020 --base my-data
  kg new profile strict-on-size

Write a template for an article with its claims, for a study, or for a grading profile.

The file is created in `claims` or `studies` of the base, and its path printed; no file is ever
overwritten. Required fields are empty, and `kg validate` lists them until they are filled in.

A profile is written to the directory that --base names, else here: every constant of grading as a
comment. Change what you want to differ and give the file as --profile.
"""


@click.command(help=HELP_TEXT, short_help="Write a template for an article, study or profile.")
@click.argument("kind", type=click.Choice(["article", "study", "profile"]))
@click.argument("id")
@options.with_base_option
def command(kind: str, id: str, base: str | None) -> None:
    """Write a template into a base."""
    from kg.api.base import create_profile, create_template
    from kg.errors import UsageError
    from kg.render.escape import escape_terminal

    if kind == "profile":
        click.echo(escape_terminal(str(create_profile(id, base or "."))))
        return
    if base is None:
        raise UsageError("name the directory of your data with --base; it is made if need be")
    click.echo(escape_terminal(str(create_template(kind, id, base))))
