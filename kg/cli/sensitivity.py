"""`kg sensitivity`: what of a grade hangs on one choice."""

from __future__ import annotations

import click

from kg.cli import shared

FORMATS = ("text", "json", "csv")

HELP = """\b
Examples:
  kg sensitivity --outcome acne-scars
  kg sensitivity --outcome muscle-cramps --format csv

Show what of a grade is stable, and what hangs on one choice of grading.

Start profiles, the cap of leaps (1 to 3), the weights of facets and the charges of bridges (halved
and doubled) and strict or lenient upgrades are set otherwise, one at a time.
"""


@click.command(
    help=HELP, short_help="Show what of a grade is stable, and what hangs on one choice."
)
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
    """Grade an outcome under other choices."""
    from kg import api
    from kg.render.sensitivity import FORMS

    loaded = shared.load(base)
    found = api.sensitivity(
        *(loaded, outcome),
        exposure=exposure,
        source=source,
        profile=profile,
        evidence=evidence,
    )
    shape = shared.form_of(form, output, *FORMATS)
    shared.emit(FORMS[shape](found, loaded, shared.view(shape, output, colour)), output)
