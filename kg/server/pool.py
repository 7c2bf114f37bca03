"""Workers, the queue before them, and the end of what takes too long.

A job that runs over its time, or whose client has gone, loses its worker: Oxigraph takes no signal,
so the process is killed and another one started. All other jobs go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kg.processes import child_environment, module_command
from kg.server import frames, log
from kg.server.settings import Settings

START_SECONDS = 60.0
"""Until then a new worker must have said that it is ready."""


class Refused(Exception):
    """A job that was not done: the HTTP status that says why, and when to try again."""

    def __init__(self, status: int, message: str, retry: int | None = None) -> None:
        self.status, self.message, self.retry = status, message, retry
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker gave."""

    head: dict[str, Any]
    payload: bytes


STATUS = {
    "UnknownName": 404,
    "UsageError": 400,
    "DataError": 422,
    "LimitError": 400,
    "OutsideError": 503,
    "Fault": 500,
}
"""The HTTP status of each error of a worker."""


class _Dead(Exception):
    """The worker ended; `before` it was given the job."""

    def __init__(self, before: bool) -> None:
        self.before = before


@dataclass(eq=False)
class Worker:
    """One process."""

    process: asyncio.subprocess.Process
    walls: tuple[str, ...] = ()
    listening: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, given: dict[str, Any]) -> Worker:
        """A worker that has said that it is ready."""
        kept = {k: v for k, v in os.environ.items() if k in _KEPT}
        process = await asyncio.create_subprocess_exec(
            *module_command("kg.server.worker", json.dumps(given)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=child_environment(kept),
            cwd=given["folder"],
            start_new_session=True,  # Ctrl-C is for the server, which ends its workers itself
        )
        worker = cls(process)
        worker.listening = asyncio.get_running_loop().create_task(worker._pass_on_log())
        try:
            async with asyncio.timeout(START_SECONDS):
                ready = await worker._read()
        except BaseException:
            await worker.end()
            raise
        worker.walls = tuple(ready.head["walls"])
        return worker

    @property
    def alive(self) -> bool:
        """Whether the process still runs, as far as is known."""
        out = self.process.stdout
        return self.process.returncode is None and out is not None and not out.at_eof()

    async def ask(self, job: dict[str, Any], body: bytes) -> Answer:
        """The answer to a job; `_Dead` where the process ends instead."""
        into = self.process.stdin
        if into is None or not self.alive:
            raise _Dead(before=True)
        try:
            into.write(frames.packed(job, body))
            await into.drain()
            await self._read()
        except (ConnectionError, _Dead):  # it ended before it took the job: another may have it
            raise _Dead(before=True) from None
        return await self._read()

    async def _read(self) -> Answer:
        out = self.process.stdout
        if out is None:
            raise _Dead(before=True)
        try:
            head, payload = frames.lengths(await out.readexactly(frames.LENGTHS))
            return Answer(json.loads(await out.readexactly(head)), await out.readexactly(payload))
        except (asyncio.IncompleteReadError, ConnectionError):
            raise _Dead(before=False) from None

    async def end(self) -> None:
        """End the process, whatever it does, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        if self.listening is not None:
            await self.listening

    async def _pass_on_log(self) -> None:
        """Write into the log what the process writes to stderr, until it ends."""
        stream, rest = self.process.stderr, b""
        while stream is not None and (piece := await stream.read(1 << 16)):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                log.pass_on(self.process.pid, line)
            rest = rest[-(1 << 16) :]
        log.pass_on(self.process.pid, rest)


_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "KG_CACHE_DIR", "XDG_CACHE_HOME", "TMPDIR", "SYSTEMROOT")


@dataclass(eq=False)
class Pool:
    """Workers of one kind; `given` is what each is started with."""

    name: str
    given: dict[str, Any]
    settings: Settings
    size: int
    timeout: float
    replaced: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    busy: int = 0
    walls: tuple[str, ...] = ()
    _idle: asyncio.Queue[Worker] = field(default_factory=asyncio.Queue)
    _all: set[Worker] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _clients: Counter[str] = field(default_factory=Counter)
    _open: bool = True

    async def start(self) -> None:
        """Start all workers; raises what the first failure is."""
        await asyncio.gather(*(self._add() for _ in range(self.size)))

    async def stop(self) -> None:
        """End all workers."""
        self._open = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(worker.end() for worker in self._all))

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that live."""
        return tuple(sorted(w.process.pid for w in self._all if w.alive))

    def mend(self) -> None:
        """Replace idle workers that have ended, without waiting for a job to meet them."""
        for _ in range(self._idle.qsize()):
            worker = self._idle.get_nowait()
            if worker.alive:
                self._idle.put_nowait(worker)
            else:
                self._replace(worker)

    async def run(self, job: dict[str, Any], client: str = "", body: bytes = b"") -> Answer:
        """The answer to a job.

        Raises:
            Refused: too many jobs wait (503), the client has too many (429), the time is over
                (504), the worker ended (503), or the job itself is wrong (400, 404, 422).
        """
        with self._counted(client):
            answer = await self._run(job, body)
        if "error" in answer.head:
            kind = answer.head["error"]
            raise Refused(STATUS.get(kind, 500), answer.head["message"])
        return answer

    @contextlib.contextmanager
    def _counted(self, client: str) -> Iterator[None]:
        if self.waiting >= self.settings.queue:
            raise Refused(503, "too many requests wait; try again soon", retry=2)
        if self._clients[client] >= self.settings.per_client:
            raise Refused(429, f"at most {self.settings.per_client} requests at once", retry=2)
        self._clients[client] += 1
        try:
            yield
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    async def _run(self, job: dict[str, Any], body: bytes) -> Answer:
        """The answer of the first worker that lives long enough to take the job."""
        while True:
            with contextlib.suppress(_Dead):
                return await self._done_by(await self._take(), job, body)

    async def _done_by(self, worker: Worker, job: dict[str, Any], body: bytes) -> Answer:
        """The answer of one worker; `_Dead` where it ended before it took the job."""
        self.busy += 1
        kept = False
        try:
            async with asyncio.timeout(self.timeout):
                answer = await worker.ask(job, body)
            kept = True
            return answer
        except TimeoutError:
            seconds = f"{self.timeout:g} s"
            self.replaced["timeout"] += 1
            raise Refused(
                504, f"this took longer than {seconds} and was ended. Narrow it or add LIMIT."
            ) from None
        except _Dead as end:
            self.replaced["died"] += 1
            if end.before:
                raise
            raise Refused(
                503, "this ended its process: most often it needs more memory than it may use"
            ) from None
        except asyncio.CancelledError:
            self.replaced["client left"] += 1
            raise
        finally:
            self.busy -= 1
            if kept:
                self._idle.put_nowait(worker)
            else:
                self._replace(worker)

    async def _take(self) -> Worker:
        """An idle worker that is alive."""
        self.waiting += 1
        try:
            async with asyncio.timeout(self.settings.patience):
                while not (worker := await self._idle.get()).alive:
                    self._replace(worker)
                return worker
        except TimeoutError:
            raise Refused(503, "no worker was free in time; try again soon", retry=5) from None
        finally:
            self.waiting -= 1

    def _replace(self, worker: Worker) -> None:
        task = asyncio.get_running_loop().create_task(self._exchange(worker))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _add(self) -> None:
        worker = await Worker.start(self.given)
        self._all.add(worker)
        self.walls = worker.walls
        self._idle.put_nowait(worker)

    async def _exchange(self, worker: Worker) -> None:
        await worker.end()
        self._all.discard(worker)
        pause = 0.1
        while self._open:
            try:
                return await self._add()
            except (OSError, _Dead, TimeoutError):
                await asyncio.sleep(pause)
                pause = min(10.0, 2 * pause)
