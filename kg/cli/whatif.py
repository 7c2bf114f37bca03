"""`kg whatif`: the grade with some evidence more or less."""

from __future__ import annotations

from typing import Any

import click

from kg.cli import shared

HELP_TEXT = """\b
Examples:
  kg whatif --outcome acne-scars --add "rct, n=400, benefit: magnesium-glycinate-oral -> acne-scars"
  kg whatif --outcome muscle-cramps --remove study:garrison-2020
  kg whatif --outcome acne-scars --remove claim:a1-c001 -o what.json

Show the grade before and after some evidence is added or removed, and which links moved.

--add takes DESIGN, then in any order n=N, events=N, weeks=N, dose=400 mg/day, `low bias` (some,
high), effect=RR 0.7 [0.5, 0.9], `in PEOPLE`, and what was seen: benefit, harm, increase, decrease
or null; then `: EXPOSURE -> OUTCOME`. An added study counts as found and verified. Nothing is
written.
"""


@click.command(help=HELP_TEXT, short_help="Show the grade with some evidence more or less.")
@click.option(
    "--add", metavar="STUDY", multiple=True, help="A study in words, as above; may be repeated."
)
@click.option(
    "--remove",
    metavar="KIND:ID",
    multiple=True,
    help="study:ID, citation:ID or claim:ID to leave out; may be repeated.",
)
@shared.with_inquiry_options
def command(
    add: tuple[str, ...],
    remove: tuple[str, ...],
    form: str | None,
    base: str | None,
    output: str,
    colour: str,
    **choices: Any,
) -> None:
    """Grade an outcome under a supposition."""
    from kg.api.scenarios import suppose_changes
    from kg.render.scenarios.whatif import build_document
    from kg.scenarios.request import GradeRequest

    loaded = shared.load_base(base)
    whatif_result = suppose_changes(loaded, GradeRequest.parse(**choices), add, remove)
    shared.show_document(build_document(whatif_result, loaded), form, output, colour)
