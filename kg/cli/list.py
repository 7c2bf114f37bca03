"""`kg list`: what the base holds, one line each."""

from __future__ import annotations

import click

from kg.api.kinds import KINDS
from kg.cli import shared

FORMATS = ("text", "json", "csv")

HELP = """\b
Examples:
  kg list outcomes
  kg list claims --source acne-scars-article
  kg list detectors --format json

List outcomes, claims, studies, chains ... of the base.
"""


@click.command(help=HELP, short_help="List outcomes, claims, studies, chains ... of the base.")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option("--source", metavar="ID", shell_complete=shared.sources, help="Only of this source.")
@shared.format_option(*FORMATS)
@shared.base_option
@shared.output_option
def command(kind: str, source: str | None, form: str | None, base: str | None, output: str) -> None:
    """List the things of one kind."""
    from kg.api.kinds import rows
    from kg.render.table import FORMS

    loaded = shared.load(base) if kind in KINDS and KINDS[kind].of_base else None
    if source is not None:
        _known_source(loaded, source)
    head, body = rows(kind, loaded, source)
    shape = shared.form_of(form, output, *FORMATS)
    shared.emit(FORMS[shape](head, body, shared.width()), output)


def _known_source(base: object, source: str) -> None:
    from kg.errors import UnknownName, UsageError
    from kg.model import EvidenceBase

    if not isinstance(base, EvidenceBase):
        raise UsageError("--source does not apply to this list")
    if source not in base.source:
        from difflib import get_close_matches

        raise UnknownName("source", source, get_close_matches(source, list(base.source)))
