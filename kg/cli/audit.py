"""`kg audit`: what every citation leads to, and how we know."""

from __future__ import annotations

import click

from kg.cli import shared

FORMATS = ("text", "json", "csv", "markdown")

HELP = """\b
Examples:
  kg audit acne-scars-article
  kg audit
  kg audit joint-mobility-article -o audit.csv

Say what each work that a text names really is: found, not found, another work, no study at all.

Nothing is looked up outside: verdicts rest on recorded look-ups, on the records of the base, and on
the form of identifiers, addresses and DOIs. What none of them tells stays "not known".
"""


@click.command(help=HELP, short_help="Say what each work that a text names really is.")
@click.argument("source", required=False, shell_complete=shared.sources)
@shared.format_option(*FORMATS)
@shared.base_option
@shared.output_option
@shared.colour_option
def command(
    source: str | None, form: str | None, base: str | None, output: str, colour: str
) -> None:
    """Audit the citations of a source, or of all."""
    from kg import api
    from kg.render.audit import FORMS

    loaded = shared.load(base)
    found = api.audit(loaded, source)
    shape = shared.form_of(form, output, *FORMATS)
    shared.emit(FORMS[shape](found, loaded, shared.view(shape, output, colour)), output)
