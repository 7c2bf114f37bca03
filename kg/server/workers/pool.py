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
from dataclasses import asdict, dataclass, field

from kg.processes import child_environment, module_command
from kg.server import log
from kg.server.settings import ServerSettings
from kg.server.workers import frames
from kg.server.workers.frames import FrameT, JobRequest, JobResponse, WorkerOptions, WorkerReady

START_SECONDS = 60.0
"""Until then a new worker must have said that it is ready."""


class HttpRefusal(Exception):
    """A job that was not done: the HTTP status that says why, and when to try again."""

    def __init__(self, status: int, message: str, retry: int | None = None) -> None:
        self.status_code, self.message, self.retry_seconds = status, message, retry
        super().__init__(message)


class _WorkerDeath(Exception):
    """The worker ended; `before_job` it was given the job."""

    def __init__(self, before_job: bool) -> None:
        self.before_job = before_job


@dataclass(eq=False)
class WorkerProcess:
    """One process."""

    process: asyncio.subprocess.Process
    active_restrictions: tuple[str, ...] = ()
    listening: asyncio.Task[None] | None = None

    @classmethod
    async def start_process(cls, options: WorkerOptions) -> WorkerProcess:
        """A worker that has said that it is ready."""
        inherited_variables = {k: v for k, v in os.environ.items() if k in _INHERITED_VARIABLES}
        process = await asyncio.create_subprocess_exec(
            *module_command("kg.server.workers.worker", json.dumps(asdict(options))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=child_environment(inherited_variables),
            cwd=options.folder,
            start_new_session=True,  # Ctrl-C is for the server, which ends its workers itself
        )
        worker = cls(process)
        worker.listening = asyncio.get_running_loop().create_task(worker._pass_on_log())
        try:
            async with asyncio.timeout(START_SECONDS):
                ready = await worker._read_frame(WorkerReady)
        except BaseException:
            await worker.end_process()
            raise
        worker.active_restrictions = tuple(ready.restrictions)
        return worker

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs, as far as is known."""
        output_stream = self.process.stdout
        return (
            self.process.returncode is None
            and output_stream is not None
            and not output_stream.at_eof()
        )

    async def run_job(self, job: JobRequest) -> JobResponse:
        """The answer to a job; `_WorkerDeath` where the process ends instead."""
        input_stream = self.process.stdin
        if input_stream is None or not self.is_alive:
            raise _WorkerDeath(before_job=True)
        try:
            input_stream.write(frames.encode_frame(job))
            await input_stream.drain()
            await self._read_frame(JobResponse)
        except (ConnectionError, _WorkerDeath):  # another worker may have the job
            raise _WorkerDeath(before_job=True) from None
        return await self._read_frame(JobResponse)

    async def _read_frame(self, kind: type[FrameT]) -> FrameT:
        output_stream = self.process.stdout
        if output_stream is None:
            raise _WorkerDeath(before_job=True)
        try:
            lengths = await output_stream.readexactly(frames.LENGTH_BYTES)
            head_size, payload_size = frames.decode_lengths(lengths)
            head = await output_stream.readexactly(head_size)
            return frames.decode_frame(kind, head, await output_stream.readexactly(payload_size))
        except (asyncio.IncompleteReadError, ConnectionError):
            raise _WorkerDeath(before_job=False) from None

    async def end_process(self) -> None:
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


_INHERITED_VARIABLES = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "KG_CACHE_DIR",
    "XDG_CACHE_HOME",
    "TMPDIR",
    "SYSTEMROOT",
)


@dataclass(eq=False)
class WorkerPool:
    """Workers of one kind, each started with the same options; a job may take `job_timeout` s."""

    pool_name: str
    worker_options: WorkerOptions
    settings: ServerSettings
    job_timeout: float
    replacement_counts: Counter[str] = field(default_factory=Counter)
    waiting_jobs: int = 0
    running_jobs: int = 0
    active_restrictions: tuple[str, ...] = ()
    _idle_workers: asyncio.Queue[WorkerProcess] = field(default_factory=asyncio.Queue)
    _all_workers: set[WorkerProcess] = field(default_factory=set)
    _replacement_tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _jobs_by_client: Counter[str] = field(default_factory=Counter)
    _is_open: bool = True

    async def start_workers(self) -> None:
        """Start all workers; raises what the first failure is."""
        await asyncio.gather(*(self._add_worker() for _ in range(self.settings.worker_count)))

    async def stop_workers(self) -> None:
        """End all workers."""
        self._is_open = False
        for task in self._replacement_tasks:
            task.cancel()
        await asyncio.gather(*self._replacement_tasks, return_exceptions=True)
        await asyncio.gather(*(worker.end_process() for worker in self._all_workers))

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Process ids of the workers that live."""
        return tuple(sorted(w.process.pid for w in self._all_workers if w.is_alive))

    def replace_dead_workers(self) -> None:
        """Replace idle workers that have ended, without waiting for a job to meet them."""
        for _ in range(self._idle_workers.qsize()):
            worker = self._idle_workers.get_nowait()
            if worker.is_alive:
                self._idle_workers.put_nowait(worker)
            else:
                self._start_replacement(worker)

    async def run_job(self, job: JobRequest, client: str = "") -> JobResponse:
        """The answer to a job.

        Raises:
            HttpRefusal: too many jobs wait (503), the client has too many (429), the time is over
                (504), the worker ended (503), or the job itself is wrong (400, 404, 422).
        """
        with self._count_client_job(client):
            answer = await self._run_until_taken(job)
        if answer.status != 200:
            raise HttpRefusal(answer.status, answer.message)
        return answer

    @contextlib.contextmanager
    def _count_client_job(self, client: str) -> Iterator[None]:
        if self.waiting_jobs >= self.settings.max_queued_jobs:
            raise HttpRefusal(503, "too many requests wait; try again soon", retry=2)
        if self._jobs_by_client[client] >= self.settings.max_jobs_per_client:
            raise HttpRefusal(
                429, f"at most {self.settings.max_jobs_per_client} requests at once", retry=2
            )
        self._jobs_by_client[client] += 1
        try:
            yield
        finally:
            self._jobs_by_client[client] -= 1
            if not self._jobs_by_client[client]:
                del self._jobs_by_client[client]

    async def _run_until_taken(self, job: JobRequest) -> JobResponse:
        """The answer of the first worker that lives long enough to take the job."""
        while True:
            with contextlib.suppress(_WorkerDeath):
                return await self._run_on_worker(await self._take_idle_worker(), job)

    async def _run_on_worker(self, worker: WorkerProcess, job: JobRequest) -> JobResponse:
        """The answer of one worker; `_WorkerDeath` where it ended before it took the job."""
        self.running_jobs += 1
        is_reusable = False
        try:
            async with asyncio.timeout(self.job_timeout):
                answer = await worker.run_job(job)
            is_reusable = True
            return answer
        except TimeoutError:
            seconds = f"{self.job_timeout:g} s"
            self.replacement_counts["timeout"] += 1
            raise HttpRefusal(
                504, f"this took longer than {seconds} and was ended. Narrow it or add LIMIT."
            ) from None
        except _WorkerDeath as end:
            self.replacement_counts["died"] += 1
            if end.before_job:
                raise
            raise HttpRefusal(
                503, "this ended its process: most often it needs more memory than it may use"
            ) from None
        except asyncio.CancelledError:
            self.replacement_counts["client left"] += 1
            raise
        finally:
            self.running_jobs -= 1
            if is_reusable:
                self._idle_workers.put_nowait(worker)
            else:
                self._start_replacement(worker)

    async def _take_idle_worker(self) -> WorkerProcess:
        """An idle worker that is alive."""
        self.waiting_jobs += 1
        try:
            async with asyncio.timeout(self.settings.queue_timeout):
                while not (worker := await self._idle_workers.get()).is_alive:
                    self._start_replacement(worker)
                return worker
        except TimeoutError:
            raise HttpRefusal(503, "no worker was free in time; try again soon", retry=5) from None
        finally:
            self.waiting_jobs -= 1

    def _start_replacement(self, worker: WorkerProcess) -> None:
        task = asyncio.get_running_loop().create_task(self._replace_worker(worker))
        self._replacement_tasks.add(task)
        task.add_done_callback(self._replacement_tasks.discard)

    async def _add_worker(self) -> None:
        worker = await WorkerProcess.start_process(self.worker_options)
        self._all_workers.add(worker)
        self.active_restrictions = worker.active_restrictions
        self._idle_workers.put_nowait(worker)

    async def _replace_worker(self, worker: WorkerProcess) -> None:
        await worker.end_process()
        self._all_workers.discard(worker)
        pause = 0.1
        while self._is_open:
            try:
                return await self._add_worker()
            except (OSError, _WorkerDeath, TimeoutError):
                await asyncio.sleep(pause)
                pause = min(10.0, 2 * pause)
