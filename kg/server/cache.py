"""Answers that are kept: the snapshot never changes, so neither does the answer to a job."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from kg.server.pool import Answer

Job = dict[str, Any]


@dataclass(eq=False)
class Cache:
    """The answers asked for last, up to `size` bytes; equal jobs under way are done once."""

    size: int
    used: int = 0
    hits: int = 0
    _kept: OrderedDict[str, Answer] = field(default_factory=OrderedDict)
    _under_way: dict[str, asyncio.Task[Answer]] = field(default_factory=dict)

    async def get(self, job: Job, make: Callable[[], Awaitable[Answer]]) -> Answer:
        """The kept answer to a job, or the one that `make` gives."""
        key = json.dumps(job, sort_keys=True)
        if (found := self._kept.get(key)) is not None:
            self.hits += 1
            self._kept.move_to_end(key)
            return found
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.ensure_future(self._make(key, make))
            self._under_way[key] = task
        # one client that leaves must not take the answer from the others
        return await asyncio.shield(task)

    async def _make(self, key: str, make: Callable[[], Awaitable[Answer]]) -> Answer:
        try:
            answer = await make()
        finally:
            del self._under_way[key]
        self._keep(key, answer)
        return answer

    def _keep(self, key: str, answer: Answer) -> None:
        weight = len(key) + len(answer.payload)
        if weight > self.size // 8:
            return
        self._kept[key] = answer
        self.used += weight
        while self.used > self.size:
            old, dropped = self._kept.popitem(last=False)
            self.used -= len(old) + len(dropped.payload)
