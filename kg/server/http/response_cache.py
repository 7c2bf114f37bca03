"""Answers that are kept: the snapshot never changes, so neither does the answer to a job."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from kg.server.workers.frames import JobRequest, JobResponse, encode_frame


@dataclass(eq=False)
class _RunningJob:
    """A job under way, and how many wait for it."""

    response_task: asyncio.Future[JobResponse]
    waiting_clients: int = 0


@dataclass(eq=False)
class JobResponseCache:
    """The answers asked for last, up to `max_bytes` bytes; equal jobs under way are done once.

    A job that nobody waits for any more goes on for `abandoned_timeout` seconds, as short ones are
    worth keeping, and is cancelled then.
    """

    max_bytes: int
    abandoned_timeout: float = 2.0
    used_bytes: int = 0
    hit_count: int = 0
    _responses: OrderedDict[bytes, JobResponse] = field(default_factory=OrderedDict)
    _running_jobs: dict[bytes, _RunningJob] = field(default_factory=dict)

    async def fetch_or_run(
        self, job: JobRequest, run_job: Callable[[], Awaitable[JobResponse]]
    ) -> JobResponse:
        """The kept answer to a job, or the one that `run_job` gives."""
        key = encode_frame(job)
        if (cached_response := self._responses.get(key)) is not None:
            self.hit_count += 1
            self._responses.move_to_end(key)
            return cached_response
        work = self._running_jobs.get(key)
        if work is None:
            work = self._running_jobs[key] = _RunningJob(asyncio.ensure_future(run_job()))
            work.response_task.add_done_callback(partial(self._finish_job, key, work))
        work.waiting_clients += 1
        try:
            # one client that leaves must not take the answer from the others
            return await asyncio.shield(work.response_task)
        finally:
            work.waiting_clients -= 1
            if not work.waiting_clients and not work.response_task.done():
                asyncio.get_running_loop().call_later(
                    self.abandoned_timeout, self._cancel_unawaited, key, work
                )

    def _cancel_unawaited(self, key: bytes, work: _RunningJob) -> None:
        """End a job that still nobody waits for."""
        if not work.waiting_clients and not work.response_task.done():
            self._remove_running(key, work)  # who comes now begins anew
            work.response_task.cancel()

    def _finish_job(self, key: bytes, work: _RunningJob, task: asyncio.Future[JobResponse]) -> None:
        self._remove_running(key, work)
        if not task.cancelled() and task.exception() is None:
            self._store_response(key, task.result())

    def _remove_running(self, key: bytes, work: _RunningJob) -> None:
        if self._running_jobs.get(key) is work:
            del self._running_jobs[key]

    def _store_response(self, key: bytes, answer: JobResponse) -> None:
        weight = len(key) + len(answer.payload)
        if weight > self.max_bytes // 8:
            return
        self._responses[key] = answer
        self.used_bytes += weight
        while self.used_bytes > self.max_bytes:
            old_key, dropped = self._responses.popitem(last=False)
            self.used_bytes -= len(old_key) + len(dropped.payload)
