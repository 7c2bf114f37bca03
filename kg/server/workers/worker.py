"""A walled process that computes what a client asked for: `python -m kg.server.workers.worker`.

It reads frames from stdin and answers each on stdout, until stdin ends. Its one argument is JSON:
where the snapshot is and what the limits are.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import IO, Any

from kg.errors import KgError
from kg.server import log
from kg.server.workers import frames
from kg.server.workers.jobs import WORKER_JOBS, WorkerState
from kg.stores.sandbox import apply_restrictions, run_with_large_stack


def main() -> None:
    """Build the walls, then answer."""
    worker_options = json.loads(sys.argv[1])
    log.install()
    active_restrictions = apply_restrictions(worker_options["memory"])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints must not stand among the frames
    run_with_large_stack(lambda: _begin(worker_options, active_restrictions, answers))


def _begin(given: dict[str, Any], walls: tuple[str, ...], answers: IO[bytes]) -> None:
    try:
        _run_jobs(given, walls, answers)
    except Exception as fault:
        known = isinstance(fault, KgError)
        logger = logging.getLogger(__name__)
        logger.error("a worker ends: %s", fault, exc_info=None if known else fault)
        answers.flush()
        os._exit(1)


def _run_jobs(
    worker_options: dict[str, Any], active_restrictions: tuple[str, ...], answers: IO[bytes]
) -> None:
    worker_state = WorkerState.read_state(worker_options)
    worker_state.open()
    if worker_options["warm"]:
        worker_state.compute_ahead()
    _send_frame(answers, {"ready": True, "walls": active_restrictions})
    while (frame := frames.read_frame(sys.stdin.buffer)) is not None:
        _send_frame(answers, {"taken": True})  # from here on a death is this job's own
        request, body = frame
        try:
            response_header, payload = WORKER_JOBS[request["job"]](worker_state, request, body)
        except KgError as fault:
            response_header, payload = {"error": type(fault).__name__, "message": str(fault)}, b""
        except MemoryError:
            response_header, payload = (
                {"error": "LimitError", "message": "this needs too much memory"},
                b"",
            )
        except RecursionError:
            response_header, payload = (
                {"error": "LimitError", "message": "this nests too deep"},
                b"",
            )
        except Exception as fault:
            logging.getLogger(__name__).error("a job failed", exc_info=fault)
            response_header, payload = {"error": "Fault", "message": type(fault).__name__}, b""
        _send_frame(answers, response_header, payload)


def _send_frame(answers: IO[bytes], frame_header: dict[str, Any], payload: bytes = b"") -> None:
    answers.write(frames.pack_frame(frame_header, payload))
    answers.flush()


if __name__ == "__main__":
    main()
