"""`kg check`: every weak link and fault, with file, line and remedy."""

from __future__ import annotations

import click

from kg.cli import shared

FORMATS = ("text", "json", "sarif", "junit", "github")

HELP = """\b
Examples:
  kg check
  kg check --fail-on severe -o kg.sarif
  kg check --format github
  kg check --select KG101,KG102 --source acne-scars-article

List weak links and faults with file, line and remedy.

What a detector cannot tell, because a fact is missing, is counted and never called clean; --all
lists it with the facts that are missing.
"""


@click.command(help=HELP, short_help="List weak links and faults with file, line and remedy.")
@click.option("--source", metavar="ID", shell_complete=shared.sources, help="Only this source.")
@click.option("--select", metavar="CODES", help="Only these codes, such as KG101,KG104.")
@click.option("--ignore", metavar="CODES", help="Leave these codes out.")
@click.option("--all", "every", is_flag=True, help="List what cannot be told, too.")
@shared.format_option(*FORMATS)
@shared.grading_options
@shared.fail_on_option
@shared.base_option
@shared.output_option
@shared.colour_option
def command(
    source: str | None,
    select: str | None,
    ignore: str | None,
    every: bool,
    form: str | None,
    profile: str,
    evidence: str,
    fail_on: str,
    base: str | None,
    output: str,
    colour: str,
) -> int:
    """List the diagnostics of a base or of one source."""
    from kg import api
    from kg.model import Result
    from kg.render.diagnostics import FORMS, ListOptions, chosen

    for code in (*_codes(select), *_codes(ignore)):
        _must_exist(code)
    loaded = api.load(base)
    sound = api.sound(loaded)
    known = (*loaded.diagnostics, *api.check(sound, source, profile, evidence))
    found = chosen(known, _codes(select), _codes(ignore))
    options = ListOptions(every, shared.wants_colour(colour, output), sound)
    shape = shared.form_of(form, output, *FORMATS)
    shared.emit(FORMS[shape](found, options), output)
    hits = [d.severity for d in found if d.result is Result.HIT]
    return int(shared.reaches(hits, fail_on))


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(code.strip().upper() for code in (text or "").split(",") if code.strip())


def _must_exist(code: str) -> None:
    """Raise UnknownName unless a detector, or a fault of data (KG0...), begins with the code."""
    from kg.errors import UnknownName
    from kg.weaklinks import DETECTORS

    if not code.startswith("KG0") and not any(known.startswith(code) for known in DETECTORS):
        raise UnknownName("code", code, DETECTORS.near(code))
