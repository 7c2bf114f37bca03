"""`kg validate`: faults of schema, references and shapes, with file and line."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.output import emit_result, is_colour_wanted, resolve_format

OUTPUT_FORMATS = ("text", "json", "sarif")

HELP_TEXT = """\b
Examples:
  kg validate
  kg validate my-data
  kg validate my-data/claims/article.yaml --no-shapes

Check a base against its schema and shapes.

All faults are listed at once, each with file, line and remedy. The exit status is 3 if one is
severe.
"""


@click.command(help=HELP_TEXT, short_help="Check a base against its schema and shapes.")
@click.argument("path", required=False)
@click.option(
    "--shapes/--no-shapes", default=True, show_default=True, help="Also check the SHACL shapes."
)
@options.with_format_option(*OUTPUT_FORMATS)
@options.with_base_option
@options.with_output_option
@options.with_colour_option
def command(
    path: str | None, shapes: bool, form: str | None, base: str | None, output: str, colour: str
) -> int:
    """List the faults of the data at a path."""
    from kg.api.base import validate_base
    from kg.errors import DataError, UsageError
    from kg.model import Severity
    from kg.render.findings.diagnostics import DIAGNOSTICS_RENDERERS, DiagnosticsOptions

    if path and base:
        raise UsageError("give the base as an argument or with --base, not both")
    all_diagnostics = validate_base(path or base, shapes=shapes)
    view_options = DiagnosticsOptions(colour=is_colour_wanted(colour, output))
    shape = resolve_format(form, output, *OUTPUT_FORMATS)
    emit_result(DIAGNOSTICS_RENDERERS[shape](all_diagnostics, view_options), output)
    return (
        DataError.exit_status if any(d.severity is Severity.SEVERE for d in all_diagnostics) else 0
    )
