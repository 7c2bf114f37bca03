"""`kg validate`: faults of schema, references and shapes, with file and line."""

from __future__ import annotations

import click

from kg.cli import shared

OUTPUT_FORMATS = ("text", "json", "sarif")

HELP_TEXT = """\b
Examples:
  kg validate
  kg validate my-data
  kg validate my-data/claims/article.yaml --no-shapes

Check a base for faults of schema and shape.

All faults are listed at once, each with file, line and remedy. Exit status 3 with a severe one.
"""


@click.command(help=HELP_TEXT, short_help="Check a base for faults of schema and shape.")
@click.argument("path", required=False)
@click.option("--shapes/--no-shapes", default=True, show_default=True, help="Run SHACL, too.")
@shared.with_format_option(*OUTPUT_FORMATS)
@shared.with_base_option
@shared.with_output_option
@shared.with_colour_option
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
    options = DiagnosticsOptions(colour=shared.is_colour_wanted(colour, output))
    shape = shared.resolve_format(form, output, *OUTPUT_FORMATS)
    shared.emit_text(DIAGNOSTICS_RENDERERS[shape](all_diagnostics, options), output)
    return (
        DataError.exit_status if any(d.severity is Severity.SEVERE for d in all_diagnostics) else 0
    )
