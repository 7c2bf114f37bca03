"""`kg show`: one thing of the base with all its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kg.cli import shared

if TYPE_CHECKING:
    from kg.model import EvidenceBase, Thing

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
    loaded = shared.load(base)
    found = _find(loaded, thing)
    fields = {"class": type(found).__name__, **_plain(found), "used_by": _users(loaded, found.id)}
    if shared.form_of(form, output, *FORMATS) == "json":
        import json

        shared.emit(json.dumps(fields, indent=2, ensure_ascii=False) + "\n", output)
    else:
        shared.emit("\n".join(_lines(fields, "")) + "\n", output)


def _find(base: EvidenceBase, name: str) -> Thing:
    from kg.errors import UnknownName

    found = base.find(name)
    if found is not None:
        return found
    study = next((s for s in base.studies if any(f.id == name for f in s.findings)), None)
    if study is not None:
        return study
    try:
        return base.resolve(name, "thing")
    except UnknownName:
        raise UnknownName("thing", name, _near(base, name)) from None


def _near(base: EvidenceBase, name: str) -> tuple[str, ...]:
    from difflib import get_close_matches

    things = (
        base.claims,
        base.citations,
        base.studies,
        base.chains,
        base.conflicts,
        base.populations,
        base.sources,
    )
    ids = [thing.id for group in things for thing in group]
    near = (*base.near(name), *get_close_matches(name, ids, cutoff=0.6))
    return tuple(dict.fromkeys(near))[:3]


def _plain(thing: Any) -> dict[str, Any]:
    """Fields of a dataclass that are not empty, as plain values."""
    from dataclasses import fields

    values = {f.name.rstrip("_"): _value(getattr(thing, f.name)) for f in fields(thing)}
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _value(value: Any) -> Any:
    from dataclasses import is_dataclass
    from enum import Enum, IntEnum

    from kg.model import Location

    if isinstance(value, Location):
        return str(value)
    if isinstance(value, IntEnum):
        return value.name.lower().replace("_", " ")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return _plain(value) if is_dataclass(value) else value


def _users(base: EvidenceBase, id: str) -> list[str]:
    """Ids of claims, chains, studies and entities that name this id."""
    things = (
        base.claims,
        base.chains,
        base.conflicts,
        base.studies,
        base.entities,
        base.exposures,
        base.citations,
    )
    return [thing.id for group in things for thing in group if thing.id != id and _names(thing, id)]


def _names(thing: Any, id: str) -> bool:
    from dataclasses import fields, is_dataclass

    if isinstance(thing, str):
        return thing == id
    if isinstance(thing, tuple):
        return any(_names(item, id) for item in thing)
    if is_dataclass(thing):
        return any(_names(getattr(thing, f.name), id) for f in fields(thing) if f.name != "id")
    return False


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
