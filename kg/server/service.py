"""What the routes share: two pools of workers, the cache, and how an answer becomes a response."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from kg.resources import shipped
from kg.server.accept import best
from kg.server.cache import Cache
from kg.server.door import TooLarge
from kg.server.metrics import Metrics
from kg.server.pool import Answer, Pool, Refused
from kg.server.settings import Settings

Job = dict[str, Any]


@dataclass(eq=False)
class Service:
    """The running server: `snapshot` is the store that it reads, `base` what kg.api loads."""

    settings: Settings
    snapshot: Path
    base: str | None
    metrics: Metrics = field(default_factory=Metrics)
    ready: bool = False

    def __post_init__(self) -> None:
        given = {
            "snapshot": str(self.snapshot),
            "base": self.base and str(Path(self.base).resolve()),
            # places in files are told from here, so that no answer names a folder of the machine
            "folder": str(
                Path(self.base).resolve().parent if self.base else shipped("data").parent
            ),
            "rows": self.settings.rows,
            "answer": self.settings.answer,
            "memory": self.settings.memory,
        }
        chosen = self.settings
        self.queries = Pool(
            "queries", given | {"warm": False}, chosen, chosen.workers, chosen.timeout
        )
        self.pages = Pool(
            "pages", given | {"warm": True}, chosen, chosen.workers, chosen.page_timeout
        )
        self.cache = Cache(chosen.cache, chosen.linger)

    async def start(self) -> None:
        """Start all workers."""
        await asyncio.gather(self.queries.start(), self.pages.start())
        self.ready = True

    async def stop(self) -> None:
        """End all workers."""
        self.ready = False
        await asyncio.gather(self.queries.stop(), self.pages.stop())

    async def kept(self, request: Request, job: Job) -> Response:
        """The response to a job whose answer depends on the job and the snapshot alone."""
        work = self.cache.get(job, lambda: self.pages.run(job, client(request)))
        return await _while_there(request, work, "public, max-age=60")

    async def fresh(self, request: Request, job: Job, body: bytes, pool: Pool) -> Response:
        """The response to a job that ends when its client goes."""
        return await _while_there(request, pool.run(job, client(request), body), "no-cache")

    def gauges(self) -> Mapping[str, float]:
        """Values of the moment for /metrics."""
        found = {
            "kg_requests_active": float(self.metrics.active),
            "kg_cache_bytes": float(self.cache.used),
            "kg_cache_hits_total": float(self.cache.hits),
        }
        for pool in (self.queries, self.pages):
            found[f'kg_jobs_waiting{{pool="{pool.name}"}}'] = pool.waiting
        for pool in (self.queries, self.pages):
            found[f'kg_jobs_running{{pool="{pool.name}"}}'] = pool.busy
        for pool in (self.queries, self.pages):
            for why in ("timeout", "died", "client left"):
                labels = f'pool="{pool.name}",why="{why}"'
                found[f"kg_workers_replaced_total{{{labels}}}"] = pool.replaced[why]
        return found


async def body_of(request: Request, settings: Settings) -> bytes:
    """The body of a request, within the cap and in time.

    Raises:
        Refused: 413, 408, or 499 where the client has left.
    """
    try:
        async with asyncio.timeout(settings.body_seconds):
            return await request.body()
    except TooLarge:
        raise Refused(413, f"at most {settings.body} bytes are read") from None
    except TimeoutError:
        raise Refused(408, "the body did not come in time") from None
    except ClientDisconnect:
        raise Refused(499, "the client left before its request was whole") from None


async def _while_there(
    request: Request, work: Coroutine[Any, Any, Answer], caching: str
) -> Response:
    """The response of some work, which ends when its client goes."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return respond(request, task.result(), caching)
        return Response(status_code=499)  # nobody reads it; the log says what happened
    finally:
        gone.cancel()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _gone(request: Request) -> None:
    with contextlib.suppress(TooLarge):
        while (await request.receive())["type"] != "http.disconnect":
            pass


def client(request: Request) -> str:
    """Whom a limit is counted for."""
    return request.client.host if request.client else ""


def respond(request: Request, answer: Answer, caching: str) -> Response:
    """The response of an answer: 304 where the client has it already."""
    head = answer.head
    if head["status"] != 200:
        return refusal(request, Refused(head["status"], head.get("message", "")))
    tag = f'"{hashlib.blake2b(answer.payload + head["type"].encode(), digest_size=12).hexdigest()}"'
    headers = {"etag": tag, "cache-control": caching, "vary": "Accept"}
    headers |= {"x-kg-hint": head["hint"]} if head.get("hint") else {}
    headers |= {"x-kg-truncated": head["cut"]} if head.get("cut") else {}
    headers |= head.get("headers", {})
    if _matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    headers["content-type"] = head["type"]
    return Response(answer.payload, 200, headers)


def _matches(given: str, tag: str) -> bool:
    tags = [part.strip().removeprefix("W/") for part in given.split(",")]
    return tag in tags or "*" in tags


def refusal(request: Request, why: Refused) -> Response:
    """An error in the form that the client reads: a page, JSON (RFC 9457) or plain text."""
    headers = {"retry-after": str(why.retry)} if why.retry else {}
    headers["cache-control"] = "no-store"
    headers["vary"] = "Accept"
    if why.status in (408, 413):
        headers["connection"] = "close"  # the rest of the body is not waited for
    if why.status == 405:
        headers["allow"] = "GET, HEAD, POST, OPTIONS"
    kind = best(
        request.headers.get("accept", ""), ["text/plain", "text/html", "application/problem+json",
                                            "application/json"]
    )  # fmt: skip
    if kind == "text/html":
        from kg.server.templates import error_page

        return Response(
            error_page(why.status, why.message), why.status, headers, "text/html; charset=utf-8"
        )
    if kind in ("application/json", "application/problem+json"):
        problem = {"type": "about:blank", "status": why.status, "detail": why.message}
        return Response(
            json.dumps(problem, ensure_ascii=False) + "\n",
            why.status,
            headers,
            "application/problem+json",
        )
    return Response(why.message + "\n", why.status, headers, "text/plain; charset=utf-8")
