"""`kg build`: curated text becomes TriG, a compiled base and a store."""

from __future__ import annotations

import click

from kg.cli import shared

HELP = """\b
Examples:
  kg build
  kg build -o build
  kg build --base my-data -o my-build

Compile the curated text to TriG and a store.

Writes kg.trig, kg.json and store/ into the directory and prints their paths. Nothing is written
when the data have a severe fault; files are replaced in one step.
"""


@click.command(help=HELP, short_help="Compile the curated text to TriG and a store.")
@click.option(
    "-o",
    "--output",
    default="build",
    metavar="DIR",
    show_default=True,
    help="Directory to write into; it is made where it is missing.",
)
@shared.grading_options
@shared.base_option
def command(output: str, profile: str, evidence: str, base: str | None) -> None:
    """Compile a base."""
    from kg import api
    from kg.render.escape import terminal

    for path in api.build(base, output, profile=profile, evidence=evidence):
        shared.emit(f"{terminal(str(path))}\n")
