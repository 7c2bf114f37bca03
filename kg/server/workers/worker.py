"""A sandboxed process that computes what clients ask for: `python -m kg.server.workers.worker`.

It reads frames from stdin and answers each on stdout, until stdin ends. Its one argument is JSON:
the fields of `WorkerOptions`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Sequence
from typing import IO

from kg.errors import DataError, KgError, LimitError, OutsideError, UnknownName, UsageError
from kg.server import log
from kg.server.workers import frames
from kg.server.workers.frames import JobRequest, JobResponse, WorkerOptions, WorkerReady
from kg.server.workers.jobs import WORKER_JOBS, WorkerState
from kg.stores.sandbox import apply_restrictions, run_with_large_stack

STATUS_BY_ERROR: dict[type[KgError], int] = {
    UnknownName: 404,
    UsageError: 400,
    DataError: 422,
    LimitError: 400,
    OutsideError: 503,
}
"""The HTTP status of each error of kg."""


def main() -> None:
    """Restrict this process, then answer."""
    options = WorkerOptions(**json.loads(sys.argv[1]))
    log.install()
    restrictions = apply_restrictions(options.max_memory_bytes)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints must not stand among the frames
    run_with_large_stack(lambda: _begin(options, restrictions, answers))


def _begin(options: WorkerOptions, restrictions: Sequence[str], answers: IO[bytes]) -> None:
    try:
        _run_jobs(options, restrictions, answers)
    except Exception as fault:
        known = isinstance(fault, KgError)
        logger = logging.getLogger(__name__)
        logger.error("a worker ends: %s", fault, exc_info=None if known else fault)
        answers.flush()
        os._exit(1)


def _run_jobs(options: WorkerOptions, restrictions: Sequence[str], answers: IO[bytes]) -> None:
    worker_state = WorkerState(options)
    worker_state.open()
    if options.warm:
        worker_state.compute_ahead()
    _send_frame(answers, WorkerReady(restrictions))
    while (request := frames.read_request(sys.stdin.buffer)) is not None:
        _send_frame(answers, frames.JOB_TAKEN)
        _send_frame(answers, _run_job(worker_state, request))


def _run_job(worker_state: WorkerState, request: JobRequest) -> JobResponse:
    try:
        return WORKER_JOBS[request.job](worker_state, request)
    except KgError as fault:
        return JobResponse(STATUS_BY_ERROR.get(type(fault), 500), message=str(fault))
    except MemoryError:
        return JobResponse(400, message="this needs too much memory")
    except RecursionError:
        return JobResponse(400, message="this nests too deep")
    except Exception as fault:
        logging.getLogger(__name__).error("a job failed", exc_info=fault)
        return JobResponse(500, message=type(fault).__name__)


def _send_frame(answers: IO[bytes], record: frames.Frame) -> None:
    answers.write(frames.encode_frame(record))
    answers.flush()


if __name__ == "__main__":
    main()
