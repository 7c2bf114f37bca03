"""The answer to a query as a page, for a person without scripts."""

from __future__ import annotations

from kg.rdf import vocab
from kg.server.links import Ref, ServerLinks
from kg.server.templates import render
from kg.stores.results import QueryResult

SHOWN = 1000
"""Rows of an answer that a page shows; the other formats have all of them."""


def results(result: QueryResult, hint: str, note: str) -> str:
    """The page of an answer; `hint` and `note` say what is empty or cut."""
    rows = result.rows
    return render(
        "results.html",
        to=ServerLinks(),
        answer=result.boolean,
        head=result.variables,
        rows=[[_cell(cell) for cell in row] for row in rows[:SHOWN]],
        total=len(rows),
        notes=[text for text in (hint, note) if text],
    )


def _cell(text: str) -> Ref:
    """A cell; what is short for one of our IRIs leads to its page."""
    iri = vocab.expand(text)
    inside = iri != text and vocab.parse_iri(iri) is not None
    return Ref(text, "/" + iri.removeprefix(vocab.BASE) if inside else "")
