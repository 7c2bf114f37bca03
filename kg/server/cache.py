"""Answers that are kept: the snapshot never changes, so neither does the answer to a job."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kg.server.pool import Answer

Job = dict[str, Any]


@dataclass(eq=False)
class _Work:
    """A job under way, and how many wait for it."""

    task: asyncio.Future[Answer]
    waiting: int = 0


@dataclass(eq=False)
class Cache:
    """The answers asked for last, up to `size` bytes; equal jobs under way are done once.

    A job that nobody waits for any more goes on for `linger` seconds, as short ones are worth
    keeping, and is cancelled then.
    """

    size: int
    linger: float = 2.0
    used: int = 0
    hits: int = 0
    _kept: OrderedDict[str, Answer] = field(default_factory=OrderedDict)
    _under_way: dict[str, _Work] = field(default_factory=dict)

    async def get(self, job: Job, make: Callable[[], Awaitable[Answer]]) -> Answer:
        """The kept answer to a job, or the one that `make` gives."""
        key = json.dumps(job, sort_keys=True)
        if (found := self._kept.get(key)) is not None:
            self.hits += 1
            self._kept.move_to_end(key)
            return found
        work = self._under_way.get(key)
        if work is None:
            work = self._under_way[key] = _Work(asyncio.ensure_future(make()))
            work.task.add_done_callback(partial(self._done, key, work))
        work.waiting += 1
        try:
            # one client that leaves must not take the answer from the others
            return await asyncio.shield(work.task)
        finally:
            work.waiting -= 1
            if not work.waiting and not work.task.done():
                asyncio.get_running_loop().call_later(self.linger, self._leave, key, work)

    def _leave(self, key: str, work: _Work) -> None:
        """End a job that still nobody waits for."""
        if not work.waiting and not work.task.done():
            self._forget(key, work)  # who comes now begins anew
            work.task.cancel()

    def _done(self, key: str, work: _Work, task: asyncio.Future[Answer]) -> None:
        self._forget(key, work)
        if not task.cancelled() and task.exception() is None:
            self._keep(key, task.result())

    def _forget(self, key: str, work: _Work) -> None:
        if self._under_way.get(key) is work:
            del self._under_way[key]

    def _keep(self, key: str, answer: Answer) -> None:
        weight = len(key) + len(answer.payload)
        if weight > self.size // 8:
            return
        self._kept[key] = answer
        self.used += weight
        while self.used > self.size:
            old, dropped = self._kept.popitem(last=False)
            self.used -= len(old) + len(dropped.payload)
