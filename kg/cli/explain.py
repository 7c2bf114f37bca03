"""`kg explain`: the whole derivation of a claim, a chain or a pair."""

from __future__ import annotations

import click

from kg.cli import shared

OUTPUT_FORMATS = ("text", "json", "markdown")

HELP_TEXT = """\b
Examples:
  kg explain as2
  kg explain magnesium-glycinate-oral--acne-scars
  kg explain as2 -o as2.md

Show the whole derivation of a claim, a chain or a pair.

THING is the id of a claim or a chain (`kg list claims`, `kg list chains`), or a pair written
EXPOSURE--OUTCOME. The tree holds each link with its works, its start level, every domain with its
numbers, the threshold used and who published it, support and refutation, and the arithmetic of the
chain, for all three readings: the changes of a body add up to its support.
"""


@click.command(
    help=HELP_TEXT, short_help="Show the whole derivation of a claim, a chain or a pair."
)
@click.argument("thing")
@click.option(
    "--source", metavar="ID", shell_complete=shared.suggest_sources, help="Only this source."
)
@shared.with_format_option(*OUTPUT_FORMATS)
@shared.with_grading_options
@shared.with_base_option
@shared.with_output_option
def command(
    thing: str,
    source: str | None,
    form: str | None,
    profile: str,
    evidence: str,
    base: str | None,
    output: str,
) -> None:
    """Explain one claim, chain or pair."""
    from kg.api.explanations import explain_thing
    from kg.render import RenderOptions
    from kg.render.grade.explain import EXPLANATION_RENDERERS, build_derivation
    from kg.scenarios.request import GradeRequest

    loaded = shared.load_base(base)
    request = GradeRequest.parse(source=source, profile=profile, evidence=evidence)
    explanation = explain_thing(loaded, thing, request)
    options = RenderOptions(
        width=shared.measure_width(),
        ascii_only=output == "-" and shared.is_ascii_only(),
        source=source,
    )
    root = build_derivation(
        explanation.subject, explanation.pairs, loaded, explanation.grading_rules
    )
    shape = shared.resolve_format(form, output, *OUTPUT_FORMATS)
    shared.emit_text(EXPLANATION_RENDERERS[shape](root, options), output)
