"""`kg list`: what the base holds, one line each."""

from __future__ import annotations

import click

from kg.api.listings import LISTING_KINDS
from kg.cli import options
from kg.cli.loading import load_base
from kg.cli.output import show_document

HELP_TEXT = """\b
Examples:
  kg list outcomes
  kg list claims --source acne-scars-article
  kg list detectors --format json

List outcomes, claims, studies, chains and more.
"""


@click.command(help=HELP_TEXT, short_help="List outcomes, claims, studies, chains and more.")
@click.argument("kind", type=click.Choice(list(LISTING_KINDS)))
@options.with_source_option("Only what belongs to this source.")
@options.with_format_option(*options.DOCUMENT_FORMATS)
@options.with_base_option
@options.with_output_option
def command(kind: str, source: str | None, form: str | None, base: str | None, output: str) -> None:
    """List the things of one kind."""
    from kg.api.listings import list_rows
    from kg.render.document import Document, RowTable

    loaded = load_base(base) if kind in LISTING_KINDS and LISTING_KINDS[kind].needs_base else None
    if source is not None:
        _require_source(loaded, source)
    table = RowTable(*list_rows(kind, loaded, source))
    document = Document(kind.capitalize(), screen=(table.build_block(),), table=table)
    show_document(document, form, output)


def _require_source(base: object, source: str) -> None:
    from kg.errors import UnknownName, UsageError
    from kg.model import EvidenceBase

    if not isinstance(base, EvidenceBase):
        raise UsageError("--source does not apply to this list")
    if source not in base.source:
        from difflib import get_close_matches

        raise UnknownName("source", source, get_close_matches(source, list(base.source)))
