"""`kg audit`: what every citation leads to, and how we know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli import shared

if TYPE_CHECKING:
    from kg.model import EvidenceBase
    from kg.model.audit import LookUp, LookUpFailure

OUTPUT_FORMATS = (*shared.DOCUMENT_FORMATS, "turtle")

HELP_TEXT = """\b
Examples:
  kg audit acne-scars-article
  kg audit joint-mobility-article -o audit.csv
  kg audit --online --contact you@example.org
  kg audit --studies --online --contact you@example.org

Say what each work that a text names really is: found, not found, another work, no study at all.

Verdicts rest on recorded look-ups, on the records of the base, on the form of identifiers,
addresses and DOIs, and on stored answers of services. What none of them tells stays "not known".

Nothing is asked outside without --online. With it, Crossref, Europe PMC and NCBI are asked at a
modest pace for identifiers and titles, and each answer is stored with its day. A question without
an answer changes nothing, is told, and makes the exit status 5.

With --studies the studies of the base are audited as if they were a list of references: is each the
work that its identifiers name, and is a retraction listed.
"""


@click.command(help=HELP_TEXT, short_help="Say what each work that a text names really is.")
@click.argument("source", required=False, shell_complete=shared.suggest_sources)
@click.option("--studies", is_flag=True, help="Audit the studies of the base, not the articles.")
@click.option("--online", is_flag=True, help="Ask Crossref, Europe PMC and NCBI.")
@click.option(
    "--contact",
    metavar="ADDRESS",
    envvar="KG_CONTACT",
    show_envvar=True,
    help="Your address of mail, sent with --online so that a service can reach you.",
)
@click.option(
    "--look-ups",
    metavar="FILE",
    envvar="KG_LOOK_UPS",
    show_envvar=True,
    show_default="look-ups.json in the directory of --base, else with your data",
    help="Where answers are stored and read.",
)
@click.option("--again", is_flag=True, help="With --online, ask even what was answered lately.")
@click.option(
    "--endpoint",
    "endpoints",
    metavar="NAME=URL",
    multiple=True,
    envvar="KG_ENDPOINTS",
    show_envvar=True,
    help="Ask a service (crossref, europepmc, ncbi) at this address; may be repeated.",
)
@shared.with_format_option(*OUTPUT_FORMATS)
@shared.with_base_option
@shared.with_output_option
@shared.with_colour_option
def command(
    source: str | None,
    studies: bool,
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
        locate_look_ups_file,
        read_look_ups,
    )
    from kg.errors import OutsideError, UsageError

    loaded = shared.load_base(base)
    shape = shared.resolve_format(form, output, *OUTPUT_FORMATS)
    if studies:
        if source or shape == "turtle":
            raise UsageError("--studies takes neither a source nor the form turtle")
        loaded = list_studies_as_source(loaded)
    file = look_ups or str(locate_look_ups_file(base))
    answers, failures = (
        _ask_services(loaded, file, source, contact, endpoints, again)
        if online
        else (read_look_ups(file), ())
    )
    citation_audit = audit_base(loaded, source, answers, failures)
    if shape == "turtle":
        shared.emit_text(encode_audit_turtle(citation_audit), output)
    else:
        from kg.render.findings.citation_audit import build_document

        shared.show_document(build_document(citation_audit, loaded), shape, output, colour)
    return OutsideError.exit_status if failures else 0


def _ask_services(
    base: EvidenceBase,
    file: str,
    source: str | None,
    contact: str | None,
    endpoints: tuple[str, ...],
    ask_again: bool,
) -> tuple[tuple[LookUp, ...], tuple[LookUpFailure, ...]]:
    """Stored answers after asking; what happens is told on stderr."""
    from kg.api.audits import (
        ask_services,
    )
    from kg.errors import UsageError
    from kg.render.escape import escape_terminal

    if not contact:
        raise UsageError("--online needs --contact ADDRESS or KG_CONTACT: services ask for one")

    def report_progress(words: str) -> None:
        click.echo(f"kg: {escape_terminal(words)}", err=True)

    answers, failures = ask_services(
        base,
        file,
        contact,
        source,
        _parse_endpoints(endpoints),
        ask_again,
        on_progress=report_progress,
    )
    if failures:
        noun = "question got" if len(failures) == 1 else "questions got"
        report_progress(
            f"{len(failures)} {noun} no answer, which changes nothing; the audit lists them"
        )
    if answers:
        report_progress(f"answers are stored in {file}")
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
