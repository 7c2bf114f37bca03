"""`kg validate`: faults of schema, references and shapes, with file and line."""

from __future__ import annotations

import click

from kg.cli import shared

FORMATS = ("text", "json", "sarif")

HELP = """\b
Examples:
  kg validate
  kg validate my-data
  kg validate my-data/claims/article.yaml --no-shapes

Check a base for faults of schema and shape.

All faults are listed at once, each with file, line and remedy. Exit status 3 with a severe one.
"""


@click.command(help=HELP, short_help="Check a base for faults of schema and shape.")
@click.argument("path", required=False)
@click.option("--shapes/--no-shapes", default=True, show_default=True, help="Run SHACL, too.")
@shared.format_option(*FORMATS)
@shared.base_option
@shared.output_option
@shared.colour_option
def command(
    path: str | None, shapes: bool, form: str | None, base: str | None, output: str, colour: str
) -> int:
    """List the faults of the data at a path."""
    from kg import api
    from kg.errors import DataError, UsageError
    from kg.model import Severity
    from kg.render.diagnostics import FORMS, ListOptions

    if path and base:
        raise UsageError("give the base as an argument or with --base, not both")
    found = api.validate(path or base, shapes=shapes)
    options = ListOptions(colour=shared.wants_colour(colour, output))
    shape = shared.form_of(form, output, *FORMATS)
    shared.emit(FORMS[shape](found, options), output)
    return DataError.exit_status if any(d.severity is Severity.SEVERE for d in found) else 0
