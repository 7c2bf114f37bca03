"""`kg explain`: the whole derivation of a claim, a chain or a pair."""

from __future__ import annotations

import click

from kg.cli import options
from kg.cli.loading import load_base
from kg.cli.output import emit_result, is_ascii_only, measure_width, resolve_format

OUTPUT_FORMATS = ("text", "json", "markdown")

HELP_TEXT = """\b
Examples:
  kg explain as2
  kg explain magnesium-glycinate-oral--acne-scars
  kg explain as2 -o as2.md

Show the whole derivation of a claim, a chain or a pair.

THING is the id of a claim or a chain (`kg list claims`, `kg list chains`), or a pair written
EXPOSURE--OUTCOME. The tree shows each link with its works, start level, every domain with its
numbers, the threshold used and who published it, support and refutation, and the arithmetic of the
chain, in all three readings. The changes to a body of evidence add up to its support.
"""


@click.command(
    help=HELP_TEXT, short_help="Show the whole derivation of a claim, a chain or a pair."
)
@click.argument("thing")
@options.with_source_option("Only this source.")
@options.with_format_option(*OUTPUT_FORMATS)
@options.with_grading_options
@options.with_base_option
@options.with_output_option
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

    loaded = load_base(base)
    request = GradeRequest.parse(source=source, profile=profile, evidence=evidence)
    explanation = explain_thing(loaded, thing, request)
    view_options = RenderOptions(
        width=measure_width(),
        ascii_only=output == "-" and is_ascii_only(),
        source=source,
    )
    root = build_derivation(
        explanation.subject, explanation.pairs, loaded, explanation.grading_rules
    )
    shape = resolve_format(form, output, *OUTPUT_FORMATS)
    emit_result(EXPLANATION_RENDERERS[shape](root, view_options), output)
