"""The answer to a query as a page, for a person without scripts."""

from __future__ import annotations

from kg.rdf import vocab
from kg.render.thing_links import PageLink
from kg.server.views.page_links import ServerLinks
from kg.server.views.templates import render_template
from kg.stores.results import QueryResult

MAX_ROWS_SHOWN = 1000
"""Rows of an answer that a page shows; the other formats have all of them."""


def render_results(result: QueryResult, hint: str, note: str) -> str:
    """The page of an answer; `hint` and `note` say what is empty or cut."""
    rows = result.rows
    return render_template(
        "results.html",
        to=ServerLinks(),
        answer=result.boolean,
        head=result.variables,
        rows=[[_link_cell(cell) for cell in row] for row in rows[:MAX_ROWS_SHOWN]],
        total=len(rows),
        notes=[text for text in (hint, note) if text],
    )


def _link_cell(text: str) -> PageLink:
    """A cell; what is short for one of our IRIs leads to its page."""
    iri = vocab.expand_curie(text)
    inside = iri != text and vocab.parse_iri(iri) is not None
    return PageLink(text, "/" + iri.removeprefix(vocab.BASE) if inside else "")
