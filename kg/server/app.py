"""The routes of the server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from kg._version import __version__
from kg.rdf import vocab
from kg.server.http import sparql_request
from kg.server.http.middleware import RequestGuard
from kg.server.http.openapi import build_openapi
from kg.server.http.runtime import ServerRuntime, build_refusal, read_body
from kg.server.http.static_files import find_static_file
from kg.server.json_api import API_ENDPOINTS
from kg.server.media_types import choose_media_type
from kg.server.workers.frames import JobRequest
from kg.server.workers.pool import HttpRefusal

RDF_TYPES = ("text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml")
HTML_TYPE, SVG_TYPE = "text/html", "image/svg+xml"
TYPES_BY_SUFFIX = {
    ".html": HTML_TYPE,
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
    ".svg": SVG_TYPE,
}


def build_application(service: ServerRuntime) -> ASGIApp:
    """The whole server as one ASGI application."""

    @asynccontextmanager
    async def run_lifespan(_: Starlette) -> AsyncIterator[None]:
        await service.start_workers()
        try:
            yield
        finally:
            await service.stop_workers()

    app = Starlette(
        routes=_list_routes(),
        lifespan=run_lifespan,
        exception_handlers={
            HttpRefusal: _respond_to_refusal,
            HTTPException: _respond_to_http_error,
            Exception: _respond_to_fault,
        },
    )
    app.state.service = service
    return RequestGuard(app, service.server_settings, service.request_metrics)


def _list_routes() -> list[Route]:
    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return [
        Route("/sparql", serve_sparql, methods=every),
        Route("/sparql/", serve_sparql, methods=every),
        Route("/void", serve_void),
        Route("/.well-known/void", lambda _: RedirectResponse("/void", 303)),
        Route("/healthz", serve_health),
        Route("/metrics", serve_metrics),
        Route("/static/{name}", serve_static_file),
        Route("/favicon.ico", lambda _: RedirectResponse("/static/icon.svg", 308)),
        Route("/robots.txt", lambda _: Response("User-agent: *\nDisallow: /sparql\n")),
        Route("/vocab", serve_vocabulary),
        Route("/api/openapi.json", serve_openapi),
        *(Route(address.path, _build_api_route(n)) for n, address in enumerate(API_ENDPOINTS)),
        *(Route(f"/{name}", _build_page_route(name)) for name in PAGE_NAMES),
        Route("/rule/{code}", serve_rule),
        Route("/{section}/{id:path}", serve_thing),
    ]


def _read_service(request: Request) -> ServerRuntime:
    service: ServerRuntime = request.app.state.service
    return service


async def serve_sparql(request: Request) -> Response:
    """The SPARQL endpoint; without a query its description, or for a person the query page."""
    service = _read_service(request)
    if request.method not in ("GET", "HEAD", "POST"):
        raise HttpRefusal(405, f"{request.method} is not a way to query: use GET or POST")
    body = await read_body(request, service.server_settings) if request.method == "POST" else b""
    query_request = sparql_request.parse_request(
        request.method, request.url.query, request.headers.get("content-type", ""), body
    )
    accept = request.headers.get("accept", "")
    if query_request is None:
        if choose_media_type(accept, [*RDF_TYPES, HTML_TYPE]) == HTML_TYPE:
            return RedirectResponse("/query", 303)
        return await _serve_description(request, "service")
    return await service.respond_fresh(request, query_request.build_job(accept), service.query_pool)


async def serve_void(request: Request) -> Response:
    """The VoID description of the data set."""
    return await _serve_description(request, "void")


async def _serve_description(request: Request, description_kind: str) -> Response:
    accept, root = _choose_rdf_type(request), str(request.base_url)
    job = JobRequest("resource", description_kind, accept=accept, root=root)
    return await _read_service(request).respond_cached(request, job)


def _choose_rdf_type(request: Request) -> str:
    kind = choose_media_type(request.headers.get("accept", ""), RDF_TYPES)
    if kind is None:
        raise HttpRefusal(406, f"this can be had as {', '.join(RDF_TYPES)}")
    return kind


async def serve_vocabulary(request: Request) -> Response:
    """The vocabulary: all its terms share one document, as their IRIs say."""
    return await _serve_linked_data(request, vocab.BASE + "vocab", None)


async def serve_thing(request: Request) -> Response:
    """Whatever an IRI of the graph names, as a page or as RDF."""
    section, name = request.path_params["section"], request.path_params["id"]
    if section not in vocab.SECTIONS:
        raise HttpRefusal(404, f"nothing is at /{section}/")
    raw_path = request.scope.get("raw_path", b"").decode("ascii", "replace")
    local = raw_path.partition("?")[0].lstrip("/").partition("/")[2] or name
    suffix = next((s for s in TYPES_BY_SUFFIX if local.endswith(s)), None)
    media_type = TYPES_BY_SUFFIX[suffix] if suffix else None
    return await _serve_linked_data(
        request, f"{vocab.BASE}{section}/{local.removesuffix(suffix or '')}", media_type
    )


async def _serve_linked_data(request: Request, iri: str, chosen_type: str | None) -> Response:
    kind = chosen_type or choose_media_type(
        request.headers.get("accept", ""), [HTML_TYPE, *RDF_TYPES]
    )
    if kind is None:
        raise HttpRefusal(406, f"this can be had as {', '.join((HTML_TYPE, *RDF_TYPES))}")
    job = JobRequest("resource", iri=iri, accept=kind)
    if kind == SVG_TYPE:
        job = JobRequest("picture", iri=iri)
    if kind == HTML_TYPE:
        job = JobRequest("thing", iri=iri, values=request.query_params.multi_items())
    return await _read_service(request).respond_cached(request, job)


PAGE_NAMES = ("", "search", "sources", "studies", "rules", "query", "whatif", "api")


def _build_page_route(name: str) -> Callable[[Request], Awaitable[Response]]:
    """The route of a page."""

    async def serve_named_page(request: Request) -> Response:
        return await _serve_page(request, name)

    return serve_named_page


async def serve_rule(request: Request) -> Response:
    """The page of one detector."""
    return await _serve_page(request, f"rule/{request.path_params['code']}")


async def _serve_page(request: Request, name: str) -> Response:
    job = JobRequest("page", name, values=request.query_params.multi_items())
    return await _read_service(request).respond_cached(request, job)


def _build_api_route(number: int) -> Callable[[Request], Awaitable[Response]]:
    """The route of one address of the API."""

    async def serve_endpoint(request: Request) -> Response:
        name, values = request.path_params.get("name", ""), request.query_params.multi_items()
        job = JobRequest("data", name, endpoint=number, values=values)
        return await _read_service(request).respond_cached(request, job)

    return serve_endpoint


async def serve_openapi(request: Request) -> Response:
    """The description of the API."""
    return JSONResponse(build_openapi(str(request.base_url)))


async def serve_health(request: Request) -> Response:
    """Whether the server can answer, and which restrictions its workers have."""
    service = _read_service(request)
    pools = (service.query_pool, service.page_pool)
    for pool in pools:
        pool.replace_dead_workers()
    all_alive = all(pool.process_ids for pool in pools)
    state = {
        "status": "ok" if all_alive and service.is_ready else "starting",
        "version": __version__,
        "workers": {pool.pool_name: len(pool.process_ids) for pool in pools},
        "restrictions": sorted(service.query_pool.active_restrictions),
    }
    return JSONResponse(state, 200 if all_alive else 503, {"cache-control": "no-store"})


async def serve_metrics(request: Request) -> Response:
    """Counts and times for Prometheus."""
    service = _read_service(request)
    return Response(
        service.request_metrics.format_text(service.read_gauges()),
        media_type="text/plain; version=0.0.4; charset=utf-8",
        headers={"cache-control": "no-store"},
    )


async def serve_static_file(request: Request) -> Response:
    """A file that ships with kg; names are looked up in a list, never in the file system."""
    static_file = find_static_file(request.path_params["name"])
    if static_file is None:
        raise HttpRefusal(404, "no such file")
    headers = {"etag": static_file.etag_value, "cache-control": "public, max-age=3600"}
    if request.headers.get("if-none-match") == static_file.etag_value:
        return Response(status_code=304, headers=headers)
    return Response(static_file.content, headers=headers | {"content-type": static_file.media_type})


async def _respond_to_refusal(request: Request, failure: Exception) -> Response:
    return build_refusal(
        request, failure if isinstance(failure, HttpRefusal) else HttpRefusal(500, "a fault of kg")
    )


async def _respond_to_http_error(request: Request, failure: Exception) -> Response:
    status = failure.status_code if isinstance(failure, HTTPException) else 500
    messages_by_status = {
        404: "nothing is at this address",
        405: "this address is only read: use GET",
    }
    return build_refusal(request, HttpRefusal(status, messages_by_status.get(status, "refused")))


async def _respond_to_fault(request: Request, failure: Exception) -> Response:
    return build_refusal(
        request, HttpRefusal(500, "this is a fault of kg; its log has the details")
    )
