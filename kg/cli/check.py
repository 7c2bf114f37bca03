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
  kg check --data --base my-data

List weak links and faults with file, line and remedy.

What a detector cannot tell, because a fact is missing, is counted and never called clean; --all
lists it with the facts that are missing.

With --data it lists what a curator should mend instead: faults of the data (KG0...) and gaps of
curation (KG2...), such as a finding that bears on no claim. Exit status 3 where a fault is severe.
"""


@click.command(help=HELP, short_help="List weak links and faults with file, line and remedy.")
@click.option("--data", is_flag=True, help="List what curators should mend, not weak links.")
@click.option("--source", metavar="ID", shell_complete=shared.sources, help="Only this source.")
@click.option("--select", metavar="CODES", help="Only these codes, such as KG101,KG104.")
@click.option("--ignore", metavar="CODES", help="Leave these codes out.")
@click.option(
    "--waivers",
    metavar="FILE",
    help="TOML file of findings that are allowed; a curated base has its own in waivers.toml.",
)
@click.option("--all", "every", is_flag=True, help="List what cannot be told, too.")
@shared.format_option(*FORMATS)
@shared.grading_options
@shared.fail_on_option
@shared.base_option
@shared.output_option
@shared.colour_option
def command(
    data: bool,
    source: str | None,
    select: str | None,
    ignore: str | None,
    waivers: str | None,
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
    from kg.errors import DataError, UsageError
    from kg.model import Result, Severity
    from kg.render.diagnostics import FORMS, ListOptions, chosen

    if data and source:
        raise UsageError("--data looks at the whole base; leave --source out")
    for code in (*_codes(select), *_codes(ignore)):
        _must_exist(code)
    loaded = api.lint(base) if data else api.load(base)
    known = loaded.diagnostics
    if not data:
        weak = api.check(api.sound(loaded), source, profile, evidence)
        known = (*known, *api.waive(weak, base, waivers, whole=source is None))
    found = chosen(known, _codes(select), _codes(ignore))
    options = ListOptions(every, shared.wants_colour(colour, output), loaded.base)
    shape = shared.form_of(form, output, *FORMATS)
    shared.emit(FORMS[shape](found, options), output)
    if data and any(d.severity is Severity.SEVERE for d in known):
        return DataError.exit_status
    hits = [d.severity for d in found if d.result is Result.HIT and not d.waived]
    return int(shared.reaches(hits, fail_on))


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(code.strip().upper() for code in (text or "").split(",") if code.strip())


def _must_exist(code: str) -> None:
    """Raise UnknownName unless a detector, a fault (KG0...) or a gap begins with the code."""
    from kg.curation import RULES
    from kg.errors import UnknownName
    from kg.weaklinks import DETECTORS

    known = (*DETECTORS, *RULES)
    if not code.startswith("KG0") and not any(each.startswith(code) for each in known):
        raise UnknownName("code", code, DETECTORS.near(code))
