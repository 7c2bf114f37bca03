"""`kg show`: one thing of the base with all its fields."""

from __future__ import annotations

from typing import Any

import click

from kg.cli import options
from kg.cli.loading import load_base
from kg.cli.output import emit_result, resolve_format

OUTPUT_FORMATS = ("text", "json")

HELP_TEXT = """\b
Examples:
  kg show acne-scars
  kg show "magnesium glycinate" --format json
  kg show as2

Show one record of the base with all its fields.

THING is the id of any record, or the label, a synonym or an identifier of an entity or exposure.
Empty fields are left out; the records that use this one come last.
"""


@click.command(help=HELP_TEXT, short_help="Show one record of the base with all its fields.")
@click.argument("thing")
@options.with_format_option(*OUTPUT_FORMATS)
@options.with_base_option
@options.with_output_option
def command(thing: str, form: str | None, base: str | None, output: str) -> None:
    """Show one thing."""
    from kg.api.search import show_thing

    loaded = load_base(base)
    fields = show_thing(loaded, thing)
    if resolve_format(form, output, *OUTPUT_FORMATS) == "json":
        import json

        emit_result(json.dumps(fields, indent=2, ensure_ascii=False) + "\n", output)
    else:
        emit_result("\n".join(_format_fields(fields, "")) + "\n", output)


def _format_fields(value: Any, indent: str) -> list[str]:
    from kg.render.escape import escape_terminal

    lines = []
    for name, field in value.items():
        if isinstance(field, dict):
            lines += [f"{indent}{name}:", *_format_fields(field, indent + "  ")]
        elif isinstance(field, list) and any(isinstance(item, dict) for item in field):
            lines.append(f"{indent}{name}:")
            for item in field:
                inner = _format_fields(item, indent + "    ")
                lines += [f"{indent}  - {inner[0].strip()}", *inner[1:]]
        elif isinstance(field, list):
            if field:
                lines.append(f"{indent}{name}: {escape_terminal(', '.join(map(str, field)))}")
        else:
            value_text = (
                {True: "yes", False: "no"}[field] if isinstance(field, bool) else str(field)
            )
            lines.append(f"{indent}{name}: {escape_terminal(value_text)}")
    return lines
