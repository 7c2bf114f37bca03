"""`kg explain`: the whole derivation of a claim, a chain or a pair."""

from __future__ import annotations

import click

from kg.cli import shared

FORMATS = ("text", "json", "markdown")

HELP = """\b
Examples:
  kg explain as2
  kg explain magnesium-glycinate-oral--acne-scars
  kg explain as2 -o as2.md

Show the whole derivation of a claim, a chain or a pair.

THING is the id of a claim or a chain (`kg list claims`, `kg list chains`), or a pair written
EXPOSURE--OUTCOME. The tree holds each link with its works, its start level, every domain with its
numbers, the threshold used and who published it, support and refutation, and the arithmetic of the
chain, for all three readings: the changes of a body add up to its support.
"""


@click.command(help=HELP, short_help="Show the whole derivation of a claim, a chain or a pair.")
@click.argument("thing")
@click.option("--source", metavar="ID", shell_complete=shared.sources, help="Only this source.")
@shared.format_option(*FORMATS)
@shared.grading_options
@shared.base_option
@shared.output_option
def command(
    thing: str,
    source: str | None,
    form: str | None,
    profile: str,
    evidence: str,
    base: str | None,
    output: str,
) -> None:
    """Explain one claim, chain or pair."""
    from kg import api
    from kg.render import Options
    from kg.render.explain import FORMS, derivation

    loaded = shared.load(base)
    found = api.explain(loaded, thing, source=source, profile=profile, evidence=evidence)
    options = Options(
        width=shared.width(), ascii=output == "-" and shared.is_ascii_only(), source=source
    )
    root = derivation(found.subject, found.pairs, loaded, found.rules)
    shape = shared.form_of(form, output, *FORMATS)
    shared.emit(FORMS[shape](root, options), output)
