"""What the routes share: two pools of workers, the cache, and how an answer becomes a response."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from kg.resources import locate_shipped_folder
from kg.server.http.metrics import RequestMetrics
from kg.server.http.middleware import BodyTooLarge
from kg.server.http.response_cache import JobResponseCache
from kg.server.media_types import choose_media_type
from kg.server.settings import ServerSettings
from kg.server.workers.frames import JobRequest, JobResponse, WorkerOptions
from kg.server.workers.pool import HttpRefusal, WorkerPool


@dataclass(eq=False)
class ServerRuntime:
    """The running server: it reads the store at `snapshot_path`, kg.api loads `base_path`."""

    server_settings: ServerSettings
    snapshot_path: Path
    base_path: str | None
    request_metrics: RequestMetrics = field(default_factory=RequestMetrics)
    is_ready: bool = False

    def __post_init__(self) -> None:
        limits = self.server_settings
        base = Path(self.base_path).resolve() if self.base_path else None
        options = WorkerOptions(
            snapshot=str(self.snapshot_path),
            base=str(base) if base else None,
            # places in files are relative to it, so that no answer names a folder of the machine
            folder=str((base or locate_shipped_folder("data")).parent),
            max_rows=limits.max_rows,
            max_answer_bytes=limits.max_answer_bytes,
            max_memory_bytes=limits.max_memory_bytes,
        )
        self.query_pool = WorkerPool("queries", options, limits, limits.job_timeout)
        self.page_pool = WorkerPool(
            "pages", replace(options, warm=True), limits, limits.page_timeout
        )
        self.response_cache = JobResponseCache(limits.max_cache_bytes, limits.abandoned_timeout)

    async def start_workers(self) -> None:
        """Start all workers."""
        await asyncio.gather(self.query_pool.start_workers(), self.page_pool.start_workers())
        self.is_ready = True

    async def stop_workers(self) -> None:
        """End all workers."""
        self.is_ready = False
        await asyncio.gather(self.query_pool.stop_workers(), self.page_pool.stop_workers())

    async def respond_cached(self, request: Request, job: JobRequest) -> Response:
        """The response to a job whose answer depends on the job and the snapshot alone."""
        work = self.response_cache.fetch_or_run(
            job, lambda: self.page_pool.run_job(job, identify_client(request))
        )
        return await _run_while_connected(request, work, "public, max-age=60")

    async def respond_fresh(self, request: Request, job: JobRequest, pool: WorkerPool) -> Response:
        """The response to a job that ends when its client goes."""
        work = pool.run_job(job, identify_client(request))
        return await _run_while_connected(request, work, "no-cache")

    def read_gauges(self) -> Mapping[str, float]:
        """Values of the moment for /metrics."""
        gauge_values = {
            "kg_requests_active": float(self.request_metrics.active_requests),
            "kg_cache_bytes": float(self.response_cache.used_bytes),
            "kg_cache_hits_total": float(self.response_cache.hit_count),
        }
        for pool in (self.query_pool, self.page_pool):
            gauge_values[f'kg_jobs_waiting{{pool="{pool.pool_name}"}}'] = pool.waiting_jobs
        for pool in (self.query_pool, self.page_pool):
            gauge_values[f'kg_jobs_running{{pool="{pool.pool_name}"}}'] = pool.running_jobs
        for pool in (self.query_pool, self.page_pool):
            for replacement_reason in ("timeout", "died", "client left"):
                labels = f'pool="{pool.pool_name}",why="{replacement_reason}"'
                gauge_values[f"kg_workers_replaced_total{{{labels}}}"] = pool.replacement_counts[
                    replacement_reason
                ]
        return gauge_values


async def read_body(request: Request, settings: ServerSettings) -> bytes:
    """The body of a request, within the cap and in time.

    Raises:
        HttpRefusal: 413, 408, or 499 where the client has left.
    """
    try:
        async with asyncio.timeout(settings.body_timeout):
            return await request.body()
    except BodyTooLarge:
        raise HttpRefusal(413, f"at most {settings.max_body_bytes} bytes are read") from None
    except TimeoutError:
        raise HttpRefusal(408, "the body did not come in time") from None
    except ClientDisconnect:
        raise HttpRefusal(499, "the client left before its request was whole") from None


async def _run_while_connected(
    request: Request, work: Coroutine[Any, Any, JobResponse], caching: str
) -> Response:
    """The response of some work, which ends when its client goes."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_wait_for_disconnect(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return build_response(request, task.result(), caching)
        return Response(status_code=499)  # nobody reads it; the log says what happened
    finally:
        gone.cancel()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _wait_for_disconnect(request: Request) -> None:
    with contextlib.suppress(BodyTooLarge):
        while (await request.receive())["type"] != "http.disconnect":
            pass


def identify_client(request: Request) -> str:
    """Whom a limit is counted for."""
    return request.client.host if request.client else ""


def build_response(request: Request, answer: JobResponse, caching: str) -> Response:
    """The response of an answer: 304 where the client has it already."""
    tagged_bytes = answer.payload + answer.media_type.encode()
    tag = f'"{hashlib.blake2b(tagged_bytes, digest_size=12).hexdigest()}"'
    headers = {"etag": tag, "cache-control": caching, "vary": "Accept"}
    notes = {"x-kg-hint": answer.hint, "x-kg-truncated": answer.cut}
    headers |= {name: text for name, text in notes.items() if text} | dict(answer.headers)
    if _matches_etag(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    headers["content-type"] = answer.media_type
    return Response(answer.payload, 200, headers)


def _matches_etag(header_value: str, tag: str) -> bool:
    tags = [part.strip().removeprefix("W/") for part in header_value.split(",")]
    return tag in tags or "*" in tags


def build_refusal(request: Request, http_refusal: HttpRefusal) -> Response:
    """An error in the form that the client reads: a page, JSON (RFC 9457) or plain text."""
    headers = {"retry-after": str(http_refusal.retry_seconds)} if http_refusal.retry_seconds else {}
    headers["cache-control"] = "no-store"
    headers["vary"] = "Accept"
    if http_refusal.status_code in (408, 413):
        headers["connection"] = "close"  # the rest of the body is not waited for
    if http_refusal.status_code == 405:
        headers["allow"] = "GET, HEAD, POST, OPTIONS"
    kind = choose_media_type(
        request.headers.get("accept", ""), ["text/plain", "text/html", "application/problem+json",
                                            "application/json"]
    )  # fmt: skip
    if kind == "text/html":
        from kg.server.views.templates import render_error_page

        return Response(
            render_error_page(http_refusal.status_code, http_refusal.message),
            http_refusal.status_code,
            headers,
            "text/html; charset=utf-8",
        )
    if kind in ("application/json", "application/problem+json"):
        problem = {
            "type": "about:blank",
            "status": http_refusal.status_code,
            "detail": http_refusal.message,
        }
        return Response(
            json.dumps(problem, ensure_ascii=False) + "\n",
            http_refusal.status_code,
            headers,
            "application/problem+json",
        )
    return Response(
        http_refusal.message + "\n", http_refusal.status_code, headers, "text/plain; charset=utf-8"
    )
