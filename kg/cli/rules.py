"""`kg rules`: the detectors of weak links, and the page of each."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.output import show_document

HELP_TEXT = """\b
Examples:
  kg rules
  kg rules KG101
  kg rules in-vitro-as-clinical --format markdown

List the detectors of weak links, or show the page of one.

CODE is a code or a name. A page says what the detector does and why it matters, with an example,
the remedy, the evidence behind the detector, and the facts that it needs.
"""


@click.command(help=HELP_TEXT, short_help="List the detectors of weak links, or explain one.")
@click.argument("code", required=False)
@options.with_format_option(*options.DOCUMENT_FORMATS)
@options.with_output_option
def command(code: str | None, form: str | None, output: str) -> None:
    """List the detectors, or show one."""
    from kg.api.detectors import find_rule, list_rules
    from kg.render.findings.detectors import build_document

    rules = list_rules() if code is None else (find_rule(code),)
    show_document(build_document(rules), form, output)
