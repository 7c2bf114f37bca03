"""`kg check`: every weak link and fault, with file, line and remedy."""

from __future__ import annotations

from typing import Any

import click

from kg.cli import options
from kg.cli.output import emit_result, is_colour_wanted, is_severity_reached, resolve_format

OUTPUT_FORMATS = ("text", "json", "sarif", "junit", "github")

HELP_TEXT = """\b
Examples:
  kg check
  kg check --fail-on severe -o kg.sarif
  kg check --format github
  kg check --select KG101,KG102 --source acne-scars-article
  kg check --data --base my-data

List weak links and faults with file, line and remedy.

Where a fact is missing, a detector cannot tell; such cases are counted and never called clean.
--all lists them with the missing facts.

--data lists what a curator should fix instead: faults in the data (KG0...) and gaps in curation
(KG2...), such as a finding that bears on no claim. The exit status is 3 if a fault is severe.
"""


@click.command(help=HELP_TEXT, short_help="List weak links and faults with file, line and remedy.")
@click.option("--data", is_flag=True, help="List what curators should fix instead of weak links.")
@options.with_source_option("Only this source.")
@click.option("--select", metavar="CODES", help="Only these codes, such as KG101,KG104.")
@click.option("--ignore", metavar="CODES", help="Leave these codes out.")
@click.option(
    "--waivers",
    metavar="FILE",
    help="TOML file of accepted findings; by default waivers.toml of a curated base.",
)
@click.option("--all", "every", is_flag=True, help="Also list what the detectors cannot tell.")
@options.with_format_option(*OUTPUT_FORMATS)
@options.with_grading_options
@options.with_fail_on_option
@options.with_base_option
@options.with_output_option
@options.with_colour_option
def command(
    data: bool,
    select: str | None,
    ignore: str | None,
    waivers: str | None,
    every: bool,
    form: str | None,
    fail_on: str,
    base: str | None,
    output: str,
    colour: str,
    **choices: Any,
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

    if data and choices["source"]:
        raise UsageError("--data looks at the whole base; leave --source out")
    for code in (*_split_codes(select), *_split_codes(ignore)):
        _require_known_code(code)
    loaded = lint_base(base) if data else load_base(base)
    all_diagnostics = loaded.diagnostics
    if not data:
        request = GradeRequest.parse(**choices)
        weak = check_base(require_sound(loaded), request)
        all_diagnostics = (
            *all_diagnostics,
            *apply_waivers(weak, base, waivers, covers_whole_base=choices["source"] is None),
        )
    selected_diagnostics = filter_by_code(
        all_diagnostics, _split_codes(select), _split_codes(ignore)
    )
    view_options = DiagnosticsOptions(every, is_colour_wanted(colour, output), loaded.base)
    shape = resolve_format(form, output, *OUTPUT_FORMATS)
    emit_result(DIAGNOSTICS_RENDERERS[shape](selected_diagnostics, view_options), output)
    if data and any(d.severity is Severity.SEVERE for d in all_diagnostics):
        return DataError.exit_status
    hits = [d.severity for d in selected_diagnostics if d.result is Result.HIT and not d.waived]
    return int(is_severity_reached(hits, fail_on))


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
