"""`kg rules`: the detectors of weak links, and the page of each."""

from __future__ import annotations

import click

from kg.cli import shared

FORMATS = ("text", "json", "markdown")

HELP = """\b
Examples:
  kg rules
  kg rules KG101
  kg rules in-vitro-as-clinical --format markdown

List the detectors of weak links, or show the page of one.

CODE is a code or a name. A page says what the detector does, why it matters, with an example, the
remedy, what the detector is backed by, and the facts without which it cannot tell.
"""


@click.command(help=HELP, short_help="List the detectors of weak links, or explain one.")
@click.argument("code", required=False)
@shared.format_option(*FORMATS)
@shared.output_option
def command(code: str | None, form: str | None, output: str) -> None:
    """List the detectors, or show one."""
    from kg.api.detectors import one, rules
    from kg.render.rules import FORMS

    found = rules() if code is None else (one(code),)
    shape = shared.form_of(form, output, *FORMATS)
    shared.emit(FORMS[shape](found, code is None), output)
