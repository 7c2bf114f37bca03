"""`kg list`: what the base holds, one line each."""

from __future__ import annotations

import click

from kg.api.listings import LISTING_KINDS
from kg.cli import shared

HELP_TEXT = """\b
Examples:
  kg list outcomes
  kg list claims --source acne-scars-article
  kg list detectors --format json

List outcomes, claims, studies, chains ... of the base.
"""


@click.command(help=HELP_TEXT, short_help="List outcomes, claims, studies, chains ... of the base.")
@click.argument("kind", type=click.Choice(list(LISTING_KINDS)))
@click.option(
    "--source", metavar="ID", shell_complete=shared.suggest_sources, help="Only of this source."
)
@shared.with_format_option(*shared.DOCUMENT_FORMATS)
@shared.with_base_option
@shared.with_output_option
def command(kind: str, source: str | None, form: str | None, base: str | None, output: str) -> None:
    """List the things of one kind."""
    from kg.api.listings import list_rows
    from kg.render.document import Document, RowTable

    loaded = (
        shared.load_base(base) if kind in LISTING_KINDS and LISTING_KINDS[kind].needs_base else None
    )
    if source is not None:
        _require_source(loaded, source)
    table = RowTable(*list_rows(kind, loaded, source))
    document = Document(kind.capitalize(), screen=(table.build_block(),), table=table)
    shared.show_document(document, form, output)


def _require_source(base: object, source: str) -> None:
    from kg.errors import UnknownName, UsageError
    from kg.model import EvidenceBase

    if not isinstance(base, EvidenceBase):
        raise UsageError("--source does not apply to this list")
    if source not in base.source:
        from difflib import get_close_matches

        raise UnknownName("source", source, get_close_matches(source, list(base.source)))
