"""`kg whatif`: the grade with some evidence more or less."""

from __future__ import annotations

from typing import Any

import click

from kg.cli import options
from kg.cli.loading import load_base
from kg.cli.output import show_document

HELP_TEXT = """\b
Examples:
  kg whatif --outcome acne-scars --add "rct, n=400, benefit: magnesium-glycinate-oral -> acne-scars"
  kg whatif --outcome muscle-cramps --remove study:garrison-2020
  kg whatif --outcome acne-scars --remove claim:a1-89-solution -o what.json

Show the grade before and after evidence is added or removed, and which links moved.

--add takes DESIGN, then in any order n=N, events=N, weeks=N, dose=400 mg/day, `low bias` (or some,
high), effect=RR 0.7 [0.5, 0.9], `in PEOPLE`, and the result: benefit, harm, increase, decrease or
null; then `: EXPOSURE -> OUTCOME`. An added study counts as found and verified. The base itself is
not changed.
"""


@click.command(help=HELP_TEXT, short_help="Show the grade with evidence added or removed.")
@click.option(
    "--add", metavar="STUDY", multiple=True, help="A study, written as above; may be repeated."
)
@click.option(
    "--remove",
    metavar="KIND:ID",
    multiple=True,
    help="Leave out study:ID, citation:ID or claim:ID; may be repeated.",
)
@options.with_scenario_options
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

    loaded = load_base(base)
    whatif_result = suppose_changes(loaded, GradeRequest.parse(**choices), add, remove)
    show_document(build_document(whatif_result, loaded), form, output, colour)
