"""The job of a page: which view, with which parameters, and the page of any other IRI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kg.errors import UnknownName
from kg.rdf import vocab
from kg.render.thing_links import PageLink
from kg.server.security_headers import EDITOR_POLICY
from kg.server.views import drawing, home, things, tools
from kg.server.views.page_context import PageContext, QueryParams
from kg.server.views.page_links import ServerLinks
from kg.server.views.templates import render_template
from kg.server.workers.frames import JobRequest, JobResponse

if TYPE_CHECKING:
    from kg.server.workers.jobs import WorkerState

PageView = Callable[[PageContext, QueryParams], str]

PAGE_VIEWS: Mapping[str, PageView] = {
    "": home.render_home,
    "search": home.render_search,
    "sources": home.render_sources,
    "studies": home.render_studies,
    "rules": tools.render_rules,
    "query": tools.render_query_page,
    "whatif": tools.render_whatif,
    "api": tools.render_api_page,
}
HTML_TYPE = "text/html; charset=utf-8"
SVG_TYPE = "image/svg+xml"


def render_page(worker_state: WorkerState, request: JobRequest) -> JobResponse:
    """A page by its name."""
    page_context = PageContext(worker_state.grade_library, ServerLinks())
    values = _read_query_params(request)
    name = request.name
    if name.startswith("rule/"):
        text = tools.render_rule(page_context, name.removeprefix("rule/"), values)
    elif name in PAGE_VIEWS:
        text = PAGE_VIEWS[name](page_context, values)
    else:
        raise UnknownName("page", name, tuple(PAGE_VIEWS))
    headers = {"content-security-policy": EDITOR_POLICY} if name == "query" else {}
    return JobResponse(media_type=HTML_TYPE, headers=headers, payload=text.encode())


def render_thing_page(worker_state: WorkerState, request: JobRequest) -> JobResponse:
    """The page of an IRI: its own view, or a table of what the graph says."""
    from kg.server.workers.rdf_jobs import resolve_iri, respond_unknown

    iri = resolve_iri(worker_state, request.iri)
    if iri is None:
        return respond_unknown(request.iri)
    page_context = PageContext(worker_state.grade_library, ServerLinks())
    section, thing_id = vocab.parse_iri(iri) or ("", "")
    if section in things.THING_VIEWS and things.has_page(page_context, section, thing_id):
        text = things.THING_VIEWS[section](page_context, thing_id, _read_query_params(request))
    else:
        text = _render_statements(worker_state, iri)
    headers = {"link": f'<{iri}>; rel="canonical"'}
    return JobResponse(media_type=HTML_TYPE, headers=headers, payload=text.encode())


def draw_outcome_picture(worker_state: WorkerState, request: JobRequest) -> JobResponse:
    """The picture of an outcome."""
    from kg.server.workers.rdf_jobs import respond_unknown

    section, id = vocab.parse_iri(request.iri) or ("", "")
    if section != "entity" or id not in worker_state.grade_library.outcome_ids:
        return respond_unknown(request.iri)
    svg_bytes = drawing.draw_svg_file(PageContext(worker_state.grade_library, ServerLinks()), id)
    return JobResponse(media_type=SVG_TYPE, payload=svg_bytes)


def _render_statements(worker_state: WorkerState, iri: str) -> str:
    from kg.server.workers.rdf_jobs import list_statements

    statement_rows = [
        tuple(_link_term(str(part)) for part in (t.subject, t.predicate, t.object))
        for t in list_statements(worker_state.graph_store.raw_store, iri)
    ]
    return render_template(
        "statements.html",
        to=ServerLinks(),
        iri=iri,
        name=vocab.format_curie(iri),
        rows=statement_rows,
    )


def _link_term(text: str) -> PageLink:
    """A term as it is shown; ours lead to their pages here."""
    if not text.startswith("<"):
        return PageLink(text, "")
    iri = text[1:-1]
    if iri.startswith(vocab.KG_VOCABULARY):
        return PageLink(vocab.format_curie(iri), "/vocab#" + iri.removeprefix(vocab.KG_VOCABULARY))
    inside = vocab.parse_iri(iri) is not None
    return PageLink(vocab.format_curie(iri), "/" + iri.removeprefix(vocab.BASE) if inside else "")


def _read_query_params(request: JobRequest) -> QueryParams:
    values: dict[str, list[str]] = {}
    for name, value in request.values:
        values.setdefault(name, []).append(value)
    return values
