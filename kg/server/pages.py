"""The job of a page: which view, with which parameters, and the page of any other IRI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kg.errors import UnknownName
from kg.rdf import vocab
from kg.server.door import POLICY
from kg.server.links import Ref, ServerLinks
from kg.server.templates import render
from kg.server.views import drawing, home, things, tools
from kg.server.views.shelf import Shelf, Values

if TYPE_CHECKING:
    from kg.server.jobs import Desk, Frame, Head

View = Callable[[Shelf, Values], str]

PAGES: Mapping[str, View] = {
    "": home.home,
    "search": home.found,
    "sources": home.sources,
    "studies": home.studies,
    "rules": tools.rules,
    "query": tools.query,
    "whatif": tools.whatif,
    "api": tools.addresses,
}
HTML = "text/html; charset=utf-8"
SVG = "image/svg+xml"
EDITOR_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""The editor writes style attributes; scripts are held as tightly as everywhere."""


def page(desk: Desk, request: Head, body: bytes) -> Frame:
    """A page by its name."""
    shelf = Shelf(desk.library, ServerLinks())
    values = _values(request)
    name = request["page"]
    if name.startswith("rule/"):
        text = tools.rule(shelf, name.removeprefix("rule/"), values)
    elif name in PAGES:
        text = PAGES[name](shelf, values)
    else:
        raise UnknownName("page", name, tuple(PAGES))
    head: Head = {"status": 200, "type": HTML}
    if name == "query":
        head["headers"] = {"content-security-policy": EDITOR_POLICY}
    return head, text.encode()


def thing(desk: Desk, request: Head, body: bytes) -> Frame:
    """The page of an IRI: its own view, or a table of what the graph says."""
    from kg.server.resources import known_iri, unknown

    iri = known_iri(desk, request["iri"])
    if iri is None:
        return unknown(request["iri"])
    shelf = Shelf(desk.library, ServerLinks())
    section, id = vocab.parse_iri(iri) or ("", "")
    if section in things.VIEWS and things.known(shelf, section, id):
        text = things.VIEWS[section](shelf, id, _values(request))
    else:
        text = _statements(desk, iri)
    return {"status": 200, "type": HTML, "headers": {"link": f'<{iri}>; rel="canonical"'}}, (
        text.encode()
    )


def picture(desk: Desk, request: Head, body: bytes) -> Frame:
    """The picture of an outcome."""
    from kg.server.resources import unknown

    section, id = vocab.parse_iri(request["iri"]) or ("", "")
    if section != "entity" or id not in desk.library.graded:
        return unknown(request["iri"])
    drawn = drawing.file(Shelf(desk.library, ServerLinks()), id)
    if drawn is None:
        return {"status": 503, "message": "pictures need Graphviz, which is not here"}, b""
    return {"status": 200, "type": SVG}, drawn


def _statements(desk: Desk, iri: str) -> str:
    from kg.server.resources import statements

    shown = [
        tuple(_term(str(part)) for part in (t.subject, t.predicate, t.object))
        for t in statements(desk.store.store, iri)
    ]
    return render("statements.html", to=ServerLinks(), iri=iri, name=vocab.compact(iri), rows=shown)


def _term(text: str) -> Ref:
    """A term as it is shown; ours lead to their pages here."""
    if not text.startswith("<"):
        return Ref(text, "")
    iri = text[1:-1]
    if iri.startswith(vocab.KG):
        return Ref(vocab.compact(iri), "/vocab#" + iri.removeprefix(vocab.KG))
    inside = vocab.parse_iri(iri) is not None
    return Ref(vocab.compact(iri), "/" + iri.removeprefix(vocab.BASE) if inside else "")


def _values(request: Head) -> Values:
    values: dict[str, list[str]] = {}
    for name, value in request.get("values", ()):
        values.setdefault(name, []).append(value)
    return values
