"""The routes of the server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from kg import __version__
from kg.rdf import vocab
from kg.server import protocol
from kg.server.accept import best
from kg.server.assets import asset
from kg.server.data import ADDRESSES
from kg.server.door import Door
from kg.server.openapi import document
from kg.server.pool import Refused
from kg.server.service import Service, body_of, refusal

RDF = ("text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml")
HTML, SVG = "text/html", "image/svg+xml"
SUFFIXES = {
    ".html": HTML,
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".nt": "application/n-triples",
    ".rdf": "application/rdf+xml",
    ".svg": SVG,
}


def application(service: Service) -> ASGIApp:
    """The whole server as one ASGI application."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        exception_handlers={Refused: _refused, HTTPException: _not_found, Exception: _our_fault},
    )
    app.state.service = service
    return Door(app, service.settings, service.metrics)


def _routes() -> list[Route]:
    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return [
        Route("/sparql", sparql, methods=every),
        Route("/sparql/", sparql, methods=every),
        Route("/void", void),
        Route("/.well-known/void", lambda _: RedirectResponse("/void", 303)),
        Route("/healthz", healthz),
        Route("/metrics", metrics),
        Route("/static/{name}", static),
        Route("/favicon.ico", lambda _: RedirectResponse("/static/icon.svg", 308)),
        Route("/robots.txt", lambda _: Response("User-agent: *\nDisallow: /sparql\n")),
        Route("/vocab", vocabulary),
        Route("/api/openapi.json", openapi),
        *(Route(address.path, _answering(n)) for n, address in enumerate(ADDRESSES)),
        *(Route(f"/{name}", _paging(name)) for name in NAMES),
        Route("/rule/{code}", rule),
        Route("/{section}/{id:path}", thing),
    ]


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def sparql(request: Request) -> Response:
    """The SPARQL endpoint; without a query its description, or for a person the query page."""
    service = _service(request)
    if request.method not in ("GET", "HEAD", "POST"):
        raise Refused(405, f"{request.method} is not a way to query: use GET or POST")
    body = await body_of(request, service.settings) if request.method == "POST" else b""
    asked = protocol.asked(
        request.method, request.url.query, request.headers.get("content-type", ""), body
    )
    accept = request.headers.get("accept", "")
    if asked is None:
        if best(accept, [*RDF, HTML]) == HTML:
            return RedirectResponse("/query", 303)
        return await _description(request, "service")
    return await service.fresh(request, asked.job(accept), asked.text.encode(), service.queries)


async def void(request: Request) -> Response:
    """The VoID description of the data set."""
    return await _description(request, "void")


async def _description(request: Request, what: str) -> Response:
    root = str(request.base_url)
    job = {"job": "resource", "what": what, "root": root, "accept": _rdf(request)}
    return await _service(request).kept(request, job)


def _rdf(request: Request) -> str:
    kind = best(request.headers.get("accept", ""), RDF)
    if kind is None:
        raise Refused(406, f"this can be had as {', '.join(RDF)}")
    return kind


async def vocabulary(request: Request) -> Response:
    """The vocabulary: all its terms share one document, as their IRIs say."""
    return await _linked(request, vocab.BASE + "vocab", None)


async def thing(request: Request) -> Response:
    """Whatever an IRI of the graph names, as a page or as RDF."""
    section, name = request.path_params["section"], request.path_params["id"]
    if section not in vocab.SECTIONS:
        raise Refused(404, f"nothing is at /{section}/")
    raw = request.scope.get("raw_path", b"").decode("ascii", "replace")
    local = raw.partition("?")[0].lstrip("/").partition("/")[2] or name
    suffix = next((s for s in SUFFIXES if local.endswith(s)), None)
    chosen = SUFFIXES[suffix] if suffix else None
    return await _linked(
        request, f"{vocab.BASE}{section}/{local.removesuffix(suffix or '')}", chosen
    )


async def _linked(request: Request, iri: str, chosen: str | None) -> Response:
    kind = chosen or best(request.headers.get("accept", ""), [HTML, *RDF])
    if kind is None:
        raise Refused(406, f"this can be had as {', '.join((HTML, *RDF))}")
    job: dict[str, Any] = {"job": "resource", "what": "iri", "iri": iri, "accept": kind}
    if kind == SVG:
        job = {"job": "picture", "iri": iri}
    if kind == HTML:
        job = {"job": "thing", "iri": iri, "values": request.query_params.multi_items()}
    return await _service(request).kept(request, job)


NAMES = ("", "search", "sources", "studies", "rules", "query", "whatif", "api")


def _paging(name: str) -> Callable[[Request], Awaitable[Response]]:
    """The route of a page."""

    async def answer(request: Request) -> Response:
        return await _page(request, name)

    return answer


async def rule(request: Request) -> Response:
    """The page of one detector."""
    return await _page(request, f"rule/{request.path_params['code']}")


async def _page(request: Request, name: str) -> Response:
    job = {"job": "page", "page": name, "values": request.query_params.multi_items()}
    return await _service(request).kept(request, job)


def _answering(number: int) -> Callable[[Request], Awaitable[Response]]:
    """The route of one address of the API."""

    async def answer(request: Request) -> Response:
        values = request.query_params.multi_items()
        job = {"job": "data", "address": number, "values": values}
        job["name"] = request.path_params.get("name", "")
        return await _service(request).kept(request, job)

    return answer


async def openapi(request: Request) -> Response:
    """The description of the API."""
    return JSONResponse(document(str(request.base_url)))


async def healthz(request: Request) -> Response:
    """Whether the server can answer, and which walls stand round its workers."""
    service = _service(request)
    pools = (service.queries, service.pages)
    for pool in pools:
        pool.mend()
    alive = all(pool.pids for pool in pools)
    state = {
        "status": "ok" if alive and service.ready else "starting",
        "version": __version__,
        "workers": {pool.name: len(pool.pids) for pool in pools},
        "walls": sorted(service.queries.walls),
    }
    return JSONResponse(state, 200 if alive else 503, {"cache-control": "no-store"})


async def metrics(request: Request) -> Response:
    """Counts and times for Prometheus."""
    service = _service(request)
    return Response(
        service.metrics.text(service.gauges()),
        media_type="text/plain; version=0.0.4; charset=utf-8",
        headers={"cache-control": "no-store"},
    )


async def static(request: Request) -> Response:
    """A file that ships with kg; names are looked up in a list, never in the file system."""
    found = asset(request.path_params["name"])
    if found is None:
        raise Refused(404, "no such file")
    headers = {"etag": found.tag, "cache-control": "public, max-age=3600"}
    if request.headers.get("if-none-match") == found.tag:
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers=headers | {"content-type": found.kind})


async def _refused(request: Request, why: Exception) -> Response:
    return refusal(request, why if isinstance(why, Refused) else Refused(500, "a fault of kg"))


async def _not_found(request: Request, why: Exception) -> Response:
    status = why.status_code if isinstance(why, HTTPException) else 500
    said = {404: "nothing is at this address", 405: "this address is only read: use GET"}
    return refusal(request, Refused(status, said.get(status, "refused")))


async def _our_fault(request: Request, why: Exception) -> Response:
    return refusal(request, Refused(500, "this is a fault of kg; its log has the details"))
