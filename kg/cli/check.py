"""`kg check`: every weak link and fault, with file, line and remedy."""

from __future__ import annotations

import click

from kg.cli import shared

OUTPUT_FORMATS = ("text", "json", "sarif", "junit", "github")

HELP_TEXT = """\b
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


@click.command(help=HELP_TEXT, short_help="List weak links and faults with file, line and remedy.")
@click.option("--data", is_flag=True, help="List what curators should mend, not weak links.")
@click.option(
    "--source", metavar="ID", shell_complete=shared.suggest_sources, help="Only this source."
)
@click.option("--select", metavar="CODES", help="Only these codes, such as KG101,KG104.")
@click.option("--ignore", metavar="CODES", help="Leave these codes out.")
@click.option(
    "--waivers",
    metavar="FILE",
    help="TOML file of findings that are allowed; a curated base has its own in waivers.toml.",
)
@click.option("--all", "every", is_flag=True, help="List what cannot be told, too.")
@shared.with_format_option(*OUTPUT_FORMATS)
@shared.with_grading_options
@shared.with_fail_on_option
@shared.with_base_option
@shared.with_output_option
@shared.with_colour_option
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
    from kg.api.base import lint_base, load_base, require_sound
    from kg.api.detectors import apply_waivers
    from kg.api.grades import check_base
    from kg.errors import DataError, UsageError
    from kg.model import Result, Severity
    from kg.render.findings.diagnostics import (
        DIAGNOSTICS_RENDERERS,
        DiagnosticsOptions,
        filter_by_code,
    )
    from kg.scenarios.request import GradeRequest

    if data and source:
        raise UsageError("--data looks at the whole base; leave --source out")
    for code in (*_split_codes(select), *_split_codes(ignore)):
        _require_known_code(code)
    loaded = lint_base(base) if data else load_base(base)
    all_diagnostics = loaded.diagnostics
    if not data:
        request = GradeRequest.parse(source=source, profile=profile, evidence=evidence)
        weak = check_base(require_sound(loaded), request)
        all_diagnostics = (
            *all_diagnostics,
            *apply_waivers(weak, base, waivers, covers_whole_base=source is None),
        )
    selected_diagnostics = filter_by_code(
        all_diagnostics, _split_codes(select), _split_codes(ignore)
    )
    options = DiagnosticsOptions(every, shared.is_colour_wanted(colour, output), loaded.base)
    shape = shared.resolve_format(form, output, *OUTPUT_FORMATS)
    shared.emit_text(DIAGNOSTICS_RENDERERS[shape](selected_diagnostics, options), output)
    if data and any(d.severity is Severity.SEVERE for d in all_diagnostics):
        return DataError.exit_status
    hits = [d.severity for d in selected_diagnostics if d.result is Result.HIT and not d.waived]
    return int(shared.is_severity_reached(hits, fail_on))


def _split_codes(text: str | None) -> tuple[str, ...]:
    return tuple(code.strip().upper() for code in (text or "").split(",") if code.strip())


def _require_known_code(code: str) -> None:
    """Raise UnknownName unless a detector, a fault (KG0...) or a gap begins with the code."""
    from kg.curation import CURATION_RULES
    from kg.errors import UnknownName
    from kg.weaklinks import DETECTORS

    known_codes = (*DETECTORS, *CURATION_RULES)
    if not code.startswith("KG0") and not any(
        known_code.startswith(code) for known_code in known_codes
    ):
        raise UnknownName("code", code, DETECTORS.suggest_names(code))
