"""`kg show`: one thing of the base with all its fields."""

from __future__ import annotations

from typing import Any

import click

from kg.cli import shared

FORMATS = ("text", "json")

HELP = """\b
Examples:
  kg show acne-scars
  kg show "magnesium glycinate" --format json
  kg show as2

Show one thing of the base with all its fields.

THING is the id of anything in the base, or the label, a synonym or an identifier of an entity or
exposure. Fields that are empty are left out; where the thing is used comes last.
"""


@click.command(help=HELP, short_help="Show one thing of the base with all its fields.")
@click.argument("thing")
@shared.format_option(*FORMATS)
@shared.base_option
@shared.output_option
def command(thing: str, form: str | None, base: str | None, output: str) -> None:
    """Show one thing."""
    from kg import api

    loaded = shared.load(base)
    fields = api.show(loaded, thing)
    if shared.form_of(form, output, *FORMATS) == "json":
        import json

        shared.emit(json.dumps(fields, indent=2, ensure_ascii=False) + "\n", output)
    else:
        shared.emit("\n".join(_lines(fields, "")) + "\n", output)


def _lines(value: Any, indent: str) -> list[str]:
    from kg.render.escape import terminal

    lines = []
    for name, field in value.items():
        if isinstance(field, dict):
            lines += [f"{indent}{name}:", *_lines(field, indent + "  ")]
        elif isinstance(field, list) and any(isinstance(item, dict) for item in field):
            lines.append(f"{indent}{name}:")
            for item in field:
                inner = _lines(item, indent + "    ")
                lines += [f"{indent}  - {inner[0].strip()}", *inner[1:]]
        elif isinstance(field, list):
            if field:
                lines.append(f"{indent}{name}: {terminal(', '.join(map(str, field)))}")
        else:
            shown = {True: "yes", False: "no"}[field] if isinstance(field, bool) else str(field)
            lines.append(f"{indent}{name}: {terminal(shown)}")
    return lines
