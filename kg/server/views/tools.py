"""Pages of rules, of SPARQL, of suppositions and of the API."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markupsafe import Markup

from kg import api
from kg.api.detectors import one
from kg.errors import KgError
from kg.model.shifts import PairShift
from kg.queries import catalogue
from kg.render import shifts, words
from kg.server.data import ADDRESSES, supposed
from kg.server.links import Ref
from kg.server.templates import render
from kg.server.views.shelf import Shelf, Values, alone, chips


def rules(shelf: Shelf, values: Values) -> str:
    """All detectors, with how often each finds something here."""
    counts: dict[str, int] = {}
    for found in shelf.library.diagnostics():
        if found.result.value == "hit":
            counts[found.code] = counts.get(found.code, 0) + 1
    rows = [
        (
            Ref(f"{r.code} {r.name}", shelf.to.page(f"rule/{r.code}")),
            r.severity.word,
            r.title,
            counts.get(r.code, 0),
        )
        for r in api.rules()
    ]
    return render("rules.html", to=shelf.to, rows=rows)


def rule(shelf: Shelf, code: str, values: Values) -> str:
    """One detector: what it does, why, an example, the remedy, and where it hits here."""
    from kg.server.views.shelf import flags

    found = one(code)
    hits = [d for d in shelf.library.diagnostics() if d.code == found.code]
    return render(
        "rule.html",
        to=shelf.to,
        rule=found,
        body=prose(found.body),
        flags=flags(shelf, hits),
        unknown=sum(d.result.value == "cannot_tell" for d in hits),
    )


def prose(text: str) -> Markup:
    """Markdown of our own docstrings as HTML; raw HTML in it is shown, never passed on."""
    return Markup(MarkdownIt("js-default").render(text))  # noqa: S704


def query(shelf: Shelf, values: Values) -> str:
    """The SPARQL page, with the saved queries; an editor where scripts run."""
    text = "".join(values.get("query", ()))[:65_536]
    saved = list(catalogue().values())
    return render(
        "query.html",
        to=shelf.to,
        text=text or saved[0].text,
        saved=[(q.name, q.title, q.problem, q.text) for q in saved],
    )


def whatif(shelf: Shelf, values: Values) -> str:
    """What a supposition does to the verdict."""
    outcome = alone(values, "outcome")
    added = [v for v in values.get("add", ()) if v.strip()]
    removed = [v for v in values.get("remove", ()) if v.strip()]
    problem, told, rest = "", [], 0
    label = shelf.base.label(outcome)
    try:
        found = supposed(shelf.library, values)
        label = shelf.base.label(found.outcome)
        moved = [p for p in found.pairs if p.standings.moved or p.links]
        told, rest = [_shift(shelf, p) for p in moved], len(found.pairs) - len(moved)
        outcome = found.outcome
    except KgError as fault:
        problem = str(fault).removeprefix("--add ").removeprefix("--remove ")
    return render(
        "whatif.html",
        to=shelf.to,
        outcome=outcome,
        back=shelf.to.thing("entity", outcome) if outcome else "",
        label=label,
        added=added,
        removed=removed,
        problem=problem,
        shifts=told,
        rest=rest,
    )


def _shift(shelf: Shelf, pair: PairShift) -> dict[str, object]:
    at = pair.standings
    return {
        "exposure": shelf.node(at.exposure),
        "sense": at.sense.value,
        "before": chips(at.before.levels),
        "after": chips(at.after.levels),
        "verdict": (at.before.verdict.value, at.after.verdict.value),
        "why": at.after.why,
        "links": [
            (words.link_words(k.link, shelf.base), shifts.moved(k.before, k.after), k.why)
            for k in pair.links
        ],
    }


def addresses(shelf: Shelf, values: Values) -> str:
    """What the API offers."""
    return render("api.html", to=shelf.to, addresses=ADDRESSES)
