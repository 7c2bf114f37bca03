"""`kg plan`: the cheapest next evidence for an outcome."""

from __future__ import annotations

import click

from kg.cli import shared

FORMATS = ("text", "json", "csv")

HELP = """\b
Examples:
  kg plan --outcome acne-scars
  kg plan --outcome acne-scars --exposure magnesium-glycinate-oral -o plan.csv

Rank the next evidence to get, cheapest first, with the level that each would reach.

Works to identify, studies to run and links to back are tried by grading again. Costs are an order
and no price; the profile holds them.
"""


@click.command(help=HELP, short_help="Rank the next evidence to get by cost and what it reaches.")
@click.option(
    "--outcome",
    metavar="NAME",
    required=True,
    shell_complete=shared.outcomes,
    help="Outcome to grade.",
)
@click.option(
    "--exposure", metavar="NAME", shell_complete=shared.exposures, help="Only this exposure."
)
@click.option(
    "--source", metavar="ID", shell_complete=shared.sources, help="Only what this source argues."
)
@shared.format_option(*FORMATS)
@shared.grading_options
@shared.base_option
@shared.output_option
@shared.colour_option
def command(
    outcome: str,
    exposure: str | None,
    source: str | None,
    form: str | None,
    profile: str,
    evidence: str,
    base: str | None,
    output: str,
    colour: str,
) -> None:
    """Plan for the benefits of an outcome."""
    from kg import api
    from kg.render.plan import FORMS

    loaded = shared.load(base)
    found = api.plan(
        *(loaded, outcome),
        exposure=exposure,
        source=source,
        profile=profile,
        evidence=evidence,
    )
    shape = shared.form_of(form, output, *FORMATS)
    shared.emit(FORMS[shape](found, loaded, shared.view(shape, output, colour)), output)
