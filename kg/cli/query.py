"""`kg query`: SPARQL on the graph, by a saved query or one of your own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from kg.cli import options
from kg.cli.loading import load_columns, read_text
from kg.cli.output import emit_result, measure_width, resolve_format

if TYPE_CHECKING:
    from kg.stores.results import QueryResult

OUTPUT_FORMATS = ("table", "csv", "tsv", "json", "xml", "ttl")

HELP_TEXT = """\b
Examples:
  kg query --list
  kg query --name bench-work-as-human --param source=acne-scars-article
  kg query -e 'SELECT ?type (COUNT(*) AS ?n) { ?s a ?type } GROUP BY ?type'
  kg query my.rq -o answer.csv

Query the graph in SPARQL, with a saved query or your own.

FILE is a SPARQL file; `-` is stdin. All named graphs are searched together: one for each source,
and one each for the vocabulary, the studies, the conflicts and the computed grades. A query cannot
reach anything outside the graph. A query without rows ends with status 0 and a hint on stderr. A
snapshot of links (links.columns) answers best-study-is-bench without a store. In CSV, a cell that a
spreadsheet would take for a formula gets a leading apostrophe.
"""


@click.command(
    help=HELP_TEXT, short_help="Query the graph in SPARQL, with a saved query or your own."
)
@click.argument("file", required=False)
@click.option("-e", "--expression", metavar="SPARQL", help="The text of the query.")
@click.option("--name", metavar="SAVED", help="Name of a saved query; see --list.")
@click.option(
    "--param",
    "params",
    metavar="K=V",
    multiple=True,
    help="A parameter of the query; may be repeated.",
)
@click.option("--list", "listed", is_flag=True, help="List the saved queries.")
@options.with_format_option(*OUTPUT_FORMATS)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Time limit of a query; saved queries have none.",
)
@options.with_base_option
@options.with_output_option
def command(
    file: str | None,
    expression: str | None,
    name: str | None,
    params: tuple[str, ...],
    listed: bool,
    form: str | None,
    timeout: float,
    base: str | None,
    output: str,
) -> None:
    """Answer one query."""
    if listed:
        from kg.api.listings import list_rows
        from kg.render.writers.text import align_columns

        lines = align_columns(*list_rows("queries", None), measure_width())
        emit_result("\n".join(lines) + "\n", output)
        return
    from kg.api import rated_links
    from kg.api.base import identify_input
    from kg.api.graphs import query_base
    from kg.errors import UsageError

    text, terms = _resolve_query(file, expression, name, _parse_parameters(params))
    if base and identify_input(base).is_rated:
        if params:
            raise UsageError(f"--param does not apply to {base}: its links are rated")
        rated_links.require_report(name or "")  # before anything is read
        answer = rated_links.build_rated_report(load_columns(base), name or "")
    else:
        answer = query_base(text, base, terms, None if name else timeout, apart=True)
    if answer.is_empty:
        from kg.stores import hint_for_empty

        click.echo(f"kg: {hint_for_empty(text)}", err=True)
    shape = resolve_format(form, output, *OUTPUT_FORMATS)
    emit_result(_format_answer(answer, shape), output)


def _resolve_query(
    file: str | None, expression: str | None, name: str | None, values: Mapping[str, str]
) -> tuple[str, Mapping[str, str]]:
    """Text of a query, and the SPARQL terms of its parameters."""
    from kg.errors import UsageError

    given_queries = [value for value in (file, expression, name) if value is not None]
    if len(given_queries) != 1:
        raise UsageError("give one query: a file, -e SPARQL, --name SAVED, or `-` for stdin")
    if name is not None:
        from kg.queries import find_saved_query

        return find_saved_query(name).bind_values(values), {}
    text = expression if expression is not None else read_text(given_queries[0])
    from kg.rdf.sparql import guess_term

    return text, {key: guess_term(value) for key, value in values.items()}


def _parse_parameters(params: tuple[str, ...]) -> Mapping[str, str]:
    from kg.errors import UsageError

    parameter_values = {}
    for param in params:
        key, equals, value = param.partition("=")
        if not equals or not key:
            raise UsageError(f"--param {param!r} is not of the form name=value")
        parameter_values[key] = value
    return parameter_values


def _format_answer(answer: QueryResult, form: str) -> str:
    if form == "table" and answer.boolean is not None:
        return "yes\n" if answer.boolean else "no\n"
    if form == "table":
        import re

        from kg.render.writers.text import align_columns

        heads = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name) for name in answer.variables]
        return "\n".join(align_columns(heads, answer.rows, 10_000)) + "\n"
    text = answer.serialize(form)
    return _escape_formulas(text) if form == "csv" else text


def _escape_formulas(text: str) -> str:
    """CSV in which no spreadsheet takes a cell for a formula."""
    import csv
    import io

    from kg.render.escape import escape_csv

    safe = io.StringIO()
    writer = csv.writer(safe, lineterminator="\n")
    writer.writerows([escape_csv(value) for value in row] for row in csv.reader(io.StringIO(text)))
    return safe.getvalue()
