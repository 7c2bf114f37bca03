"""`kg audit`: what every citation leads to, and how we know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli import options
from kg.cli.loading import load_base, report_line
from kg.cli.output import emit_result, resolve_format, show_document

if TYPE_CHECKING:
    from kg.model import EvidenceBase
    from kg.model.audit import LookUp, LookUpFailure

OUTPUT_FORMATS = (*options.DOCUMENT_FORMATS, "turtle")

HELP_TEXT = """\b
Examples:
  kg audit acne-scars-article
  kg audit joint-mobility-article -o audit.csv
  kg audit --online --contact you@example.org
  kg audit --studies --online --contact you@example.org
  kg audit --studies --retractions retraction_watch.csv

Check what each cited work really is: found, not found, a different work, or no study at all.

Verdicts are based on recorded look-ups, the records of the base, the form of identifiers, addresses
and DOIs, and stored answers of services. What none of these settles stays "not known".

The network is used only with --online. Crossref, Europe PMC and NCBI are then asked for identifiers
and titles at a modest rate, and each answer is stored with its date. A request that gets no answer
changes nothing, is reported, and makes the exit status 5.

With --studies, the studies of the base are audited like a list of references: whether each is the
work that its identifiers name, and whether a retraction is listed.

With --retractions, works of the base are looked up in the table of Retraction Watch, or in a list
with a PMID or DOI a line. What it lists is stored with the day, and acts on every grade, check and
picture of the base from then on.
"""


@click.command(help=HELP_TEXT, short_help="Check what each cited work really is.")
@click.argument("source", required=False, shell_complete=options.complete_sources)
@click.option("--studies", is_flag=True, help="Audit the studies of the base, not the articles.")
@click.option(
    "--retractions",
    metavar="FILE",
    help="Store what this list of retracted works says of the base.",
)
@click.option("--online", is_flag=True, help="Ask Crossref, Europe PMC and NCBI.")
@click.option(
    "--contact",
    metavar="ADDRESS",
    envvar="KG_CONTACT",
    show_envvar=True,
    help="Your email address, sent with --online so that a service can reach you.",
)
@click.option(
    "--look-ups",
    metavar="FILE",
    envvar="KG_LOOK_UPS",
    show_envvar=True,
    show_default="look-ups.json in the directory of --base, else with your data",
    help="File in which answers of services are stored.",
)
@click.option(
    "--again", is_flag=True, help="With --online, ask again even if a stored answer is recent."
)
@click.option(
    "--endpoint",
    "endpoints",
    metavar="NAME=URL",
    multiple=True,
    envvar="KG_ENDPOINTS",
    show_envvar=True,
    help="Use another address for a service (crossref, europepmc, ncbi); may be repeated.",
)
@options.with_format_option(*OUTPUT_FORMATS)
@options.with_base_option
@options.with_output_option
@options.with_colour_option
def command(
    source: str | None,
    studies: bool,
    retractions: str | None,
    online: bool,
    contact: str | None,
    look_ups: str | None,
    again: bool,
    endpoints: tuple[str, ...],
    form: str | None,
    base: str | None,
    output: str,
    colour: str,
) -> int:
    """Audit the citations of a source, or of all."""
    from kg.api.audits import (
        audit_base,
        encode_audit_turtle,
        list_studies_as_source,
        read_look_ups,
        store_retractions,
    )
    from kg.api.base import locate_look_ups_file
    from kg.errors import OutsideError, UsageError

    loaded = load_base(base)
    shape = resolve_format(form, output, *OUTPUT_FORMATS)
    file = look_ups or str(locate_look_ups_file(base))
    if retractions:
        count = store_retractions(loaded, retractions, file)
        report_line(f"{retractions}: {count} identifiers of the base are listed, stored in {file}")
    if studies:
        if source or shape == "turtle":
            raise UsageError("--studies takes neither a source nor the form turtle")
        loaded = list_studies_as_source(loaded)
    answers, failures = (
        _ask_services(loaded, file, source, contact, endpoints, again)
        if online
        else (read_look_ups(file), ())
    )
    citation_audit = audit_base(loaded, source, answers, failures)
    if shape == "turtle":
        emit_result(encode_audit_turtle(citation_audit), output)
    else:
        from kg.render.findings.citation_audit import build_document

        show_document(build_document(citation_audit, loaded), shape, output, colour)
    return OutsideError.exit_status if failures else 0


def _ask_services(
    base: EvidenceBase,
    file: str,
    source: str | None,
    contact: str | None,
    endpoints: tuple[str, ...],
    ask_again: bool,
) -> tuple[tuple[LookUp, ...], tuple[LookUpFailure, ...]]:
    """Stored answers after asking, and what got none; progress is reported on stderr."""
    from kg.api.audits import ask_services
    from kg.errors import UsageError

    if not contact:
        raise UsageError("--online needs --contact ADDRESS or KG_CONTACT: services ask for one")
    endpoints_by_name = _parse_endpoints(endpoints)
    answers, failures = ask_services(
        base, file, contact, source, endpoints_by_name, ask_again, on_progress=report_line
    )
    if failures:
        noun = "question" if len(failures) == 1 else "questions"
        report_line(
            f"{len(failures)} {noun} got no answer, which changes nothing; the audit lists them"
        )
    if answers:
        report_line(f"answers are stored in {file}")
    return answers, failures


def _parse_endpoints(endpoints: tuple[str, ...]) -> dict[str, str]:
    """The endpoints by name; UsageError for what is no NAME=URL."""
    from kg.errors import UsageError

    pairs = {}
    for endpoint_option in endpoints:
        name, equals, url = endpoint_option.partition("=")
        if not equals:
            raise UsageError(f"--endpoint takes NAME=URL, not {endpoint_option!r}")
        pairs[name] = url
    return pairs
